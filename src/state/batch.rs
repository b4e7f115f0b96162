//! The connection that writes: rows go in batches, each of them whole or not at all.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::StateError;

/// Rows of one transaction, at most.
const ROWS: u32 = 4000;

/// How long rows wait: as much work is lost when the program is killed.
const WAIT: Duration = Duration::from_millis(500);

/// A database that is written to.
#[derive(Debug)]
pub(super) struct Batches {
    pub(super) connection: Connection,
    path: PathBuf,
    /// Rows of the batch that is open, and since when it is.
    open: Option<(u32, Instant)>,
}

impl Batches {
    pub(super) fn new(connection: Connection, path: &Path) -> Self {
        Self {
            connection,
            path: path.to_owned(),
            open: None,
        }
    }

    /// Where the database is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// An error of the database, with its name.
    pub(super) fn error(&self, error: &rusqlite::Error) -> StateError {
        StateError::sql(&self.path, error)
    }

    /// Has one more row go with the batch; begins one if none is open.
    pub(super) fn begin(&mut self) -> Result<(), StateError> {
        match &mut self.open {
            Some((rows, _)) => *rows += 1,
            None => {
                self.connection
                    .execute_batch("BEGIN IMMEDIATE")
                    .map_err(|error| self.error(&error))?;
                self.open = Some((1, Instant::now()));
            }
        }
        Ok(())
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether the batch is large or old enough.
    pub(super) fn is_due(&self) -> bool {
        self.open
            .is_some_and(|(rows, since)| rows >= ROWS || since.elapsed() >= WAIT)
    }

    pub(super) fn commit(&mut self) -> Result<(), StateError> {
        self.connection
            .execute_batch("COMMIT")
            .map_err(|error| self.error(&error))?;
        self.open = None;
        Ok(())
    }
}
