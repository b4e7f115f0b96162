//! A whole list in memory: what small lists are read into.

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::{Intake, ListFormat, ReadError, ReadOptions, Source, detect};
use crate::fingerprints::Kind;
use crate::lists::{Bloom, Entry, ListOptions};

/// What a list held.
#[derive(Debug, Default)]
pub struct Imported {
    /// What the list itself says of itself; the caller's wishes go first.
    pub options: ListOptions,
    /// Its entries, in file order.
    pub entries: Vec<Entry>,
    /// Sets that can be asked, but not listed.
    pub filters: Vec<Bloom>,
    /// How many entries were left out on purpose, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Up to which entry those of an id no longer hold.
    withdrawn: HashMap<String, usize>,
}

/// Reads a list in the given form, or in the one that its content shows.
///
/// # Errors
/// The first place that is wrong, with what was expected.
pub fn read(bytes: &[u8], format: Option<&'static ListFormat>) -> Result<Imported, ReadError> {
    let mut source = Source::from_bytes(bytes);
    let format = match format {
        Some(format) => format,
        None => detect(source.head())?,
    };
    let mut imported = Imported::default();
    (format.read)(&mut source, &ReadOptions::default(), &mut imported)?;
    imported.drop_withdrawn();
    Ok(imported)
}

impl Imported {
    fn drop_withdrawn(&mut self) {
        let withdrawn = std::mem::take(&mut self.withdrawn);
        let mut number = 0;
        self.entries.retain(|entry| {
            number += 1;
            withdrawn
                .get(&entry.id)
                .is_none_or(|before| number > *before)
        });
    }
}

impl Intake for Imported {
    fn options(&mut self, options: ListOptions) {
        self.options = options;
    }

    fn entry(&mut self, entry: Entry) -> io::Result<()> {
        self.entries.push(entry);
        Ok(())
    }

    fn withdraw(&mut self, id: &str) -> io::Result<()> {
        self.withdrawn.insert(id.to_owned(), self.entries.len());
        Ok(())
    }

    fn filter(&mut self, _: Kind, filter: Bloom) -> io::Result<()> {
        self.filters.push(filter);
        Ok(())
    }

    fn leave_out(&mut self, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
    }
}
