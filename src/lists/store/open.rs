//! Opening a compiled list, and asking it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use xxhash_rust::xxh3::xxh3_64;
use zeroize::Zeroizing;

use super::details::Words;
use super::filter::Filter;
use super::header::{Header, MAGIC, PROLOGUE, Prologue};
use super::near::Hit;
use super::pages::{Backing, Damaged, PAGE, Pages};
use super::shelf::Shelf;
use super::turned::Shortlist;
use crate::fingerprints::{Digests, Kind, Wanted, digests, to_hex};
use crate::lists::{Entry, ListOptions};
use crate::platform;

/// Why a compiled list cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It could not be read or mapped.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is not what was written, or was written by a program that does other things.
    #[error("{0}")]
    Unusable(String),
    /// A page is not as it was written.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

/// A compiled list.
#[derive(Debug)]
pub struct Compiled {
    pages: Pages,
    words: Words,
    shelves: Vec<Shelf>,
    filters: Vec<Filter>,
    options: ListOptions,
    categories: BTreeMap<String, u64>,
    uncategorised: u64,
    left_out: BTreeMap<String, u64>,
    digest: String,
}

impl Compiled {
    /// Whether a file that begins like this is a compiled list.
    pub fn is_one(head: &[u8]) -> bool {
        head.starts_with(&MAGIC)
    }

    /// Maps a file.
    ///
    /// # Errors
    /// It is cut off, damaged where everything depends on it, or of another version.
    pub fn map(file: &File) -> Result<Self, OpenError> {
        Self::open(Backing::Mapped(platform::map(file)?), true)
    }

