//! How answers look: one file a report, and the table that names them all. Only this folder knows output formats.

mod csv;
mod json;
mod json_lines;
mod page;
mod read;
mod record;
mod safe;
mod text;
mod tree;
mod words;

use crate::inspect::Inspection;
use crate::scan::Summary;
use crate::sources::Name;

pub use json_lines::{record_line, summary_line};
pub use page::indent;
pub use read::{Line, MAX_LINE, RecordError, read_record};
pub use record::SCHEMA;
pub use safe::{inert, safe};

/// Every report.
pub static ALL: &[ReportKind] = &[
    text::KIND,
    page::KIND,
    json::KIND,
    json_lines::KIND,
    csv::KIND,
];

/// A kind of report.
#[derive(Debug, Clone, Copy)]
pub struct ReportKind {
    /// The name on the command line.
    pub name: &'static str,
    /// What it looks like, in one line.
    pub about: &'static str,
    /// Makes one.
    pub make: fn(ReportOptions) -> Box<dyn Report>,
}

/// What a report may take into account.
#[derive(Debug, Clone, Default)]
pub struct ReportOptions {
    /// Use terminal colours.
    pub color: bool,
    /// Claims and codes that the reader asked for: a report that shows one piece of evidence shows one of these first.
    pub asked_for: Vec<String>,
}

/// Turns answers into bytes. Records are rendered on many threads and written in turn.
pub trait Report: Send + Sync {
    /// What comes before the first record.
    fn head(&self) -> Vec<u8> {
        Vec::new()
    }

    /// One input's record.
    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8>;

    /// What stands between two records.
    fn separator(&self) -> &'static [u8] {
        b""
    }

    /// What comes after the last record.
    fn tail(&self, summary: &Summary) -> Vec<u8>;
}

/// The kind of this name.
pub fn named(name: &str) -> Option<&'static ReportKind> {
    ALL.iter().find(|kind| kind.name == name)
}
