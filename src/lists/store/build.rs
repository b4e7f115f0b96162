//! Taking in the entries of a list, however many, and making a compiled list of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Seek, SeekFrom, Write};

use xxhash_rust::xxh3::xxh3_128;

use super::details::{self, Words};
use super::header::{FilterHeader, Header, Options, Prologue};
use super::pages::PageWriter;
use super::sort::{Record, Sorter};
use super::write::{ShelfWriter, Totals};
use super::{Compiled, Workspace};
use crate::fingerprints::Kind;
use crate::lists::formats::Intake;
use crate::lists::guards::{self, Guards};
use crate::lists::{Bloom, Entry, ListOptions};

/// Most entries of one value that are kept: whoever is on the list under a thousand names is found by the first.
const MAX_OF_ONE: usize = 1000;

/// Takes in entries, and makes a compiled list of them.
pub struct Builder {
    wishes: ListOptions,
    options: ListOptions,
    guards: Guards,
    workspace: Workspace,
    sorters: BTreeMap<Kind, Sorter>,
    filters: Vec<(Kind, Bloom)>,
    words: Words,
    /// Up to which entry those of an id no longer hold; ids by their hash.
    withdrawn: HashMap<u128, u64>,
    left_out: BTreeMap<String, u64>,
    taken: u64,
    details: Vec<u8>,
}

impl Builder {
    /// A list without entries. The wishes go before what the list says of itself.
    pub fn new(wishes: ListOptions, guards: Guards, workspace: Workspace) -> Self {
        Self {
            wishes,
            options: ListOptions::default(),
            guards,
            workspace,
            sorters: BTreeMap::new(),
            filters: Vec::new(),
            words: Words::default(),
            withdrawn: HashMap::new(),
            left_out: BTreeMap::new(),
            taken: 0,
            details: Vec::new(),
        }
    }

    /// Whether nothing was taken in, nor left out on purpose.
    pub fn is_empty(&self) -> bool {
        self.taken == 0 && self.filters.is_empty() && self.left_out.is_empty()
    }

    /// How many entries were taken in.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The category of entries that have none of their own, as far as it was said.
    pub fn category(&self) -> Option<&str> {
        let said = self.wishes.category.as_ref();
        said.or(self.options.category.as_ref()).map(String::as_str)
    }

    /// Writes the compiled list.
    ///
    /// # Errors
    /// The disk is full, or a kind has no threshold.
    pub fn write<W: Write + Seek>(self, out: W) -> io::Result<W> {
        let options = self.wishes.or(self.options);
        let mut writer = PageWriter::new(out)?;
        let mut totals = Totals::new(self.guards, self.left_out);
        let mut shelves = Vec::new();
        for (kind, sorter) in self.sorters {
            let shelf =
                ShelfWriter::new(kind, sorter.len(), &options, &self.workspace, &self.words);
            let mut merge = sorter.merge()?;
            let mut rows = Rows::new(shelf, &self.withdrawn, &mut totals);
            let mut record = Record::default();
            while merge.next(&mut record)? {
                rows.take(&mut record, &mut writer)?;
            }
            shelves.extend(rows.finish(&mut writer)?);
        }
        let filters = self.filters.iter();
        let filters = filters.map(|(kind, filter)| write_filter(*kind, filter, &mut writer));
        let header = Header {
            options: Options::from(&options),
            filters: filters.collect::<io::Result<_>>()?,
            shelves,
            categories: totals.categories,
            uncategorised: totals.uncategorised,
            left_out: totals.left_out,
            words: totals.words.all().to_vec(),
        };
        close(writer, &header)
    }

    /// A list in memory, to be used at once.
    ///
    /// # Errors
    /// A kind has no threshold.
    pub fn finish(self) -> Result<Compiled, String> {
        let out = self.write(io::Cursor::new(Vec::new()));
        let out = out.map_err(|error| error.to_string())?;
        Compiled::from_memory(out.into_inner()).map_err(|error| error.to_string())
    }

    /// Keeps what is in memory within its bounds: the largest part goes to the disk.
    fn keep_within_memory(&mut self) -> io::Result<()> {
        let used: usize = self.sorters.values().map(Sorter::memory).sum();
        if used < self.workspace.memory_bytes() {
            return Ok(());
        }
        let largest = self
            .sorters
            .values_mut()
            .max_by_key(|sorter| sorter.memory());
        largest.map_or(Ok(()), Sorter::spill)
    }
}

fn write_filter<W: Write>(
    kind: Kind,
    filter: &Bloom,
    out: &mut PageWriter<W>,
) -> io::Result<FilterHeader> {
    let (bytes, bits, hashes) = filter.parts();
    let at = out.at();
    out.put(bytes)?;
    Ok(FilterHeader {
        kind: kind.to_string(),
        at,
        bits,
        hashes,
        entries: filter.entries(),
        chance: filter.false_positive_rate(),
    })
}

