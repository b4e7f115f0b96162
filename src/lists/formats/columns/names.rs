//! Which column is which: by the names in a header, or as the caller says.

use super::super::rows::Row;
use super::super::words::{kind_of, plain};
use super::super::{Place, ReadError, ReadOptions, kind};
use super::Columns;
use crate::fingerprints::{Fingerprint, Kind};

/// Longest name of a column: what is longer may be a hash.
const LONGEST_NAME: usize = 24;

/// Names that columns have, ours first, without blanks and marks.
const TYPE: &[&str] = &[
    "type",
    "signaltype",
    "hashtype",
    "indicatortype",
    "algorithm",
    "hashalgorithm",
];
const VALUE: &[&str] = &[
    "value",
    "signalstr",
    "hash",
    "hashvalue",
    "hashdigest",
    "indicator",
    "signal",
];
const ID: &[&str] = &[
    "id",
    "imageid",
    "mediaid",
    "entryid",
    "contentid",
    "indicatorid",
    "uuid",
    "guid",
    "firstdescriptorid",
    "filename",
    "name",
    "filepath",
    "path",
];
const CATEGORY: &[&str] = &["category", "classification", "label", "labels", "tags"];
const SOURCE: &[&str] = &["source", "collab", "provider", "member", "owner"];
const DATE: &[&str] = &[
    "date",
    "added",
    "addedon",
    "dateupdated",
    "updated",
    "lastupdated",
    "lastmodified",
    "timestamp",
];
const QUALITY: &[&str] = &["quality", "pdqquality"];
const THRESHOLD: &[&str] = &["threshold"];
const MIN_QUALITY: &[&str] = &["minquality"];
const ACTION: &[&str] = &["action"];

impl Columns {
    /// The columns that a header names, if it names one that holds hashes.
    pub(in super::super) fn named<'a>(
        header: impl Iterator<Item = &'a str>,
        bare: Option<Kind>,
    ) -> Option<Self> {
        let words: Vec<&str> = header.map(str::trim).collect();
        let plains: Vec<String> = words.iter().map(|word| plain(word)).collect();
        let place = |names: &[&str]| {
            let place = |name: &&str| plains.iter().position(|word| word == name);
            names.iter().find_map(place)
        };
        let kinds = words
            .iter()
            .zip(0..)
            .filter_map(|(word, place)| Some((kind_of(word)?, place)));
        let mut columns = Self {
            kind: place(TYPE),
            value: place(VALUE),
            bare,
            hashes: kinds.collect(),
            id: place(ID),
            category: place(CATEGORY),
            source: place(SOURCE),
            date: place(DATE),
            quality: place(QUALITY),
            threshold: place(THRESHOLD),
            min_quality: place(MIN_QUALITY),
            action: place(ACTION),
            len: Some(words.len()),
        };
        columns.settle().then_some(columns)
    }

    /// The columns that the caller names, for a table whose first record is this one.
    pub(in super::super) fn asked(
        first: &Row<'_>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let mut columns = Self {
            bare: options.kind,
            ..Self::default()
        };
        let number = |(_, column): &(String, String)| column.parse::<usize>().is_ok();
        let numbers_only = options.columns.iter().all(number);
        for (field, column) in &options.columns {
            let place = place_of(column, first)?;
            columns.set(field, place)?;
        }
        if !numbers_only || columns.is_header(first) {
            columns.len = Some(first.len());
            columns.add(Self::named(first.fields(), options.kind).unwrap_or_default());
        }
        match columns.settle() {
            true => Ok(columns),
            false => Err(whole(
                "no column with hashes is named; name `type` and `value`, or a kind of hash, as in md5=1",
            )),
        }
    }

    /// What the header says besides, where the caller says nothing.
    fn add(&mut self, named: Self) {
        let mut taken: Vec<usize> = self.hashes.iter().map(|(_, place)| *place).collect();
        let pair = self.value.is_some() || self.kind.is_some();
        taken.extend(
            [
                self.kind,
                self.value,
                self.id,
                self.category,
                self.source,
                self.date,
                self.quality,
                self.threshold,
                self.min_quality,
                self.action,
            ]
            .into_iter()
            .flatten(),
        );
        let free = |place: &usize| !taken.contains(place);
        if !pair {
            (self.kind, self.value) = (named.kind.filter(free), named.value.filter(free));
        }
        for (own, other) in [
            (&mut self.id, named.id),
            (&mut self.category, named.category),
            (&mut self.source, named.source),
            (&mut self.date, named.date),
            (&mut self.quality, named.quality),
            (&mut self.threshold, named.threshold),
            (&mut self.min_quality, named.min_quality),
            (&mut self.action, named.action),
        ] {
            *own = own.or(other.filter(free));
        }
        let kinds: Vec<Kind> = self.hashes.iter().map(|(kind, _)| *kind).collect();
        let news = named.hashes.into_iter();
        self.hashes
            .extend(news.filter(|(kind, place)| free(place) && !kinds.contains(kind)));
    }

    fn set(&mut self, field: &str, place: usize) -> Result<(), ReadError> {
        let own = match field {
            "type" => &mut self.kind,
            "value" => &mut self.value,
            "id" => &mut self.id,
            "category" => &mut self.category,
            "source" => &mut self.source,
            "date" => &mut self.date,
            "quality" => &mut self.quality,
            "threshold" => &mut self.threshold,
            "min_quality" => &mut self.min_quality,
            "action" => &mut self.action,
            _ => {
                let kind = kind(field)
                    .map_err(|message| whole(&format!("column {field:?}: {message}")))?;
                self.hashes.push((kind, place));
                return Ok(());
            }
        };
        *own = Some(place);
        Ok(())
    }

    /// Whether this record names the columns: short words stand where hashes would.
    fn is_header(&self, first: &Row<'_>) -> bool {
        let names = |place: usize, kind: Option<Kind>| {
            let word = first.get(place).unwrap_or_default();
            let value = kind.is_some_and(|kind| Fingerprint::parse_value(kind, word).is_ok());
            let digits = word.bytes().all(|byte| byte.is_ascii_hexdigit());
            !value && !digits && word.len() <= LONGEST_NAME
        };
        let kind = self
            .kind
            .and_then(|place| first.get(place))
            .and_then(kind_of);
        let pair = self
            .value
            .is_none_or(|place| names(place, kind.or(self.bare)));
        pair && self
            .hashes
            .iter()
            .all(|(kind, place)| names(*place, Some(*kind)))
    }
}

/// The place of a column that the caller names: by its number, or as the header does.
fn place_of(column: &str, first: &Row<'_>) -> Result<usize, ReadError> {
    if let Ok(number) = column.parse::<usize>() {
        let there = (1..=first.len()).contains(&number);
        return there.then(|| number - 1).ok_or_else(|| {
            first.bad(format!(
                "there is no column {number}: this record has {} fields; are they separated by commas, semicolons or tabs?",
                first.len()
            ))
        });
    }
    let exact = first.fields().position(|field| field == column);
    let close = || {
        let alike = |field: &str| !field.is_empty() && plain(field) == plain(column);
        first.fields().position(alike)
    };
    // A hash in the place of a name would show up in the message.
    let shown = match column.len() {
        ..=LONGEST_NAME => format!(" {column:?}"),
        _ => String::new(),
    };
    let message = || first.bad(format!("the header has no column{shown}"));
    exact.or_else(close).ok_or_else(message)
}

fn whole(message: &str) -> ReadError {
    ReadError::bad(Place::Whole, message)
}
