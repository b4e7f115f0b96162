//! Tables: CSV with commas, semicolons or tabs. A header names the columns: `type` and `value` for one hash a record, or
//! one column for each kind of hash (`md5,sha1,pdq`); or the caller says what stands where, header or not. The export of
//! `tx dataset --csv` (`signal_type,signal_str,…`) and the files of the ThreatExchange tools are read this way, too.

use std::io::{self, Write};

use super::columns::Columns;
use super::rows::each_row;
use super::{Entries, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::lists::ListOptions;
use crate::reports::inert;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "csv",
    about: "a table whose header has type and value, or a column for each kind of hash",
    looks_like: |head| Columns::named(names(head), None).is_some(),
    read,
    write: Some(write),
};

/// What the first line says, field by field.
fn names(head: Head<'_>) -> impl Iterator<Item = &str> {
    let fields = head.line().split(char::from(delimiter(head)));
    fields.map(|name| name.trim().trim_matches('"'))
}

/// What separates the fields, by the first line: whichever stands there most often outside quotation marks.
pub(super) fn delimiter(head: Head<'_>) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        let bytes = head.line().bytes();
        let outside = bytes.filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == delimiter
        });
        outside.count()
    };
    // Of those that stand there equally often, the last is taken.
    *b"\t;,"
        .iter()
        .max_by_key(|delimiter| count(**delimiter))
        .unwrap_or(&b',')
}

fn read(
    source: &mut Source<'_>,
    options: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let delimiter = delimiter(source.head());
    let mut columns: Option<Columns> = None;
    each_row(source, delimiter, |row| {
        if let Some(columns) = &columns {
            return columns.read(&row, intake);
        }
        let found = match options.columns.is_empty() {
            false => Columns::asked(&row, options)?,
            true => Columns::named(row.fields(), options.kind).ok_or_else(|| {
                row.bad("the header names neither `type` and `value` nor a kind of hash such as `md5`; name the columns")
            })?,
        };
        if !found.has_header() {
            found.read(&row, intake)?;
        }
        columns = Some(found);
        Ok(())
    })?;
    match columns {
        Some(_) => Ok(()),
        None => Err(ReadError::bad(Place::Whole, "there is no header")),
    }
}

fn write(_: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record([
        "type",
        "value",
        "quality",
        "id",
        "category",
        "source",
        "date",
        "threshold",
        "min_quality",
        "action",
    ])?;
    for entry in entries {
        let entry = entry?;
        let number =
            |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| inert(text.as_deref().unwrap_or_default()).into_owned();
        writer.write_record([
            entry.fingerprint.kind().to_string(),
            entry.fingerprint.hex(),
            number(entry.fingerprint.quality().map(u32::from)),
            inert(&entry.id).into_owned(),
            text(&entry.category),
            text(&entry.source),
            text(&entry.date),
            number(entry.threshold),
            number(entry.min_quality.map(u32::from)),
            entry
                .action
                .map(|action| action.to_string())
                .unwrap_or_default(),
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
            "type,value,quality,id,category,source,date,threshold,min_quality,action\npdq,{},88,\"a, b\",A1,us,2026-01-02,20,60,review\nmd5,{},,,,,,,,\n",
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
        assert!(written(&FORMAT, &entries).ends_with(",'=cmd(),,,,,,\n"));
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
        assert_eq!(
            entries(&FORMAT, "type,value\nphotodna,00\n")
                .unwrap_err()
                .to_string(),
            "line 2: 2 hex digits, a photodna hash has 288"
        );
    }

    #[test]
    fn the_header_tells_what_separates_the_fields() {
        for text in [
            "id;md5;label\na;{};B, C\n",
            "id\tmd5\tlabel\na\t{}\tB, C\n",
            "id,MD5,label\na,{},\"B, C\"\n",
        ] {
            let text = text.replace("{}", &"ab".repeat(16));
            let form = super::super::detect(Source::from_bytes(text.as_bytes()).head()).unwrap();
            assert_eq!(form.name, "csv");
            let entries = entries(&FORMAT, &text).unwrap();
            assert_eq!(
                (entries[0].id.as_str(), entries[0].category.as_deref()),
                ("a", Some("B, C"))
            );
        }
    }

    #[test]
    fn a_header_without_hashes_is_an_error() {
        for text in ["", "# nothing\n"] {
            assert!(
                entries(&FORMAT, text)
                    .unwrap_err()
                    .to_string()
                    .contains("no header")
            );
        }
        let error = entries(&FORMAT, "id,name\n1,a\n").unwrap_err().to_string();
        assert!(
            error.starts_with("line 1: the header names neither"),
            "{error}"
        );
    }
}
