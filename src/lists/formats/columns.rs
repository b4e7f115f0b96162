//! What stands in which column of a table: told by the names in its header, or by the caller.

use super::rows::Row;
use super::words::{NO_HASH, foreign, kind_of, plain};
use super::{Entry, Intake, Place, ReadError, ReadOptions, kind};
use crate::evidence::Action;
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

/// Where each thing stands in a record.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The kind of the hash in `value`.
    kind: Option<usize>,
    value: Option<usize>,
    /// The kind of all hashes in `value`.
    bare: Option<Kind>,
    /// Columns that hold hashes of one kind.
    hashes: Vec<(Kind, usize)>,
    id: Option<usize>,
    category: Option<usize>,
    source: Option<usize>,
    date: Option<usize>,
    quality: Option<usize>,
    threshold: Option<usize>,
    min_quality: Option<usize>,
    action: Option<usize>,
    /// How many fields a record has, where a header says so.
    len: Option<usize>,
}

impl Columns {
    /// The columns that a header names, if it names one that holds hashes.
    pub(super) fn named<'a>(
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
    pub(super) fn asked(first: &Row<'_>, options: &ReadOptions) -> Result<Self, ReadError> {
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
        if !columns.settle() {
            return Err(whole(
                "no column with hashes is named; name `type` and `value`, or a kind of hash, as in md5=1",
            ));
        }
        if !numbers_only || columns.is_header(first) {
            columns.len = Some(first.len());
        }
        Ok(columns)
    }

