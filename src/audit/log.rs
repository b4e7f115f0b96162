//! The file of a log: locked while lines are added, looked at anew where others added some, on the disk before anyone counts
//! on it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::line::{Chain, Head, Key, recovery_fields};
use super::tail::{self, Tail};
use super::{AuditError, VERSION};
use crate::sinks::is_at;

/// A log that lines are added to.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
    key: Option<Key>,
    /// What a new file goes on from.
    after: Head,
    /// Where it ended when it was last written to or looked at.
    known: Option<(Tail, u64)>,
    /// Files that were written to until now.
    files: u64,
    /// It could not be written to once: what is on the disk since then is not known.
    broken: Option<AuditError>,
}

impl Log {
    /// Opens a log, or makes one that goes on from there.
    pub(super) fn open(path: &Path, key: Option<Key>, after: Head) -> Result<Self, AuditError> {
        Ok(Self {
            path: path.to_owned(),
            file: opened(path)?,
            key,
            after,
            known: None,
            files: 1,
            broken: None,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds the lines that `write` adds to the chain, and returns once they are on the disk. It is told which file of this log
    /// it is: records are not referred to from one file to another.
    pub(super) fn append(
        &mut self,
        time: &str,
        write: impl FnOnce(&mut Chain<'_>, u64) -> Result<(), String>,
    ) -> Result<(), AuditError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let added = self.append_locked(time, write);
        let freed = self.file.unlock();
        let failed = |error: io::Error| AuditError::io(&self.path, "it cannot be unlocked", &error);
        let result = added.and_then(|()| freed.map_err(failed));
        self.broken = result.as_ref().err().cloned();
        result
    }

    fn append_locked(
        &mut self,
        time: &str,
        write: impl FnOnce(&mut Chain<'_>, u64) -> Result<(), String>,
    ) -> Result<(), AuditError> {
        self.lock()?;
        let (tail, len) = self.look()?;
        let mut chain = Chain {
            head: tail.map_or(self.after, |tail| tail.head),
            lines: Vec::new(),
            key: self.key.as_ref(),
        };
        let path = &self.path;
        let cannot_read = |error: io::Error| AuditError::io(path, "it cannot be read", &error);
        let too_long = |message: String| AuditError::new(path, message);
        match tail {
            Some(tail) if tail.unended => chain.lines.push(b'\n'),
            Some(tail) if tail.end < len => {
                let (bytes, sha256, open) =
                    tail::torn(&mut self.file, tail.end, len).map_err(cannot_read)?;
                chain.lines.extend(open.then_some(b'\n'));
                let fields = recovery_fields(bytes, &sha256);
                let fields = format!("\"time\":\"{time}\",{fields}");
                chain.add("recovery", &fields).map_err(too_long)?;
            }
            _ => {}
        }
        if tail.is_none_or(|tail| tail.head == Head::START) {
            let keyed = self.key.is_some();
            let fields = format!("\"time\":\"{time}\",\"schema\":\"{VERSION}\",\"keyed\":{keyed}");
            chain.add("begin", &fields).map_err(too_long)?;
        }
        write(&mut chain, self.files).map_err(too_long)?;
        let (head, lines, keyed) = (chain.head, chain.lines, self.key.is_some());
        let cannot_write = |error: io::Error| {
            AuditError::io(
                &self.path,
                "the audit log cannot be written, so no answer is given",
                &error,
            )
        };
        self.file.write_all(&lines).map_err(cannot_write)?;
        self.file.sync_data().map_err(cannot_write)?;
        let end = len + lines.len() as u64;
        let tail = Tail {
            head,
            keyed,
            end,
            unended: false,
        };
        self.known = Some((tail, end));
        Ok(())
    }

    /// Takes the file for this program alone. Where somebody gave the file another name, its log goes on in a new file under
    /// the name that it had.
    fn lock(&mut self) -> Result<(), AuditError> {
        let cannot = |path: &Path, error: io::Error| {
            AuditError::io(path, "it cannot be locked, so nothing is added", &error)
        };
        self.file
            .lock()
            .map_err(|error| cannot(&self.path, error))?;
        while !is_at(&self.file, &self.path) {
            if let (Some(tail), _) = self.look()? {
                self.after = tail.head;
            }
            // The old file stays locked until the new one is: nobody adds to it meanwhile.
            let next = opened(&self.path)?;
            next.lock().map_err(|error| cannot(&self.path, error))?;
            self.file = next;
            self.known = None;
            self.files += 1;
        }
        Ok(())
    }

    /// Where the log ends now, and its length.
    fn look(&mut self) -> Result<(Option<Tail>, u64), AuditError> {
        let cannot = |error: io::Error| AuditError::io(&self.path, "it cannot be read", &error);
        let len = self.file.metadata().map_err(cannot)?.len();
        if let Some((tail, known)) = self.known
            && known == len
        {
            return Ok((Some(tail), len));
        }
        if self.known.is_some_and(|(_, known)| len < known) {
            return Err(AuditError::new(
                &self.path,
                "it has become shorter while it was written to, so nothing is added; `provscan audit verify` says more",
            ));
        }
        let tail = tail::read(&mut self.file, len, self.key.as_ref(), &self.path)?;
        let Some(found) = tail else {
            return Ok((None, len));
        };
        match (found.keyed, self.key.is_some()) {
            (true, false) => Err(AuditError::new(
                &self.path,
                "its records are sealed with a key; name it with --audit-key",
            )),
            (false, true) => Err(AuditError::new(
                &self.path,
                "its records are sealed without a key; leave out --audit-key, or begin a new log",
            )),
            _ => Ok((Some(found), len)),
        }
    }
}

/// The file, which is made if it is not there; only its owner may read it.
fn opened(path: &Path) -> Result<File, AuditError> {
    let cannot =
        |error: io::Error| AuditError::io(path, "it cannot be opened to be added to", &error);
    let there = fs::metadata(path);
    if there.as_ref().is_ok_and(|found| !found.is_file()) {
        return Err(AuditError::new(
            path,
            "it is no regular file, so it cannot be an audit log",
        ));
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(cannot)?;
    if there.is_err() {
        keep_name(path).map_err(cannot)?;
    }
    Ok(file)
}

/// Brings the name of a new file to the disk.
#[cfg(unix)]
fn keep_name(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn keep_name(_: &Path) -> io::Result<()> {
    Ok(())
}
