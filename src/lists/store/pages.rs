//! The bytes of a compiled list: mapped or in memory, and of a file none is used before its page was checked.
//!
//! Checking a whole file takes as long as reading it, and a list is to open at once; so every page of 4 KiB has a checksum,
//! and is held to it when something on it is first asked for. A flipped bit is thus met as damage, never as "not found".

use std::sync::atomic::{AtomicU64, Ordering};

use crate::platform::prefetch;
use memmap2::Mmap;
use xxhash_rust::xxh3::xxh3_64;
use zeroize::Zeroizing;

/// Bytes of a page.
pub(super) const PAGE: usize = 4096;

/// Bytes of a page's checksum.
const CHECK: usize = 8;

/// A place in a list that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the list is damaged at byte {at}: the page there is not as it was written; import the list again"
)]
pub struct Damaged {
    /// The first byte of the page.
    pub at: u64,
}

/// Where the bytes are.
#[derive(Debug)]
pub(super) enum Backing {
    /// A mapped file, shared with whoever else maps it.
    Mapped(Mmap),
    /// Memory that is wiped when it is no longer needed.
    Memory(Zeroizing<Vec<u8>>),
}

impl Backing {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Memory(bytes) => bytes,
        }
    }
}

/// Bytes, and which of their pages were checked.
#[derive(Debug)]
pub(super) struct Pages {
    backing: Backing,
    checks: Option<Checks>,
}

/// The checksums of the pages, and which pages were held to theirs.
#[derive(Debug)]
struct Checks {
    /// Where the table of checksums begins; it is as long as there are pages before it.
    table: usize,
    checked: Box<[AtomicU64]>,
}

impl Pages {
    /// Bytes that were just made here, and need no checks.
    pub(super) fn trusted(backing: Backing) -> Self {
        Self {
            backing,
            checks: None,
        }
    }

    /// Bytes that come from elsewhere; `table` is where the checksums of all pages before it stand.
    pub(super) fn checked(backing: Backing, table: usize) -> Self {
        let words = (table / PAGE).div_ceil(64);
        let checked = (0..words).map(|_| AtomicU64::new(0)).collect();
        Self {
            backing,
            checks: Some(Checks { table, checked }),
        }
    }

    /// Some bytes, once their pages were checked. A range that ends past the file is damage, too.
    #[inline(always)]
    pub(super) fn get(&self, start: usize, len: usize) -> Result<&[u8], Damaged> {
        let found = start
            .checked_add(len)
            .and_then(|end| self.backing.bytes().get(start..end));
        match found {
            Some(bytes) if self.are_checked(start, len) => Ok(bytes),
            Some(bytes) => self.check(start, len).map(|()| bytes),
            None => Err(Damaged { at: start as u64 }),
        }
    }

    /// Asks for the memory at a place that will be read soon.
    #[inline(always)]
    pub(super) fn prefetch(&self, at: usize) {
        if let Some(bytes) = self.backing.bytes().get(at..) {
            prefetch(bytes);
        }
    }

    /// Whether the first and last page of a short range were checked; a long one is looked at page by page.
    #[inline(always)]
    fn are_checked(&self, start: usize, len: usize) -> bool {
        let Some(checks) = &self.checks else {
            return true;
        };
        let (first, last) = (start / PAGE, (start + len).saturating_sub(1) / PAGE);
        last <= first + 1 && checks.has(first) && (last == first || checks.has(last))
    }

    /// Holds the pages of a range to their checksums.
    #[cold]
    fn check(&self, start: usize, len: usize) -> Result<(), Damaged> {
        let Some(checks) = &self.checks else {
            return Ok(());
        };
        let last = (start + len).saturating_sub(1) / PAGE;
        (start / PAGE..=last).try_for_each(|page| match checks.has(page) {
            true => Ok(()),
            false => checks.check(page, self.backing.bytes()),
        })
    }

    /// Holds every page to its checksum, and tells how many there are.
    pub(super) fn check_all(&self) -> Result<usize, Damaged> {
        let pages = self.checks.as_ref().map_or(0, |checks| checks.table / PAGE);
        for page in 1..pages {
            self.check(page * PAGE, PAGE)?;
        }
        Ok(pages)
    }
}

impl Checks {
    #[inline(always)]
    fn has(&self, page: usize) -> bool {
        let word = self.checked.get(page / 64);
        word.is_some_and(|word| word.load(Ordering::Relaxed) >> (page % 64) & 1 == 1)
    }

