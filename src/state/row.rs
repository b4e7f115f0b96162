//! What is remembered of an input, and how it travels from the worker that found it to the one who writes it down.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::pack::{Packed, Unpacked};
use crate::sources::{Name, Stamp, Stamps};

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileRow {
    pub(super) path: Vec<u8>,
    /// What tells whether it is still the same; `None` where that cannot be trusted.
    pub(super) stamp: Option<Vec<u8>>,
    /// Digests of its content, and of the manifest beside it.
    pub(super) content: Option<Vec<u8>>,
    /// The number of the settings that it was inspected with.
    pub(super) settings: i64,
    /// The second since 1970 from which on its credentials have to be checked again.
    pub(super) until: i64,
    pub(super) bytes: u64,
    /// Its record as if no list had been asked, in the canonical form.
    pub(super) record: Vec<u8>,
}

impl FileRow {
    pub(super) fn sum(&self) -> i64 {
        let numbers = [
            self.settings.to_le_bytes(),
            self.until.to_le_bytes(),
            self.bytes.to_le_bytes(),
        ];
        sum(&[
            Some(&self.path),
            self.stamp.as_deref(),
            self.content.as_deref(),
            Some(numbers.as_flattened()),
            Some(&self.record),
        ])
    }
}

/// What lists can be asked about, and what the record follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PrintsRow {
    /// The number of the policy by which the record without lists was judged.
    pub(super) policy: i64,
    pub(super) basis: Vec<u8>,
}

impl PrintsRow {
    pub(super) fn sum(&self, file: i64) -> i64 {
        let numbers = [file.to_le_bytes(), self.policy.to_le_bytes()];
        sum(&[Some(numbers.as_flattened()), Some(&self.basis)])
    }
}

/// What lists and policy made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JudgedRow {
    pub(super) judgement: i64,
    pub(super) counts: i64,
    /// The record, where it is not that without lists with another word for how they fared.
    pub(super) record: Option<Vec<u8>>,
}

impl JudgedRow {
    pub(super) fn sum(&self, file: i64) -> i64 {
        let numbers = [
            file.to_le_bytes(),
            self.judgement.to_le_bytes(),
            self.counts.to_le_bytes(),
        ];
        sum(&[Some(numbers.as_flattened()), self.record.as_deref()])
    }
}

/// A checksum against damage; it is none against somebody who means to forge a state.
fn sum(parts: &[Option<&[u8]>]) -> i64 {
    let sum = parts.iter().fold(1, |seed, part| match part {
        Some(part) => xxh3_64_with_seed(part, seed),
        None => seed.rotate_left(7) ^ 0x5bd1,
    });
    sum.cast_signed()
}

/// What is to be written down of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keep {
    /// The number of its row, where it has one already and that stays.
    pub(super) file: Option<i64>,
    /// It was read.
    pub(super) read: Option<(FileRow, PrintsRow)>,
    /// Its content is the same, and it got another stamp.
    pub(super) stamped: Option<FileRow>,
    /// It was judged.
    pub(super) judged: Option<JudgedRow>,
    /// Somebody asked for it by name.
    pub(super) asked_for: bool,
}

