//! Writing the shelf of one kind: values in order, their bands, and what is known of the entries.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use super::bands::write_band;
use super::details::{self, Details, NOTHING, STEP, Words, number};
use super::header::ShelfHeader;
use super::pages::PageWriter;
use super::plan::Plan;
use super::starts::{Starts, StartsBuilder};
use super::{LINE, Workspace, bits_at, parts, stored};
use crate::fingerprints::Kind;
use crate::lists::guards::Guards;
use crate::lists::{Entry, ListOptions};

/// Most categories that are counted one by one.
const MAX_CATEGORIES: usize = 1000;

/// Where sections begin: at the start of a cache line.
pub(super) const ALIGNED: usize = 64;

/// What is counted over all kinds.
pub(super) struct Totals {
    pub(super) guards: Guards,
    pub(super) left_out: BTreeMap<String, u64>,
    pub(super) categories: BTreeMap<String, u64>,
    pub(super) uncategorised: u64,
    /// The words of the entries that are written, in the order in which these come: another order of the sources, or what
    /// was withdrawn, leaves no mark.
    pub(super) words: Words,
}

impl Totals {
    pub(super) fn new(guards: Guards, left_out: BTreeMap<String, u64>) -> Self {
        Self {
            guards,
            left_out,
            categories: BTreeMap::new(),
            uncategorised: 0,
            words: Words::default(),
        }
    }

    pub(super) fn leave_out(&mut self, why: &str, entries: u64) {
        if entries > 0 {
            *self.left_out.entry(why.to_owned()).or_default() += entries;
        }
    }

    fn count(&mut self, entry: &Entry) {
        match &entry.category {
            None => self.uncategorised += 1,
            Some(category) => {
                let room = self.categories.len() < MAX_CATEGORIES;
                match self.categories.get_mut(category) {
                    Some(count) => *count += 1,
                    None if room => drop(self.categories.insert(category.clone(), 1)),
                    None => *self.categories.entry("others".to_owned()).or_default() += 1,
                }
            }
        }
    }
}

/// Something that is written beside the list until its place in it has come.
pub(super) type Spool = BufWriter<SpooledTempFile>;

/// Writes the shelf of one kind.
pub(super) struct ShelfWriter<'a> {
    kind: Kind,
    plan: Plan,
    min_quality: u8,
    words: &'a Words,
    at: Option<u64>,
    rows: u64,
    entries: u64,
    starts: StartsBuilder,
    entry_starts: StartsBuilder,
    /// The first parts of rows that do not yet fill a line.
    line: Vec<[u8; 16]>,
    /// The second and third part of the values.
    parts: [Spool; 2],
    /// The keys of the bands after the leading one.
    keys: Vec<Spool>,
    details: Spool,
    details_len: u64,
    places: Spool,
    known: bool,
    even: bool,
    max_threshold: Option<u32>,
    poor: u64,
}

