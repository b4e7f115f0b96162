//! Putting a compiled list in its place: whole, for its owner's eyes only, or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};

use super::keys::{Lock, encrypt};
use super::store::Builder;
use crate::sinks::{PARTIAL, PARTIAL_START};

/// Writes a list beside its place and then moves it there, so that what was there before stays until all is written, and
/// whoever reads it meanwhile reads one or the other.
///
/// # Errors
/// The disk is full, somebody else is writing the same list, or a kind of hash has no threshold.
pub fn save(builder: Builder, lock: &Lock, path: &Path) -> io::Result<()> {
    Place::take(path)?.save(builder, lock)
}

/// The place of a list that is not yet whole. Nobody else can write there meanwhile: who adds to a list takes its place before
/// reading it, or loses what others add in between. What was begun goes with its writer.
#[derive(Debug)]
pub struct Place {
    file: File,
    path: PathBuf,
    target: PathBuf,
    done: bool,
}

impl Place {
    /// Takes the place of the list at this path.
    ///
    /// # Errors
    /// Somebody else is writing it, or no file can be made beside it.
    pub fn take(target: &Path) -> io::Result<Self> {
        let target = &file_at(target)?;
        let mut name = OsString::from(PARTIAL_START);
        name.push(
            target
                .file_name()
                .ok_or_else(|| io::Error::other("this is no name for a file"))?,
        );
        name.push(PARTIAL);
        let path = target.with_file_name(name);
        clear(&path)?;
        let mut options = OpenOptions::new();
        // Never through what somebody else put there, a link above all.
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => busy(&path),
            _ => error,
        })?;
        file.try_lock().map_err(|_| busy(&path))?;
        // Before it was locked, another program may have taken it for a leftover, removed it and put its own there.
        if !is_at(&file, &path)? {
            return Err(busy(&path));
        }
        Ok(Self {
            file,
            path,
            target: target.to_owned(),
            done: false,
        })
    }

    /// Writes the list and puts it there.
    ///
    /// # Errors
    /// The disk is full, or a kind of hash has no threshold.
    pub fn save(self, builder: Builder, lock: &Lock) -> io::Result<()> {
        let file = match lock {
            Lock::Open => builder
                .write(BufWriter::with_capacity(1 << 18, &self.file))?
                .into_inner()
                .map(drop),
            lock => {
                let plain =
                    zeroize::Zeroizing::new(builder.write(Cursor::new(Vec::new()))?.into_inner());
                let mut out = BufWriter::new(&self.file);
                encrypt(lock, &plain, &mut out)?;
                out.into_inner().map(drop)
            }
        };
        file.map_err(io::IntoInnerError::into_error)?;
        self.finish()
    }

    fn finish(mut self) -> io::Result<()> {
        let target = &self.target;
        (&self.file).flush()?;
        self.file.sync_all()?;
        fs::rename(&self.path, target)?;
        self.done = true;
        // A name that is not yet on the disk is lost with the power; where folders cannot be synced, nothing is.
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Place {
    /// Leaves no half-written file behind.
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The file that a path stands for: a link stays, and what it leads to is replaced. Devices, pipes and folders are not.
fn file_at(target: &Path) -> io::Result<PathBuf> {
    match fs::metadata(target) {
        Ok(there) if there.is_file() => fs::canonicalize(target),
        Ok(there) if there.is_dir() => Err(io::Error::other("this is a folder")),
        Ok(_) => Err(io::Error::other(
            "this is a device or a pipe; a compiled list is a file",
        )),
        Err(_) => Ok(target.to_owned()),
    }
}

/// Removes what a program left that was killed; what somebody is still writing stays. Whoever removes a file has locked it
/// while it was in this place, so that no two remove one after the other what the second never saw.
fn clear(path: &Path) -> io::Result<()> {
    let left = match File::open(path) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    left.try_lock().map_err(|_| busy(path))?;
    match is_at(&left, path)? {
        true => fs::remove_file(path),
        false => Err(busy(path)),
    }
}

/// Whether a path still leads to this very file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let own = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (own.dev(), own.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a path leads to a file still: more cannot be asked of every system.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    fs::exists(path)
}

fn busy(path: &Path) -> io::Error {
    io::Error::new(
        io::ErrorKind::ResourceBusy,
        format!("another program is writing this list ({})", path.display()),
    )
}