/// Ends the file: the table of checksums, the header, and the prologue over the first page.
fn close<W: Write + Seek>(writer: PageWriter<W>, header: &Header) -> io::Result<W> {
    let json = serde_json::to_vec(header)?;
    let (mut out, table, checksums) = writer.finish()?;
    out.write_all(&checksums)?;
    out.write_all(&json)?;
    let header = table + checksums.len() as u64;
    let prologue = Prologue {
        file: header + json.len() as u64,
        table,
        header,
        header_len: json.len() as u64,
        table_check: xxhash_rust::xxh3::xxh3_64(&checksums),
        header_check: xxhash_rust::xxh3::xxh3_64(&json),
    };
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&prologue.to_bytes())?;
    out.flush()?;
    Ok(out)
}

impl Intake for Builder {
    fn options(&mut self, options: ListOptions) {
        self.options = std::mem::take(&mut self.options).or(options);
    }

    fn entry(&mut self, entry: Entry) -> io::Result<()> {
        if let Some(why) = guards::refuses(&entry.fingerprint) {
            self.leave_out(why);
            return Ok(());
        }
        let kind = entry.fingerprint.kind();
        self.details.clear();
        details::put(&entry, &mut self.words, &mut self.details).map_err(io::Error::other)?;
        let workspace = &self.workspace;
        let sorter = self
            .sorters
            .entry(kind)
            .or_insert_with(|| Sorter::new(kind.bytes(), workspace.clone()));
        sorter.push(entry.fingerprint.value(), self.taken, &self.details)?;
        self.taken += 1;
        // Adding up is not worth its time at every entry.
        match self.taken.is_multiple_of(1024) {
            true => self.keep_within_memory(),
            false => Ok(()),
        }
    }

    fn withdraw(&mut self, id: &str) -> io::Result<()> {
        // Nothing came before.
        if self.taken > 0 {
            self.withdrawn.insert(xxh3_128(id.as_bytes()), self.taken);
        }
        Ok(())
    }

    fn filter(&mut self, kind: Kind, filter: Bloom) -> io::Result<()> {
        if !kind.exact() {
            return Err(io::Error::other(
                "a Bloom filter holds digests; other hashes cannot be found by it",
            ));
        }
        self.filters.push((kind, filter));
        Ok(())
    }

    fn leave_out(&mut self, why: &'static str) {
        *self.left_out.entry(why.to_owned()).or_default() += 1;
    }
}

/// Gathers the entries of each value, and hands the value on with those that hold.
struct Rows<'a> {
    shelf: ShelfWriter<'a>,
    withdrawn: &'a HashMap<u128, u64>,
    totals: &'a mut Totals,
    value: Vec<u8>,
    entries: Vec<Vec<u8>>,
    /// What entries of this value said, by its hash.
    seen: HashSet<u128>,
    /// Entries of this value beyond those that are kept.
    beyond: u64,
}

impl<'a> Rows<'a> {
    fn new(
        shelf: ShelfWriter<'a>,
        withdrawn: &'a HashMap<u128, u64>,
        totals: &'a mut Totals,
    ) -> Self {
        Self {
            shelf,
            withdrawn,
            totals,
            value: Vec::new(),
            entries: Vec::new(),
            seen: HashSet::new(),
            beyond: 0,
        }
    }

    fn take<W: Write>(&mut self, record: &mut Record, out: &mut PageWriter<W>) -> io::Result<()> {
        if record.value != self.value {
            self.hand_on(out)?;
            std::mem::swap(&mut self.value, &mut record.value);
        }
        if self.holds(record) {
            self.gather(std::mem::take(&mut record.details));
        }
        Ok(())
    }

    /// Whether an entry was neither withdrawn nor replaced after it was taken in.
    fn holds(&self, record: &Record) -> bool {
        if self.withdrawn.is_empty() {
            return true;
        }
        let entry = self.shelf.read(&self.value, &record.details);
        let last = entry.and_then(|entry| self.withdrawn.get(&xxh3_128(entry.id.as_bytes())));
        last.is_none_or(|before| record.number >= *before)
    }

    /// An entry that says just the same as another of its value is one with it.
    fn gather(&mut self, details: Vec<u8>) {
        if !self.seen.insert(xxh3_128(&details)) {
            return;
        }
        match self.entries.len() < MAX_OF_ONE {
            true => self.entries.push(details),
            false => self.beyond += 1,
        }
    }

    fn hand_on<W: Write>(&mut self, out: &mut PageWriter<W>) -> io::Result<()> {
        if !self.entries.is_empty() {
            let count = self.entries.len() as u64 + self.beyond;
            let kind = self.shelf.kind();
            match self.totals.guards.doubts(kind, &self.value, count)? {
                Some(why) => self.totals.leave_out(why, count),
                None => {
                    self.shelf
                        .row(&self.value, &self.entries, self.totals, out)?;
                    self.totals.leave_out(guards::BEYOND, self.beyond);
                }
            }
        }
        self.entries.clear();
        self.seen.clear();
        self.beyond = 0;
        Ok(())
    }

    fn finish<W: Write>(
        mut self,
        out: &mut PageWriter<W>,
    ) -> io::Result<Option<super::header::ShelfHeader>> {
        self.hand_on(out)?;
        self.shelf.finish(out)
    }
}
