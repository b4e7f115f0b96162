//! Compiled lists: sorted, indexed, checksummed, and mapped into memory instead of read.
//!
//! A compiled list is one file, the same bytes for the same entries, without absolute paths, all numbers little-endian:
//!
//! ```text
//! prologue   what it is, where the table and the header are, and their checksums (a page of its own)
//! sections   of each kind of hash: the values in order, the bands, what is known of the entries
//! table      a checksum for each page of 4 KiB before it
//! header     JSON: what the list asks for, what is on it, and where the sections begin
//! ```
//!
//! A list is made beside its final place and gets its name when it is whole. A text list that is used as it is goes the same
//! way, in memory.

mod bands;
mod build;
mod compare;
mod details;
mod filter;
mod header;
mod near;
mod open;
mod pages;
mod plan;
mod screen;
mod shelf;
mod sort;
mod starts;
mod turned;
mod write;

use std::borrow::Cow;
use std::path::PathBuf;

use tempfile::SpooledTempFile;

pub use build::Builder;
pub use near::Hit;
pub use open::{Compiled, OpenError};
pub use pages::Damaged;
pub(crate) use screen::Reach;
pub(crate) use shelf::Shelf;
pub(crate) use turned::Shortlist;

use crate::fingerprints::Kind;
use crate::fingerprints::pdq::{Pdq, fold, is_pdq, unfold};

/// Memory that building a list takes for entries on their way, unless something else is asked for.
const MEMORY: usize = 64 << 20;

/// Where a list that is being made keeps what is not yet in its place.
#[derive(Debug, Clone)]
pub struct Workspace {
    folder: Option<PathBuf>,
    memory: usize,
}

impl Workspace {
    /// In memory alone: for small lists, and for those that may be on no disk unencrypted.
    pub fn memory() -> Self {
        Self {
            folder: None,
            memory: usize::MAX,
        }
    }

    /// In this much memory, and beyond it in files of this folder, which have no name and vanish with the program.
    pub fn beside(folder: impl Into<PathBuf>, memory: usize) -> Self {
        Self {
            folder: Some(folder.into()),
            memory,
        }
    }

    /// In a folder, with the memory that fits most machines.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self::beside(folder, MEMORY)
    }

    /// Memory for all entries on their way.
    fn memory_bytes(&self) -> usize {
        self.memory
    }

    /// Bytes of one run: what 32 bits can tell apart, at most.
    fn run_bytes(&self) -> usize {
        self.memory.min(1 << 31)
    }

    /// Somewhere to write to and to read again.
    fn spool(&self) -> SpooledTempFile {
        match &self.folder {
            Some(folder) => tempfile::spooled_tempfile_in(1 << 20, folder),
            None => tempfile::spooled_tempfile(usize::MAX),
        }
    }
}

/// Rows whose first parts lie together: first the first eight bytes of each, then the next eight. So one instruction looks at
/// all of them, and a look at one touches two neighbouring lines of the cache. The second parts of longer values are filled up
/// to as many.
const LINE: u64 = 8;

/// How the bytes of a value are divided between the three parts that it is stored in, by its size: a search seldom needs
/// more than the first two, and next to never the last.
fn parts(size: usize) -> [usize; 3] {
    let head = if size <= 8 { 8 } else { 16 };
    let middle = size.saturating_sub(head).min(THIRD);
    [head, middle, size.saturating_sub(head + middle)]
}

/// Bytes of a second part, in values that have as many.
const THIRD: usize = 8;

/// A value as it is stored: the bits of a PDQ hash in the order in which it is compared in all eight positions at once, others
/// as they are.
fn stored(kind: Kind, value: &[u8]) -> Cow<'_, [u8]> {
    match value.as_array() {
        Some(hash) if is_pdq(&kind) => Cow::Owned(fold(&Pdq(*hash)).to_vec()),
        _ => Cow::Borrowed(value),
    }
}

/// The value that is stored so.
fn unstored(kind: Kind, bytes: Vec<u8>) -> Vec<u8> {
    match bytes.as_array() {
        Some(folded) if is_pdq(&kind) => unfold(folded).0.to_vec(),
        _ => bytes,
    }
}

/// Some leading bits of a value from a bit on, as a number.
#[inline]
fn bits_at(value: &[u8], from: usize, len: u32) -> u64 {
    let first = from / 8;
    let bytes = (0..8).map(|n| value.get(first + n).copied().unwrap_or_default());
    let word = bytes.fold(0_u64, |word, byte| word << 8 | u64::from(byte));
    match len {
        0 => 0,
        len => (word << (from % 8)) >> (64 - len.min(56)),
    }
}

#[cfg(test)]
mod tests;
