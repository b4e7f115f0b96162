//! Plain text: `pdq HEX` a line (the form of `tx` and its `local_file`), or `HEX,QUALITY,FILE` or `hash=HEX,…` (the forms of
//! the reference programs `pdq-photo-hasher` and `hashtool`, whose hashes are of the kind `pdq-512`), or bare hashes of a kind
//! that the caller names.

use std::io::{self, Write};

use super::{Entries, Entry, Head, ListFormat, Place, ReadError};
use crate::fingerprints::{Fingerprint, Kind};
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "text",
    about: "`pdq HEX` or `HEX,QUALITY,FILE` a line",
    looks_like: |head: Head<'_>| {
        let line = head.line();
        named(line).is_some() || hashed(line).is_some() || told(line).is_some() || is_digest(line)
    },
    read: |source, options, intake| {
        source.lines(|line, content| {
            let entry = entry(content, options.kind);
            let entry = entry.map_err(|message| ReadError::bad(Place::Line(line), message))?;
            Ok(intake.entry(entry)?)
        })
    },
    write: Some(write),
};

fn entry(line: &str, bare: Option<Kind>) -> Result<Entry, String> {
    if let Some((kind, rest)) = named(line) {
        let (value, id) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return of(kind, value, None, id.trim());
    }
    if let Some((value, said)) = told(line) {
        let (quality, file) = metadata(said);
        return of(
            bare.map_or_else(reference, Ok)?,
            value,
            quality.map(percent).transpose()?,
            file,
        );
    }
    if let Some((value, quality, file)) = hashed(line) {
        let quality = percent(quality)?;
        return of(bare.map_or_else(reference, Ok)?, value, Some(quality), file);
    }
    match bare {
        Some(kind) => {
            let (value, id) = line.split_once([',', ' ', '\t']).unwrap_or((line, ""));
            of(kind, value, None, id.trim())
        }
        None if is_digest(line) => Err(
            "a bare hash does not say its kind; write `pdq HEX`, `md5 HEX`, `sha1 HEX` or `sha256 HEX`, or give the kind of all hashes"
                .into(),
        ),
        None => Err("expected `KIND HEX` (such as `pdq 0f3a…`) or `HEX,QUALITY,FILE`".into()),
    }
}

fn of(kind: Kind, value: &str, quality: Option<u8>, id: &str) -> Result<Entry, String> {
    let value = Fingerprint::parse_value(kind, value).map_err(|error| error.to_string())?;
    Ok(Entry::new(value.with_quality(quality), id))
}

/// The kind that the reference programs compute.
fn reference() -> Result<Kind, String> {
    let kind = "pdq-512".parse();
    kind.map_err(|_| "pdq-512 is not built in".to_owned())
}

fn percent(quality: &str) -> Result<u8, String> {
    let quality = quality.parse().ok().filter(|quality| *quality <= 100);
    quality.ok_or_else(|| "the quality is no whole number from 0 to 100".into())
}

