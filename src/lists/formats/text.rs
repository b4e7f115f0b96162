//! Plain text: `pdq HEX` a line (the form of `tx` and its `local_file`), or `HEX,QUALITY,FILE` (the form of the reference
//! program `pdq-photo-hasher`, whose hashes are of the kind `pdq-512`).

use std::io::{self, Write};

use super::{Entries, Entry, ListFormat, read_lines};
use crate::fingerprints::{Fingerprint, Kind};
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "text",
    about: "`pdq HEX` or `HEX,QUALITY,FILE` a line",
    looks_like: |head| named(head.line()).is_some() || hashed(head.line()).is_some(),
    read: |source, _, intake| read_lines(source, intake, entry),
    write: Some(write),
};

fn entry(line: &str) -> Result<Entry, String> {
    if let Some((kind, rest)) = named(line) {
        let (value, id) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let fingerprint =
            Fingerprint::parse_value(kind, value).map_err(|error| error.to_string())?;
        return Ok(Entry::new(fingerprint, id.trim()));
    }
    if let Some((value, quality, file)) = hashed(line) {
        let kind: Kind = "pdq-512"
            .parse()
            .map_err(|_| "pdq-512 is not built in".to_owned())?;
        let quality = quality.parse().ok().filter(|quality| *quality <= 100);
        let quality = quality
            .ok_or("the quality, after the first comma, is no whole number from 0 to 100")?;
        let fingerprint =
            Fingerprint::parse_value(kind, value).map_err(|error| error.to_string())?;
        return Ok(Entry::new(fingerprint.with_quality(Some(quality)), file));
    }
    let digits = line.bytes().all(|byte| byte.is_ascii_hexdigit());
    Err(match (digits, line.len()) {
        (true, 32 | 40 | 64) => "a bare hash does not say its kind; write `pdq HEX`, `md5 HEX`, `sha1 HEX` or `sha256 HEX`".into(),
        _ => "expected `KIND HEX` (such as `pdq 0f3a…`) or `HEX,QUALITY,FILE`".into(),
    })
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
