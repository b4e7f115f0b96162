//! What the tests of the formats share.

use super::{Entry, Imported, ListFormat, ReadError, read};
use crate::lists::ListOptions;

/// What a text holds.
pub(super) fn imported(format: &'static ListFormat, text: &str) -> Result<Imported, ReadError> {
    read(text.as_bytes(), Some(format))
}

/// The entries that a text holds.
pub(super) fn entries(format: &'static ListFormat, text: &str) -> Result<Vec<Entry>, ReadError> {
    imported(format, text).map(|imported| imported.entries)
}

/// Entries as a text.
pub(super) fn written(format: &'static ListFormat, entries: &[Entry]) -> String {
    let mut out = Vec::new();
    let mut entries = entries.iter().cloned().map(Ok);
    (format.write.unwrap())(&ListOptions::default(), &mut entries, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The name of the format that a text shows.
pub(super) fn detected(text: &str) -> &'static str {
    super::detect(super::Source::from_bytes(text.as_bytes()).head())
        .unwrap()
        .name
}
