//! What a compiled list says of itself: a fixed prologue, and a header in JSON that tells where everything stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::details::Details;
use super::starts::Starts;
use crate::fingerprints::Kind;
use crate::lists::{ListKind, ListOptions};

/// What every compiled list begins with. Programs that change line ends on the way break it, and are found out.
pub(super) const MAGIC: [u8; 8] = *b"\x89PVL\r\n\x1a\n";

/// The version of the form. A reader refuses versions above its own.
pub(super) const VERSION: u32 = 2;

/// Bytes of the prologue.
pub(super) const PROLOGUE: usize = 72;

/// Longest header that is read.
const MAX_HEADER: u64 = 64 << 20;

/// The fixed beginning of a compiled list; all numbers are little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prologue {
    /// Bytes of the file.
    pub(super) file: u64,
    /// Where the checksums of the pages begin; all pages are before it.
    pub(super) table: u64,
    /// Where the header begins, behind them, and its length.
    pub(super) header: u64,
    pub(super) header_len: u64,
    /// Checksums of the table and of the header.
    pub(super) table_check: u64,
    pub(super) header_check: u64,
}

impl Prologue {
    pub(super) fn to_bytes(self) -> [u8; PROLOGUE] {
        let mut bytes = [0; PROLOGUE];
        let mut rest = bytes.as_mut_slice();
        let mut put = |value: &[u8]| {
            if let Some((place, left)) = std::mem::take(&mut rest).split_at_mut_checked(value.len())
            {
                place.copy_from_slice(value);
                rest = left;
            }
        };
        put(&MAGIC);
        put(&VERSION.to_le_bytes());
        put(&(super::pages::PAGE as u32).to_le_bytes());
        for number in [
            self.file,
            self.table,
            self.header,
            self.header_len,
            self.table_check,
            self.header_check,
        ] {
            put(&number.to_le_bytes());
        }
        let check = xxh3_64(bytes.get(..PROLOGUE - 8).unwrap_or_default());
        if let Some(place) = bytes.last_chunk_mut() {
            *place = check.to_le_bytes();
        }
        bytes
    }

    /// Reads the prologue of a file of this length.
    ///
    /// # Errors
    /// It is damaged, cut off, or of a version that is not known here.
    pub(super) fn read(bytes: &[u8], len: u64) -> Result<Self, String> {
        let bytes = bytes
            .get(..PROLOGUE)
            .ok_or("it is cut off: the beginning of a compiled list is longer")?;
        let (body, check) = bytes.split_last_chunk().ok_or("it is cut off")?;
        let mut numbers = body.get(16..).unwrap_or_default().as_chunks::<8>().0.iter();
        let version = body
            .get(8..12)
            .and_then(|bytes| bytes.first_chunk())
            .map_or(0, |bytes| u32::from_le_bytes(*bytes));
        if xxh3_64(body) != u64::from_le_bytes(*check) {
            return Err("it is damaged: its first bytes are not as they were written".into());
        }
        if version != VERSION {
            return Err(format!(
                "it is of version {version}, and this program reads version {VERSION}; import the list again"
            ));
        }
        let mut next = || numbers.next().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let prologue = Self {
            file: next(),
            table: next(),
            header: next(),
            header_len: next(),
            table_check: next(),
            header_check: next(),
        };
        let page = super::pages::PAGE as u64;
        let consistent = prologue.table.is_multiple_of(page)
            && prologue.table >= page
            && prologue.table.checked_add(prologue.table / page * 8) == Some(prologue.header)
            && prologue.header.checked_add(prologue.header_len) == Some(prologue.file)
            && prologue.header_len <= MAX_HEADER;
        match (prologue.file == len, consistent) {
            (true, true) => Ok(prologue),
            (false, _) => Err(format!(
                "it is cut off or was added to: it has {len} bytes, and was written with {}",
                prologue.file
            )),
            (true, false) => Err("its parts do not fit together".into()),
        }
    }
}

