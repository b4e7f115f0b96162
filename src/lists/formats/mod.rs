//! Forms that hash lists come in: one file a format, and the table that names them all.
//!
//! A form is read as a stream: it hands its entries to an [`Intake`], one by one, and keeps none of them. So lists may be
//! larger than memory.

mod bloom;
mod columns;
mod csv;
mod encase;
mod fixed;
mod hashdeep;
mod hashkeeper;
mod icse;
mod ilook;
mod imagehash;
mod imported;
mod json;
mod json_guard;
mod json_lines;
mod json_values;
#[cfg(feature = "sqlite")]
mod kdb;
mod ncmec;
mod nsrl;
mod nsrl_sql;
#[cfg(feature = "sqlite")]
mod nsrl_sqlite;
mod rows;
mod source;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stopncii;
mod sum_file;
mod tat;
#[cfg(test)]
mod testing;
mod text;
mod threatexchange;
mod threatexchange_write;
mod vics;
mod vics_write;
mod words;
mod xml;
mod xml_guard;

use std::fmt;
use std::io::{self, Write};

use super::{Bloom, Entry, ListOptions};
use crate::fingerprints::{Kind, UnknownKind};

pub use imported::{Imported, read};
pub use source::{Head, Source};

/// A name this long may be a hash that stands in the wrong place: the shortest takes 11 characters.
const MAX_QUOTED: usize = 10;

/// Every format, in the order in which their marks are looked for.
pub static ALL: &[&ListFormat] = &[
    &bloom::FORMAT,
    &encase::FORMAT,
    #[cfg(feature = "sqlite")]
    &kdb::FORMAT,
    #[cfg(feature = "sqlite")]
    &nsrl_sqlite::FORMAT,
    &ncmec::FORMAT,
    &stopncii::FORMAT,
    &tat::FORMAT,
    &threatexchange::FORMAT,
    &vics::FORMAT,
    &json_lines::FORMAT,
    &icse::FORMAT,
    &nsrl::FORMAT,
    &nsrl_sql::FORMAT,
    &ilook::FORMAT,
    &hashkeeper::FORMAT,
    &csv::FORMAT,
    &hashdeep::FORMAT,
    &sum_file::FORMAT,
    &imagehash::FORMAT,
    &text::FORMAT,
];

/// A form that a hash list can have.
pub struct ListFormat {
    /// The name on the command line.
    pub name: &'static str,
    /// What it looks like, in one line.
    pub about: &'static str,
    /// Whether a list that begins like this has this form.
    pub looks_like: fn(Head<'_>) -> bool,
    /// Reads a list. The first place that is wrong ends it; what was handed on until then is not to be used.
    pub read: Read,
    /// Writes a list; `None` for forms that cannot hold what provscan knows of an entry.
    pub write: Option<WriteList>,
}

impl fmt::Debug for ListFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ListFormat").field(&self.name).finish()
    }
}

/// Reads a list and hands on what it says.
pub type Read = fn(&mut Source<'_>, &ReadOptions, &mut dyn Intake) -> Result<(), ReadError>;

/// Writes entries, as they come, as a list. Entries of which the form cannot hold the hash are passed over.
pub type WriteList = fn(&ListOptions, Entries<'_>, &mut dyn Write) -> io::Result<()>;

/// Entries to be written; the list that they come from may turn out to be damaged on the way.
pub type Entries<'a> = &'a mut dyn Iterator<Item = io::Result<Entry>>;

/// What the caller knows of a list that its content does not say.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Which column of a table holds what, as `FIELD=COLUMN`: a name of the header, or a number counted from 1.
    pub columns: Vec<(String, String)>,
    /// The kind of hashes that stand there bare.
    pub kind: Option<Kind>,
}

/// What takes in the entries of a list while it is read.
pub trait Intake {
    /// What the list says of itself; the caller's wishes go first.
    fn options(&mut self, options: ListOptions);

    /// One entry.
    ///
    /// # Errors
    /// It cannot be kept: the disk is full, say. Reading ends then.
    fn entry(&mut self, entry: Entry) -> io::Result<()>;

    /// Whatever came before under this id no longer holds: it was withdrawn, or what follows replaces it.
    ///
    /// # Errors
    /// As [`entry`](Self::entry).
    fn withdraw(&mut self, id: &str) -> io::Result<()>;

    /// A set of digests of this kind that can be asked, but not listed, in place of entries.
    ///
    /// # Errors
    /// It cannot be kept where it is to go.
    fn filter(&mut self, kind: Kind, filter: Bloom) -> io::Result<()>;

    /// Something is left out on purpose: a hash of a kind that is not known here, say.
    fn leave_out(&mut self, why: &'static str);
}

/// Where in a list something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A line, counted from 1.
    Line(u64),
    /// A line and a column, both counted from 1.
    Column(u64, u64),
    /// A byte, counted from 0.
    Byte(u64),
    /// A row of a database, by its number.
    Row(u64),
    /// The list as a whole.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Column(line, column) => write!(f, "line {line}, column {column}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
            Self::Row(row) => write!(f, "row {row}"),
            Self::Whole => f.write_str("the whole list"),
        }
    }
}

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not what its format expects.
    #[error("{place}: {message}")]
    Bad {
        /// Where.
        place: Place,
        /// What is wrong and what was expected, never with a part of a hash in it.
        message: String,
    },
    /// Its bytes could not be read.
    #[error("it cannot be read: {0}")]
    Source(io::Error),
    /// What it says could not be kept.
    #[error("{0}")]
    Intake(#[from] io::Error),
}

impl ReadError {
    /// Something that is wrong in this place.
    pub fn bad(place: Place, message: impl Into<String>) -> Self {
        Self::Bad {
            place,
            message: message.into(),
        }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        match self {
            Self::Bad { place, .. } => *place,
            Self::Source(_) | Self::Intake(_) => Place::Whole,
        }
    }
}

/// The format of this name.
pub fn named(name: &str) -> Option<&'static ListFormat> {
    ALL.iter().copied().find(|format| format.name == name)
}

/// The format that the beginning of a list shows.
///
/// # Errors
/// It is none of those that are known; the message names them.
pub fn detect(head: Head<'_>) -> Result<&'static ListFormat, ReadError> {
    let format = ALL.iter().copied().find(|format| (format.looks_like)(head));
    format.ok_or_else(|| {
        let forms: Vec<_> = ALL
            .iter()
            .map(|format| format!("  {} ({})", format.name, format.about))
            .collect();
        let message = format!(
            "this is no known form of a hash list; expected one of:\n{}",
            forms.join("\n")
        );
        ReadError::bad(Place::Line(head.line_number()), message)
    })
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
fn read_lines(
    source: &mut Source<'_>,
    intake: &mut dyn Intake,
    entry: fn(&str) -> Result<Entry, String>,
) -> Result<(), ReadError> {
    source.lines(|line, content| {
        let entry = entry(content).map_err(|message| ReadError::bad(Place::Line(line), message))?;
        Ok(intake.entry(entry)?)
    })
}
