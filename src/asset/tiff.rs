//! The directories of a TIFF structure, as TIFF files and EXIF blocks hold it.
//!
//! The `exif` crate's reader keeps a copy of every entry's value, so that 65 kB of entries that point to the same bytes
//! become 324 MB. Here values are borrowed and directories are counted; the crate still names and shows the values.

use super::ProblemKind;
use super::bytes::{ReadAt, index};
use std::collections::HashSet;

/// Directories and entries beyond these are not read; the largest real ones have less than half.
const MAX_DIRECTORIES: usize = 64;
const MAX_ENTRIES: u64 = 1024;
const MAX_PROBLEMS: usize = 8;

/// What a directory is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ifd {
    /// The n-th of the main chain.
    Main(usize),
    Exif,
    Gps,
    Interop,
    /// A picture below another (`SubIFDs`).
    Sub,
}

/// One entry and the bytes of its value, as far as the file has them.
pub(super) struct Entry<'a> {
    pub(super) ifd: Ifd,
    /// The directory's number in the order of reading.
    pub(super) directory: usize,
    pub(super) tag: u16,
    /// The TIFF type (2 is ASCII, 7 is UNDEFINED, …).
    pub(super) kind: u16,
    /// Where the value stands.
    pub(super) at: usize,
    pub(super) value: &'a [u8],
    tiff: Tiff<'a>,
}

/// A TIFF or BigTIFF structure.
#[derive(Clone, Copy)]
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    /// BigTIFF: counts and offsets of 64 bits.
    wide: bool,
}

