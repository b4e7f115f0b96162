//! What tells, without opening it, whether a file is still the one that was read.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::open::beside;
use super::{Input, Place, Stamp};

/// A file whose last change is not older than this when it is read may change again within the same tick of its file
/// system's clock, of which the slowest in use ticks every two seconds.
const SETTLED: i128 = 3_000_000_000;

/// An input as the file system tells of it, and the manifest that may lie beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    /// The input itself.
    pub file: Stamp,
    /// The detached manifest beside it; `None` if there is none.
    pub sidecar: Option<Stamp>,
}

impl Stamps {
    /// Those of an input; `None` where something cannot be told without opening it.
    pub fn of(input: &Input) -> Option<Self> {
        let Place::File(path) = &input.place else {
            let file = input.stamp?;
            return Some(Self {
                file,
                sidecar: None,
            });
        };
        let file = match input.stamp {
            Some(stamp) => stamp,
            None => there(path).ok()??,
        };
        let sidecar = match beside(path) {
            Some(beside) => there(&beside).ok()?,
            None => None,
        };
        Some(Self { file, sidecar })
    }

    /// Whether neither can have changed unnoticed at this moment, in nanoseconds since 1970.
    pub fn are_settled(&self, now: i128) -> bool {
        let settled = |stamp: &Stamp| stamp.modified < now.saturating_sub(SETTLED);
        settled(&self.file) && self.sidecar.as_ref().is_none_or(settled)
    }
}

impl Stamp {
    /// What the file system tells of a file; `None` where it does not tell when it was written.
    pub fn of(metadata: &Metadata) -> Option<Self> {
        Some(Self {
            bytes: metadata.len(),
            modified: nanoseconds(metadata.modified().ok()?),
            inode: inode(metadata),
        })
    }
}

/// The file at a path; `None` if none is there.
fn there(path: &Path) -> io::Result<Option<Stamp>> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Ok(None),
        Ok(metadata) => Stamp::of(&metadata)
            .map(Some)
            .ok_or_else(|| io::ErrorKind::Unsupported.into()),
        // The longer ending may make a name that no file can have.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A time in nanoseconds since 1970.
pub(crate) fn nanoseconds(time: SystemTime) -> i128 {
    let whole = |duration: std::time::Duration| i128::try_from(duration.as_nanos());
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => whole(after).unwrap_or(i128::MAX),
        Err(before) => whole(before.duration()).map_or(i128::MIN, |before| -before),
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(modified: i128) -> Stamp {
        Stamp {
            bytes: 1,
            modified,
            inode: 1,
        }
    }

    #[test]
    fn what_was_written_just_now_or_later_is_not_settled() {
        let now = 100 * SETTLED;
        for (modified, settled) in [
            (now - SETTLED - 1, true),
            (now - SETTLED, false),
            (now, false),
            (now + SETTLED, false),
        ] {
            let (file, other) = (stamp(modified), stamp(0));
            let alone = Stamps {
                file,
                sidecar: None,
            };
            assert_eq!(alone.are_settled(now), settled);
            let beside = Stamps {
                file: other,
                sidecar: Some(file),
            };
            assert_eq!(beside.are_settled(now), settled);
        }
    }

    #[test]
    fn times_before_1970_have_a_sign() {
        assert_eq!(
            nanoseconds(UNIX_EPOCH - std::time::Duration::from_nanos(5)),
            -5
        );
    }
}
