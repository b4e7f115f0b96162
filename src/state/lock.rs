//! One scan at a time: a file beside the state that is locked as long as the scan runs.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use super::StateError;
use crate::sinks::{PARTIAL, PARTIAL_START, is_at};

/// That nobody else uses a state. A program that is killed leaves the file and loses the lock.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes a state for this program alone.
    ///
    /// # Errors
    /// Somebody else has it, or no file can be made beside it.
    pub(super) fn take(state: &Path) -> Result<Self, StateError> {
        let path = beside(state);
        let failed = |error: std::io::Error| StateError::io(state, &error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(failed)?;
        if file.try_lock().is_err() || !is_at(&file, &path) {
            return Err(StateError::busy(state));
        }
        Ok(Self { file, path })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is locked nobody else takes the name for free.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// A name that a walk over the folder passes over.
fn beside(state: &Path) -> PathBuf {
    let mut name = OsString::from(PARTIAL_START);
    name.push(state.file_name().unwrap_or_default());
    name.push(PARTIAL);
    state.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("a.state");
        let first = Lock::take(&state).unwrap();
        let error = Lock::take(&state).unwrap_err().to_string();
        assert!(
            error.contains("another program is using this state"),
            "{error}"
        );
        drop(first);
        drop(Lock::take(&state).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
