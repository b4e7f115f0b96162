//! What is remembered of an input, and how it travels from the worker that found it to the one who writes it down.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::pack::{Packed, Unpacked};
use crate::error::FaultKind;
use crate::evidence::Action;
use crate::inspect::{Inspection, SignalState};
use crate::policy::Finding;
use crate::quarantine;
use crate::scan::Answer;
use crate::sources::{Name, Stamp, Stamps};

/// What a summary counts of a record, and what decides whether the record is enough; one number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) finding: Finding,
    pub(super) action: Action,
    pub(super) action_on_evidence: Action,
    /// Something kept it from being checked fully.
    pub(super) failed: bool,
    pub(super) no_image: bool,
    pub(super) other_media: bool,
    /// What kept it from being checked may be gone the next time.
    pub(super) again: bool,
    /// It rests on a perceptual hash of a list, which other images may put into doubt.
    pub(super) doubtful: bool,
    /// How the lists of known images fared.
    pub(super) known: Known,
}

/// The state of the signal that asks the lists, as records have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    NotUsed,
    Nothing,
    NotApplicable,
    Found,
    Failed,
}

/// Every state with its word, in the order of their numbers.
const KNOWN: [(Known, &str); 5] = [
    (Known::NotUsed, "not-used"),
    (Known::Nothing, "nothing"),
    (Known::NotApplicable, "not-applicable"),
    (Known::Found, "found"),
    (Known::Failed, "failed"),
];

impl Known {
    pub(super) fn of(state: SignalState) -> Self {
        match state {
            SignalState::NotUsed => Self::NotUsed,
            SignalState::Nothing => Self::Nothing,
            SignalState::NotApplicable(_) => Self::NotApplicable,
            SignalState::Found => Self::Found,
            SignalState::Failed => Self::Failed,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        KNOWN
            .iter()
            .find(|(known, _)| *known == self)
            .map_or("", |(_, word)| *word)
    }
}

/// The name under which a record has that state.
pub(super) const SIGNAL: &str = crate::signals::known_image::KIND.name;

impl Counts {
    pub(super) fn of(inspection: &Inspection) -> Self {
        let counted = Answer::of(true, inspection, Vec::new());
        let known = inspection.signals.iter().find(|(name, _)| *name == SIGNAL);
        Self {
            finding: counted.finding,
            action: counted.action,
            action_on_evidence: counted.action_on_evidence,
            failed: counted.incomplete,
            no_image: counted.no_image,
            other_media: counted.other_media,
            again: inspection.faults.iter().any(|fault| {
                matches!(
                    fault.kind,
                    FaultKind::Unreadable | FaultKind::Limit | FaultKind::Internal
                )
            }),
            doubtful: inspection.evidence.iter().any(quarantine::is_subject),
            known: known.map_or(Known::NotUsed, |(_, state)| Known::of(*state)),
        }
    }

    /// The answer that they stand for.
    pub(super) fn answer(self, asked_for: bool, bytes: u64, rendered: Vec<u8>) -> Answer {
        Answer {
            rendered,
            bytes,
            finding: self.finding,
            action: self.action,
            action_on_evidence: self.action_on_evidence,
            incomplete: self.failed && (asked_for || !self.no_image),
            no_image: self.no_image,
            other_media: self.other_media,
            doubtful: None,
            keep: None,
        }
    }

    pub(super) fn pack(self) -> i64 {
        let flags = [
            self.failed,
            self.no_image,
            self.other_media,
            self.again,
            self.doubtful,
        ];
        let flags = flags
            .iter()
            .rev()
            .fold(0, |bits, flag| bits << 1 | i64::from(*flag));
        flags
            | place(Finding::ALL, self.finding) << 8
            | place(Action::ALL, self.action) << 16
            | place(Action::ALL, self.action_on_evidence) << 24
            | place(&KNOWN, self.known) << 32
    }

    pub(super) fn unpack(packed: i64) -> Option<Self> {
        let part = |shift: u32| usize::try_from(packed >> shift & 0xff).ok();
        let flag = |bit: u32| packed >> bit & 1 == 1;
        let counts = Self {
            finding: Finding::ALL.get(part(8)?)?.0,
            action: Action::ALL.get(part(16)?)?.0,
            action_on_evidence: Action::ALL.get(part(24)?)?.0,
            failed: flag(0),
            no_image: flag(1),
            other_media: flag(2),
            again: flag(3),
            doubtful: flag(4),
            known: KNOWN.get(part(32)?)?.0,
        };
        (counts.pack() == packed).then_some(counts)
    }
}

fn place<T: PartialEq>(all: &[(T, &str)], wanted: T) -> i64 {
    let place = all.iter().position(|(one, _)| *one == wanted);
    place
        .and_then(|place| i64::try_from(place).ok())
        .unwrap_or_default()
}

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
    fn counts_are_one_number_and_no_other_number_is_counts() {
        for (number, (finding, _)) in Finding::ALL.iter().enumerate() {
            let counts = Counts {
                finding: *finding,
                action: Action::Review,
                action_on_evidence: Action::Block,
                failed: number % 2 == 0,
                no_image: number % 3 == 0,
                other_media: number % 5 == 0,
                again: number % 2 == 1,
                doubtful: number % 3 == 1,
                known: KNOWN[number % 5].0,
            };
            assert_eq!(Counts::unpack(counts.pack()), Some(counts));
            for wrong in [-1, counts.pack() | 1 << 40, counts.pack() | 0xff << 8] {
                assert_eq!(Counts::unpack(wrong), None);
            }
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
