//! Where images come from. The only code that opens image files.

mod addresses;
mod archive;
mod filter;
mod folder;
mod id;
mod list_file;
mod named;
#[cfg(not(feature = "parquet"))]
mod no_tables;
mod object_store;
mod open;
#[cfg(feature = "parquet")]
mod parquet;
mod pattern;
pub mod request;
mod span;
mod stamp;
#[cfg(feature = "watch")]
mod watch;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use crate::asset::{Limits, Sidecar};
use crate::error::Fault;
use crate::fingerprints::Kind;
use crate::prints::Prints;

#[cfg(feature = "online")]
pub(crate) use addresses::Target;
#[cfg(any(feature = "object-store", feature = "online"))]
pub use addresses::{Allowed, AllowedError, Fetcher, FetcherError};
pub use addresses::{Fetch, FetchError, FetchErrorKind, Room, shown};
pub use filter::{Filter, Shard};
pub use folder::{FolderOptions, folder};
pub use id::Id;
pub use list_file::{Line, Separator, lines_from};
pub use named::{is_within, listed};
pub use object_store::{StoreSettings, is_address, is_server};
pub use open::{Found, open, open_any, read_limited};
pub use stamp::Stamps;
#[cfg(feature = "sqlite")]
pub(crate) use stamp::nanoseconds;
#[cfg(feature = "watch")]
pub use watch::{WatchError, WatchOptions, Watching};

/// One kind of source: something that a path can name.
pub struct SourceKind {
    /// What it is called.
    pub name: &'static str,
    /// Whether a path that somebody named is one. The first that says so is taken.
    is_named: fn(&Path) -> bool,
    /// Whether a file in a folder is one, by its name.
    is_found: fn(&Path) -> bool,
    /// Its inputs, as they are asked for. It can be gone through again.
    open: fn(&Path, &SourceOptions) -> Inputs,
    /// The inputs in the bytes of one that lies in no file; `None` for kinds that lie nowhere else.
    #[cfg_attr(not(feature = "object-store"), allow(dead_code))]
    of_bytes: Option<HoldsMore>,
}

/// What bytes hold besides themselves.
type HoldsMore = fn(Held, &SourceOptions) -> Inputs;

/// Something that holds inputs, and was read into memory.
struct Held {
    name: OsString,
    stamp: Stamp,
    bytes: Vec<u8>,
}

/// Every kind of source.
pub static ALL: &[SourceKind] = &[
    object_store::KIND,
    named::KIND,
    archive::KIND,
    #[cfg(feature = "parquet")]
    parquet::KIND,
    #[cfg(not(feature = "parquet"))]
    no_tables::KIND,
    folder::KIND,
];

/// Inputs, as they are asked for.
pub type Inputs = Box<dyn Iterator<Item = Input> + Send>;

/// How sources are gone through.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// How folders are walked.
    pub folder: FolderOptions,
    /// What of it is wanted.
    pub filter: Filter,
    /// What one input, and one archive, may cost.
    pub limits: Limits,
    /// The column of Parquet tables that holds images; `None` to tell by their form.
    pub column: Option<String>,
    /// Columns of Parquet tables that hold hashes of images, with their kinds; where there are none, those that are named like
    /// kinds.
    pub hash_columns: Vec<(Kind, String)>,
    /// Lists hold paths alone: a request as JSON is refused.
    pub no_requests: bool,
    /// How to reach object stores: addresses of servers and credentials, under names such as `aws_access_key_id`.
    pub stores: StoreSettings,
}

/// The inputs that a path leads to: those of a folder and the archives in it, of an archive, or the one file. What cannot be
/// listed comes up as an input that is lost, so that it is never passed over.
pub fn walk(path: &Path, options: &SourceOptions) -> Inputs {
    let options = options.clone();
    match pattern::paths_of(path) {
        None => walk_one(path, &options),
        Some(Ok(paths)) => Box::new(paths.flat_map(move |path| walk_one(&path, &options))),
        Some(Err(fault)) => Box::new(std::iter::once(Input::lost(path, fault))),
    }
}

fn walk_one(path: &Path, options: &SourceOptions) -> Inputs {
    let found = source(path).map(|kind| (kind.open)(path, options));
    let filter = options.filter.clone();
    let root = path.as_os_str().to_owned();
    let name = Name::new(path);
    // What somebody named and holds nothing that is read was asked for.
    let asked = move |input: Input| match input.place {
        Place::Lost(fault) if input.name == name => Input {
            place: Place::Lost(fault.of_what_was_asked_for()),
            asked_for: true,
            ..input
        },
        _ => input,
    };
    let wanted = move |input: &Input| filter.wants(&root, input);
    Box::new(found.into_iter().flatten().map(asked).filter(wanted))
}