    /// Bytes that were decrypted into memory.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Result<Self, OpenError> {
        Self::open(Backing::Memory(bytes), true)
    }

    /// Bytes that were just made.
    pub(super) fn from_memory(bytes: Vec<u8>) -> Result<Self, OpenError> {
        Self::open(Backing::Memory(Zeroizing::new(bytes)), false)
    }

    fn open(backing: Backing, checked: bool) -> Result<Self, OpenError> {
        let unusable = OpenError::Unusable;
        let bytes = backing.bytes();
        let head = bytes.get(..PROLOGUE.min(bytes.len())).unwrap_or_default();
        let prologue = Prologue::read(head, bytes.len() as u64).map_err(unusable)?;
        let filled_up = bytes.get(PROLOGUE..PAGE).unwrap_or_default();
        if filled_up.iter().any(|byte| *byte != 0) {
            return Err(unusable(
                "it is damaged: its first page is not as it was written; import the list again"
                    .into(),
            ));
        }
        let size = |number: u64| {
            usize::try_from(number).map_err(|_| unusable("it is too large for this machine".into()))
        };
        let (table, header_at) = (size(prologue.table)?, size(prologue.header)?);
        let checksums = bytes.get(table..header_at).unwrap_or_default();
        let json = bytes.get(header_at..).unwrap_or_default();
        if xxh3_64(checksums) != prologue.table_check || xxh3_64(json) != prologue.header_check {
            return Err(unusable("it is damaged at its end: the table of contents is not as it was written; import the list again".into()));
        }
        let header: Header = serde_json::from_slice(json).map_err(|_| {
            unusable("its table of contents cannot be read; import the list again".into())
        })?;
        let digest = digest(bytes.get(table..).unwrap_or_default());
        let shelves = header
            .shelves
            .into_iter()
            .map(|shelf| Shelf::new(shelf, prologue.table));
        let filters = header.filters.into_iter();
        let filters = filters.map(|filter| Filter::new(filter, prologue.table));
        Ok(Self {
            filters: filters.collect::<Result<_, _>>().map_err(unusable)?,
            shelves: shelves.collect::<Result<_, _>>().map_err(unusable)?,
            options: header.options.parse().map_err(unusable)?,
            words: Words::of(header.words),
            categories: header.categories,
            uncategorised: header.uncategorised,
            left_out: header.left_out,
            digest,
            pages: match checked {
                true => Pages::checked(backing, table),
                false => Pages::trusted(backing),
            },
        })
    }

    /// What the list is and asks for.
    pub fn options(&self) -> &ListOptions {
        &self.options
    }

    /// What tells this list from every other: SHA-256 of its table of checksums and its header, in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How many entries there are in each category, and how many have none of their own.
    pub fn categories(&self) -> (&BTreeMap<String, u64>, u64) {
        (&self.categories, self.uncategorised)
    }

    /// How many entries were left out when it was made, by reason.
    pub fn left_out(&self) -> &BTreeMap<String, u64> {
        &self.left_out
    }

    pub(super) fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Its hashes, by kind.
    pub(crate) fn shelves(&self) -> &[Shelf] {
        &self.shelves
    }

    /// Its sets that can be asked, but not listed.
    pub(crate) fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// Which of the queries are probably in a set of this kind, with the chance that one is found by mistake.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub fn probable(&self, kind: Kind, queries: &[&[u8]]) -> Result<Vec<(usize, f64)>, Damaged> {
        let mut found = Vec::new();
        for filter in self.filters.iter().filter(|filter| filter.kind() == kind) {
            for (query, value) in queries.iter().enumerate() {
                if filter.holds(&self.pages, value)? {
                    found.push((query, filter.chance()));
                }
            }
        }
        Ok(found)
    }

    /// The shelf of a kind.
    pub(crate) fn shelf(&self, kind: Kind) -> Option<&Shelf> {
        self.shelves.iter().find(|shelf| shelf.kind() == kind)
    }

    /// The values that equal one of the queries.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub fn equal(&self, kind: Kind, queries: &[&[u8]]) -> Result<Vec<Hit>, Damaged> {
        let Some(shelf) = self.shelf(kind) else {
            return Ok(Vec::new());
        };
        let mut hits = Vec::new();
        for (query, value) in queries.iter().enumerate() {
            let row = shelf.equal(&self.pages, value)?;
            hits.extend(row.map(|row| Hit {
                distance: 0,
                row,
                query,
            }));
        }
        Ok(hits)
    }

    /// The values within a distance of one of the queries: nearest first, then in the order of the list, then by query.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub fn near(&self, kind: Kind, queries: &[&[u8]], radius: u32) -> Result<Vec<Hit>, Damaged> {
        match self.shelf(kind) {
            Some(shelf) => shelf.near(&self.pages, queries, radius, None),
            None => Ok(Vec::new()),
        }
    }

    /// The rows that may lie within a distance of one of some hashes, or within another of those that are not turned; `None`
    /// where searching for each is the better way.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub(crate) fn shortlist(
        &self,
        kind: Kind,
        hashes: &[(&[u8], bool)],
        radius: u32,
        near: Option<u32>,
    ) -> Result<Option<Shortlist>, Damaged> {
        match self.shelf(kind) {
            Some(shelf) => shelf.shortlist(&self.pages, hashes, radius, near),
            None => Ok(None),
        }
    }

    /// As [`near`](Self::near), of what is on a shortlist alone.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub(crate) fn near_among(
        &self,
        kind: Kind,
        queries: &[&[u8]],
        radius: u32,
        shortlist: &Shortlist,
    ) -> Result<Vec<Hit>, Damaged> {
        match self.shelf(kind) {
            Some(shelf) => {
                let rows = shortlist.rows.as_slice();
                shelf.near(&self.pages, queries, radius, Some(rows))
            }
            None => Ok(Vec::new()),
        }
    }

    /// The entries of a row, with their numbers.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub fn entries_of(&self, kind: Kind, row: u64) -> Result<Vec<(u64, Entry)>, Damaged> {
        let Some(shelf) = self.shelf(kind) else {
            return Ok(Vec::new());
        };
        let value = shelf.value(&self.pages, row)?;
        let entries = shelf.entries_of(&self.pages, row)?;
        entries
            .map(|entry| Ok((entry, shelf.entry(&self.pages, &self.words, entry, &value)?)))
            .collect()
    }

    /// The entries of a kind, in the order of their values.
    pub(crate) fn entries_in(&self, kind: Kind) -> impl Iterator<Item = Result<Entry, Damaged>> {
        let rows = self.shelf(kind).map_or(0, Shelf::rows);
        (0..rows).flat_map(move |row| match self.entries_of(kind, row) {
            Ok(entries) => entries.into_iter().map(|(_, entry)| Ok(entry)).collect(),
            Err(damaged) => vec![Err(damaged)],
        })
    }

    /// All entries, by kind and in the order of their values.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry, Damaged>> {
        let shelves = self.shelves.iter();
        shelves.flat_map(|shelf| self.entries_in(shelf.kind()))
    }

    /// Holds every page to its checksum, and tells how many there are.
    ///
    /// # Errors
    /// The first page that is damaged.
    pub fn verify(&self) -> Result<usize, Damaged> {
        self.pages.check_all()
    }
}

fn digest(bytes: &[u8]) -> String {
    let wanted = Wanted {
        sha256: true,
        ..Wanted::default()
    };
    let Digests { sha256, .. } = digests(bytes, wanted);
    to_hex(&sha256.unwrap_or_default())
}