impl Keep {
    /// Nothing changed.
    pub(super) fn seen(file: i64, asked_for: bool) -> Self {
        Self {
            file: Some(file),
            read: None,
            stamped: None,
            judged: None,
            asked_for,
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut packed = Packed::default();
        packed.maybe(self.file, Packed::number);
        packed.maybe(self.read.as_ref(), |packed, (file, prints)| {
            pack_file(packed, file);
            packed.number(prints.policy);
            packed.bytes(&prints.basis);
        });
        packed.maybe(self.stamped.as_ref(), pack_file);
        packed.maybe(self.judged.as_ref(), |packed, judged| {
            packed.number(judged.judgement);
            packed.number(judged.counts);
            packed.maybe(judged.record.as_deref(), Packed::bytes);
        });
        packed.number(i64::from(self.asked_for));
        packed.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut unpacked = Unpacked(bytes);
        Some(Self {
            file: unpacked.maybe(Unpacked::number)?,
            read: unpacked.maybe(|unpacked| {
                let file = unpack_file(unpacked)?;
                let policy = unpacked.number()?;
                let basis = unpacked.bytes()?.to_vec();
                Some((file, PrintsRow { policy, basis }))
            })?,
            stamped: unpacked.maybe(unpack_file)?,
            judged: unpacked.maybe(|unpacked| {
                Some(JudgedRow {
                    judgement: unpacked.number()?,
                    counts: unpacked.number()?,
                    record: unpacked.maybe(Unpacked::bytes)?.map(<[u8]>::to_vec),
                })
            })?,
            asked_for: unpacked.number()? != 0,
        })
    }
}

fn pack_file(packed: &mut Packed, file: &FileRow) {
    packed.bytes(&file.path);
    packed.maybe(file.stamp.as_deref(), Packed::bytes);
    packed.maybe(file.content.as_deref(), Packed::bytes);
    packed.number(file.settings);
    packed.number(file.until);
    packed.number(file.bytes.cast_signed());
    packed.bytes(&file.record);
}

fn unpack_file(unpacked: &mut Unpacked<'_>) -> Option<FileRow> {
    Some(FileRow {
        path: unpacked.bytes()?.to_vec(),
        stamp: unpacked.maybe(Unpacked::bytes)?.map(<[u8]>::to_vec),
        content: unpacked.maybe(Unpacked::bytes)?.map(<[u8]>::to_vec),
        settings: unpacked.number()?,
        until: unpacked.number()?,
        bytes: unpacked.number()?.cast_unsigned(),
        record: unpacked.bytes()?.to_vec(),
    })
}

/// The key of a name: its bytes, in which 0 takes the place of `/`. Members of archives may have a 0 in their names, which
/// then stands as 1 and 2, and a 1 as 1 and 1.
pub(super) fn key(name: &Name) -> Vec<u8> {
    let name = name.as_os_str().as_encoded_bytes();
    let mut key = Vec::with_capacity(name.len());
    for byte in name {
        match byte {
            b'/' => key.push(0),
            0 => key.extend_from_slice(&[1, 2]),
            1 => key.extend_from_slice(&[1, 1]),
            byte => key.push(*byte),
        }
    }
    key
}

/// Stamps as they are stored and compared.
pub(super) fn stamp_bytes(stamps: &Stamps) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    let mut put = |stamp: &Stamp| {
        bytes.extend_from_slice(&stamp.bytes.to_le_bytes());
        bytes.extend_from_slice(&stamp.modified.to_le_bytes());
        bytes.extend_from_slice(&stamp.inode.to_le_bytes());
    };
    put(&stamps.file);
    stamps.sidecar.iter().for_each(put);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> FileRow {
        FileRow {
            path: b"in\0a.jpg".to_vec(),
            stamp: Some(vec![1; 32]),
            content: None,
            settings: 1,
            until: i64::MAX,
            bytes: 7,
            record: b"{}\n".to_vec(),
        }
    }

    #[test]
    fn what_is_kept_comes_back_and_pieces_of_it_do_not() {
        let prints = PrintsRow {
            policy: 2,
            basis: vec![5; 100],
        };
        let judged = JudgedRow {
            judgement: 3,
            counts: 0,
            record: Some(b"x".to_vec()),
        };
        let keep = Keep {
            file: None,
            read: Some((row(), prints)),
            stamped: None,
            judged: Some(judged),
            asked_for: true,
        };
        let bytes = keep.to_bytes();
        assert_eq!(Keep::from_bytes(&bytes), Some(keep));
        for end in 0..bytes.len() {
            assert_eq!(Keep::from_bytes(&bytes[..end]), None);
        }
        let seen = Keep::seen(9, false);
        assert_eq!(Keep::from_bytes(&seen.to_bytes()), Some(seen));
    }

    #[test]
    fn every_change_of_a_row_shows() {
        let mut changed = row();
        for change in [
            (|row| row.path[0] = b'o') as fn(&mut FileRow),
            |row| row.stamp = None,
            |row| row.content = Some(Vec::new()),
            |row| row.settings = 2,
            |row| row.bytes = 8,
            |row| row.record.push(b' '),
        ] {
            let before = changed.sum();
            change(&mut changed);
            assert_ne!(changed.sum(), before);
        }
    }

    #[test]
    fn keys_sort_as_folders_are_walked() {
        let key = |name: &str| key(&Name::new(name));
        assert!(key("in/a/z") < key("in/a.jpg"));
        assert_ne!(key("a\0b"), key("a/b"));
        assert_ne!(key("a\u{1}\u{2}b"), key("a\0b"));
    }
}
