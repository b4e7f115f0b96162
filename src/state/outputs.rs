//! Outputs that records are appended to: how far each was written with the last batch, and what was appended for each file.

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension as _, params};

use super::StateError;
use super::batch::Batches;
use crate::sinks::{Appending, Left};

/// An output that is appended to.
#[derive(Debug)]
pub(super) struct Output {
    number: i64,
    appending: Appending,
}

impl Output {
    /// Goes on with an output where the last batch left it, or begins one, within a batch that is open.
    pub(super) fn open(
        batches: &Batches,
        path: &Path,
        format: &str,
        head: &[u8],
    ) -> Result<Self, StateError> {
        let refused = |message: String| StateError::new(path, message);
        let known = true_path(path);
        let known = known.as_os_str().as_encoded_bytes();
        let left = left(batches, known).map_err(|error| batches.error(&error))?;
        match left {
            Some((number, was, left)) if was == format => {
                let appending =
                    Appending::at(path, left).map_err(|error| refused(error.to_string()))?;
                Ok(Self { number, appending })
            }
            Some((_, was, _)) => Err(refused(format!(
                "records in the form {was} were appended to it; go on with that, or name another file"
            ))),
            None => {
                let appending =
                    Appending::open(path, head).map_err(|error| refused(error.to_string()))?;
                let number =
                    insert(batches, known, format).map_err(|error| batches.error(&error))?;
                Ok(Self { number, appending })
            }
        }
    }

    /// What the user should know of how it was found.
    pub(super) fn notice(&self) -> Option<String> {
        self.appending.notice()
    }

    /// Appends bytes that belong to no file.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        self.appending
            .write(bytes)
            .map_err(|error| StateError::new(self.appending.path(), error.to_string()))
    }

    /// Whether what was appended last for a file has this digest.
    pub(super) fn has(&self, batches: &Batches, file: i64, digest: i64) -> rusqlite::Result<bool> {
        let last: Option<i64> = batches
            .connection
            .prepare_cached("SELECT digest FROM appended WHERE output = ?1 AND file = ?2")?
            .query_row([self.number, file], |row| row.get(0))
            .optional()?;
        Ok(last == Some(digest))
    }

    /// Notes the digest of what is appended for a file.
    pub(super) fn note(&self, batches: &Batches, file: i64, digest: i64) -> rusqlite::Result<()> {
        batches
            .connection
            .prepare_cached(
                "INSERT OR REPLACE INTO appended(output, file, digest) VALUES (?1, ?2, ?3)",
            )?
            .execute([self.number, file, digest])?;
        Ok(())
    }

    /// Makes what was appended last, and notes how far that is.
    pub(super) fn sync(&mut self, batches: &Batches) -> Result<(), StateError> {
        let left = self
            .appending
            .sync()
            .map_err(|error| StateError::new(self.appending.path(), error.to_string()))?;
        let values = [
            self.number,
            left.bytes.cast_signed(),
            left.tail.cast_signed(),
        ];
        batches
            .connection
            .prepare_cached("UPDATE outputs SET bytes = ?2, tail = ?3 WHERE output = ?1")
            .and_then(|mut update| update.execute(values))
            .map_err(|error| batches.error(&error))?;
        Ok(())
    }
}

/// The number and form of an output that is known, and how the last batch left it.
fn left(batches: &Batches, path: &[u8]) -> rusqlite::Result<Option<(i64, String, Left)>> {
    let row = batches.connection.query_row(
        "SELECT output, format, bytes, tail FROM outputs WHERE path = ?1",
        [path],
        |row| {
            let left = Left {
                bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                tail: row.get::<_, i64>(3)?.cast_unsigned(),
            };
            Ok((row.get(0)?, row.get(1)?, left))
        },
    );
    row.optional()
}

/// Notes an output that was not known, and gives its number.
fn insert(batches: &Batches, path: &[u8], format: &str) -> rusqlite::Result<i64> {
    batches.connection.execute(
        "INSERT INTO outputs(path, format, bytes, tail) VALUES (?1, ?2, 0, 0)",
        params![path, format],
    )?;
    Ok(batches.connection.last_insert_rowid())
}

/// The one name that an output has, however it is written.
fn true_path(output: &Path) -> PathBuf {
    let beside = || {
        let folder = output
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(output.file_name()?))
    };
    let known = output.canonicalize().ok().or_else(beside);
    known.unwrap_or_else(|| output.to_owned())
}
