//! A file that is whole or not there: it gets its name when everything is written.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{PARTIAL, PARTIAL_START, Sink, interrupted};

/// Most files of killed programs of one number that are passed over.
const MOST_LEFT: u32 = 1000;

/// Creates the file, for its owner alone if it is private. What stands at a path that is no regular file (a pipe, a device) is written to directly.
pub(super) fn create(path: &Path, private: bool) -> io::Result<Box<dyn Sink>> {
    let direct = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    let (file, partial) = match direct {
        true => (File::options().write(true).open(path)?, path.to_owned()),
        false => create_partial(path, private)?,
    };
    let out = BufWriter::with_capacity(1 << 16, file);
    Ok(Box::new(Whole {
        out,
        partial,
        path: path.to_owned(),
        direct,
        done: false,
    }))
}

/// A new file beside the final one. A program that was killed may have left one of the same number.
fn create_partial(path: &Path, private: bool) -> io::Result<(File, PathBuf)> {
    remove_left(path);
    // Never through what somebody else put there, a link above all.
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut attempt = 0;
    loop {
        let partial = partial(path, attempt);
        match options.open(&partial) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < MOST_LEFT => {
                attempt += 1;
            }
            opened => {
                let file = opened?;
                // The lock tells others that somebody is at it; where there are no locks, nobody takes it for left either.
                let _ = file.try_lock();
                return Ok((file, partial));
            }
        }
    }
}

/// Removes what killed programs left of this file: they are gone, and nobody holds their file. What cannot be removed stays.
fn remove_left(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let Ok(beside) = fs::read_dir(folder.unwrap_or(Path::new("."))) else {
        return;
    };
    let name = path.file_name().unwrap_or_default();
    for entry in beside.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let writer = writer_of(
            entry.file_name().as_encoded_bytes(),
            name.as_encoded_bytes(),
        );
        if is_file && writer.is_some_and(is_gone) && is_free(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The number of the process that writes, or wrote, a file of this name in place of the final one.
fn writer_of(partial: &[u8], name: &[u8]) -> Option<u32> {
    let rest = partial.strip_prefix(PARTIAL_START.as_bytes())?;
    let rest = rest.strip_suffix(PARTIAL.as_bytes())?;
    let numbers = str::from_utf8(rest.strip_suffix(name)?.strip_suffix(b"-")?).ok()?;
    let (process, attempt) = numbers.split_once('-')?;
    attempt.parse::<u32>().ok()?;
    process.parse().ok()
}

/// Whether there is no such process, as far as can be seen: one in another container cannot, but it holds a lock.
fn is_gone(process: u32) -> bool {
    process != std::process::id() && !Path::new("/proc").join(process.to_string()).exists()
}

/// Whether nobody writes to a file.
fn is_free(path: &Path) -> bool {
    File::options()
        .write(true)
        .open(path)
        .is_ok_and(|file| file.try_lock().is_ok())
}

/// A name beside the final one, so that renaming stays within one file system.
fn partial(path: &Path, attempt: u32) -> PathBuf {
    let mut name = OsString::from(format!("{PARTIAL_START}{}-{attempt}-", std::process::id()));
    name.push(path.file_name().unwrap_or_default());
    name.push(PARTIAL);
    path.with_file_name(name)
}

struct Whole {
    out: BufWriter<File>,
    partial: PathBuf,
    path: PathBuf,
    direct: bool,
    done: bool,
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Sink for Whole {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let path = self.path.clone();
        self.finish_as(&path)
    }

    fn finish_interrupted(mut self: Box<Self>) -> io::Result<Option<PathBuf>> {
        if self.direct || !self.path.exists() {
            return self.finish().map(|()| None);
        }
        let beside = interrupted(&self.path);
        self.finish_as(&beside)?;
        Ok(Some(beside))
    }
}

impl Whole {
    /// Gives what was written this name.
    fn finish_as(&mut self, path: &Path) -> io::Result<()> {
        self.out.flush()?;
        if !self.direct {
            self.out.get_ref().sync_all()?;
            fs::rename(&self.partial, path)?;
        }
        self.done = true;
        Ok(())
    }
}

impl Drop for Whole {
    /// Leaves no half-written file behind.
    fn drop(&mut self) {
        if !self.done && !self.direct {
            let _ = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_killed_programs_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // Larger than any number that a process has.
        let gone = 4_294_967_290_u32;
        let own = std::process::id();
        let left = at(&format!(".provscan-{gone}-0-out.csv.partial"));
        let others = [
            format!(".provscan-{gone}-0-other.csv.partial"),
            format!(".provscan-{gone}-out.csv.partial"),
            format!(".provscan-{own}-7-out.csv.partial"),
            ".provscan-1-0-out.csv.partial".to_owned(),
            format!(".provscan-{gone}-1-out.csv.partial"),
        ];
        fs::write(&left, "half").unwrap();
        for name in &others {
            fs::write(at(name), "half").unwrap();
        }
        // Somebody whom we cannot see writes to the last one.
        let held = File::options().write(true).open(at(&others[4])).unwrap();
        held.try_lock().unwrap();
        let sink = create(&at("out.csv"), false).unwrap();
        assert!(!left.exists());
        for name in &others {
            assert!(at(name).exists(), "{name}");
        }
        sink.finish().unwrap();
        drop(held);
        drop(create(&at("out.csv"), false).unwrap());
        assert!(!at(&others[4]).exists());
    }

    #[test]
    fn an_interrupted_answer_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let answer = |text: &str| {
            let mut sink = create(&path, false).unwrap();
            sink.write_all(text.as_bytes()).unwrap();
            sink
        };
        assert_eq!(answer("first").finish_interrupted().unwrap(), None);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        answer("whole").finish().unwrap();
        let beside = answer("half").finish_interrupted().unwrap().unwrap();
        assert_eq!(beside, folder.path().join("out.interrupted.csv"));
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read(&beside).unwrap(), b"half");
    }
}
