//! A file that lines are added to. Lines are whole or not there: what a program that was killed left of one is cut off.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::Sink;

/// What a file of records begins with.
const RECORD: &[u8] = b"{\"schema\":\"provscan/";

/// Longest line that may be torn.
const MAX_LINE: u64 = 64 << 20;

/// Bytes that are looked at together for the end of the last whole line.
const PIECE: u64 = 64 << 10;

/// So much of the end tells whether a file is the one that was left.
const TAIL: usize = 4 << 10;

/// How far a file was written, and what it ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Its length.
    pub bytes: u64,
    /// A checksum of its last 4 KiB.
    pub tail: u64,
}

/// A file that lines are added to.
#[derive(Debug)]
pub struct Appending {
    out: BufWriter<File>,
    path: PathBuf,
    len: u64,
    tail: Vec<u8>,
    cut: u64,
}

impl Appending {
    /// Goes on where the last whole line ends. A file that is empty or not there begins with `head`, and any other has to.
    ///
    /// # Errors
    /// It is no regular file, begins with something else, or cannot be written to.
    pub fn open(path: &Path, head: &[u8]) -> io::Result<Self> {
        let mut file = opened(path, true)?;
        let len = file.metadata()?.len();
        let begin = if head.is_empty() { RECORD } else { head };
        if !begins_with(&mut file, begin)? {
            return Err(io::Error::other(
                "its first line is not that of a report in this form; name another file",
            ));
        }
        let whole = whole_lines(&mut file, len)?;
        let mut appending = Self::from(file, path, len, whole)?;
        if whole == 0 {
            appending.write(head)?;
        }
        Ok(appending)
    }

    /// Goes on where it was left.
    ///
    /// # Errors
    /// The file is shorter, gone, another one, or cannot be written to.
    pub fn at(path: &Path, left: Left) -> io::Result<Self> {
        let bytes = left.bytes;
        let shorter = |found: &str| {
            io::Error::other(format!(
                "{found}, and a scan had left it with {bytes}; put it back, or name another file, to which all records are appended"
            ))
        };
        let mut file = match opened(path, false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(shorter("it is gone and has no bytes"));
            }
            file => file?,
        };
        let len = file.metadata()?.len();
        if len < bytes {
            return Err(shorter(&format!("it has {len} bytes")));
        }
        if xxh3_64(&tail(&mut file, bytes)?) != left.tail {
            return Err(io::Error::other(
                "it is not as a scan had left it; put that back, or name another file, to which all records are appended",
            ));
        }
        Self::from(file, path, len, bytes)
    }

    fn from(mut file: File, path: &Path, len: u64, keep: u64) -> io::Result<Self> {
        if keep < len {
            file.set_len(keep)?;
        }
        let tail = tail(&mut file, keep)?;
        file.seek(SeekFrom::Start(keep))?;
        Ok(Self {
            tail,
            out: BufWriter::with_capacity(1 << 16, file),
            path: path.to_owned(),
            len: keep,
            cut: len - keep,
        })
    }

    /// That something was cut off, in words.
    pub fn notice(&self) -> Option<String> {
        (self.cut > 0).then(|| {
            format!(
                "{}: {} bytes at its end, which no scan finished writing, were cut off",
                self.path.display(),
                self.cut
            )
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds whole lines.
    ///
    /// # Errors
    /// They could not be written.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        self.out.write_all(lines)?;
        self.len += lines.len() as u64;
        self.tail.extend_from_slice(lines);
        let beyond = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..beyond);
        Ok(())
    }

    /// Brings all that was added to the disk.
    ///
    /// # Errors
    /// It could not be written.
    pub fn sync(&mut self) -> io::Result<Left> {
        self.out.flush()?;
        self.out.get_ref().sync_data()?;
        Ok(self.left())
    }

    /// How far it is written.
    pub fn left(&self) -> Left {
        Left {
            bytes: self.len,
            tail: xxh3_64(&self.tail),
        }
    }
}

impl Write for Appending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Self::write(self, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Sink for Appending {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.sync().map(drop)
    }
}

