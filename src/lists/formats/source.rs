//! Where a list is read from: its beginning, to tell its form; then all of it, once, in little memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use super::{Place, ReadError};

/// What is looked at to tell the form of a list.
const HEAD: usize = 64 << 10;

/// Bytes that are read at once.
const BUFFER: usize = 256 << 10;

/// Longest line of a text list: no honest entry comes near it.
const MAX_LINE: usize = 1 << 20;

/// A list that is being read.
pub struct Source<'a> {
    reader: Box<dyn BufRead + 'a>,
    path: Option<&'a Path>,
    head: Vec<u8>,
}

impl<'a> Source<'a> {
    /// A file that was opened at this path, from its beginning. Forms that are databases open it once more, by its path.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file(mut file: &'a File, path: &'a Path) -> io::Result<Self> {
        // A pipe begins where it is.
        let _ = file.seek(SeekFrom::Start(0));
        let mut source = Self::new(file)?;
        source.path = Some(path);
        Ok(source)
    }

    /// Bytes in memory.
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        Self {
            head: bytes.get(..HEAD).unwrap_or(bytes).to_vec(),
            reader: Box::new(Cursor::new(skip_mark(bytes))),
            path: None,
        }
        .without_mark()
    }

    /// A stream.
    ///
    /// # Errors
    /// Its beginning cannot be read.
    pub fn new(stream: impl Read + 'a) -> io::Result<Self> {
        let mut stream = stream;
        let mut head = Vec::new();
        stream.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        let begin = Cursor::new(skip_mark(&head).to_vec());
        Ok(Self {
            head,
            reader: Box::new(BufReader::with_capacity(BUFFER, begin.chain(stream))),
            path: None,
        }
        .without_mark())
    }

    /// The mark that some programs put before UTF-8 says nothing of the form.
    fn without_mark(mut self) -> Self {
        self.head = skip_mark(&self.head).to_vec();
        self
    }

    /// Its beginning, without a byte order mark.
    pub fn head(&self) -> Head<'_> {
        Head(&self.head)
    }

    /// Where it lies, if it is a plain file.
    pub fn path(&self) -> Option<&Path> {
        self.path
    }

    /// All of it, without a byte order mark.
    pub fn reader(&mut self) -> &mut dyn BufRead {
        &mut self.reader
    }

    /// Goes through all lines with their numbers, counted from 1, and without their ends.
    ///
    /// # Errors
    /// A line is no UTF-8 or too long, or what `each` returns.
    pub fn all_lines(
        &mut self,
        mut each: impl FnMut(u64, &str) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.all_byte_lines(|number, line| {
            let bad = |message: &str| Err(ReadError::bad(Place::Line(number), message));
            match std::str::from_utf8(line) {
                Ok(text) => each(number, text),
                Err(_) if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") => {
                    bad("UTF-16 text; save the list as UTF-8")
                }
                Err(_) => bad("not UTF-8 text; a text list of hashes was expected"),
            }
        })
    }

    /// Goes through all lines as bytes: for forms that hold file names in any encoding.
    ///
    /// # Errors
    /// A line is too long, or what `each` returns.
    pub fn all_byte_lines(
        &mut self,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let limit = MAX_LINE as u64 + 1;
            let read = (&mut self.reader)
                .take(limit)
                .read_until(b'\n', &mut line)
                .map_err(ReadError::Source)?;
            if read == 0 {
                break;
            }
            if line.len() > MAX_LINE {
                let message = "longer than a mebibyte; is this a text list?";
                return Err(ReadError::bad(Place::Line(number), message));
            }
            while let [rest @ .., b'\n' | b'\r'] = line.as_slice() {
                line.truncate(rest.len());
            }
            each(number, &line)?;
        }
        Ok(())
    }

    /// Goes through the lines that say something: trimmed, not blank, and no `#` comment.
    ///
    /// # Errors
    /// As [`all_lines`](Self::all_lines).
    pub fn lines(
        &mut self,
        mut each: impl FnMut(u64, &str) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.all_lines(|number, line| match content(line) {
            Some(line) => each(number, line),
            None => Ok(()),
        })
    }
}

/// The beginning of a list.
#[derive(Clone, Copy)]
pub struct Head<'a>(&'a [u8]);

impl<'a> Head<'a> {
    /// Up to 64 KiB.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The first line that says something; empty if it is no text.
    pub fn line(self) -> &'a str {
        let lines = self.0.split(|byte| *byte == b'\n').take(1000);
        let mut lines = lines.map(|line| std::str::from_utf8(line).unwrap_or_default());
        lines.find_map(content).unwrap_or_default()
    }

    /// The number of that line, counted from 1.
    pub fn line_number(self) -> u64 {
        let mut lines = self.0.split(|byte| *byte == b'\n').take(1000);
        let place =
            lines.position(|line| content(std::str::from_utf8(line).unwrap_or("?")).is_some());
        place.map_or(1, |place| place as u64 + 1)
    }

    /// Whether these bytes stand somewhere in it.
    pub fn contains(self, needle: &str) -> bool {
        memchr::memmem::find(self.0, needle.as_bytes()).is_some()
    }
}

/// What a line says, if it says something.
fn content(line: &str) -> Option<&str> {
    let line = line.trim();
    (!line.is_empty() && !line.starts_with('#')).then_some(line)
}

fn skip_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
