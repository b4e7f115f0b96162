//! A folder that is watched, or why it cannot be.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct WatchError {
    path: PathBuf,
    message: String,
}

/// A folder as it was named, and as the system names it.
pub(super) struct Root {
    pub(super) named: PathBuf,
    pub(super) absolute: PathBuf,
}

impl Root {
    /// A folder that is there.
    pub(super) fn of(folder: &Path) -> Result<Self, WatchError> {
        let cannot = |message: String| WatchError {
            path: folder.to_owned(),
            message,
        };
        match fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(cannot("it is no folder".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(cannot("there is no such folder".to_owned()));
            }
            Err(error) => return Err(cannot(error.to_string())),
        }
        let absolute = std::path::absolute(folder);
        Ok(Self {
            named: folder.to_owned(),
            absolute: absolute.map_err(|error| cannot(error.to_string()))?,
        })
    }
}

impl WatchError {
    /// One that the system does not watch.
    pub(super) fn unwatched(path: &Path, error: &notify::Error) -> Self {
        let message = match error.kind {
            notify::ErrorKind::MaxFilesWatch => {
                "the system watches no more folders for this user; `sysctl fs.inotify.max_user_watches` says how many"
                    .to_owned()
            }
            _ => format!("it cannot be watched: {error}"),
        };
        Self {
            path: path.to_owned(),
            message,
        }
    }
}
