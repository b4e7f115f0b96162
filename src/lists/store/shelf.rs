//! The hashes of one kind in a compiled list: rows of values, and the entries that have each.

use std::ops::Range;

use super::details::{self, Words};
use super::header::ShelfHeader;
use super::pages::{Damaged, PAGE, Pages};
use super::plan::Plan;
use super::starts::Starts;
use super::{LINE, THIRD, bits_at, parts, unstored};
use crate::fingerprints::Kind;
use crate::lists::Entry;
use crate::platform::{Line, Third};

/// Bytes of the first parts of rows that lie together.
const LINE_BYTES: usize = LINE as usize * 16;

/// What a search reads of some rows.
#[derive(Clone, Copy)]
pub(super) enum Block<'a> {
    /// Values of up to eight bytes.
    Short(&'a [[u8; 8]]),
    /// The first two parts of longer ones; there may be no second.
    Long(&'a [Line], &'a [Third]),
}

/// The hashes of one kind.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(super) kind: Kind,
    pub(super) plan: Plan,
    pub(super) header: ShelfHeader,
    /// Bytes of the three parts of a value.
    pub(super) parts: [usize; 3],
}

impl Shelf {
    /// Checks that all that a header tells of a shelf lies within the file's sections.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn new(header: ShelfHeader, sections: u64) -> Result<Self, String> {
        let kind: Kind = header.kind.parse().map_err(|_| {
            "it holds a kind of hash that this version does not know; import the list again"
                .to_owned()
        })?;
        let shelf = Self {
            kind,
            plan: Plan {
                bands: u32::try_from(header.bands.len())
                    .unwrap_or(u32::MAX)
                    .saturating_add(1),
                bits: header.bits,
            },
            parts: parts(kind.bytes()),
            header,
        };
        match shelf.fits(sections) {
            true => Ok(shelf),
            false => Err(format!("its parts for {kind} hashes do not fit together")),
        }
    }

    fn fits(&self, sections: u64) -> bool {
        let header = &self.header;
        let within = |at: u64, len: Option<u64>| {
            let end = len.and_then(|len| at.checked_add(len));
            at >= PAGE as u64 && end.is_some_and(|end| end <= sections)
        };
        let directory = |starts: &Starts, keys: u64, rows: u64| {
            starts.keys == keys.next_multiple_of(64)
                && within(starts.groups, Some(Starts::groups_len(starts.keys)))
                && within(starts.bits, Some(Starts::bits_len(starts.keys, rows)))
        };
        let rows = header.rows;
        let keys = 1_u64.checked_shl(header.bits).unwrap_or(0);
        let total = self.kind.bytes() as u64 * 8;
        rows > 0
            && rows < u64::from(u32::MAX)
            && (rows..u64::from(u32::MAX)).contains(&header.entries)
            && (6..=32).contains(&header.bits)
            && u64::from(self.plan.bands) * u64::from(header.bits) <= total
            && matches!(header.row_bytes, 3 | 4)
            && self
                .filled()
                .zip(self.parts)
                .zip(header.parts)
                .all(|((filled, width), at)| within(at, filled.checked_mul(width as u64)))
            && directory(&header.starts, keys, rows)
            && header.bands.iter().all(|band| {
                within(band.rows, rows.checked_mul(u64::from(header.row_bytes)))
                    && directory(&band.starts, keys, rows)
            })
            && header
                .entry_starts
                .is_none_or(|starts| directory(&starts, rows, header.entries))
            && (header.entry_starts.is_some() || header.entries == rows)
            && header.details.is_none_or(|details| {
                within(details.at, Some(details.len))
                    && within(
                        details.places,
                        header.entries.div_ceil(details::STEP).checked_mul(8),
                    )
            })
    }

    /// For how many rows there is room in each part: only the first two of longer values stand in lines.
    fn filled(&self) -> impl Iterator<Item = u64> {
        let [head, ..] = self.parts;
        let rows = self.header.rows;
        let lines = rows.next_multiple_of(LINE);
        match head {
            8 => [rows; 3],
            _ => [lines, lines, rows],
        }
        .into_iter()
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Different values.
    pub(crate) fn rows(&self) -> u64 {
        self.header.rows
    }

    /// Entries.
    pub(crate) fn entries(&self) -> u64 {
        self.header.entries
    }

    /// Entries of too poor a quality to match.
    pub(crate) fn poor(&self) -> u64 {
        self.header.poor
    }

    /// The largest threshold that an entry has of its own.
    pub(crate) fn max_threshold(&self) -> Option<u32> {
        self.header.max_threshold
    }

    /// Whether entries may ask for something of their own, such as a quality.
    pub(crate) fn has_details(&self) -> bool {
        self.header.details.is_some()
    }

    /// The first part of a row's value, as two words.
    #[inline(always)]
    pub(super) fn head(&self, pages: &Pages, row: u64) -> Result<[[u8; 8]; 2], Damaged> {
        let at = self.header.parts[0] as usize;
        let found = match self.parts[0] {
            8 => (
                pages.get(at + row as usize * 8, 8)?.first_chunk().copied(),
                Some([0; 8]),
            ),
            _ => {
                let line = pages
                    .get(at + (row / LINE) as usize * LINE_BYTES, LINE_BYTES)?
                    .as_chunks::<8>()
                    .0;
                let lane = (row % LINE) as usize;
                (
                    line.get(lane).copied(),
                    line.get(lane + LINE as usize).copied(),
                )
            }
        };
        let damaged = Damaged { at: at as u64 };
        Ok([found.0.ok_or(damaged)?, found.1.ok_or(damaged)?])
    }

    /// Asks for the memory of a row's first part.
    #[inline(always)]
    pub(super) fn prefetch(&self, pages: &Pages, row: u64) {
        let at = self.header.parts[0] as usize;
        pages.prefetch(match self.parts[0] {
            8 => at + row as usize * 8,
            _ => at + (row / LINE) as usize * LINE_BYTES + (row % LINE) as usize * 8,
        });
    }

    /// Asks for the memory of a block of rows.
    #[inline(always)]
    pub(super) fn prefetch_block(&self, pages: &Pages, first: u64, rows: usize) {
        if first + rows as u64 > self.header.rows {
            return;
        }
        for part in 0..2 {
            let width = self.parts.get(part).copied().unwrap_or_default();
            let at = self.header.parts.get(part).copied().unwrap_or_default() as usize
                + first as usize * width;
            (0..rows * width)
                .step_by(64)
                .for_each(|line| pages.prefetch(at + line));
        }
    }

    /// What a search reads of some rows; the first of them begins a line. There may be more in the last line.
    #[inline(always)]
    pub(super) fn block<'a>(
        &self,
        pages: &'a Pages,
        first: u64,
        rows: usize,
    ) -> Result<Block<'a>, Damaged> {
        let at = self.header.parts[0] as usize;
        let filled = rows.next_multiple_of(LINE as usize);
        Ok(match self.parts {
            [8, ..] => Block::Short(pages.get(at + first as usize * 8, rows * 8)?.as_chunks().0),
            [head, middle, _] => {
                let heads = pages.get(at + first as usize * head, filled * head)?;
                let thirds = match middle {
                    THIRD => self.part(pages, 1, first, filled)?,
                    _ => &[],
                };
                Block::Long(heads.as_chunks().0, thirds.as_chunks().0)
            }
        })
    }

    /// The second or third part of some values.
    #[inline(always)]
    pub(super) fn part<'a>(
        &self,
        pages: &'a Pages,
        part: usize,
        row: u64,
        rows: usize,
    ) -> Result<&'a [u8], Damaged> {
        let width = self.parts.get(part).copied().unwrap_or_default();
        let at = self.header.parts.get(part).copied().unwrap_or_default() as usize;
        pages.get(at + row as usize * width, rows * width)
    }

    /// The value of a row.
    pub(super) fn value(&self, pages: &Pages, row: u64) -> Result<Vec<u8>, Damaged> {
        let mut value = Vec::with_capacity(self.kind.bytes() + 24);
        value.extend_from_slice(self.head(pages, row)?.as_flattened());
        // Small values and the second part are filled up with zeros.
        value.truncate(self.kind.bytes().min(16));
        for part in 1..3 {
            value.extend_from_slice(self.part(pages, part, row, 1)?);
        }
        value.truncate(self.kind.bytes());
        Ok(unstored(self.kind, value))
    }

    /// The rows with this value: one or none.
    pub(super) fn equal(&self, pages: &Pages, value: &[u8]) -> Result<Option<u64>, Damaged> {
        if value.len() != self.kind.bytes() {
            return Ok(None);
        }
        let rows = self
            .header
            .starts
            .of(pages, bits_at(value, 0, self.header.bits))?;
        let mut range = u64::from(rows.start)..u64::from(rows.end.min(self.header.rows as u32));
        // The values of one key are in order, too.
        while range.end > range.start {
            let middle = range.start.midpoint(range.end);
            match self.value(pages, middle)?.as_slice().cmp(value) {
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        Ok(None)
    }

    /// The numbers of the entries that have a row's value.
    pub(super) fn entries_of(&self, pages: &Pages, row: u64) -> Result<Range<u64>, Damaged> {
        match &self.header.entry_starts {
            None => Ok(row..row + 1),
            Some(starts) => {
                let entries = starts.of(pages, row)?;
                Ok(u64::from(entries.start)..u64::from(entries.end))
            }
        }
    }

    /// One entry of a row.
    pub(super) fn entry(
        &self,
        pages: &Pages,
        words: &Words,
        entry: u64,
        value: &[u8],
    ) -> Result<Entry, Damaged> {
        let bytes = match &self.header.details {
            None => details::NOTHING,
            Some(details) => details.of(pages, entry)?,
        };
        let at = self.header.details.map_or(0, |details| details.at);
        details::read(bytes, self.kind, value, words).ok_or(Damaged { at })
    }
}
