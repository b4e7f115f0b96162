//! How answers look: one file a report, and the table that names them all. Only this folder knows output formats.

mod csv;
mod html;
mod json;
mod json_lines;
#[cfg(feature = "server")]
mod matched;
mod named;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
mod record;
mod safe;
mod sarif;
mod stored;
mod text;
mod tree;
mod words;

use std::io::{self, Write};

use crate::inspect::Inspection;
use crate::scan::Summary;
use crate::sources::Name;

pub use json_lines::{record_line, summary_line};
#[cfg(feature = "server")]
pub use matched::match_line;
pub use page::indent;
pub use read::{Line, MAX_LINE, RecordError, read_record};
pub use record::SCHEMA;
#[cfg(feature = "queue")]
pub(crate) use record::{VERSION, to_json};
pub use safe::{inert, safe, safe_json};
#[cfg(feature = "sqlite")]
pub(crate) use stored::lost;
pub use stored::{ReplayError, Replayed, StoredError, replay, stored_lines};

/// Every report.
pub static ALL: &[ReportKind] = &[
    text::KIND,
    page::KIND,
    json::KIND,
    json_lines::KIND,
    csv::KIND,
    sarif::KIND,
    html::KIND,
    #[cfg(feature = "parquet")]
    parquet::KIND,
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

    /// Puts rendered records together. Most reports only write one after another; a form that keeps things in several places
    /// has an assembly of its own.
    fn assembly(&self) -> Box<dyn Assembly + '_> {
        Box::new(InTurn {
            report: self,
            separator: b"",
        })
    }
}

/// Makes one report of records that were rendered, in turn.
pub trait Assembly {
    /// Begins the report.
    ///
    /// # Errors
    /// It could not be written.
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()>;

    /// Adds a record, as [`Report::record`] gave it.
    ///
    /// # Errors
    /// It could not be written.
    fn add(&mut self, record: &[u8], out: &mut dyn Write) -> io::Result<()>;

    /// Ends the report.
    ///
    /// # Errors
    /// It could not be written.
    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()>;
}

/// One record after another.
struct InTurn<'a, R: ?Sized> {
    report: &'a R,
    /// What goes before the next record.
    separator: &'static [u8],
}

impl<R: Report + ?Sized> Assembly for InTurn<'_, R> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.report.head())
    }

    fn add(&mut self, record: &[u8], out: &mut dyn Write) -> io::Result<()> {
        out.write_all(std::mem::replace(
            &mut self.separator,
            self.report.separator(),
        ))?;
        out.write_all(record)
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.report.tail(summary))
    }
}

/// The kind of this name.
pub fn named(name: &str) -> Option<&'static ReportKind> {
    ALL.iter().find(|kind| kind.name == name)
}
