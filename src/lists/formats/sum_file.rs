//! The output of `md5sum`, `sha1sum` and `sha256sum`, with or without `--tag`, and of `md5deep -z`, where the size of the
//! file stands before its digest.

use std::io::{self, Write};

use super::{Entries, Entry, ListFormat, read_lines};
use crate::fingerprints::{Fingerprint, Kind, MD5, SHA1, SHA256};
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "sums",
    about: "md5sum, sha1sum or sha256sum output",
    looks_like: |head| split(head.line()).is_some(),
    read: |source, _, intake| read_lines(source, intake, entry),
    write: Some(write),
};

fn entry(line: &str) -> Result<Entry, String> {
    let (kind, value, name) = split(line)
        .ok_or("expected `HEX  NAME` with 32, 40 or 64 hex digits, or `SHA256 (NAME) = HEX`")?;
    let fingerprint = Fingerprint::parse_value(kind, value).map_err(|error| error.to_string())?;
    Ok(Entry::new(fingerprint, name))
}

/// Kind, digest and file name of a line.
fn split(line: &str) -> Option<(Kind, &str, &str)> {
    // A backslash in front says that the file name is escaped.
    let line = line.strip_prefix('\\').unwrap_or(line);
    tagged(line).or_else(|| plain(line.trim_start()))
}

/// `MD5 (name) = hex`
fn tagged(line: &str) -> Option<(Kind, &str, &str)> {
    let (kind, rest) = [("MD5 (", MD5), ("SHA1 (", SHA1), ("SHA256 (", SHA256)]
        .into_iter()
        .find_map(|(tag, kind)| line.strip_prefix(tag).map(|rest| (kind, rest)))?;
    let (name, value) = rest.rsplit_once(") = ")?;
    Some((kind, value, name))
}

/// `hex  name`, `hex *name` or `size  hex  name`.
fn plain(line: &str) -> Option<(Kind, &str, &str)> {
    let (first, rest) = line.split_once("  ").unwrap_or((line, ""));
    // No size has as many digits as the shortest digest.
    let size = first.len() <= 20 && first.bytes().all(|byte| byte.is_ascii_digit());
    digest(if size { rest } else { line })
}

/// `hex  name` or `hex *name`; the number of digits tells the kind.
fn digest(line: &str) -> Option<(Kind, &str, &str)> {
    let (value, rest) = line.split_once(' ')?;
    let name = rest.strip_prefix([' ', '*'])?;
    let kind = match value.len() {
        32 => MD5,
        40 => SHA1,
        64 => SHA256,
        _ => return None,
    };
    value
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some((kind, value, name))
}

/// Digests only: a sum file has no place for other hashes.
fn write(_: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        if entry.fingerprint.kind().exact() {
            let name = match entry.id.as_str() {
                // As the sum programs call standard input: a line without a name would not be read back.
                "" => "-".to_owned(),
                id => id.replace(char::is_control, " "),
            };
            writeln!(out, "{}  {name}", entry.fingerprint.hex())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{entries, written};
    use super::*;

    #[test]
    fn no_control_character_is_written() {
        let value = Fingerprint::parse_value(MD5, &"ab".repeat(16)).unwrap();
        let text = written(&FORMAT, &[Entry::new(value, "a\u{1b}\nb")]);
        assert!(text.ends_with(" a  b\n"));
    }

    #[test]
    fn every_spelling_is_read() {
        let text = format!(
            "{0}  a.jpg\n{1} *b c.jpg\nSHA256 (d) e.jpg) = {2}\n",
            "ab".repeat(16),
            "cd".repeat(20),
            "ef".repeat(32)
        );
        let entries = entries(&FORMAT, &text).unwrap();
        let names: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(names, ["a.jpg", "b c.jpg", "d) e.jpg"]);
        assert_eq!(entries[2].fingerprint.kind(), SHA256);
    }

    #[test]
    fn a_size_may_stand_before_the_digest() {
        let text = format!(
            "      1024  {0}  /a/b c.jpg\n         7  {0}  /d\n",
            "12".repeat(16)
        );
        let entries = entries(&FORMAT, &text).unwrap();
        assert_eq!(
            (entries[0].id.as_str(), entries[1].id.as_str()),
            ("/a/b c.jpg", "/d")
        );
    }

    #[test]
    fn a_line_of_another_shape_is_an_error() {
        let text = format!("{}  a.jpg\nhello\n", "ab".repeat(16));
        assert!(
            entries(&FORMAT, &text)
                .unwrap_err()
                .to_string()
                .starts_with("line 2: expected `HEX  NAME`")
        );
    }
}
