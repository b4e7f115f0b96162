//! Files that are whole or not there, and one writer at a time.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::error::SetupError;

const LOCK: &str = ".lock";

/// Makes the folder and keeps others from writing to it until the returned file is dropped.
pub(super) fn lock(folder: &Path) -> Result<File, SetupError> {
    let path = folder.join(LOCK);
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed(&path))?;
    file.lock().map_err(failed(&path))?;
    Ok(file)
}

/// Writes a file that gets its name when everything is on the disk. Only the holder of the lock calls this, so the
/// temporary name is nobody else's.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SetupError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(failed(parent))?;
    let partial = parent.join(".partial");
    let written = write_new(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written.map_err(failed(path))?;
    // The new name must outlive a power cut too; not every system lets a folder be opened for that.
    if let Ok(folder) = File::open(parent) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // One that a crash left behind; a link that somebody put there goes, not what it leads to.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> SetupError {
    let path = path.to_owned();
    move |reason| SetupError::Read { path, reason }
}
