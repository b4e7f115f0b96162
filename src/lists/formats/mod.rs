//! Forms that hash lists come in: one file a format, and the table that names them all.

mod csv;
mod json_lines;
mod sum_file;
mod text;

use std::borrow::Cow;

use super::{Entry, ListOptions};
use crate::fingerprints::{Kind, UnknownKind};

/// A name this long may be a hash that stands in the wrong place: the shortest takes 11 characters.
const MAX_QUOTED: usize = 10;

/// Every format, in the order in which their marks are looked for.
pub static ALL: &[&ListFormat] = &[
    &json_lines::FORMAT,
    &csv::FORMAT,
    &sum_file::FORMAT,
    &text::FORMAT,
];

/// A form that a hash list can have.
pub struct ListFormat {
    /// The name on the command line.
    pub name: &'static str,
    /// What it looks like, in one line.
    pub about: &'static str,
    /// Whether a list that begins with this line has this form.
    pub looks_like: fn(first_line: &str) -> bool,
    /// Reads a list. The first line that is wrong ends it: nothing is half loaded.
    pub read: fn(text: &str) -> Result<Imported, LineError>,
    /// Writes entries; `None` for forms that cannot hold what provscan knows of an entry.
    pub write: Option<fn(&ListOptions, &[Entry]) -> String>,
}

/// What a file held.
#[derive(Debug, Default)]
pub struct Imported {
    /// What the file itself says of the list; the caller's wishes go first.
    pub options: ListOptions,
    /// Its entries, in file order.
    pub entries: Vec<Entry>,
    /// Entries that were left out on purpose, with the reason.
    pub skipped: Vec<(u64, &'static str)>,
}

/// A line that is not what its format expects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct LineError {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong and what was expected, never with a part of a hash in it.
    pub message: String,
}

/// The format of this name.
pub fn named(name: &str) -> Option<&'static ListFormat> {
    ALL.iter().copied().find(|format| format.name == name)
}

/// Reads a list in the named form, or in the one its content shows.
///
/// # Errors
/// The first bad line, with what was expected.
pub fn read(bytes: &[u8], format: Option<&'static ListFormat>) -> Result<Imported, LineError> {
    let text = decode(bytes)?;
    let first = lines(&text).next().map_or("", |(_, line)| line);
    let format = format.or_else(|| {
        ALL.iter()
            .copied()
            .find(|format| (format.looks_like)(first))
    });
    let format = format.ok_or_else(|| LineError {
        line: lines(&text).next().map_or(1, |(number, _)| number),
        message: format!("this is no known form of a hash list; {}", expected()),
    })?;
    let mut imported = (format.read)(&text)?;
    drop_placeholders(&mut imported);
    Ok(imported)
}

/// UTF-8, with or without a byte order mark.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, LineError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = good.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            Err(LineError {
                line,
                message: "not UTF-8 text; a text list of hashes was expected".into(),
            })
        }
    }
}

/// Lines that say something, with their numbers: not blank, and no `#` comment.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    text.lines()
        .zip(1..)
        .map(|(line, number)| (number, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The kind of this name. What stands in its place is quoted only where it is too short for a hash.
fn kind(name: &str) -> Result<Kind, String> {
    name.parse().map_err(|error: UnknownKind| {
        if name.len() <= MAX_QUOTED {
            error.to_string()
        } else {
            "the type names no fingerprint; are the columns in the right order?".to_owned()
        }
    })
}

/// Reads a form in which each line is an entry.
fn read_lines(text: &str, entry: fn(&str) -> Result<Entry, String>) -> Result<Imported, LineError> {
    let entries = lines(text)
        .map(|(line, content)| entry(content).map_err(|message| LineError { line, message }));
    Ok(Imported {
        entries: entries.collect::<Result<_, _>>()?,
        ..Imported::default()
    })
}

/// The forms, for an error message.
fn expected() -> String {
    let forms: Vec<_> = ALL
        .iter()
        .map(|format| format!("{} ({})", format.name, format.about))
        .collect();
    format!("expected one of: {}", forms.join("; "))
}

/// The reference program writes a hash of zeros with quality 100 for a file that it could not read; such an entry would
/// match every blank image.
fn drop_placeholders(imported: &mut Imported) {
    let mut number = 0;
    let skipped = &mut imported.skipped;
    imported.entries.retain(|entry| {
        number += 1;
        let blank = !entry.fingerprint.kind().exact()
            && entry.fingerprint.value().iter().all(|byte| *byte == 0);
        if blank {
            skipped.push((
                number,
                "a hash of zeros, as is written for unreadable files",
            ));
        }
        !blank
    });
}