impl<'a> ShelfWriter<'a> {
    pub(super) fn new(
        kind: Kind,
        most: u64,
        options: &ListOptions,
        workspace: &'a Workspace,
        words: &'a Words,
    ) -> Self {
        let plan = Plan::new(kind, most, options.threshold(kind));
        let spool = || BufWriter::with_capacity(1 << 16, workspace.spool());
        Self {
            kind,
            plan,
            min_quality: options.min_quality(),
            words,
            at: None,
            rows: 0,
            entries: 0,
            starts: StartsBuilder::new(),
            entry_starts: StartsBuilder::new(),
            line: Vec::new(),
            parts: [spool(), spool()],
            keys: (1..plan.bands).map(|_| spool()).collect(),
            details: spool(),
            details_len: 0,
            places: spool(),
            known: false,
            even: true,
            max_threshold: None,
            poor: 0,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// An entry as it was taken in.
    pub(super) fn read(&self, value: &[u8], details: &[u8]) -> Option<Entry> {
        details::read(details, self.kind, value, self.words)
    }

    /// The next value, with its entries.
    pub(super) fn row<W: Write>(
        &mut self,
        value: &[u8],
        entries: &[Vec<u8>],
        totals: &mut Totals,
        out: &mut PageWriter<W>,
    ) -> io::Result<()> {
        if self.rows >= u64::from(u32::MAX) - 1 || self.entries >= u64::from(u32::MAX) - (1 << 20) {
            return Err(io::Error::other(
                "more than 4 thousand million entries of one kind",
            ));
        }
        if self.at.is_none() {
            out.align(ALIGNED)?;
            self.at = Some(out.at());
        }
        self.value(value, out)?;
        let ones: u32 = value.iter().map(|byte| byte.count_ones()).sum();
        self.even &= ones.is_multiple_of(2);
        for details in entries {
            self.entry(value, details, totals)?;
        }
        self.rows += 1;
        Ok(())
    }

    fn value<W: Write>(&mut self, value: &[u8], out: &mut PageWriter<W>) -> io::Result<()> {
        let [head, middle, _] = parts(value.len());
        let stored = stored(self.kind, value);
        let mut padded = [0; 16];
        padded
            .iter_mut()
            .zip(stored.iter())
            .for_each(|(to, byte)| *to = *byte);
        if head == 8 {
            out.put(padded.first_chunk::<8>().unwrap_or(&[0; 8]))?;
        } else {
            self.line.push(padded);
            if self.line.len() as u64 == LINE {
                put_line(&mut self.line, out)?;
            }
        }
        let rest = stored.get(head..).unwrap_or_default();
        if let Some((part, rest)) = rest.split_at_checked(middle) {
            let [second, third] = &mut self.parts;
            second.write_all(part)?;
            third.write_all(rest)?;
        }
        let bits = self.plan.bits;
        self.starts.push(bits_at(value, 0, bits));
        for (spool, band) in self.keys.iter_mut().zip(1..) {
            let key = bits_at(value, band * bits as usize, bits) as u32;
            spool.write_all(&key.to_le_bytes())?;
        }
        Ok(())
    }

    fn entry(&mut self, value: &[u8], taken: &[u8], totals: &mut Totals) -> io::Result<()> {
        let entry = self.read(value, taken);
        let entry = entry.ok_or_else(|| io::Error::other("an entry was damaged on its way"))?;
        let mut details = Vec::with_capacity(taken.len() + 4);
        details::put(&entry, &mut totals.words, &mut details).map_err(io::Error::other)?;
        if self.entries.is_multiple_of(STEP) {
            self.places.write_all(&self.details_len.to_le_bytes())?;
        }
        let mut len = Vec::with_capacity(10);
        number(details.len() as u64, &mut len);
        self.details.write_all(&len)?;
        self.details.write_all(&details)?;
        self.details_len += (len.len() + details.len()) as u64;
        self.known |= details != NOTHING;
        self.entry_starts.push(self.rows);
        self.entries += 1;
        totals.count(&entry);
        self.max_threshold = self.max_threshold.max(entry.threshold);
        let least = entry.min_quality.unwrap_or(self.min_quality);
        let quality = entry.fingerprint.quality();
        self.poor += u64::from(quality.is_some_and(|quality| quality < least));
        Ok(())
    }

    /// Writes the rest of the shelf, and tells where everything is; `None` if nothing is on it.
    pub(super) fn finish<W: Write>(
        mut self,
        out: &mut PageWriter<W>,
    ) -> io::Result<Option<ShelfHeader>> {
        let Some(first) = self.at else {
            return Ok(None);
        };
        put_line(&mut self.line, out)?;
        let [mut second, third] = self.parts;
        let [_, middle, _] = parts(self.kind.bytes());
        let missing = self.rows.next_multiple_of(LINE) - self.rows;
        second.write_all(&vec![0; missing as usize * middle])?;
        let parts = [first, copy(second, out)?, copy(third, out)?];
        let starts = write_starts(self.starts, 1 << self.plan.bits, self.rows, out)?;
        let row_bytes = if self.rows <= 1 << 24 { 3 } else { 4 };
        let mut bands = Vec::new();
        for keys in self.keys.drain(..) {
            bands.push(write_band(keys, self.plan.bits, self.rows, row_bytes, out)?);
        }
        let entry_starts = match self.entries > self.rows {
            true => Some(write_starts(
                self.entry_starts,
                self.rows,
                self.entries,
                out,
            )?),
            false => None,
        };
        let details = match self.known {
            true => Some(Details {
                places: copy(self.places, out)?,
                at: copy(self.details, out)?,
                len: self.details_len,
            }),
            false => None,
        };
        Ok(Some(ShelfHeader {
            kind: self.kind.to_string(),
            rows: self.rows,
            entries: self.entries,
            parts,
            bits: self.plan.bits,
            starts,
            bands,
            row_bytes,
            entry_starts,
            details,
            even: self.even,
            max_threshold: self.max_threshold,
            poor: self.poor,
        }))
    }
}

/// Writes the first parts of up to eight rows, filled up with zeros.
fn put_line<W: Write>(line: &mut Vec<[u8; 16]>, out: &mut PageWriter<W>) -> io::Result<()> {
    if line.is_empty() {
        return Ok(());
    }
    line.resize(LINE as usize, [0; 16]);
    for half in 0..2 {
        for value in line.iter() {
            out.put(value.as_chunks::<8>().0.get(half).unwrap_or(&[0; 8]))?;
        }
    }
    line.clear();
    Ok(())
}

/// Puts what was written beside the list into it, and tells where it begins.
fn copy<W: Write>(spool: Spool, out: &mut PageWriter<W>) -> io::Result<u64> {
    out.align(ALIGNED)?;
    let at = out.at();
    let mut file = read_again(spool)?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(at),
            read => out.put(buffer.get(..read).unwrap_or_default())?,
        }
    }
}

pub(super) fn read_again(spool: Spool) -> io::Result<SpooledTempFile> {
    let mut file = spool.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

pub(super) fn write_starts<W: Write>(
    starts: StartsBuilder,
    keys: u64,
    rows: u64,
    out: &mut PageWriter<W>,
) -> io::Result<Starts> {
    let (keys, groups, bits) = starts.finish(keys);
    debug_assert_eq!(bits.len() as u64, Starts::bits_len(keys, rows));
    out.align(ALIGNED)?;
    let at = out.at();
    out.put(&groups)?;
    out.align(ALIGNED)?;
    let bits_at = out.at();
    out.put(&bits)?;
    Ok(Starts {
        keys,
        groups: at,
        bits: bits_at,
    })
}
