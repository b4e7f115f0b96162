//! Opening one input: its bytes, once and within the limit, and the manifest that may lie beside it. Long video and sound
//! are not read into memory.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Hashes, Input, Place, archive};
use crate::asset::{Asset, FileRoom, Format, Limits, Sidecar};
use crate::error::{Fault, FaultKind};

/// Files up to this length are read as a whole, whatever they are: most pictures, at the cost of no further call.
const WHOLE: u64 = 8 << 20;

/// Enough of a file's beginning to tell its format.
const HEAD: u64 = 64 << 10;

/// What an input turns out to be.
#[derive(Debug)]
pub enum Found {
    /// A file, or what would be one.
    Asset(Box<Asset>),
    /// Hashes of an image that is not there.
    Hashes(Box<Hashes>),
}

/// Opens an input, which may be nothing but hashes of an image.
///
/// # Errors
/// What kept it from being read, as in [`open`].
pub fn open_any(input: Input, limits: &Limits) -> Result<Found, Fault> {
    match input.place {
        Place::Hashes(hashes) => Ok(Found::Hashes(hashes)),
        _ => open(input, limits).map(|asset| Found::Asset(Box::new(asset))),
    }
}

/// Reads an input, or opens it where it is long and may be read piece by piece.
///
/// # Errors
/// What kept it from being read: missing, no permission, no regular file, too large.
pub fn open(input: Input, limits: &Limits) -> Result<Asset, Fault> {
    let is_image = input.is_image;
    let asset = read(input, limits)?;
    Ok(asset.said_to_be_image(is_image))
}

fn read(input: Input, limits: &Limits) -> Result<Asset, Fault> {
    let name = input.name.to_text();
    let stamped = input.stamp.map(|stamp| stamp.bytes);
    match input.place {
        Place::Lost(fault) => Err(fault),
        Place::Hashes(_) => Err(Fault::new(
            FaultKind::NotAnImage,
            "only hashes are known of it, and there is no image; `provscan scan` compares them with lists",
        )),
        Place::Memory(bytes) => {
            let room = room(bytes.len() as u64, limits)?;
            Ok(in_memory(name, bytes, limits).with_room(room))
        }
        Place::Within(read) => {
            // Nobody knows how long it is, where nothing tells.
            let room = room(stamped.unwrap_or_default().min(limits.max_bytes), limits)?;
            let opened = read(limits)?;
            let asset = in_memory(name, opened.bytes, limits).with_room(room);
            Ok(with_sidecar(asset, opened.sidecar))
        }
        Place::File(path) => open_file(name, &path, stamped.is_some(), limits),
    }
}

/// Room for bytes that are about to be read, where images share what there is.
fn room(bytes: u64, limits: &Limits) -> Result<Option<FileRoom>, Fault> {
    let budget = limits.budget.as_ref();
    budget.map(|budget| budget.file(bytes)).transpose()
}

/// An asset of bytes that are all there. An archive that nobody looked into is no success.
fn in_memory(name: String, bytes: Vec<u8>, limits: &Limits) -> Asset {
    let unopened = archive::unopened(&name, &bytes);
    Asset::new(name, bytes, limits.clone()).with_unopened(unopened)
}

fn with_sidecar(asset: Asset, sidecar: Result<Option<Sidecar>, Fault>) -> Asset {
    match sidecar {
        Ok(sidecar) => asset.with_sidecar(sidecar),
        Err(fault) => asset.with_sidecar_fault(fault),
    }
}

/// Opens a file, and what lies beside it.
fn open_file(name: String, path: &Path, is_file: bool, limits: &Limits) -> Result<Asset, Fault> {
    // Looking before opening: opening a pipe would wait for a writer that may never come.
    if !is_file {
        check_file(&fs::metadata(path).map_err(|error| unreadable(&error))?)?;
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    // Whatever was seen before, this is what is read now.
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    check_file(&metadata)?;
    let beside = look_beside(path);
    let mut head = Vec::new();
    if metadata.len() > WHOLE.min(limits.max_bytes) {
        let read = (&mut file).take(HEAD).read_to_end(&mut head);
        read.map_err(|error| unreadable(&error))?;
        if Format::sniff(&head).is_some_and(Format::is_streamed) {
            check_stream(metadata.len(), limits)?;
            let room = room(beside.len(limits), limits)?;
            let streamed = Asset::streamed(name, file, head, limits.clone());
            let streamed = streamed.map_err(|error| unreadable(&error))?;
            return Ok(beside.attach(streamed.with_room(room), limits));
        }
    }
    check_len(metadata.len(), limits)?;
    let room = room(metadata.len().saturating_add(beside.len(limits)), limits)?;
    let bytes = read_limited(head.as_slice().chain(file), metadata.len(), limits)?;
    let asset = in_memory(name, bytes, limits).with_room(room);
    Ok(beside.attach(asset, limits))
}

fn check_file(metadata: &Metadata) -> Result<(), Fault> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = match metadata.is_dir() {
        true => "a folder",
        false => "a pipe or a device",
    };
    let message = format!("this is {what}, not a file");
    Err(Fault::new(FaultKind::Unreadable, message))
}

