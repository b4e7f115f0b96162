//! A file that is whole or not there: it gets its name when everything is written.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{PARTIAL, PARTIAL_START, Sink};

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
            opened => return Ok((opened?, partial)),
        }
    }
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
        self.out.flush()?;
        if !self.direct {
            self.out.get_ref().sync_all()?;
            fs::rename(&self.partial, &self.path)?;
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
