//! What a database from a stranger is kept from: limits, switches, and a look at every name that it asks for.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;

use super::super::{Place, ReadError};
use super::{field, told, whole};

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

/// A file that some program has not finished writing lacks rows, and nothing would say so.
pub(super) fn refuse_unfinished(path: &Path) -> Result<(), ReadError> {
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
pub(super) fn address(path: &Path) -> Result<String, ReadError> {
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

/// Sets every limit and switch.
pub(super) fn confine(connection: &Connection) -> rusqlite::Result<()> {
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
pub(super) fn tables(connection: &Connection) -> Result<BTreeSet<String>, ReadError> {
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
pub(super) fn watch(
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
