//! The one folder that requests may name files in. Nothing outside of it is read, by whatever way a path leads there.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::super::open::{beside, unreadable};
use crate::error::{Fault, FaultKind};

/// A folder below which files may be named.
#[derive(Debug, Clone)]
pub struct Root {
    folder: PathBuf,
}

impl Root {
    /// Allows what lies in this folder.
    ///
    /// # Errors
    /// It is not there, or no folder.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let folder = fs::canonicalize(folder)?;
        match folder.is_dir() {
            true => Ok(Self { folder }),
            false => Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder")),
        }
    }

    /// The file that a path names, below the folder. What lies beside it must not lead out either.
    ///
    /// Whoever can write to the folder while files are read can still change what a name leads to.
    pub(super) fn find(&self, path: &str) -> Result<PathBuf, Fault> {
        let named = Path::new(path);
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if path.is_empty() || path.contains('\0') || !named.components().all(plain) {
            return Err(refused("it is no plain path below the folder of --root"));
        }
        let file = fs::canonicalize(self.folder.join(named)).map_err(|error| unreadable(&error))?;
        self.check(&file)?;
        if let Some(beside) = beside(&file)
            && let Ok(beside) = fs::canonicalize(beside)
        {
            self.check(&beside)?;
        }
        Ok(file)
    }

    fn check(&self, file: &Path) -> Result<(), Fault> {
        match file.starts_with(&self.folder) {
            true => Ok(()),
            false => Err(refused("a link leads out of the folder of --root")),
        }
    }
}

fn refused(why: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, why)
}
