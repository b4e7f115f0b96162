//! Databases from strangers: opened to be read and nothing else, with every limit that SQLite has, and given up on where
//! they take longer than an honest one.

mod guard;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use guard::{address, confine, refuse_unfinished, tables, watch};

use super::{Place, ReadError, Source};
use crate::fingerprints::{Fingerprint, Kind};

/// What every database begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// A database that is being read.
pub(super) struct Database {
    connection: Connection,
    tables: BTreeSet<String>,
    /// Looks at the clock since the last row.
    steps: Arc<AtomicU64>,
    bytes: u64,
}

impl Database {
    /// Opens the file that a list lies in.
    ///
    /// # Errors
    /// It lies in no file, is being written to, is no database, or tries more than to be read.
    pub(super) fn open(source: &Source<'_>) -> Result<Self, ReadError> {
        let path = source.path().ok_or_else(|| {
            whole("a database can only be read from a plain file; save it, and name the file")
        })?;
        let bytes = std::fs::metadata(path).map_err(ReadError::Source)?.len();
        refuse_unfinished(path)?;
        let failed = |error: rusqlite::Error| told(Place::Whole, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(address(path)?, flags).map_err(failed)?;
        confine(&connection).map_err(failed)?;
        let tables = tables(&connection)?;
        let steps = Arc::new(AtomicU64::new(0));
        watch(&connection, tables.clone(), Arc::clone(&steps), bytes).map_err(failed)?;
        Ok(Self {
            connection,
            tables,
            steps,
            bytes,
        })
    }

    /// Whether it has a table or view of this name, in whatever case.
    pub(super) fn has(&self, table: &str) -> bool {
        self.tables.contains(&table.to_ascii_lowercase())
    }

    /// Whether a table has a column of this name. Both are ours, never the database's.
    pub(super) fn has_column(&self, table: &str, column: &str) -> bool {
        let sql = format!("SELECT t.{column} FROM {table} AS t");
        self.has(table) && self.connection.prepare(&sql).is_ok()
    }

    /// Goes through the rows that a statement selects, counted from 1.
    ///
    /// # Errors
    /// The first row that cannot be read, or what `each` returns.
    pub(super) fn rows(
        &self,
        sql: &str,
        mut each: impl FnMut(u64, &Row<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.steps.store(0, Ordering::Relaxed);
        let failed = |error: rusqlite::Error| told(Place::Whole, &error);
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        for number in 1.. {
            let row = rows
                .next()
                .map_err(|error| told(Place::Row(number), &error))?;
            let Some(row) = row else { break };
            // Every row takes at least a byte; a view that multiplies rows would go on for ever.
            if number > self.bytes {
                return Err(ReadError::bad(
                    Place::Row(number),
                    "more rows than the file has bytes",
                ));
            }
            each(number, row)?;
            self.steps.store(0, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A hash in a field: as text, or as its bytes.
pub(super) fn hash(kind: Kind, value: ValueRef<'_>) -> Result<Option<Fingerprint>, String> {
    let found = match value {
        ValueRef::Null | ValueRef::Text(b"") | ValueRef::Blob(b"") => return Ok(None),
        ValueRef::Blob(bytes) if bytes.len() == kind.bytes() => Fingerprint::new(kind, bytes),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text =
                str::from_utf8(bytes).map_err(|_| format!("a {kind} hash that is no text"))?;
            Fingerprint::parse_value(kind, text)
        }
        ValueRef::Integer(_) | ValueRef::Real(_) => {
            return Err(format!("a number where a {kind} hash was expected"));
        }
    };
    found.map(Some).map_err(|error| error.to_string())
}

/// What a field says; nothing if it is empty.
pub(super) fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => String::new(),
    }
}

/// A field of a row.
pub(super) fn field<'r>(row: &'r Row<'_>, place: usize) -> ValueRef<'r> {
    row.get_ref(place).unwrap_or(ValueRef::Null)
}

/// What went wrong, in our words: those of SQLite may quote what the file holds.
fn told(place: Place, error: &rusqlite::Error) -> ReadError {
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "no SQLite database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "the database is damaged".to_owned(),
        Some(ErrorCode::OperationInterrupted) => {
            "the database takes far longer to read than an honest one".to_owned()
        }
        Some(ErrorCode::AuthorizationForStatementDenied) => {
            "a view does more than to select rows".to_owned()
        }
        Some(ErrorCode::TooBig) => "a value of more than a mebibyte".to_owned(),
        Some(ErrorCode::OutOfMemory) => "the database takes more memory than there is".to_owned(),
        Some(code) => format!("SQLite cannot read it ({code:?})"),
        None => "the database is not of the expected form".to_owned(),
    };
    ReadError::bad(place, message)
}

fn whole(message: &str) -> ReadError {
    ReadError::bad(Place::Whole, message)
}

#[cfg(test)]
pub(super) mod testing {
    use super::super::{Imported, ListFormat, ReadError, ReadOptions, Source, detect};
    use rusqlite::Connection;
    use std::fs::File;
    use std::path::Path;

    /// A database file that these statements make.
    pub(in super::super) fn made(sql: &str) -> tempfile::TempPath {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(sql).unwrap();
        path
    }

    /// What a database file holds.
    pub(in super::super) fn imported(
        format: &ListFormat,
        path: &Path,
    ) -> Result<Imported, ReadError> {
        let mut imported = Imported::default();
        (format.read)(
            &mut Source::file(&File::open(path).unwrap(), path).unwrap(),
            &ReadOptions::default(),
            &mut imported,
        )?;
        Ok(imported)
    }

    /// The name of the format that a database file shows.
    pub(in super::super) fn detected(path: &Path) -> &'static str {
        let file = File::open(path).unwrap();
        detect(Source::file(&file, path).unwrap().head())
            .unwrap()
            .name
    }
}
