//! Opening one input: its bytes, once and within the limit, and the manifest that may lie beside it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::{Input, Place};
use crate::asset::{Asset, Limits, Sidecar};
use crate::error::{Fault, FaultKind};

/// Reads an input.
///
/// # Errors
/// What kept it from being read: missing, no permission, no regular file, too large.
pub fn open(input: Input, limits: &Limits) -> Result<Asset, Fault> {
    let name = input.name.to_text();
    match input.place {
        Place::Lost(fault) => Err(fault),
        Place::Memory(bytes) => Ok(Asset::new(name, bytes, limits.clone())),
        Place::File(path) => {
            let bytes = read_file(&path, limits)?;
            let asset = Asset::new(name, bytes, limits.clone());
            Ok(match sidecar(&path, limits) {
                Ok(sidecar) => asset.with_sidecar(sidecar),
                Err(fault) => asset.with_sidecar_fault(fault),
            })
        }
    }
}

fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, Fault> {
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
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    read_limited(file, metadata.len(), limits)
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
    let bytes = read_beside(&beside, limits).map_err(|fault| {
        let message = format!("the manifest beside it, {name}, could not be read: {fault}");
        Fault::new(fault.kind, message)
    })?;
    Ok(bytes.map(|bytes| Sidecar {
        name,
        bytes: bytes.into(),
    }))
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
