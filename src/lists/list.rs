//! One list of known images, ready to be searched: compiled and mapped, or read from a text into memory.

use std::collections::{BTreeMap, HashSet};
use std::io;

use super::formats::Intake;
use super::guards::Guards;
use super::store::{Builder, Compiled, Damaged, Hit, Shortlist, Workspace};
use super::{Entry, ListKind, ListOptions};
use crate::fingerprints::{Fingerprint, Kind};

/// A list, ready to be searched.
#[derive(Debug)]
pub struct List {
    name: String,
    options: ListOptions,
    compiled: Compiled,
    fresh: bool,
}

/// A hash of an image that is looked up: its own, or that of the image turned, mirrored or trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The hash to look for.
    pub fingerprint: Fingerprint,
    /// What was done to the picture before hashing, in words; empty for nothing.
    pub transform: String,
    /// Whether the picture was turned or mirrored before hashing.
    pub turned: bool,
}

impl Query {
    /// The hash of an image as it is.
    pub fn new(fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint,
            transform: String::new(),
            turned: false,
        }
    }
}

/// How close a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Within the threshold, or equal.
    Match,
    /// Beyond the threshold, but within the distance at which a person should look.
    Near,
}

/// An entry that a query found.
#[derive(Debug, Clone)]
pub struct Match<'q> {
    /// The entry.
    pub entry: Entry,
    /// Its number among the list's entries of its kind, which names it where it has no id.
    pub number: u64,
    /// The query that came nearest.
    pub query: &'q Query,
    /// In how many bits they differ; 0 for digests.
    pub distance: u32,
    /// The largest distance that would have matched.
    pub threshold: u32,
    /// How close that is.
    pub tier: Tier,
    /// The chance of a match by mistake, where only a filter says that it is on the list: then the entry is the query's own.
    pub chance: Option<f64>,
}

impl List {
    /// Makes a list of entries in memory.
    ///
    /// # Errors
    /// There are entries of a kind for which no threshold is known or was set, or one that cannot be kept.
    pub fn new(
        name: impl Into<String>,
        options: ListOptions,
        entries: Vec<Entry>,
    ) -> Result<Self, String> {
        let mut builder = Builder::new(options, Guards::none(), Workspace::memory());
        for entry in entries {
            builder.entry(entry).map_err(|error| error.to_string())?;
        }
        Self::of(name.into(), builder.finish()?, ListOptions::default())
    }

