//! One list of known images, in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::formats::{self, ListFormat};
use super::index::{Exact, Near};
use super::{Entry, ListOptions, MIN_QUALITY};
use crate::error::SetupError;
use crate::fingerprints::{Fingerprint, Kind};

/// Largest list file that is read into memory.
const MAX_BYTES: u64 = 4 << 30;

/// A list, ready to be searched.
#[derive(Debug)]
pub struct List {
    name: String,
    options: ListOptions,
    entries: Vec<Entry>,
    left_out: BTreeMap<&'static str, u64>,
    shelves: BTreeMap<Kind, Shelf>,
}

/// The entries of one kind.
#[derive(Debug)]
enum Shelf {
    Exact(Exact),
    Near { index: Near, threshold: u32 },
}

/// Hashes of one image that are looked up together: its own, and those of its rotations and reflections.
#[derive(Debug, Clone)]
pub struct Query {
    /// The hash to look for.
    pub fingerprint: Fingerprint,
    /// What was done to the picture before hashing; empty for nothing.
    pub transform: &'static str,
}

/// An entry that a query found.
#[derive(Debug, Clone, Copy)]
pub struct Match<'a, 'q> {
    /// The entry.
    pub entry: &'a Entry,
    /// The query that came nearest.
    pub query: &'q Query,
    /// In how many bits they differ; 0 for digests.
    pub distance: u32,
    /// The largest distance that would have matched.
    pub threshold: u32,
}

impl List {
    /// Reads a list file, in the given form or the one that its content shows. Wishes go before what the file says.
    ///
    /// # Errors
    /// The file cannot be read, or its first bad line. Nothing is half loaded.
    pub fn open(
        path: &Path,
        format: Option<&'static ListFormat>,
        wishes: ListOptions,
    ) -> Result<Self, SetupError> {
        let read = |error| SetupError::Read {
            path: path.to_owned(),
            reason: error,
        };
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .map_err(read)?;
        let name = path.display().to_string();
        if bytes.len() as u64 > MAX_BYTES {
            return Err(SetupError::File {
                name,
                message: format!("larger than {MAX_BYTES} bytes"),
            });
        }
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        Self::read(&name, &bytes, format, wishes, stem)
    }

    fn read(
        file: &str,
        bytes: &[u8],
        format: Option<&'static ListFormat>,
        wishes: ListOptions,
        otherwise: Option<String>,
    ) -> Result<Self, SetupError> {
        let imported = formats::read(bytes, format).map_err(|error| SetupError::List {
            name: file.to_owned(),
            error,
        })?;
        let options = wishes.or(imported.options);
        let name = options
            .name
            .clone()
            .or(otherwise)
            .unwrap_or_else(|| "list".to_owned());
        let refused = |message| SetupError::File {
            name: file.to_owned(),
            message,
        };
        let mut list = Self::new(name, options, imported.entries).map_err(refused)?;
        list.left_out = imported.left_out;
        Ok(list)
    }

