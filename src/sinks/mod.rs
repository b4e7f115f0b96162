//! Where answers go.

mod append;
mod console;
mod file;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use append::{Appending, Left};

/// How the name of a file that is still being written begins: with a dot, so that few look at it.
pub const PARTIAL_START: &str = ".provscan-";

/// How the name of a file that is still being written ends.
pub const PARTIAL: &str = ".partial";

/// Somewhere to write an answer to. What is written counts once [`finish`](Sink::finish) has returned.
pub trait Sink: Write {
    /// There is nothing to write for now: whoever reads along gets what was written.
    ///
    /// # Errors
    /// It could not be written.
    fn idle(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Makes what was written last.
    ///
    /// # Errors
    /// The last bytes could not be written.
    fn finish(self: Box<Self>) -> io::Result<()>;

    /// The same for an answer that somebody interrupted. A file that is there already is left as it is: then the answer goes
    /// beside it, and this is where.
    ///
    /// # Errors
    /// The last bytes could not be written.
    fn finish_interrupted(self: Box<Self>) -> io::Result<Option<PathBuf>> {
        self.finish().map(|()| None)
    }
}

/// Where an answer goes that was interrupted, if there is a file at this path already: `a.interrupted.jsonl` for `a.jsonl`.
pub fn interrupted(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".interrupted");
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

/// The file at this path, or standard output.
///
/// # Errors
/// The file cannot be created.
pub fn to(path: Option<&Path>) -> io::Result<Box<dyn Sink>> {
    match path {
        Some(path) => file::create(path, false),
        None => Ok(console::stdout()),
    }
}

/// Nowhere: for answers that somebody else writes.
pub fn nowhere() -> Box<dyn Sink> {
    Box::new(io::sink())
}

impl Sink for io::Sink {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// The same, and a file can be read by its owner alone: for lists of hashes.
///
/// # Errors
/// The file cannot be created.
pub fn private(path: Option<&Path>) -> io::Result<Box<dyn Sink>> {
    match path {
        Some(path) => file::create(path, true),
        None => Ok(console::stdout()),
    }
}

/// Whether a path still leads to this very file: its owner may have removed it before it could be locked here.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(own), Ok(there)) => place(own) == place(there),
        _ => false,
    }
}

#[cfg(not(unix))]
pub(crate) fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
