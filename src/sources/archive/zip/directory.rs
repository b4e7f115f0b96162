//! The directory of a zip archive: where it is, and its rows one after the other.

use std::io::{BufReader, Read};

use super::super::super::span::{Span, SpanReader};
use super::super::member::damaged;
use super::entry::{CENTRAL, CENTRAL_LEN, Entry, central_lens, u16_at, u32_at, u64_at};
use crate::error::Fault;

const END: &[u8] = b"PK\x05\x06";
const END_LEN: usize = 22;
const LONG_END: &[u8] = b"PK\x06\x06";
const LONG_END_LEN: usize = 56;
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LEN: u64 = 20;

/// Longest comment behind the directory.
const MAX_COMMENT: u64 = 65_535;

/// Where a directory lies.
pub(super) struct Directory {
    /// What stands in front of the archive: places in it are counted from here.
    pub(super) base: u64,
    /// Its first row.
    pub(super) start: u64,
    /// What comes after its last row.
    pub(super) end: u64,
    /// How many rows it should have.
    rows: Rows,
}

/// The number of rows of a directory, as what ends the archive tells it.
#[derive(Clone, Copy)]
enum Rows {
    /// All of it.
    Whole(u64),
    /// What 16 bits hold of it.
    Low(u16),
}

/// Whether these bytes end as a zip archive does.
pub(in super::super) fn is_there(span: &Span) -> bool {
    Directory::find(span).is_some()
}

impl Directory {
    /// Looks for it from the end: there may be a comment, or anything, behind it, and anything in front of the archive.
    pub(super) fn find(span: &Span) -> Option<Self> {
        let tail_at = span.len().saturating_sub(MAX_COMMENT + END_LEN as u64);
        let tail = span.from(tail_at).head(u64::MAX);
        let ends = memchr::memmem::rfind_iter(&tail, END);
        ends.take(64).find_map(|at| {
            let end = tail.get(at..at + END_LEN)?;
            let at = tail_at + at as u64;
            Self::long(span, at).or_else(|| {
                let (len, start) = (u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
                Self::at(span, at, (len, start), Rows::Low(u16_at(end, 10)))
            })
        })
    }

    /// A directory whose lengths need 64 bits.
    fn long(span: &Span, end_at: u64) -> Option<Self> {
        let locator_at = end_at.checked_sub(LOCATOR_LEN)?;
        let locator: [u8; LOCATOR_LEN as usize] = span.array(locator_at)?;
        if !locator.starts_with(LOCATOR) {
            return None;
        }
        // What stands in front of the archive is not counted in the place that the locator names.
        let beside = locator_at.checked_sub(LONG_END_LEN as u64)?;
        [u64_at(&locator, 8), beside].into_iter().find_map(|at| {
            let end: [u8; LONG_END_LEN] = span.array(at)?;
            if !end.starts_with(LONG_END) {
                return None;
            }
            let part = (u64_at(&end, 40), u64_at(&end, 48));
            Self::at(span, at, part, Rows::Whole(u64_at(&end, 32)))
        })
    }

    /// The directory that ends here, if its first row is where it should be.
    fn at(span: &Span, end: u64, (len, start): (u64, u64), rows: Rows) -> Option<Self> {
        let by_len = end.checked_sub(len);
        [by_len, Some(start)].into_iter().flatten().find_map(|at| {
            let base = at.checked_sub(start)?;
            let begins = match at == end {
                true => start + base == end && len == 0,
                false => at < end && span.array::<4>(at)? == *CENTRAL,
            };
            begins.then_some(Self {
                base,
                start: at,
                end,
                rows,
            })
        })
    }

    /// What is wrong where so many rows were read.
    pub(super) fn miscount(&self, read: usize) -> Option<Fault> {
        let right = match self.rows {
            Rows::Whole(rows) => read as u64 == rows,
            Rows::Low(rows) => read & 0xffff == usize::from(rows),
        };
        (!right).then(|| {
            damaged(format!(
                "the archive is damaged: its directory lists {read} members, and not as many as its end says, so that members may be missing"
            ))
        })
    }

    /// Its rows.
    pub(super) fn entries(&self, span: &Span) -> Entries {
        let part = span.from(self.start);
        Entries {
            reader: BufReader::with_capacity(64 << 10, part.reader()),
            at: self.start,
            end: self.end,
        }
    }
}

/// Rows of a directory, read as they are asked for. After an error there is none.
pub(super) struct Entries {
    reader: BufReader<SpanReader>,
    at: u64,
    end: u64,
}

impl Iterator for Entries {
    type Item = Result<Entry, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at.saturating_add(CENTRAL_LEN as u64) > self.end {
            return None;
        }
        let at = self.at;
        let entry = self.row().ok_or_else(|| {
            damaged(format!(
                "the directory of the archive is damaged at byte {at}; what it lists after that was not read"
            ))
        });
        if entry.is_err() {
            self.at = self.end;
        }
        Some(entry)
    }
}

impl Entries {
    fn row(&mut self) -> Option<Entry> {
        let mut fixed = [0; CENTRAL_LEN];
        self.reader.read_exact(&mut fixed).ok()?;
        if !fixed.starts_with(CENTRAL) {
            return None;
        }
        let lens = central_lens(&fixed);
        let [mut name, mut extra, mut comment] = lens.map(|len| vec![0; len]);
        for part in [&mut name, &mut extra, &mut comment] {
            self.reader.read_exact(part).ok()?;
        }
        let len = CENTRAL_LEN + lens.iter().sum::<usize>();
        self.at = self.at.checked_add(len as u64)?;
        Some(Entry::central(&fixed, name, &extra))
    }
}