    /// A page of 4 KiB against the checksum that was written for it.
    fn check(&self, page: usize, bytes: &[u8]) -> Result<(), Damaged> {
        let at = page.saturating_mul(PAGE);
        let damaged = Damaged { at: at as u64 };
        let place = self.table + page.saturating_mul(CHECK);
        let expected = bytes.get(place..place + CHECK).ok_or(damaged)?;
        let body = bytes
            .get(at..at.saturating_add(PAGE).min(self.table))
            .ok_or(damaged)?;
        if place + CHECK > self.table + self.table / PAGE * CHECK
            || xxh3_64(body).to_le_bytes() != expected
        {
            return Err(damaged);
        }
        if let Some(word) = self.checked.get(page / 64) {
            word.fetch_or(1 << (page % 64), Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Writes pages one after the other and keeps their checksums.
pub(super) struct PageWriter<W> {
    out: W,
    page: Vec<u8>,
    at: u64,
    checksums: Vec<u8>,
}

impl<W: std::io::Write> PageWriter<W> {
    /// Begins with a page of zeros: the prologue is written over it in the end.
    pub(super) fn new(out: W) -> std::io::Result<Self> {
        let mut writer = Self {
            out,
            page: Vec::with_capacity(PAGE),
            at: 0,
            checksums: Vec::new(),
        };
        writer.put(&[0; PAGE])?;
        Ok(writer)
    }

    /// How many bytes were written.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Writes bytes.
    pub(super) fn put(&mut self, mut bytes: &[u8]) -> std::io::Result<()> {
        self.at += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = (PAGE - self.page.len()).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.page.extend_from_slice(now);
            bytes = later;
            if self.page.len() == PAGE {
                self.checksums
                    .extend_from_slice(&xxh3_64(&self.page).to_le_bytes());
                self.out.write_all(&self.page)?;
                self.page.clear();
            }
        }
        Ok(())
    }

    /// Fills up to a multiple of so many bytes, at most a page.
    pub(super) fn align(&mut self, to: usize) -> std::io::Result<()> {
        let past = self.page.len() % to.max(1);
        match past {
            0 => Ok(()),
            past => self.put([0; PAGE].get(..to.min(PAGE) - past).unwrap_or_default()),
        }
    }

    /// Ends the last page, and gives back where to write on and the checksums of all pages.
    pub(super) fn finish(mut self) -> std::io::Result<(W, u64, Vec<u8>)> {
        self.align(PAGE)?;
        Ok((self.out, self.at, self.checksums))
    }
}

/// Bytes that a test made.
#[cfg(test)]
pub(super) fn in_memory(bytes: Vec<u8>) -> Pages {
    Pages::trusted(Backing::Memory(Zeroizing::new(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: &[u8]) -> (Vec<u8>, usize) {
        let mut writer = PageWriter::new(Vec::new()).unwrap();
        writer.put(body).unwrap();
        let (mut bytes, at, checksums) = writer.finish().unwrap();
        bytes.extend_from_slice(&checksums);
        (bytes, usize::try_from(at).unwrap())
    }

    #[test]
    fn what_is_written_reads_back_and_every_flipped_bit_is_met() {
        let body: Vec<u8> = (0..3 * PAGE + 100).map(|n| (n * 31 % 251) as u8).collect();
        let (bytes, table) = written(&body);
        let pages =
            |bytes: &[u8]| Pages::checked(Backing::Memory(Zeroizing::new(bytes.to_vec())), table);
        let whole = pages(&bytes);
        assert_eq!(whole.get(PAGE, body.len()).unwrap(), body);
        assert_eq!(
            whole.get(2 * PAGE - 3, 6).unwrap(),
            &body[PAGE - 3..PAGE + 3]
        );
        assert_eq!(whole.check_all(), Ok(table / PAGE));
        for at in [
            PAGE,
            2 * PAGE - 1,
            2 * PAGE,
            4 * PAGE + 99,
            table + 9,
            table + 30,
        ] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            let flipped = pages(&flipped);
            assert!(flipped.check_all().is_err(), "{at}");
            assert!(flipped.get(PAGE, body.len()).is_err(), "{at}");
        }
        assert!(whole.get(bytes.len() - 1, 2).is_err() && whole.get(usize::MAX, 2).is_err());
    }

    #[test]
    fn a_range_is_checked_before_it_is_given() {
        let (mut bytes, table) = written(&[7; 4 * PAGE]);
        bytes[3 * PAGE] ^= 1;
        let pages = Pages::checked(Backing::Memory(Zeroizing::new(bytes)), table);
        assert!(pages.get(PAGE, 10).is_ok());
        assert_eq!(
            pages.get(PAGE, 3 * PAGE),
            Err(Damaged {
                at: 3 * PAGE as u64
            })
        );
        assert_eq!(
            pages.get(3 * PAGE - 1, 2),
            Err(Damaged {
                at: 3 * PAGE as u64
            })
        );
    }
}
