//! What can be wrong with a state, in words that name it and the way out.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A state that cannot be used, or no longer.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct StateError {
    path: PathBuf,
    message: String,
}

impl StateError {
    pub(super) fn new(path: &Path, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            message: message.into(),
        }
    }

    /// The file is in use.
    pub(super) fn busy(path: &Path) -> Self {
        Self::new(
            path,
            "another program is using this state; wait until it has finished, or give each scan a state of its own",
        )
    }

    /// The file is something else.
    pub(super) fn foreign(path: &Path) -> Self {
        Self::new(
            path,
            "this file is no state of a scan; `provscan scan --state FILE` makes one where there is no file yet",
        )
    }

    /// What the system said.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let message = match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => unwritable(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(),
            _ => format!("the state cannot be used: {error}"),
        };
        Self::new(path, message)
    }

    /// What SQLite said, in our words: its own may quote what the file holds.
    pub(super) fn sql(path: &Path, error: &rusqlite::Error) -> Self {
        let message = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return Self::busy(path),
            Some(ErrorCode::NotADatabase) => return Self::foreign(path),
            Some(ErrorCode::DatabaseCorrupt) => damaged(),
            Some(ErrorCode::DiskFull) => full(),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                unwritable()
            }
            Some(ErrorCode::SystemIoFailure) => {
                "the disk failed to read or to write the state; what was stored before stays"
                    .to_owned()
            }
            Some(code) => format!("SQLite cannot use this state ({code:?})"),
            None => damaged(),
        };
        Self::new(path, message)
    }

    /// A page or row that cannot be what was written.
    pub(super) fn damaged(path: &Path) -> Self {
        Self::new(path, damaged())
    }
}

impl From<StateError> for io::Error {
    fn from(error: StateError) -> Self {
        Self::other(error)
    }
}

fn damaged() -> String {
    "the state is damaged; remove it, and the next scan makes it anew by reading every file"
        .to_owned()
}

fn full() -> String {
    "there is no room left to write the state; what was stored before stays, so make room and run the same command again"
        .to_owned()
}

fn unwritable() -> String {
    "the state cannot be written to; put it where you may write, with its companions that end in -wal and -shm"
        .to_owned()
}