/// The kind of source that a path names.
fn source(path: &Path) -> Option<&'static SourceKind> {
    ALL.iter().find(|kind| (kind.is_named)(path))
}

/// The kind of source that a file in a folder is, if it holds more than itself.
fn found(path: &Path) -> Option<&'static SourceKind> {
    ALL.iter().find(|kind| (kind.is_found)(path))
}

/// The name of an input, exactly as the system has it, and where it came up; and what the caller calls it, where that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    name: OsString,
    id: Option<Id>,
}

impl Name {
    /// Wraps a name.
    pub fn new(name: impl Into<OsString>) -> Self {
        let (name, id) = (name.into(), None);
        Self { name, id }
    }

    /// The same, with what the caller calls it.
    #[must_use]
    pub fn with_id(self, id: Option<Id>) -> Self {
        Self { id, ..self }
    }

    /// What the caller calls it.
    pub fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }

    /// The name as it is.
    pub fn as_os_str(&self) -> &OsStr {
        &self.name
    }

    /// The name as text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        self.name.to_str()
    }

    /// The name for people; what is no text in it is replaced.
    pub fn to_text(&self) -> String {
        self.name.to_string_lossy().into_owned()
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
    /// Somebody says that it is an image: other content is then one that could not be checked, and not just another file.
    pub is_image: bool,
    /// Bytes of memory that are kept for it while it waits, besides those in `place`.
    pub kept: u64,
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

/// Reads an input when its turn comes, within the limits.
pub type Reader = Box<dyn FnOnce(&Limits) -> Result<Opened, Fault> + Send>;

/// What was read of an input.
#[derive(Debug)]
pub struct Opened {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The manifest that lay beside it, or why it could not be read.
    pub sidecar: Result<Option<Sidecar>, Fault>,
}

/// What somebody else computed of an image that is not at hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Hashes {
    /// The hashes, at most one of a kind.
    pub prints: Prints,
    /// What is wrong with others that were given.
    pub faults: Vec<Fault>,
}

/// Where the bytes of an input are.
pub enum Place {
    /// In this file.
    File(PathBuf),
    /// Here.
    Memory(Vec<u8>),
    /// In something else: an archive, a store.
    Within(Reader),
    /// Not at hand: only hashes of it are.
    Hashes(Box<Hashes>),
    /// Nowhere: finding it failed.
    Lost(Fault),
}

impl Place {
    /// Whether what cannot be read here now may be there later.
    #[cfg(feature = "queue")]
    pub(crate) fn may_be_read_later(&self) -> bool {
        match self {
            Self::File(_) | Self::Within(_) => true,
            Self::Lost(fault) => fault.kind == crate::error::FaultKind::Unreadable,
            Self::Memory(_) | Self::Hashes(_) => false,
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Memory(bytes) => f.debug_tuple("Memory").field(&bytes.len()).finish(),
            Self::Within(_) => f.write_str("Within"),
            Self::Hashes(hashes) => f.debug_tuple("Hashes").field(hashes).finish(),
            Self::Lost(fault) => f.debug_tuple("Lost").field(fault).finish(),
        }
    }
}

impl Input {
    /// Something that somebody asked for by name, of which nothing more is known.
    pub fn named(name: Name, place: Place) -> Self {
        Self {
            name,
            place,
            asked_for: true,
            is_image: false,
            stamp: None,
            kept: 0,
        }
    }

    /// A file that somebody named.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self::named(Name::new(path.as_os_str()), Place::File(path))
    }

    /// The same, with what the file system tells of the file. What is no regular file, or cannot be asked about, is left for
    /// opening it to say.
    pub fn stamped(mut self) -> Self {
        if let Place::File(path) = &self.place {
            let metadata = fs::metadata(path).ok();
            self.stamp = metadata
                .filter(Metadata::is_file)
                .as_ref()
                .and_then(Stamp::of);
        }
        self
    }

    /// Bytes that came by another way, under a name to show.
    pub fn memory(name: &str, bytes: Vec<u8>) -> Self {
        Self::named(Name::new(name), Place::Memory(bytes))
    }

    /// Something that could not be found.
    pub fn lost(path: &Path, fault: Fault) -> Self {
        Self::named(Name::new(path.as_os_str()), Place::Lost(fault))
    }

    /// Bytes of memory that it holds while it waits.
    pub fn held(&self) -> u64 {
        let here = match &self.place {
            Place::Memory(bytes) => bytes.len() as u64,
            _ => 0,
        };
        self.kept.saturating_add(here)
    }

    /// The same, handed over as an image, whatever it is named like.
    #[must_use]
    pub fn as_image(self) -> Self {
        Self {
            is_image: true,
            ..self
        }
    }

    /// The same, found and not asked for by name.
    #[must_use]
    pub fn found(self) -> Self {
        Self {
            asked_for: false,
            ..self
        }
    }
}