/// What a compiled list holds, and where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// What the list is and asks for.
    pub(super) options: Options,
    /// Its hashes, by kind.
    pub(super) shelves: Vec<ShelfHeader>,
    /// Sets of hashes that can be asked, but not listed.
    pub(super) filters: Vec<FilterHeader>,
    /// How many entries there are in each category, as far as there are not too many.
    pub(super) categories: BTreeMap<String, u64>,
    /// Entries without one of their own.
    pub(super) uncategorised: u64,
    /// What was left out when it was made, by reason.
    pub(super) left_out: BTreeMap<String, u64>,
    /// Words that entries share.
    pub(super) words: Vec<String>,
}

/// The hashes of one kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShelfHeader {
    /// The kind's name.
    pub(super) kind: String,
    /// Different values.
    pub(super) rows: u64,
    /// Entries: a value may have several.
    pub(super) entries: u64,
    /// Where the first bytes of the values stand, then the next, and the rest; see [`parts`](super::parts).
    pub(super) parts: [u64; 3],
    /// Bits of the leading band, by which the values are sorted.
    pub(super) bits: u32,
    /// Where the rows of each value of the leading band begin.
    pub(super) starts: Starts,
    /// The other bands, if there are any: where their rows stand and begin.
    pub(super) bands: Vec<BandHeader>,
    /// Bytes of a row's number in the bands.
    pub(super) row_bytes: u32,
    /// Where the entries of each row begin, if a row has more than one.
    pub(super) entry_starts: Option<Starts>,
    /// What is known of the entries, if anything is.
    pub(super) details: Option<Details>,
    /// All values have an even number of ones, as proper PDQ hashes do.
    pub(super) even: bool,
    /// The largest threshold that an entry has of its own.
    pub(super) max_threshold: Option<u32>,
    /// Entries whose quality is below the list's least.
    pub(super) poor: u64,
}

/// A Bloom filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilterHeader {
    /// The kind of digest that is in it.
    pub(super) kind: String,
    /// Where its bits stand.
    pub(super) at: u64,
    /// How many bits there are, and how many of them a value sets.
    pub(super) bits: u64,
    pub(super) hashes: u64,
    /// How many values are in it, as it says.
    pub(super) entries: u64,
    /// The chance that a value is found which is not in it.
    pub(super) chance: f64,
}

/// One further band.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BandHeader {
    /// Where its row numbers stand, in the order of the band's value.
    pub(super) rows: u64,
    /// Where those of each value begin.
    pub(super) starts: Starts,
}

/// [`ListOptions`] in words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    name: Option<String>,
    kind: Option<String>,
    category: Option<String>,
    categories: BTreeMap<String, String>,
    action: Option<String>,
    thresholds: BTreeMap<String, u32>,
    near: BTreeMap<String, u32>,
    min_quality: Option<u8>,
    dihedral: Option<bool>,
}

impl From<&ListOptions> for Options {
    fn from(options: &ListOptions) -> Self {
        let words = |distances: &BTreeMap<Kind, u32>| {
            distances
                .iter()
                .map(|(kind, bits)| (kind.to_string(), *bits))
                .collect()
        };
        Self {
            name: options.name.clone(),
            kind: options.kind.map(|kind| kind.to_string()),
            category: options.category.clone(),
            categories: options.categories.clone(),
            action: options.action.map(|action| action.to_string()),
            thresholds: words(&options.thresholds),
            near: words(&options.near),
            min_quality: options.min_quality,
            dihedral: options.dihedral,
        }
    }
}

impl Options {
    /// What the words mean.
    ///
    /// # Errors
    /// A word that is not known here.
    pub(super) fn parse(self) -> Result<ListOptions, String> {
        let mut options = ListOptions {
            name: self.name,
            kind: self
                .kind
                .map(|word| word.parse::<ListKind>())
                .transpose()
                .map_err(|error| error.to_string())?,
            category: self.category,
            categories: self.categories,
            action: self
                .action
                .map(|word| word.parse())
                .transpose()
                .map_err(|error: crate::evidence::UnknownWord| error.to_string())?,
            min_quality: self.min_quality,
            dihedral: self.dihedral,
            ..ListOptions::default()
        };
        let kind = |name: &str| name.parse::<Kind>().map_err(|error| error.to_string());
        for (name, bits) in &self.thresholds {
            options.set_threshold(kind(name)?, *bits)?;
        }
        for (name, bits) in &self.near {
            options.set_near(kind(name)?, *bits)?;
        }
        Ok(options)
    }
}
