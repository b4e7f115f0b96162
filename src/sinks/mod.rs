//! Where answers go.

mod append;
mod console;
mod file;

use std::io::{self, Write};
use std::path::Path;

pub use append::{Appending, Left};

/// How the name of a file that is still being written begins: with a dot, so that few look at it.
pub const PARTIAL_START: &str = ".provscan-";

/// How the name of a file that is still being written ends.
pub const PARTIAL: &str = ".partial";

/// Somewhere to write an answer to. What is written counts once [`finish`](Sink::finish) has returned.
pub trait Sink: Write {
    /// Makes what was written last.
    ///
    /// # Errors
    /// The last bytes could not be written.
    fn finish(self: Box<Self>) -> io::Result<()>;
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