impl<'a> Tiff<'a> {
    /// `None` if the header is no TIFF header.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (big_endian, wide) = match bytes.first_chunk()? {
            b"II\x2a\0" => (false, false),
            b"MM\0\x2a" => (true, false),
            b"II\x2b\0" => (false, true),
            b"MM\0\x2b" => (true, true),
            // Olympus and Panasonic have signatures of their own for what is a TIFF structure all the same.
            b"IIRO" | b"IIRS" | b"IIU\0" => (false, false),
            b"MMOR" => (true, false),
            _ => return None,
        };
        Some(Self {
            bytes,
            big_endian,
            wide,
        })
    }

    /// Visits every entry of every directory, each directory once. Returns what went wrong, and where.
    pub(super) fn visit(self, mut visit: impl FnMut(Entry<'a>)) -> Vec<TiffProblem> {
        let mut problems = Problems(Vec::new());
        let first = if self.wide {
            self.offset(8)
        } else {
            self.offset(4)
        };
        let mut queue = vec![(Ifd::Main(0), first.unwrap_or(0))];
        let mut seen = HashSet::new();
        let mut directory = 0;
        while let Some((ifd, at)) = queue.get(directory).copied() {
            if directory == MAX_DIRECTORIES {
                let message = "more than 64 directories: the rest is not read";
                problems.note(ProblemKind::Limit, at, message);
                break;
            }
            if !seen.insert(at) {
                problems.note(ProblemKind::Damage, at, "a directory that is named twice");
            } else if let Some(next) =
                self.directory((ifd, directory, at), &mut queue, &mut visit, &mut problems)
            {
                if let (Ifd::Main(number), true) = (ifd, next > 0) {
                    queue.push((Ifd::Main(number + 1), next));
                }
            } else {
                problems.note(ProblemKind::Cut, at, "a directory is cut");
            }
            directory += 1;
        }
        problems.0
    }

    /// Visits one directory and tells where the next of its chain stands; `None` if it is cut.
    fn directory(
        self,
        (ifd, directory, at): (Ifd, usize, usize),
        queue: &mut Vec<(Ifd, usize)>,
        visit: &mut impl FnMut(Entry<'a>),
        problems: &mut Problems,
    ) -> Option<usize> {
        let (head, size, count) = match self.wide {
            true => (8, 20, self.u64(at)?),
            false => (2, 12, self.u16(at)?.into()),
        };
        if count > MAX_ENTRIES {
            problems.note(
                ProblemKind::Limit,
                at,
                "more than 1024 entries in a directory: the rest is not read",
            );
        }
        let start = at.checked_add(head)?;
        for number in 0..index(count.min(MAX_ENTRIES)) {
            let place = start.checked_add(number * size)?;
            let Some(entry) = self.entry(ifd, directory, place, problems)? else {
                continue;
            };
            if let Some(child) = child(entry.tag) {
                let room = MAX_DIRECTORIES + 1 - queue.len().min(MAX_DIRECTORIES);
                queue.extend(
                    entry
                        .numbers()
                        .take(room)
                        .map(|offset| (child, index(offset))),
                );
            }
            visit(entry);
        }
        self.offset(start.checked_add(index(count).checked_mul(size)?)?)
            .or(Some(0))
    }

    /// The entry at `at`; `None` if it is cut, `Some(None)` if it has nothing to say.
    fn entry(
        self,
        ifd: Ifd,
        directory: usize,
        at: usize,
        problems: &mut Problems,
    ) -> Option<Option<Entry<'a>>> {
        let (tag, kind) = (self.u16(at)?, self.u16(at + 2)?);
        let (count, inline, room) = match self.wide {
            true => (self.u64(at + 4)?, at + 12, 8),
            false => (self.u32(at + 4)?.into(), at + 8, 4),
        };
        let Some(len) = unit(kind).and_then(|unit| index(count).checked_mul(unit)) else {
            return Some(None);
        };
        let place = if len <= room {
            inline
        } else {
            self.offset(inline)?
        };
        let value = self.bytes.clamped(place, len);
        if value.len() < len {
            let message = format!("the value of tag 0x{tag:04x} is cut");
            problems.note(ProblemKind::Cut, place, &message);
        }
        Some(Some(Entry {
            ifd,
            directory,
            tag,
            kind,
            at: place,
            value,
            tiff: self,
        }))
    }

    fn u16(self, at: usize) -> Option<u16> {
        if self.big_endian {
            self.bytes.be16(at)
        } else {
            self.bytes.le16(at)
        }
    }

    fn u32(self, at: usize) -> Option<u32> {
        if self.big_endian {
            self.bytes.be32(at)
        } else {
            self.bytes.le32(at)
        }
    }

    fn u64(self, at: usize) -> Option<u64> {
        let bytes = self.bytes.array(at)?;
        Some(if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }

    fn offset(self, at: usize) -> Option<usize> {
        if self.wide {
            self.u64(at).map(index)
        } else {
            self.u32(at).map(index)
        }
    }
}

impl<'a> Entry<'a> {
    /// The values of a whole-number type; none for others.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> + use<'a> {
        let whole = matches!(self.kind, 1 | 3 | 4 | 13 | 16 | 18);
        let unit = if whole {
            unit(self.kind).unwrap_or(1)
        } else {
            usize::MAX
        };
        let tiff = self.tiff;
        self.value
            .chunks_exact(unit)
            .map(move |chunk| tiff.number(chunk))
    }

    /// The value as 16-bit numbers, whatever type it declares.
    pub(super) fn shorts(&self) -> impl Iterator<Item = u64> + use<'a> {
        let tiff = self.tiff;
        let chunks = self.value.chunks_exact(2);
        chunks.map(move |chunk| tiff.number(chunk))
    }

    /// The values of a type that is made of 16, 32 or 64-bit words, as unsigned words; bytes for others.
    pub(super) fn words(&self) -> impl Iterator<Item = u64> + use<'a> {
        let size = match self.kind {
            3 | 8 => 2,
            4 | 5 | 9 | 10 | 11 | 13 => 4,
            12 | 16..=18 => 8,
            _ => 1,
        };
        let tiff = self.tiff;
        self.value
            .chunks_exact(size)
            .map(move |chunk| tiff.number(chunk))
    }
}

impl Tiff<'_> {
    fn number(self, chunk: &[u8]) -> u64 {
        let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match self.big_endian {
            true => chunk.iter().fold(0, push),
            false => chunk.iter().rev().fold(0, push),
        }
    }
}

/// Bytes in one value of a TIFF type.
fn unit(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16..=18 => Some(8),
        _ => None,
    }
}

/// The directory that a tag points to.
fn child(tag: u16) -> Option<Ifd> {
    match tag {
        0x8769 => Some(Ifd::Exif),
        0x8825 => Some(Ifd::Gps),
        0xA005 => Some(Ifd::Interop),
        0x014A => Some(Ifd::Sub),
        _ => None,
    }
}

/// What went wrong, and where.
pub(super) type TiffProblem = (ProblemKind, usize, String);

struct Problems(Vec<TiffProblem>);

impl Problems {
    fn note(&mut self, kind: ProblemKind, at: usize, message: &str) {
        // A directory named twice may be named a thousand times.
        if self.0.len() < MAX_PROBLEMS && self.0.iter().all(|(_, _, noted)| noted != message) {
            self.0.push((kind, at, message.to_owned()));
        }
    }
}
