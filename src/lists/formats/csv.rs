//! CSV with a header: columns `type` and `value`, and where they are there `quality`, `id` and `category`. The export of
//! `tx dataset --csv` (`signal_type,signal_str,…`) is the same under other names.

use std::io::{self, Write};

use super::rows::{Row, each_row};
use super::{Entries, Entry, Intake, ListFormat, Place, ReadError, ReadOptions, Source, kind};
use crate::fingerprints::Fingerprint;
use crate::lists::ListOptions;
use crate::reports::inert;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "csv",
    about: "CSV with a header that has at least type and value",
    looks_like: |head| {
        let names = head.line().split(',');
        let mut names = names.map(|name| name.trim().trim_matches('"'));
        names.clone().any(|name| TYPE.contains(&name)) && names.any(|name| VALUE.contains(&name))
    },
    read,
    write: Some(write),
};

/// Column names for each thing, ours first.
const TYPE: &[&str] = &["type", "signal_type"];
const VALUE: &[&str] = &["value", "signal_str"];
const QUALITY: &[&str] = &["quality"];
const ID: &[&str] = &["id"];
const CATEGORY: &[&str] = &["category"];

const SOURCE: &[&str] = &["source", "collab"];
const DATE: &[&str] = &["date", "added"];

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let mut columns = None;
    each_row(source, b',', |row| match &columns {
        None => {
            columns = Some(Columns::of(&row)?);
            Ok(())
        }
        Some(columns) => {
            let entry = columns.entry(&row).map_err(|message| row.bad(message))?;
            Ok(intake.entry(entry)?)
        }
    })?;
    match columns {
        Some(_) => Ok(()),
        None => Err(ReadError::bad(Place::Whole, "there is no header")),
    }
}

/// Where each thing stands in a record.
struct Columns {
    kind: usize,
    value: usize,
    quality: Option<usize>,
    id: Option<usize>,
    category: Option<usize>,
    source: Option<usize>,
    date: Option<usize>,
    len: usize,
}

impl Columns {
    fn of(header: &Row<'_>) -> Result<Self, ReadError> {
        let column = |names: &[&str]| {
            let place = |name: &&str| header.fields().position(|column| column == *name);
            names.iter().find_map(place)
        };
        let needed = |names: &[&str]| {
            let message = || format!("no column `{}` in the header", names.join("` or `"));
            column(names).ok_or_else(|| header.bad(message()))
        };
        Ok(Self {
            kind: needed(TYPE)?,
            value: needed(VALUE)?,
            quality: column(QUALITY),
            id: column(ID),
            category: column(CATEGORY),
            source: column(SOURCE),
            date: column(DATE),
            len: header.len(),
        })
    }

    fn entry(&self, row: &Row<'_>) -> Result<Entry, String> {
        if row.len() != self.len {
            return Err(format!("{} fields, the header has {}", row.len(), self.len));
        }
        let field = |place: Option<usize>| place.and_then(|place| row.get(place));
        let text = |place| field(place).filter(|text| !text.is_empty());
        let kind = kind(row.get(self.kind).unwrap_or_default())?;
        let quality = match text(self.quality) {
            None => None,
            Some(text) => match text.parse() {
                Ok(quality) if quality <= 100_u8 => Some(quality),
                _ => return Err("the quality is no whole number from 0 to 100".into()),
            },
        };
        let value = row.get(self.value).unwrap_or_default();
        let fingerprint =
            Fingerprint::parse_value(kind, value).map_err(|error| error.to_string())?;
        let mut entry = Entry::new(
            fingerprint.with_quality(quality),
            field(self.id).unwrap_or_default(),
        );
        entry.category = text(self.category).map(str::to_owned);
        entry.source = text(self.source).map(str::to_owned);
        entry.date = text(self.date).map(str::to_owned);
        Ok(entry)
    }
}

fn write(_: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record([
        "type", "value", "quality", "id", "category", "source", "date",
    ])?;
    for entry in entries {
        let entry = entry?;
        let quality = entry
            .fingerprint
            .quality()
            .map(|quality| quality.to_string());
        let text = |text: &Option<String>| inert(text.as_deref().unwrap_or_default()).into_owned();
        writer.write_record([
            entry.fingerprint.kind().to_string().as_str(),
            &entry.fingerprint.hex(),
            quality.as_deref().unwrap_or_default(),
            &inert(&entry.id),
            &text(&entry.category),
            &text(&entry.source),
            &text(&entry.date),
        ])?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{entries, written};
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let text = format!(
            "type,value,quality,id,category,source,date\npdq,{},88,\"a, b\",A1,us,2026-01-02\nmd5,{},,,,,\n",
            "0f".repeat(32),
            "ab".repeat(16)
        );
        let entries = entries(&FORMAT, &text).unwrap();
        assert_eq!(
            (entries[0].id.as_str(), entries[0].category.as_deref()),
            ("a, b", Some("A1"))
        );
        assert_eq!(written(&FORMAT, &entries), text);
    }

    #[test]
    fn no_id_is_a_formula() {
        let text = format!("type,value,id\nmd5,{},=cmd()\n", "ab".repeat(16));
        let entries = entries(&FORMAT, &text).unwrap();
        assert!(written(&FORMAT, &entries).ends_with(",'=cmd(),,,\n"));
    }

    #[test]
    fn tx_exports_are_read_and_errors_have_their_line() {
        let tx = format!(
            "signal_type,signal_str,collab,category,tags\npdq,{},lf,INVESTIGATION_SEED,\n",
            "0f".repeat(32)
        );
        assert_eq!(
            entries(&FORMAT, &tx).unwrap()[0].category.as_deref(),
            Some("INVESTIGATION_SEED")
        );
        let bad = format!(
            "type,value\npdq,{}\npdq,{}\n",
            "0f".repeat(32),
            "0".repeat(63)
        );
        assert_eq!(
            entries(&FORMAT, &bad).unwrap_err().to_string(),
            "line 3: 63 hex digits, a pdq hash has 64"
        );
        assert_eq!(
            entries(&FORMAT, "type,value\npdq\n")
                .unwrap_err()
                .to_string(),
            "line 2: 1 fields, the header has 2"
        );
        assert!(
            entries(&FORMAT, "type,value\nnetclean,00\n")
                .unwrap_err()
                .to_string()
                .starts_with("line 2: no fingerprint is called")
        );
    }
}