    /// Indexes entries.
    ///
    /// # Errors
    /// There are entries of a kind for which no threshold is known or was set.
    pub fn new(
        name: impl Into<String>,
        options: ListOptions,
        entries: Vec<Entry>,
    ) -> Result<Self, String> {
        let mut by_kind: BTreeMap<Kind, Vec<(u32, &[u8])>> = BTreeMap::new();
        for (number, entry) in (0..).zip(&entries) {
            let usable = entry
                .fingerprint
                .quality()
                .is_none_or(|quality| quality >= MIN_QUALITY);
            let shelf = by_kind.entry(entry.fingerprint.kind()).or_default();
            if usable {
                shelf.push((number, entry.fingerprint.value()));
            }
        }
        let mut shelves = BTreeMap::new();
        for (kind, values) in by_kind {
            shelves.insert(kind, shelf(kind, &options, values)?);
        }
        Ok(Self {
            name: name.into(),
            options,
            entries,
            left_out: BTreeMap::new(),
            shelves,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it asks for.
    pub fn options(&self) -> &ListOptions {
        &self.options
    }

    /// Its entries, in file order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many entries were left out of it when it was read, by reason.
    pub fn left_out(&self) -> &BTreeMap<&'static str, u64> {
        &self.left_out
    }

    /// The kinds of hash on it, with the distance at which each matches.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, u32)> {
        self.shelves.iter().map(|(kind, shelf)| match shelf {
            Shelf::Exact(_) => (*kind, 0),
            Shelf::Near { threshold, .. } => (*kind, *threshold),
        })
    }

    /// Entries of this kind that any of the queries finds: each once, with the query that comes nearest; nearest first,
    /// then in the order of the list. The caller sees to it that the queries may be compared with the kind.
    pub fn find<'a, 'q>(&'a self, kind: Kind, queries: &'q [Query]) -> Vec<Match<'a, 'q>> {
        let found: Vec<(u32, u32, usize, u32)> = match self.shelves.get(&kind) {
            None => Vec::new(),
            Some(Shelf::Exact(index)) => queries
                .iter()
                .enumerate()
                .flat_map(|(query, q)| {
                    let entries = index.get(q.fingerprint.value()).unwrap_or_default();
                    entries.iter().map(move |entry| (0, *entry, query, 0))
                })
                .collect(),
            Some(Shelf::Near { index, threshold }) => {
                let values: Vec<&[u8]> = queries.iter().map(|q| q.fingerprint.value()).collect();
                let hits = index.within_any(&values, *threshold).unwrap_or_default();
                hits.into_iter()
                    .map(|hit| (hit.distance, hit.entry, hit.query, *threshold))
                    .collect()
            }
        };
        let mut seen = std::collections::HashSet::new();
        found
            .into_iter()
            .filter(|(_, entry, ..)| seen.insert(*entry))
            .filter_map(|(distance, entry, query, threshold)| {
                let entry = self.entries.get(usize::try_from(entry).ok()?)?;
                Some(Match {
                    entry,
                    query: queries.get(query)?,
                    distance,
                    threshold,
                })
            })
            .collect()
    }
}

fn shelf(kind: Kind, options: &ListOptions, values: Vec<(u32, &[u8])>) -> Result<Shelf, String> {
    let broken = |error: super::index::WrongSize| error.to_string();
    if kind.exact() {
        return Ok(Shelf::Exact(
            Exact::build(kind.bytes(), values).map_err(broken)?,
        ));
    }
    let threshold = options
        .thresholds
        .get(&kind)
        .copied()
        .or_else(|| kind.default_threshold());
    let threshold = threshold
        .ok_or_else(|| format!("no threshold was measured for {kind}; say which distance is a match with --threshold {kind}=N"))?;
    Ok(Shelf::Near {
        index: Near::build(kind.bytes(), values).map_err(broken)?,
        threshold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprints::{MD5, pdq::PDQ};

    fn entry(kind: Kind, byte: u8, id: &str) -> Entry {
        Entry::new(
            Fingerprint::new(kind, vec![byte; kind.bytes()]).unwrap(),
            id,
        )
    }

    fn query(kind: Kind, byte: u8) -> Query {
        Query {
            fingerprint: Fingerprint::new(kind, vec![byte; kind.bytes()]).unwrap(),
            transform: "",
        }
    }

    #[test]
    fn kinds_are_never_compared_and_each_entry_comes_once() {
        let list = List::new(
            "l",
            ListOptions::default(),
            vec![entry(PDQ, 0, "a"), entry(MD5, 0, "b"), entry(MD5, 0, "c")],
        )
        .unwrap();
        let found = |kind, queries: &[Query]| {
            list.find(kind, queries)
                .iter()
                .map(|m| m.entry.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found(PDQ, &[query(PDQ, 1), query(PDQ, 0)]),
            Vec::<String>::from(["a".into()])
        );
        assert_eq!(found(MD5, &[query(MD5, 0)]), ["b", "c"]);
    }

    #[test]
    fn thresholds_are_the_lists_own_and_checked() {
        let mut options = ListOptions::default();
        options.set_threshold(PDQ, 32).unwrap();
        assert!(options.set_threshold(PDQ, 257).is_err() && options.set_threshold(MD5, 1).is_err());
        let list = List::new("l", options, vec![entry(PDQ, 0, "a")]).unwrap();
        let hit = [query(PDQ, 1)];
        let found = list.find(PDQ, &hit);
        assert_eq!((found[0].distance, found[0].threshold), (32, 32));
        let strict = List::new("l", ListOptions::default(), vec![entry(PDQ, 0, "a")]).unwrap();
        assert!(strict.find(PDQ, &hit).is_empty());
    }

    #[test]
    fn entries_of_poor_quality_match_nothing() {
        let mut flat = entry(PDQ, 0, "flat");
        flat.fingerprint = flat.fingerprint.with_quality(Some(49));
        assert!(
            List::new("l", ListOptions::default(), vec![flat])
                .unwrap()
                .find(PDQ, &[query(PDQ, 0)])
                .is_empty()
        );
    }
}