fn opened(path: &Path, create: bool) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(
            "it is no regular file, so nothing can be appended to it",
        ));
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(create)
        .truncate(false)
        .open(path)?;
    file.try_lock()
        .map_err(|_| io::Error::other("another program is appending to it"))?;
    Ok(file)
}

/// Where the last whole line of a file ends.
fn whole_lines(file: &mut File, len: u64) -> io::Result<u64> {
    let mut end = len;
    while end > 0 {
        if len - end > MAX_LINE {
            return Err(io::Error::other(
                "its last line is longer than any of a report; name another file",
            ));
        }
        let start = end.saturating_sub(PIECE);
        let mut piece = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        (&mut *file).take(end - start).read_to_end(&mut piece)?;
        if let Some(last) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The last bytes before this length.
fn tail(file: &mut File, len: u64) -> io::Result<Vec<u8>> {
    let start = len.saturating_sub(TAIL as u64);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    (&mut *file).take(len - start).read_to_end(&mut tail)?;
    Ok(tail)
}

/// Whether it begins with this, or is the beginning of it.
fn begins_with(file: &mut File, head: &[u8]) -> io::Result<bool> {
    let mut found = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    (&mut *file)
        .take(head.len() as u64)
        .read_to_end(&mut found)?;
    Ok(head.starts_with(&found))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of these bytes, opened to be appended to, and what is in it after a line more.
    fn appended(before: &[u8], head: &[u8]) -> io::Result<(Vec<u8>, bool)> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("out");
        fs::write(&path, before)?;
        let mut appending = Appending::open(&path, head)?;
        let cut = appending.notice().is_some();
        appending.write(b"new\n")?;
        appending.sync()?;
        Ok((fs::read(&path)?, cut))
    }

    #[test]
    fn a_torn_line_is_cut_off_and_a_whole_one_stays() {
        let cases: [(&[u8], &[u8], bool); 4] = [
            (b"", b"head\nnew\n", false),
            (b"he", b"head\nnew\n", true),
            (b"head\none\n", b"head\none\nnew\n", false),
            (b"head\none\ntw", b"head\none\nnew\n", true),
        ];
        for (before, after, cut) in cases {
            assert_eq!(appended(before, b"head\n").unwrap(), (after.to_vec(), cut));
        }
        let long = [b"head\n".as_slice(), &vec![b'x'; 200_000]].concat();
        assert_eq!(
            appended(&long, b"head\n").unwrap(),
            (b"head\nnew\n".to_vec(), true)
        );
    }

    #[test]
    fn what_is_no_report_is_left_alone() {
        assert!(appended(b"other\n", b"head\n").is_err());
        assert!(appended(b"a file without an end of line", b"head\n").is_err());
        for notes in [b"a,b\n1".as_slice(), b"{}\n{", b"\n", b"notes"] {
            assert!(appended(notes, b"").is_err());
        }
        let torn = appended(b"{\"schema\":\"provscan/1\",", b"");
        assert_eq!(torn.unwrap(), (b"new\n".to_vec(), true));
    }

    #[test]
    fn it_goes_on_where_it_was_left_and_never_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let left = |text: &[u8]| Left {
            bytes: text.len() as u64,
            tail: xxh3_64(text),
        };
        let refused = |text| Appending::at(&path, left(text)).unwrap_err().to_string();
        assert!(refused(b"one\n").contains("it is gone"));
        fs::write(&path, "one\ntwo\n").unwrap();
        drop(Appending::at(&path, left(b"one\n")).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        assert!(refused(b"one\ntwo\n").contains("it has 4 bytes, and a scan had left it with 8"));
        assert!(refused(b"six\n").contains("not as a scan had left it"));
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        let mut appending = Appending::at(&path, left(b"one\n")).unwrap();
        let long = [b'x'; 2 * TAIL];
        appending.write(&long).unwrap();
        let at = appending.sync().unwrap();
        drop(appending);
        assert_eq!(Appending::at(&path, at).unwrap().left(), at);
    }
}