/// Whether a line is nothing but the digits of a digest, PDQ or PhotoDNA.
fn is_digest(line: &str) -> bool {
    matches!(line.len(), 32 | 40 | 64 | 288) && line.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `hash=HEX` and what is said of it.
fn told(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("hash=")?;
    let (value, said) = line.split_once(',').unwrap_or((line, ""));
    // Then the plain form, with a mark before it.
    hashed(line)
        .is_none_or(|_| said.contains('='))
        .then_some((value, said))
}

/// Quality and file name out of `norm=…,delta=…,quality=…,filename=…`, or all of it as a name.
fn metadata(said: &str) -> (Option<&str>, &str) {
    let fields = said.split_once("filename=");
    let (fields, file) = fields.unwrap_or((said, ""));
    let quality = fields
        .split(',')
        .find_map(|field| field.strip_prefix("quality="));
    match (quality, file) {
        (None, "") => (None, said),
        _ => (quality, file),
    }
}

/// `KIND REST`, if the first word names a kind.
fn named(line: &str) -> Option<(Kind, &str)> {
    let (word, rest) = line.split_once(char::is_whitespace)?;
    Some((word.parse().ok()?, rest.trim_start()))
}

/// `HEX,QUALITY,FILE`, by its shape.
fn hashed(line: &str) -> Option<(&str, &str, &str)> {
    let line = line.strip_prefix("hash=").unwrap_or(line);
    let (value, rest) = line.split_once(',')?;
    let (quality, file) = rest.split_once(',')?;
    let shaped = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    shaped.then_some((value, quality.trim(), file.trim()))
}

fn write(_: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        let gap = if entry.id.is_empty() { "" } else { " " };
        let (kind, value) = (entry.fingerprint.kind(), entry.fingerprint.hex());
        let id = entry.id.replace(char::is_control, " ");
        writeln!(out, "{kind} {value}{gap}{id}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{entries, written};
    use super::super::{Imported, ReadOptions, Source};
    use super::*;

    #[test]
    fn no_control_character_is_written() {
        let value = Fingerprint::parse_value("md5".parse().unwrap(), &"ab".repeat(16)).unwrap();
        let text = written(&FORMAT, &[Entry::new(value, "a\u{1b}\nb")]);
        assert!(text.ends_with(" a  b\n"));
    }

    #[test]
    fn both_shapes_are_read() {
        let text = format!(
            "# ours\npdq {0}\n\n{0},97,in/a, b.jpg\nmd5 {1} case-7\n",
            "0f".repeat(32),
            "ab".repeat(16)
        );
        let entries = entries(&FORMAT, &text).unwrap();
        assert_eq!(
            entries
                .iter()
                .map(|e| e.fingerprint.kind().to_string())
                .collect::<Vec<_>>(),
            ["pdq", "pdq-512", "md5"]
        );
        assert_eq!(
            (entries[1].id.as_str(), entries[1].fingerprint.quality()),
            ("in/a, b.jpg", Some(97))
        );
        assert_eq!(entries[2].id, "case-7");
    }

    #[test]
    fn what_the_reference_programs_say_of_a_hash_is_read() {
        let text = format!(
            "hash={0},norm=128,delta=0,quality=91,filename=in/a, b.jpg\nhash={0}\nhash={0},some words\nhash={0},97,c.jpg\n",
            "0f".repeat(32)
        );
        let entries = entries(&FORMAT, &text).unwrap();
        let said: Vec<_> = entries
            .iter()
            .map(|e| (e.fingerprint.quality(), e.id.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                (Some(91), "in/a, b.jpg"),
                (None, ""),
                (None, "some words"),
                (Some(97), "c.jpg")
            ]
        );
        assert!(
            entries
                .iter()
                .all(|e| e.fingerprint.kind().to_string() == "pdq-512")
        );
    }

    #[test]
    fn bare_hashes_are_of_the_kind_that_is_given() {
        let options = ReadOptions {
            kind: Some("pdq".parse().unwrap()),
            ..ReadOptions::default()
        };
        let text = format!(
            "{0}\n{0},a b\n{0} c\nmd5 {1}\n",
            "0f".repeat(32),
            "ab".repeat(16)
        );
        let mut imported = Imported::default();
        let mut source = Source::from_bytes(text.as_bytes());
        (FORMAT.read)(&mut source, &options, &mut imported).unwrap();
        let said: Vec<_> = imported
            .entries
            .iter()
            .map(|e| (e.fingerprint.kind().to_string(), e.id.as_str()))
            .collect();
        let pdq = || "pdq".to_owned();
        assert_eq!(
            said,
            [
                (pdq(), ""),
                (pdq(), "a b"),
                (pdq(), "c"),
                ("md5".to_owned(), "")
            ]
        );
    }

    #[test]
    fn errors_name_line_and_expectation_but_no_hash() {
        let bad = |text: &str| entries(&FORMAT, text).unwrap_err().to_string();
        assert_eq!(
            bad(&format!("pdq {}\npdq {}", "0f".repeat(32), "a".repeat(63))),
            "line 2: 63 hex digits, a pdq hash has 64"
        );
        assert!(bad(&"0f".repeat(32)).contains("does not say its kind"));
        assert!(bad(&format!("{},101,x", "0f".repeat(32))).contains("from 0 to 100"));
        assert!(!bad(&format!("pdq {}", "a".repeat(63))).contains("aaa"));
    }
}
