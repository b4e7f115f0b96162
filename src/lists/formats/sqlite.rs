//! Databases from strangers: opened to be read and nothing else, with every limit that SQLite has, and given up on where
//! they take longer than an honest one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};

use super::{Place, ReadError, Source};
use crate::fingerprints::{Fingerprint, Kind};

/// What every database begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// What SQLite itself refuses.
const LIMITS: [(Limit, i32); 12] = [
    (Limit::SQLITE_LIMIT_LENGTH, 1 << 20),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 16),
    (Limit::SQLITE_LIMIT_COLUMN, 256),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 64),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 16),
    (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 8),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 8),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// Switches, and how they are set.
const SWITCHES: [(DbConfig, bool); 5] = [
    (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
];

/// Functions that a view may call.
const FUNCTIONS: [&str; 8] = [
    "min", "max", "count", "upper", "lower", "coalesce", "ifnull", "substr",
];

/// Most tables, views and indices: the known databases have a dozen.
const MAX_OBJECTS: usize = 1000;

/// Instructions of SQLite's machine between two looks at the clock, so to speak.
const STEP: u64 = 10_000;

/// Instructions that any database may take to its next row, and how many more for each of its bytes.
const INSTRUCTIONS: u64 = 1_000_000_000;
const INSTRUCTIONS_A_BYTE: u64 = 20;

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

/// A file that some program has not finished writing lacks rows, and nothing would say so.
fn refuse_unfinished(path: &Path) -> Result<(), ReadError> {
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if std::fs::metadata(beside).is_ok_and(|file| file.len() > 0) {
            return Err(whole(&format!(
                "changes to this database lie beside it, in a file that ends in {ending}; close the program that writes it"
            )));
        }
    }
    Ok(())
}

/// The address of a file that nobody changes: nothing is locked, and nothing beside it is looked at.
fn address(path: &Path) -> Result<String, ReadError> {
    let path = std::path::absolute(path).map_err(ReadError::Source)?;
    let mut address = String::from("file://");
    if cfg!(windows) {
        address.push('/');
    }
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => address.push('/'),
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                address.push(char::from(*byte))
            }
            b':' if cfg!(windows) => address.push(':'),
            // Writing to a string does not fail.
            byte => drop(write!(address, "%{byte:02X}")),
        }
    }
    address.push_str("?mode=ro&immutable=1");
    Ok(address)
}

fn confine(connection: &Connection) -> rusqlite::Result<()> {
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    for (switch, on) in SWITCHES {
        connection.set_db_config(switch, on)?;
    }
    // Nothing of a confidential list goes to a temporary file, and no page is believed.
    connection
        .execute_batch("PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;")
}

/// The names of its tables and views, in lower case.
fn tables(connection: &Connection) -> Result<BTreeSet<String>, ReadError> {
    let failed = |error: rusqlite::Error| told(Place::Whole, &error);
    let mut statement = connection
        .prepare("SELECT name, sql, type FROM sqlite_master")
        .map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut names = BTreeSet::new();
    let mut objects = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        objects += 1;
        let said = |place| match field(row, place) {
            ValueRef::Text(bytes) => {
                str::from_utf8(bytes).map_err(|_| whole("names in this database are no text"))
            }
            _ => Ok(""),
        };
        let virtual_table = said(1)?
            .trim_start()
            .get(..14)
            .is_some_and(|begin| begin.eq_ignore_ascii_case("CREATE VIRTUAL"));
        if virtual_table || objects > MAX_OBJECTS {
            return Err(whole(
                "this database has parts that no database of hashes has",
            ));
        }
        if matches!(said(2)?, "table" | "view") {
            names.insert(said(0)?.to_ascii_lowercase());
        }
    }
    Ok(names)
}

/// From here on only its own tables are read, and not for ever.
fn watch(
    connection: &Connection,
    tables: BTreeSet<String>,
    steps: Arc<AtomicU64>,
    bytes: u64,
) -> rusqlite::Result<()> {
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        let fine = match context.action {
            AuthAction::Select => true,
            AuthAction::Read { table_name, .. } => {
                tables.contains(&table_name.to_ascii_lowercase())
            }
            AuthAction::Function { function_name } => {
                FUNCTIONS.contains(&function_name.to_ascii_lowercase().as_str())
            }
            _ => false,
        };
        if fine {
            Authorization::Allow
        } else {
            Authorization::Deny
        }
    }))?;
    let most = bytes
        .saturating_mul(INSTRUCTIONS_A_BYTE)
        .saturating_add(INSTRUCTIONS)
        / STEP;
    let step = i32::try_from(STEP).unwrap_or(i32::MAX);
    connection.progress_handler(
        step,
        Some(move || steps.fetch_add(1, Ordering::Relaxed) > most),
    )
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
    use super::super::{Imported, ListFormat, ReadError, ReadOptions, Source};
    use rusqlite::Connection;
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
            &mut Source::open(path).unwrap(),
            &ReadOptions::default(),
            &mut imported,
        )?;
        Ok(imported)
    }
}