    /// Whether the first record is a header, and no entry.
    pub(super) fn has_header(&self) -> bool {
        self.len.is_some()
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

    /// Drops half a pair of kind and value; whether any column with hashes is left.
    fn settle(&mut self) -> bool {
        if self.value.is_none() || self.kind.is_none() && self.bare.is_none() {
            (self.kind, self.value) = (None, None);
        }
        self.value.is_some() || !self.hashes.is_empty()
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

    /// Hands on what a record holds.
    pub(super) fn read(&self, row: &Row<'_>, intake: &mut dyn Intake) -> Result<(), ReadError> {
        if let Some(len) = self.len.filter(|len| *len != row.len()) {
            return Err(row.bad(format!("{} fields, the header has {len}", row.len())));
        }
        let bad = |message: String| row.bad(message);
        let pair = self.pair(row).map_err(bad)?;
        let alone = matches!(pair, Pair::None) && self.hashes.len() > 1;
        let mut found = false;
        match pair {
            Pair::None => {}
            Pair::Foreign(why) => {
                intake.leave_out(why);
                found = true;
            }
            Pair::Hash(fingerprint) => {
                let entry = self.entry(row, fingerprint, false).map_err(bad)?;
                intake.entry(entry)?;
                found = true;
            }
        }
        for (kind, place) in &self.hashes {
            let value = row
                .get(*place)
                .ok_or_else(|| row.bad(self.missing(row, *place)))?;
            if value.is_empty() {
                continue;
            }
            let fingerprint =
                Fingerprint::parse_value(*kind, value).map_err(|error| bad(error.to_string()))?;
            let entry = self.entry(row, fingerprint, alone).map_err(bad)?;
            intake.entry(entry)?;
            found = true;
        }
        if !found {
            intake.leave_out(NO_HASH);
        }
        Ok(())
    }

    fn missing(&self, row: &Row<'_>, place: usize) -> String {
        format!(
            "{} fields, but a hash was expected in column {}",
            row.len(),
            place + 1
        )
    }

    /// The hash in `value`.
    fn pair(&self, row: &Row<'_>) -> Result<Pair, String> {
        let Some(place) = self.value else {
            return Ok(Pair::None);
        };
        let value = row.get(place).ok_or_else(|| self.missing(row, place))?;
        if value.is_empty() {
            return Ok(Pair::None);
        }
        let kind = match (self.kind.and_then(|place| row.get(place)), self.bare) {
            (Some(word), _) if !word.is_empty() => match (kind_of(word), foreign(word)) {
                (Some(kind), _) => kind,
                (None, Some(why)) => return Ok(Pair::Foreign(why)),
                (None, None) => kind(word)?,
            },
            (_, Some(bare)) => bare,
            _ => return Err("there is no type".to_owned()),
        };
        let fingerprint = Fingerprint::parse_value(kind, value);
        fingerprint
            .map(Pair::Hash)
            .map_err(|error| error.to_string())
    }

    /// An entry of a record. Where several hashes share a record, what is said of likeness is not said of its digests.
    fn entry(
        &self,
        row: &Row<'_>,
        fingerprint: Fingerprint,
        shared: bool,
    ) -> Result<Entry, String> {
        let field = |place: Option<usize>| place.and_then(|place| row.get(place));
        let text = |place| field(place).filter(|text| !text.is_empty());
        let owned = |place| text(place).map(str::to_owned);
        let kind = fingerprint.kind();
        let alike = !(shared && kind.exact());
        let quality = percent(text(self.quality), "quality")?;
        let threshold = text(self.threshold)
            .filter(|_| alike)
            .map(|bits| threshold(kind, bits));
        let action = text(self.action).map(|word| {
            let fine = word.to_ascii_lowercase().parse::<Action>();
            fine.map_err(|_| "the action is none of block, review, label and pass".to_owned())
        });
        Ok(Entry {
            fingerprint: fingerprint.with_quality(quality.filter(|_| alike)),
            id: field(self.id).unwrap_or_default().to_owned(),
            category: owned(self.category),
            source: owned(self.source),
            date: owned(self.date),
            threshold: threshold.transpose()?,
            min_quality: percent(text(self.min_quality), "least quality")?.filter(|_| alike),
            action: action.transpose()?,
        })
    }
}

/// What stands in `type` and `value`.
enum Pair {
    None,
    Foreign(&'static str),
    Hash(Fingerprint),
}

fn percent(text: Option<&str>, what: &str) -> Result<Option<u8>, String> {
    let number = text.map(|text| text.parse().ok().filter(|number| *number <= 100_u8));
    match number {
        Some(None) => Err(format!("the {what} is no whole number from 0 to 100")),
        number => Ok(number.flatten()),
    }
}

fn threshold(kind: Kind, text: &str) -> Result<u32, String> {
    let bits = text.parse().ok().filter(|bits| *bits <= kind.bits());
    match bits {
        Some(bits) if !kind.exact() => Ok(bits),
        _ if kind.exact() => Err(format!(
            "{kind} hashes match when they are equal; they have no threshold"
        )),
        _ => Err(format!(
            "the threshold is no whole number from 0 to {}",
            kind.bits()
        )),
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

#[cfg(test)]
mod tests {
    use super::super::{Imported, Source, csv};
    use super::*;

    fn mapped(
        columns: &[(&str, &str)],
        kind: Option<&str>,
        text: &str,
    ) -> Result<Imported, ReadError> {
        let own = |(field, column): &(&str, &str)| (field.to_string(), column.to_string());
        let options = ReadOptions {
            columns: columns.iter().map(own).collect(),
            kind: kind.map(|kind| kind.parse().unwrap()),
        };
        let mut imported = Imported::default();
        (csv::FORMAT.read)(
            &mut Source::from_bytes(text.as_bytes()),
            &options,
            &mut imported,
        )?;
        Ok(imported)
    }

    fn error(columns: &[(&str, &str)], text: &str) -> String {
        mapped(columns, None, text).unwrap_err().to_string()
    }

    #[test]
    fn a_table_without_a_header_is_read_by_numbers() {
        let cache = format!(
            "{},7001,2026-01-02,a b\n{},7002,,\n",
            "0f".repeat(32),
            "1e".repeat(32)
        );
        let columns = [
            ("value", "1"),
            ("id", "2"),
            ("date", "3"),
            ("category", "4"),
        ];
        let imported = mapped(&columns, Some("pdq"), &cache).unwrap();
        assert_eq!(imported.entries.len(), 2);
        let entry = &imported.entries[0];
        assert_eq!(
            (
                entry.id.as_str(),
                entry.date.as_deref(),
                entry.category.as_deref()
            ),
            ("7001", Some("2026-01-02"), Some("a b"))
        );
        let by_kind = mapped(&[("pdq", "1"), ("id", "2")], None, &cache).unwrap();
        assert_eq!(by_kind.entries[1].id, "7002");
        // A first hash that is broken is a mistake, and no header.
        assert_eq!(
            error(&[("pdq", "1")], &cache[1..]),
            "line 1: 63 hex digits, a pdq hash has 64"
        );
    }

    #[test]
    fn a_header_is_passed_over_and_may_name_the_columns() {
        let text = format!(
            "Ref\tMD5 of file\tClass\n1\t{}\tB\n2\t\tC\n",
            "ab".repeat(16)
        );
        for columns in [
            [("id", "1"), ("md5", "2"), ("category", "3")],
            [("id", "ref"), ("md5", "MD5 of file"), ("category", "Class")],
        ] {
            let imported = mapped(&columns, None, &text).unwrap();
            let entry = &imported.entries[0];
            assert_eq!(
                (entry.id.as_str(), entry.category.as_deref()),
                ("1", Some("B"))
            );
            assert_eq!((imported.entries.len(), imported.left_out[NO_HASH]), (1, 1));
        }
    }

    #[test]
    fn what_is_asked_for_wrongly_is_named() {
        let text = format!("a,b\n1,{}\n", "ab".repeat(16));
        assert_eq!(
            error(&[("md5", "c")], &text),
            "line 1: the header has no column \"c\""
        );
        assert!(
            error(&[("md5", "3")], &text)
                .starts_with("line 1: there is no column 3: this record has 2 fields")
        );
        assert!(error(&[("md5", "0")], &text).contains("no column 0"));
        assert!(error(&[("id", "a")], &text).starts_with("the whole list: no column with hashes"));
        assert!(error(&[("md6", "a")], &text).contains("column \"md6\": no fingerprint is called"));
        let secret = "deadbeef".repeat(4);
        assert!(!error(&[("md5", &secret)], &text).contains("deadbeef"));
    }

    #[test]
    fn a_record_may_hold_several_hashes() {
        let text = format!(
            "Image ID;SHA-1;MD5;PDQ;PDNA;quality;threshold;action\n7;{};{};{};;90;20;Review\n8;;;;;;;\n",
            "cd".repeat(20),
            "ab".repeat(16),
            "0f".repeat(32)
        );
        let imported = mapped(&[], None, &text).unwrap();
        let told: Vec<_> = imported
            .entries
            .iter()
            .map(|e| {
                (
                    e.fingerprint.kind().to_string(),
                    e.fingerprint.quality(),
                    e.threshold,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("sha1".into(), None, None),
                ("md5".into(), None, None),
                ("pdq".into(), Some(90), Some(20))
            ]
        );
        assert!(
            imported
                .entries
                .iter()
                .all(|e| e.id == "7" && e.action == Some(Action::Review))
        );
        assert_eq!(imported.left_out[NO_HASH], 1);
    }

    #[test]
    fn overrides_are_checked() {
        let pdq = "0f".repeat(32);
        let bad = |fields: &str| {
            error(
                &[],
                &format!("type,value,threshold,min_quality,action\n{fields}\n"),
            )
        };
        assert!(bad(&format!("pdq,{pdq},257,,")).ends_with("from 0 to 256"));
        assert!(bad(&format!("pdq,{pdq},,101,")).contains("least quality"));
        assert!(bad(&format!("pdq,{pdq},,,deadbeef")).ends_with("block, review, label and pass"));
        assert!(bad(&format!("md5,{},3,,", &pdq[..32])).contains("no threshold"));
    }

    #[test]
    fn foreign_algorithms_are_counted_and_unknown_ones_named() {
        let text = format!(
            "type,value\ntmk,x\nSHA-512,{0}{0}\nmd5,{0}\n",
            "ab".repeat(16)
        );
        let imported = mapped(&[], None, &text).unwrap();
        assert_eq!((imported.entries.len(), imported.left_out.len()), (1, 2));
        let unknown = error(&[], "type,value\nmd7,00\n");
        assert!(
            unknown.starts_with("line 2: no fingerprint is called \"md7\""),
            "{unknown}"
        );
    }
}