    /// A compiled list under this name, unless it has one of its own. The wishes go before what it asks for.
    ///
    /// # Errors
    /// It holds a kind for which no threshold is known or was set.
    pub fn of(name: String, compiled: Compiled, wishes: ListOptions) -> Result<Self, String> {
        let options = wishes.or(compiled.options().clone());
        for shelf in compiled.shelves() {
            let kind = shelf.kind();
            options.threshold(kind).ok_or_else(|| {
                format!("no threshold was measured for {kind}; say which distance is a match with --threshold {kind}=N")
            })?;
        }
        Ok(Self {
            name: options.name.clone().unwrap_or(name),
            options,
            compiled,
            fresh: false,
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

    /// What it means to be on it.
    pub fn kind(&self) -> ListKind {
        self.options.kind.unwrap_or_default()
    }

    /// The list as it is stored.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// How many entries it has, those in filters among them.
    pub fn len(&self) -> u64 {
        self.counts().values().sum()
    }

    /// Whether nothing is on it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes that it was made of a text just now, so that nobody was told yet what was left out.
    pub(super) fn freshly_made(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// What was left out of it just now, with the reasons; a compiled list has told when it was made.
    pub fn just_left_out(&self) -> impl Iterator<Item = (&str, u64)> {
        let left_out = self.compiled.left_out().iter();
        let left_out = left_out.filter(|_| self.fresh);
        left_out.map(|(why, count)| (why.as_str(), *count))
    }

    /// Whether a part of it is a filter, which can be asked and not listed.
    pub fn has_filter(&self) -> bool {
        !self.compiled.filters().is_empty()
    }

    /// How many of its entries are of too poor a quality to match.
    pub fn poor(&self) -> u64 {
        self.compiled
            .shelves()
            .iter()
            .map(super::store::Shelf::poor)
            .sum()
    }

    /// Its entries, by kind and in the order of their values.
    pub fn entries(&self) -> impl Iterator<Item = io::Result<Entry>> {
        self.compiled
            .entries()
            .map(|entry| entry.map_err(io::Error::other))
    }

    /// The kinds of hash on it, with the distance at which each matches.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, u32)> {
        let kinds = self.counts().into_keys();
        kinds.map(|kind| (kind, self.threshold(kind)))
    }

    /// How many entries it has of each kind.
    pub fn counts(&self) -> BTreeMap<Kind, u64> {
        let mut counts = BTreeMap::new();
        for shelf in self.compiled.shelves() {
            counts.insert(shelf.kind(), shelf.entries());
        }
        for filter in self.compiled.filters() {
            *counts.entry(filter.kind()).or_default() += filter.entries();
        }
        counts
    }

    fn threshold(&self, kind: Kind) -> u32 {
        self.options.threshold(kind).unwrap_or(0)
    }

    /// Entries of this kind that any of the queries matches: each once, with the query that comes nearest; nearest first,
    /// then in the order of the list. The caller sees to it that the queries may be compared with the kind.
    ///
    /// # Errors
    /// The list is damaged where it had to be read, so nothing can be said.
    pub fn find<'q>(&self, kind: Kind, queries: &'q [Query]) -> Result<Vec<Match<'q>>, Damaged> {
        self.find_among(kind, queries, None)
    }

    /// The same among what is on a shortlist of these queries alone, where there is one.
    pub(crate) fn find_among<'q>(
        &self,
        kind: Kind,
        queries: &'q [Query],
        among: Option<&Shortlist>,
    ) -> Result<Vec<Match<'q>>, Damaged> {
        let values = values(queries);
        let threshold = self.threshold(kind);
        if kind.exact() {
            let equal = self.compiled.equal(kind, &values)?;
            let mut matches = self.matches(kind, queries, equal, threshold, 0)?;
            matches.extend(self.probable(kind, queries, &values)?);
            return Ok(matches);
        }
        let hits = self.near(kind, &values, self.radius(kind), among)?;
        self.matches(kind, queries, hits, threshold, 0)
    }

    /// The largest distance at which any of its entries matches.
    pub(crate) fn radius(&self, kind: Kind) -> u32 {
        let shelf = self.compiled.shelf(kind);
        let own = shelf.and_then(super::store::Shelf::max_threshold);
        self.threshold(kind).max(own.unwrap_or(0))
    }

    fn near(
        &self,
        kind: Kind,
        values: &[&[u8]],
        radius: u32,
        among: Option<&Shortlist>,
    ) -> Result<Vec<Hit>, Damaged> {
        match among {
            Some(shortlist) => self.compiled.near_among(kind, values, radius, shortlist),
            None => self.compiled.near(kind, values, radius),
        }
    }

    /// What may match one of the queries, or come near one of those that are not turned if that is asked for; `None` where it
    /// is better to look for each query. One look at the list serves both searches then.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(crate) fn shortlist(
        &self,
        kind: Kind,
        queries: &[Query],
        near: bool,
    ) -> Result<Option<Shortlist>, Damaged> {
        let values = queries.iter();
        let values = values.map(|query| (query.fingerprint.value(), query.turned));
        let near = self.options.near(kind).filter(|_| near);
        let values: Vec<(&[u8], bool)> = values.collect();
        self.compiled
            .shortlist(kind, &values, self.radius(kind), near)
    }

    /// Entries that come near a query without matching it, for a person to look at; in the same order.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn find_near<'q>(
        &self,
        kind: Kind,
        queries: &'q [Query],
    ) -> Result<Vec<Match<'q>>, Damaged> {
        self.find_near_among(kind, queries, None)
    }

    /// The same among what is on a shortlist alone, where there is one.
    pub(crate) fn find_near_among<'q>(
        &self,
        kind: Kind,
        queries: &'q [Query],
        among: Option<&Shortlist>,
    ) -> Result<Vec<Match<'q>>, Damaged> {
        let Some(near) = self.options.near(kind) else {
            return Ok(Vec::new());
        };
        let hits = self.near(kind, &values(queries), near, among)?;
        self.matches(kind, queries, hits, self.threshold(kind), near)
    }

    /// Queries that a filter of the list probably holds.
    fn probable<'q>(
        &self,
        kind: Kind,
        queries: &'q [Query],
        values: &[&[u8]],
    ) -> Result<Vec<Match<'q>>, Damaged> {
        let found = self.compiled.probable(kind, values)?.into_iter();
        let matches = found.filter_map(|(place, chance)| {
            let query = queries.get(place)?;
            Some(Match {
                entry: Entry::new(query.fingerprint.clone(), ""),
                number: u64::MAX,
                query,
                distance: 0,
                threshold: 0,
                tier: Tier::Match,
                chance: Some(chance),
            })
        });
        Ok(matches.collect())
    }

    /// From values to the entries that have them, as far as those may be compared with the queries and are close enough.
    fn matches<'q>(
        &self,
        kind: Kind,
        queries: &'q [Query],
        hits: Vec<Hit>,
        threshold: u32,
        near: u32,
    ) -> Result<Vec<Match<'q>>, Damaged> {
        let mut seen = HashSet::new();
        let mut matches = Vec::new();
        for hit in hits {
            let Some(query) = queries.get(hit.query) else {
                continue;
            };
            for (number, entry) in self.compiled.entries_of(kind, hit.row)? {
                let threshold = entry.threshold.unwrap_or(threshold);
                let tier = match hit.distance <= threshold {
                    true => Tier::Match,
                    false if hit.distance <= near => Tier::Near,
                    false => continue,
                };
                if self.comparable(&entry, query) && seen.insert(number) {
                    matches.push(Match {
                        entry,
                        number,
                        query,
                        distance: hit.distance,
                        threshold,
                        tier,
                        chance: None,
                    });
                }
            }
        }
        Ok(matches)
    }

    /// Whether both hashes are good enough to be compared.
    fn comparable(&self, entry: &Entry, query: &Query) -> bool {
        let least = entry.min_quality.unwrap_or(self.options.min_quality());
        let good = |fingerprint: &Fingerprint| {
            fingerprint.quality().is_none_or(|quality| quality >= least)
        };
        good(&entry.fingerprint) && good(&query.fingerprint)
    }
}