fn check_stream(len: u64, limits: &Limits) -> Result<(), Fault> {
    if len <= limits.max_stream_bytes {
        return Ok(());
    }
    let message = format!(
        "larger than the limit of {} bytes for video and sound; --max-stream-bytes raises it",
        limits.max_stream_bytes
    );
    Err(Fault::new(FaultKind::Limit, message))
}

/// Reads to the end, within the limit whatever the expected size says.
///
/// # Errors
/// The input is longer than the limit, or reading failed.
pub fn read_limited(input: impl Read, expected: u64, limits: &Limits) -> Result<Vec<u8>, Fault> {
    check_len(expected, limits)?;
    let mut bytes = Vec::new();
    // One byte more tells a file that ends at the limit from one that goes on.
    let room = usize::try_from(expected)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    bytes
        .try_reserve_exact(room)
        .map_err(|_| Fault::new(FaultKind::Limit, "not enough memory to read it"))?;
    input
        .take(limits.max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    check_len(bytes.len() as u64, limits)?;
    Ok(bytes)
}

pub(super) fn check_len(bytes: u64, limits: &Limits) -> Result<(), Fault> {
    if bytes <= limits.max_bytes {
        return Ok(());
    }
    let message = format!(
        "larger than the limit of {} bytes; --max-bytes raises it",
        limits.max_bytes
    );
    Err(Fault::new(FaultKind::Limit, message))
}

/// The file of a detached manifest, which need not be there: the same name with the ending `.c2pa`.
struct Beside {
    path: PathBuf,
    metadata: io::Result<Option<Metadata>>,
}

/// Where the detached manifest of an image would lie; a manifest has none itself.
pub(super) fn beside(path: &Path) -> Option<PathBuf> {
    (path.extension() != Some(OsStr::new("c2pa"))).then(|| path.with_extension("c2pa"))
}

/// What lies beside this file.
fn look_beside(path: &Path) -> Beside {
    let beside = beside(path);
    let metadata = match beside.as_ref().map(fs::metadata) {
        None => Ok(None),
        Some(Ok(metadata)) => Ok(Some(metadata).filter(Metadata::is_file)),
        // The longer ending may make a name that no file can have.
        Some(Err(error))
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
            ) =>
        {
            Ok(None)
        }
        Some(Err(error)) => Err(error),
    };
    Beside {
        path: beside.unwrap_or_default(),
        metadata,
    }
}

impl Beside {
    /// How many bytes of it will be read.
    fn len(&self, limits: &Limits) -> u64 {
        let there = self.metadata.as_ref().ok().and_then(Option::as_ref);
        let len = there.map_or(0, Metadata::len);
        if len > limits.max_bytes { 0 } else { len }
    }

    /// Reads it, and gives it to the image. A fault is one of the image: there is a manifest, or may be, and nobody saw what
    /// it says.
    fn attach(self, asset: Asset, limits: &Limits) -> Asset {
        let name = self.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let bytes = self.metadata.map_err(|error| unreadable(&error));
        match bytes.and_then(|there| read_beside(&self.path, there, limits)) {
            Ok(bytes) => asset.with_sidecar(bytes.map(|bytes| Sidecar {
                name,
                bytes: bytes.into(),
            })),
            Err(fault) => asset.with_sidecar_fault(no_sidecar(&name, &fault)),
        }
    }
}

/// The fault of an image whose manifest could not be read.
pub(super) fn no_sidecar(name: &str, fault: &Fault) -> Fault {
    let message = format!("the manifest beside it, {name}, could not be read: {fault}");
    Fault::new(fault.kind, message)
}

fn read_beside(
    path: &Path,
    there: Option<Metadata>,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Fault> {
    let Some(metadata) = there else {
        return Ok(None);
    };
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    read_limited(file, metadata.len(), limits).map(Some)
}

/// The system's reason, in words.
pub(super) fn unreadable(error: &io::Error) -> Fault {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    };
    Fault::new(FaultKind::Unreadable, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_whatever_the_size_said() {
        let limits = Limits {
            max_bytes: 10,
            ..Limits::default()
        };
        assert_eq!(read_limited(&[7; 10][..], 0, &limits).unwrap().len(), 10);
        let fault = read_limited(&[7; 11][..], 3, &limits).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Limit);
        assert!(fault.message.contains("--max-bytes"));
        assert!(read_limited(io::repeat(1), u64::MAX, &limits).is_err());
    }
}
