//! Every file below a folder, in the order of names.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Filter, Input, Inputs, Place, SourceKind, SourceOptions, Stamp};
use crate::error::{Fault, FaultKind};
use crate::sinks::{PARTIAL, PARTIAL_START};

/// Deepest nesting of folders that is followed; what lies deeper comes up as lost.
const MAX_DEPTH: usize = 512;

/// How to walk.
#[derive(Debug, Clone, Copy, Default)]
pub struct FolderOptions {
    /// Follow links, also those that lead out of the folder.
    pub follow_links: bool,
    /// Leave out files and folders whose names begin with a dot.
    pub skip_hidden: bool,
}

pub(super) const KIND: SourceKind = SourceKind {
    name: "folder",
    // What is nothing else is a file, or its absence is to be told.
    is_named: |_| true,
    is_found: |_| false,
    open,
    of_bytes: None,
};

/// The files of a folder and what the archives in it hold, or the one file.
fn open(path: &Path, options: &SourceOptions) -> Inputs {
    let within = options.clone();
    let entries = walk_files(
        path,
        options.folder,
        Some((path.to_owned(), options.filter.clone())),
    );
    Box::new(entries.flat_map(move |input| expand(input, &within)))
}

/// The inputs that a file in a folder holds, if it is an archive.
pub(super) fn expand(input: Input, options: &SourceOptions) -> Inputs {
    let kind = match &input.place {
        Place::File(path) if !input.asked_for => super::found(path).map(|kind| (kind, path)),
        _ => None,
    };
    match kind {
        Some((kind, path)) => (kind.open)(path, options),
        None => Box::new(std::iter::once(input)),
    }
}

/// The files of a folder, or the one file if that is what the path names. Files only: links are followed if asked for,
/// pipes and devices never. What cannot be listed comes up as an input that is lost, so that it is never passed over.
pub fn folder(path: &Path, options: FolderOptions) -> impl Iterator<Item = Input> + Send + use<> {
    walk_files(path, options, None)
}

/// The same, without the folders and files that a filter leaves out.
pub(super) fn walk_files(
    path: &Path,
    options: FolderOptions,
    filter: Option<(PathBuf, Filter)>,
) -> impl Iterator<Item = Input> + Send + use<> {
    let alone = !path.is_dir();
    let root = path.to_owned();
    let walk = (!alone).then(|| {
        WalkDir::new(path)
            .follow_links(options.follow_links)
            .follow_root_links(true)
            .max_depth(MAX_DEPTH + 1)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(move |entry| {
                entry.depth() == 0
                    || !(is_partial(entry)
                        || options.skip_hidden && is_hidden(entry)
                        || filter.as_ref().is_some_and(|(root, filter)| {
                            filter.leaves_out(root.as_os_str(), entry.path().as_os_str())
                        }))
            })
    });
    let named = alone.then(|| Input::file(root).stamped());
    named
        .into_iter()
        .chain(walk.into_iter().flatten().filter_map(input))
}

/// An answer that is still being written, perhaps the one about this very folder.
fn is_partial(entry: &DirEntry) -> bool {
    entry.file_type().is_file() && is_partial_name(entry.file_name())
}

pub(super) fn is_partial_name(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(PARTIAL_START.as_bytes()) && name.ends_with(PARTIAL.as_bytes())
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().first() == Some(&b'.')
}

fn input(entry: walkdir::Result<DirEntry>) -> Option<Input> {
    match entry {
        Ok(entry) if entry.depth() > MAX_DEPTH => {
            let message = format!("it lies deeper than {MAX_DEPTH} folders and was not read");
            Some(Input::lost(
                entry.path(),
                Fault::new(FaultKind::Limit, message),
            ))
        }
        Ok(entry) if entry.file_type().is_file() => {
            // One that is gone by now is left for opening it to say.
            let stamp = entry.metadata().ok().as_ref().and_then(Stamp::of);
            let path = entry.into_path();
            Some(Input {
                stamp,
                ..Input::file(path).found()
            })
        }
        Ok(_) => None,
        Err(error) => Some(lost(&error)),
    }
}

fn lost(error: &walkdir::Error) -> Input {
    let message = match error.io_error().map(io::Error::kind) {
        _ if error.loop_ancestor().is_some() => {
            "a link that leads back to a folder above it".to_owned()
        }
        Some(io::ErrorKind::PermissionDenied) => "no permission to list it".to_owned(),
        Some(io::ErrorKind::NotFound) => {
            "it was gone when its turn came, or is a link to nothing".to_owned()
        }
        _ => error
            .io_error()
            .map_or_else(|| "it cannot be listed".to_owned(), ToString::to_string),
    };
    Input::lost(
        error.path().unwrap_or(Path::new("?")),
        Fault::new(FaultKind::Unreadable, message),
    )
}
