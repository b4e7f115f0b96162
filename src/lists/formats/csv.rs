//! CSV with a header: columns `type` and `value`, and where they are there `quality`, `id` and `category`. The export of
//! `tx dataset --csv` (`signal_type,signal_str,…`) is the same under other names.

use super::{Entry, Imported, LineError, ListFormat, kind};
use crate::fingerprints::Fingerprint;
use crate::lists::ListOptions;
use crate::reports::inert;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "csv",
    about: "CSV with a header that has at least type and value",
    looks_like: |line| {
        let mut names = line.split(',').map(|name| name.trim().trim_matches('"'));
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

fn read(text: &str) -> Result<Imported, LineError> {
    let mut reader = ::csv::ReaderBuilder::new()
        .trim(::csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| at(&error, text))?.clone();
    let column = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| header.iter().position(|column| column == *name))
    };
    let needed = |names: &[&str]| {
        column(names).ok_or_else(|| LineError {
            line: line_of(header.position(), text),
            message: format!("no column `{}` in the header", names.join("` or `")),
        })
    };
    let (kind, value) = (needed(TYPE)?, needed(VALUE)?);
    let (quality, id, category) = (column(QUALITY), column(ID), column(CATEGORY));
    let mut imported = Imported::default();
    for record in reader.records() {
        let record = record.map_err(|error| at(&error, text))?;
        let field = |place: Option<usize>| {
            place
                .and_then(|place| record.get(place))
                .unwrap_or_default()
        };
        let row = Row {
            kind: field(Some(kind)),
            value: field(Some(value)),
            quality: field(quality),
            id: field(id),
            category: field(category),
        };
        imported
            .entries
            .push(row.entry().map_err(|message| LineError {
                line: line_of(record.position(), text),
                message,
            })?);
    }
    Ok(imported)
}

struct Row<'a> {
    kind: &'a str,
    value: &'a str,
    quality: &'a str,
    id: &'a str,
    category: &'a str,
}

impl Row<'_> {
    fn entry(&self) -> Result<Entry, String> {
        let kind = kind(self.kind)?;
        let quality = match self.quality {
            "" => None,
            text => match text.parse() {
                Ok(quality) if quality <= 100_u8 => Some(quality),
                _ => return Err("the quality is no whole number from 0 to 100".into()),
            },
        };
        let fingerprint =
            Fingerprint::parse_value(kind, self.value).map_err(|error| error.to_string())?;
        let mut entry = Entry::new(fingerprint.with_quality(quality), self.id);
        entry.category = (!self.category.is_empty()).then(|| self.category.to_owned());
        Ok(entry)
    }
}

/// The place and reason of the parser's own errors.
fn at(error: &::csv::Error, text: &str) -> LineError {
    let line = line_of(error.position(), text);
    let message = match error.kind() {
        ::csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} fields, the header has {expected_len}"),
        ::csv::ErrorKind::Utf8 { .. } => "not UTF-8".into(),
        _ => "not CSV".into(),
    };
    LineError { line, message }
}

/// The line on which a record begins. The parser's own position is where the record before ended: blank lines, comments
/// and the line feed of a CRLF still lie between.
fn line_of(position: Option<&::csv::Position>, text: &str) -> u64 {
    let end = position.map_or(0, ::csv::Position::byte);
    let (before, rest) = usize::try_from(end)
        .ok()
        .and_then(|end| text.split_at_checked(end))
        .unwrap_or((text, ""));
    let passed_over = rest
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with('#'));
    1 + before.matches('\n').count() as u64 + passed_over.count() as u64
}

fn write(_: &ListOptions, entries: &[Entry]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(["type", "value", "quality", "id", "category"]);
    for entry in entries {
        let quality = entry
            .fingerprint
            .quality()
            .map(|quality| quality.to_string());
        let _ = writer.write_record([
            entry.fingerprint.kind().to_string().as_str(),
            &entry.fingerprint.hex(),
            quality.as_deref().unwrap_or_default(),
            &inert(&entry.id),
            &inert(entry.category.as_deref().unwrap_or_default()),
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let text = format!(
            "type,value,quality,id,category\npdq,{},88,\"a, b\",A1\nmd5,{},,,\n",
            "0f".repeat(32),
            "ab".repeat(16)
        );
        let entries = read(&text).unwrap().entries;
        assert_eq!(
            (entries[0].id.as_str(), entries[0].category.as_deref()),
            ("a, b", Some("A1"))
        );
        assert_eq!(write(&ListOptions::default(), &entries), text);
    }

    #[test]
    fn no_id_is_a_formula() {
        let text = format!("type,value,id\nmd5,{},=cmd()\n", "ab".repeat(16));
        let entries = read(&text).unwrap().entries;
        assert!(write(&ListOptions::default(), &entries).ends_with(",'=cmd(),\n"));
    }

    #[test]
    fn tx_exports_are_read_and_errors_have_their_line() {
        let tx = format!(
            "signal_type,signal_str,collab,category,tags\npdq,{},lf,INVESTIGATION_SEED,\n",
            "0f".repeat(32)
        );
        assert_eq!(
            read(&tx).unwrap().entries[0].category.as_deref(),
            Some("INVESTIGATION_SEED")
        );
        let bad = format!(
            "type,value\npdq,{}\npdq,{}\n",
            "0f".repeat(32),
            "0".repeat(63)
        );
        assert_eq!(
            read(&bad).unwrap_err().to_string(),
            "line 3: 63 hex digits, a pdq hash has 64"
        );
        assert_eq!(
            read("type,value\npdq\n").unwrap_err().to_string(),
            "line 2: 1 fields, the header has 2"
        );
        assert!(
            read("type,value\nphotodna,00\n")
                .unwrap_err()
                .to_string()
                .starts_with("line 2: no fingerprint is called")
        );
    }
}