fn values(queries: &[Query]) -> Vec<&[u8]> {
    let queries = queries.iter();
    queries.map(|query| query.fingerprint.value()).collect()
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
        Query::new(Fingerprint::new(kind, vec![byte; kind.bytes()]).unwrap())
    }

    fn list(options: ListOptions, entries: Vec<Entry>) -> List {
        List::new("l", options, entries).unwrap()
    }

    #[test]
    fn kinds_are_never_compared_and_each_entry_comes_once() {
        let list = list(
            ListOptions::default(),
            vec![
                entry(PDQ, 15, "a"),
                entry(MD5, 15, "b"),
                entry(MD5, 15, "c"),
            ],
        );
        let found = |kind, queries: &[Query]| {
            let found = list.find(kind, queries).unwrap();
            found.iter().map(|m| m.entry.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(found(PDQ, &[query(PDQ, 14), query(PDQ, 15)]), ["a"]);
        assert_eq!(found(MD5, &[query(MD5, 15)]), ["b", "c"]);
    }

    #[test]
    fn thresholds_are_the_lists_own_and_checked() {
        let mut options = ListOptions::default();
        options.set_threshold(PDQ, 32).unwrap();
        assert!(options.set_threshold(PDQ, 257).is_err() && options.set_threshold(MD5, 1).is_err());
        let wide = list(options, vec![entry(PDQ, 15, "a")]);
        let hit = [query(PDQ, 14)];
        let found = wide.find(PDQ, &hit).unwrap();
        assert_eq!((found[0].distance, found[0].threshold), (32, 32));
        let strict = list(ListOptions::default(), vec![entry(PDQ, 15, "a")]);
        assert!(strict.find(PDQ, &hit).unwrap().is_empty());
        let near = strict.find_near(PDQ, &hit).unwrap();
        assert_eq!((near[0].tier, near[0].distance), (Tier::Near, 32));
        let own = Entry {
            threshold: Some(32),
            ..entry(PDQ, 15, "a")
        };
        assert_eq!(
            list(ListOptions::default(), vec![own])
                .find(PDQ, &hit)
                .unwrap()
                .len(),
            1
        );
        let narrow = Entry {
            threshold: Some(3),
            ..entry(PDQ, 15, "a")
        };
        assert!(
            list(ListOptions::default(), vec![narrow])
                .find(PDQ, &hit)
                .unwrap()
                .is_empty()
        );
        let mut off = ListOptions::default();
        off.set_near(PDQ, 0).unwrap();
        assert!(
            list(off, vec![entry(PDQ, 15, "a")])
                .find_near(PDQ, &hit)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn entries_and_queries_of_poor_quality_match_nothing() {
        let of_quality = |quality| {
            let mut entry = entry(PDQ, 15, "flat");
            entry.fingerprint = entry.fingerprint.with_quality(Some(quality));
            entry
        };
        let list_of = |quality| list(ListOptions::default(), vec![of_quality(quality)]);
        assert!(list_of(49).find(PDQ, &[query(PDQ, 15)]).unwrap().is_empty());
        assert_eq!(list_of(49).poor(), 1);
        assert_eq!(list_of(50).find(PDQ, &[query(PDQ, 15)]).unwrap().len(), 1);
        let poor = Query::new(of_quality(49).fingerprint);
        assert!(list_of(50).find(PDQ, &[poor]).unwrap().is_empty());
    }
}
