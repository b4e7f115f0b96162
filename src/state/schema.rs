//! The database itself: how it is made, and how one that was is held to what it should be.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::StateError;

/// `PVST`, in the header of the file.
const APPLICATION: i32 = 0x5056_5354;

/// The version of the tables. A program refuses any but its own.
const VERSION: i32 = 1;

/// Larger than any record that is written.
const MAX_VALUE: i32 = 256 << 20;

/// Every table. A path stands as the bytes of the name in which 0 takes the place of `/`, so that it sorts as folders are
/// walked. `sum` is a checksum of the row.
const TABLES: [&str; 7] = [
    "CREATE TABLE files(file INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, stamp BLOB, content BLOB, settings INTEGER NOT NULL, until INTEGER NOT NULL, bytes INTEGER NOT NULL, record BLOB NOT NULL, sum INTEGER NOT NULL) STRICT",
    "CREATE TABLE prints(file INTEGER PRIMARY KEY, policy INTEGER NOT NULL, basis BLOB NOT NULL, sum INTEGER NOT NULL) STRICT",
    "CREATE TABLE judged(file INTEGER PRIMARY KEY, judgement INTEGER NOT NULL, counts INTEGER NOT NULL, record BLOB, sum INTEGER NOT NULL) STRICT",
    "CREATE TABLE digests(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, words TEXT NOT NULL) STRICT",
    "CREATE TABLE runs(run INTEGER PRIMARY KEY, settings INTEGER NOT NULL, judgement INTEGER NOT NULL, finished INTEGER, inputs INTEGER, incomplete INTEGER, seen BLOB, met BLOB) STRICT",
    "CREATE TABLE outputs(output INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, format TEXT NOT NULL, bytes INTEGER NOT NULL, tail INTEGER NOT NULL) STRICT",
    "CREATE TABLE appended(output INTEGER NOT NULL, file INTEGER NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY(output, file)) STRICT, WITHOUT ROWID",
];

/// Opens a state to be written to; one that is not there, or is empty, is made.
///
/// # Errors
/// It is something else, damaged, of another version, or cannot be written to.
pub(super) fn open(path: &Path) -> Result<Connection, StateError> {
    create(path).map_err(|error| StateError::io(path, &error))?;
    let sql = |error: rusqlite::Error| StateError::sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    confine(&connection).map_err(sql)?;
    let fresh = is_empty(&connection).map_err(sql)?;
    if fresh {
        // As large as a few records: a lookup reads one page of the table.
        connection
            .execute_batch("PRAGMA page_size=16384")
            .map_err(sql)?;
    } else {
        check(path, &connection)?;
    }
    let mode: String = connection
        .query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))
        .map_err(sql)?;
    if mode != "wal" {
        return Err(StateError::new(
            path,
            "this file system cannot hold a state; put it on a local disk",
        ));
    }
    connection
        .execute_batch("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536")
        .map_err(sql)?;
    if fresh {
        make(&connection).map_err(sql)?;
        check(path, &connection)?;
    }
    Ok(connection)
}

/// Opens a state to be read, beside whoever writes it.
///
/// # Errors
/// It is not there, something else, damaged, or of another version.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, StateError> {
    let connection = reading(path)?;
    check(path, &connection)?;
    Ok(connection)
}

/// The same for one that was checked already.
pub(super) fn reading(path: &Path) -> Result<Connection, StateError> {
    let found = fs::metadata(path).map_err(|error| StateError::io(path, &error))?;
    if !found.is_file() {
        return Err(StateError::foreign(path));
    }
    let sql = |error: rusqlite::Error| StateError::sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    confine(&connection).map_err(sql)?;
    connection
        .execute_batch("PRAGMA cache_size=-32768; PRAGMA query_only=ON")
        .map_err(sql)?;
    Ok(connection)
}

/// An empty file for its owner alone, which SQLite takes for an empty database.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            match fs::metadata(path)?.is_file() {
                true => Ok(()),
                false => Err(io::Error::other("it is no regular file")),
            }
        }
        Err(error) => Err(error),
    }
}

/// Nothing that a file can hold is run, and nothing goes to a temporary file.
fn confine(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.execute_batch(
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON; PRAGMA busy_timeout=2000",
    )
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    Ok(objects == 0 && application == 0)
}

fn make(connection: &Connection) -> rusqlite::Result<()> {
    let tables = TABLES.join("; ");
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION}; {tables}; COMMIT"
    ))
}

/// Holds a database to what this program makes.
fn check(path: &Path, connection: &Connection) -> Result<(), StateError> {
    let sql = |error: rusqlite::Error| StateError::sql(path, &error);
    let number = |pragma: &str| -> Result<i32, StateError> {
        connection
            .query_row(pragma, [], |row| row.get(0))
            .map_err(sql)
    };
    if number("PRAGMA application_id")? != APPLICATION {
        return Err(StateError::foreign(path));
    }
    let version = number("PRAGMA user_version")?;
    if version != VERSION {
        return Err(StateError::new(
            path,
            format!(
                "this state is of version {version}, and this program uses version {VERSION}; use the program that made it, or name another file"
            ),
        ));
    }
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql")
        .map_err(sql)?;
    let found = statement.query_map([], |row| row.get(0)).map_err(sql)?;
    let found: Vec<String> = found.collect::<Result<_, _>>().map_err(sql)?;
    let mut expected = TABLES;
    expected.sort_unstable();
    match found == expected {
        true => Ok(()),
        false => Err(StateError::damaged(path)),
    }
}
