//! Opening one input: its bytes, once and within the limit, and the manifest that may lie beside it. Long video and sound
//! are not read into memory.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::{Input, Place, archive};
use crate::asset::{Asset, Format, Limits, Sidecar};
use crate::error::{Fault, FaultKind};

/// Files up to this length are read as a whole, whatever they are: most pictures, at the cost of no further call.
const WHOLE: u64 = 8 << 20;

/// Enough of a file's beginning to tell its format.
const HEAD: u64 = 64 << 10;

/// Reads an input, or opens it where it is long and may be read piece by piece.
///
/// # Errors
/// What kept it from being read: missing, no permission, no regular file, too large.
pub fn open(input: Input, limits: &Limits) -> Result<Asset, Fault> {
    let name = input.name.to_text();
    match input.place {
        Place::Lost(fault) => Err(fault),
        Place::Memory(bytes) => Ok(in_memory(name, bytes, limits)),
        Place::Within(read) => {
            let opened = read(limits)?;
            Ok(beside(
                in_memory(name, opened.bytes, limits),
                opened.sidecar,
            ))
        }
        Place::File(path) => {
            let asset = open_file(name, &path, limits)?;
            Ok(beside(asset, sidecar(&path, limits)))
        }
    }
}

/// An asset of bytes that are all there. An archive that nobody looked into is no success.
fn in_memory(name: String, bytes: Vec<u8>, limits: &Limits) -> Asset {
    let unopened = archive::unopened(&name, &bytes);
    Asset::new(name, bytes, limits.clone()).with_unopened(unopened)
}

fn beside(asset: Asset, sidecar: Result<Option<Sidecar>, Fault>) -> Asset {
    match sidecar {
        Ok(sidecar) => asset.with_sidecar(sidecar),
        Err(fault) => asset.with_sidecar_fault(fault),
    }
}

fn open_file(name: String, path: &Path, limits: &Limits) -> Result<Asset, Fault> {
    // Looking before opening: opening a pipe would wait for a writer that may never come.
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() {
            "a folder"
        } else {
            "a pipe or a device"
        };
        return Err(Fault::new(
            FaultKind::Unreadable,
            format!("this is {what}, not a file"),
        ));
    }
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut head = Vec::new();
    if metadata.len() > WHOLE.min(limits.max_bytes) {
        let read = (&mut file).take(HEAD).read_to_end(&mut head);
        read.map_err(|error| unreadable(&error))?;
        if Format::sniff(&head).is_some_and(Format::is_streamed) {
            check_stream(metadata.len(), limits)?;
            let streamed = Asset::streamed(name, file, head, limits.clone());
            return streamed.map_err(|error| unreadable(&error));
        }
    }
    let bytes = read_limited(head.as_slice().chain(file), metadata.len(), limits)?;
    Ok(in_memory(name, bytes, limits))
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
    let too_large = || {
        let message = format!(
            "larger than the limit of {} bytes; --max-bytes raises it",
            limits.max_bytes
        );
        Fault::new(FaultKind::Limit, message)
    };
    if expected > limits.max_bytes {
        return Err(too_large());
    }
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
    if bytes.len() as u64 > limits.max_bytes {
        Err(too_large())
    } else {
        Ok(bytes)
    }
}

/// The detached manifest of an image: the same name with the ending `.c2pa`. The fault is one of the image: there is a
/// manifest, or may be, and nobody saw what it says.
fn sidecar(path: &Path, limits: &Limits) -> Result<Option<Sidecar>, Fault> {
    if path.extension() == Some(OsStr::new("c2pa")) {
        return Ok(None);
    }
    let beside = path.with_extension("c2pa");
    let name = beside
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let bytes = read_beside(&beside, limits).map_err(|fault| no_sidecar(&name, &fault))?;
    Ok(bytes.map(|bytes| Sidecar {
        name,
        bytes: bytes.into(),
    }))
}

/// The fault of an image whose manifest could not be read.
pub(super) fn no_sidecar(name: &str, fault: &Fault) -> Fault {
    let message = format!("the manifest beside it, {name}, could not be read: {fault}");
    Fault::new(fault.kind, message)
}

/// The bytes of a file that need not be there.
fn read_beside(path: &Path, limits: &Limits) -> Result<Option<Vec<u8>>, Fault> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        // The longer ending may make a name that no file can have.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(&error)),
    };
    if !metadata.is_file() {
        return Ok(None);
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    read_limited(file, metadata.len(), limits).map(Some)
}

/// The system's reason, in words.
fn unreadable(error: &io::Error) -> Fault {
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
