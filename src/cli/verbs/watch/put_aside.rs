//! Moving a file into a folder without overwriting anything, also to another disk.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Files of one name that a folder may hold.
const MOST: u32 = 100_000;

/// A folder that files are moved to.
pub(super) struct Aside(PathBuf);

impl Aside {
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let named = || folder.display().to_string();
        let true_name = folder.canonicalize().with_context(named)?;
        anyhow::ensure!(true_name.is_dir(), "{}: it is no folder", named());
        Ok(Self(true_name))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// Moves a file of this length; tells where it went.
    pub(super) fn take(&self, path: &Path, bytes: Option<u64>) -> Result<PathBuf, String> {
        let found = fs::symlink_metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                "it is no file by itself, or is gone".to_owned()
            }
            _ => error.to_string(),
        })?;
        if !found.is_file() {
            return Err("it is a link".to_owned());
        }
        if bytes != Some(found.len()) {
            return Err("it has changed since it was read".to_owned());
        }
        let name = path.file_name().ok_or("it has no name")?;
        for number in 0..MOST {
            let to = self.0.join(numbered(name, number));
            match move_to(path, &to) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                moved => return moved.map(|()| to).map_err(|error| error.to_string()),
            }
        }
        Err("too many files of its name are there".to_owned())
    }
}

/// `a.jpg`, `a.1.jpg`, `a.2.jpg`, …
fn numbered(name: &OsStr, number: u32) -> OsString {
    if number == 0 {
        return name.to_owned();
    }
    let path = Path::new(name);
    let mut numbered = path.file_stem().unwrap_or(name).to_owned();
    numbered.push(format!(".{number}"));
    if let Some(ending) = path.extension() {
        numbered.push(".");
        numbered.push(ending);
    }
    numbered
}

/// Gives a file a new name that is free. A second name is never one that is taken, which a new name in place of the old could
/// be.
fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Another disk, or one without second names.
        Err(_) => copy_to(from, to),
    }
}

/// Copies a file, and removes it once the copy is on the disk.
fn copy_to(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let permissions = source.metadata()?.permissions();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut copy = options.open(to)?;
    let copied = io::copy(&mut source, &mut copy)
        .and_then(|_| copy.set_permissions(permissions))
        .and_then(|()| copy.sync_all())
        .and_then(|()| fs::remove_file(from));
    if copied.is_err() {
        // It is ours: it was made here a moment ago.
        let _ = fs::remove_file(to);
    }
    copied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten_and_names_are_numbered() {
        for by in [move_to, copy_to] {
            let folder = tempfile::tempdir().unwrap();
            let (from, to) = (folder.path().join("a"), folder.path().join("b"));
            fs::write(&from, "1").unwrap();
            fs::write(&to, "2").unwrap();
            let error = by(&from, &to).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&from).unwrap(), "1");
            assert_eq!(fs::read_to_string(&to).unwrap(), "2");
            fs::remove_file(&to).unwrap();
            by(&from, &to).unwrap();
            assert!(!from.exists());
            assert_eq!(fs::read_to_string(&to).unwrap(), "1");
        }
        let names = [("a.jpg", "a.2.jpg"), (".x", ".x.2"), ("a.b.c", "a.b.2.c")];
        for (name, second) in names {
            assert_eq!(numbered(OsStr::new(name), 2), second);
        }
    }

    #[test]
    fn what_is_no_longer_what_was_read_stays() {
        let folder = tempfile::tempdir().unwrap();
        let aside = Aside::open(folder.path()).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let path = elsewhere.path().join("a.jpg");
        fs::write(&path, "12345").unwrap();
        assert!(aside.take(&path, Some(4)).unwrap_err().contains("changed"));
        assert!(aside.take(Path::new("a.zip!/a"), Some(4)).is_err());
        let first = aside.take(&path, Some(5)).unwrap();
        fs::write(&path, "1").unwrap();
        let second = aside.take(&path, Some(1)).unwrap();
        assert_eq!(first.file_name(), Some(OsStr::new("a.jpg")));
        assert_eq!(second.file_name(), Some(OsStr::new("a.1.jpg")));
    }
}
