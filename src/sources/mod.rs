//! Where images come from. The only code that opens image files.

mod folder;
mod list_file;
mod open;
mod stamp;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use crate::asset::Limits;
use crate::error::Fault;

pub use folder::{FolderOptions, folder};
pub use list_file::{Separator, paths_from};
pub use open::{open, read_limited};
pub use stamp::Stamps;
pub(crate) use stamp::nanoseconds;

/// The name of an input, exactly as the system has it, and where it came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(OsString);

impl Name {
    /// Wraps a name.
    pub fn new(name: impl Into<OsString>) -> Self {
        Self(name.into())
    }

    /// The name as it is.
    pub fn as_os_str(&self) -> &OsStr {
        &self.0
    }

    /// The name as text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        self.0.to_str()
    }

    /// The name for people; what is no text in it is replaced.
    pub fn to_text(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

/// One input that waits to be opened: a small thing, so that inputs can queue up and bytes need not.
#[derive(Debug)]
pub struct Input {
    /// How to tell later whether it is still the same; `None` where that cannot be told without reading it.
    pub stamp: Option<Stamp>,
    /// What to call it.
    pub name: Name,
    /// Where its bytes are.
    pub place: Place,
    /// Somebody asked for it by name, as opposed to finding it in a folder.
    pub asked_for: bool,
}

/// What a file system, or an archive, tells of a file without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Length in bytes.
    pub bytes: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i128,
    /// The number of the file in its file system; 0 where there is none.
    pub inode: u64,
}

/// Reads the bytes of an input when its turn comes, within the limits.
pub type Reader = Box<dyn FnOnce(&Limits) -> Result<Vec<u8>, Fault> + Send>;

/// Where the bytes of an input are.
pub enum Place {
    /// In this file.
    File(PathBuf),
    /// Here.
    Memory(Vec<u8>),
    /// In something else: an archive, a store.
    Within(Reader),
    /// Nowhere: finding it failed.
    Lost(Fault),
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Memory(bytes) => f.debug_tuple("Memory").field(&bytes.len()).finish(),
            Self::Within(_) => f.write_str("Within"),
            Self::Lost(fault) => f.debug_tuple("Lost").field(fault).finish(),
        }
    }
}

impl Input {
    /// A file that somebody named.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            name: Name::new(path.as_os_str()),
            place: Place::File(path),
            asked_for: true,
            stamp: None,
        }
    }

    /// The same, with what the file system tells of the file. What is no regular file, or cannot be asked about, is left for
    /// opening it to say.
    pub fn stamped(mut self) -> Self {
        if let Place::File(path) = &self.place {
            let metadata = fs::metadata(path).ok();
            self.stamp = metadata.filter(Metadata::is_file).as_ref().and_then(Stamp::of);
        }
        self
    }

    /// Bytes that came by another way, under a name to show.
    pub fn memory(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: Name::new(name),
            place: Place::Memory(bytes),
            asked_for: true,
            stamp: None,
        }
    }

    /// Something that could not be found.
    pub fn lost(path: &Path, fault: Fault) -> Self {
        Self {
            name: Name::new(path.as_os_str()),
            place: Place::Lost(fault),
            asked_for: true,
            stamp: None,
        }
    }
}
