//! What stands between an XML parser and hostile bytes.

use std::fmt;
use std::io::{self, BufRead, Read};

/// Longest tag, comment or text.
pub(super) const MAX_PIECE: usize = 1 << 20;

pub(super) const TOO_LONG: &str = "a tag, a comment or a text longer than a mebibyte";

/// Bytes of one piece at a time, so that the parser cannot be made to collect more; and the line that it has come to.
pub(super) struct Limited<'a> {
    inner: &'a mut dyn BufRead,
    left: usize,
    line: u64,
}

impl<'a> Limited<'a> {
    pub(super) fn new(inner: &'a mut dyn BufRead) -> Self {
        Self {
            inner,
            left: MAX_PIECE,
            line: 1,
        }
    }

    /// The parser begins with a new piece.
    pub(super) fn next_piece(&mut self) {
        self.left = MAX_PIECE;
    }

    /// The line that was come to, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Limited<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.inner.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::Error::other(TooLong));
        }
        Ok(bytes.get(..self.left).unwrap_or(bytes))
    }

    fn consume(&mut self, count: usize) {
        // What is consumed was there a moment ago, so nothing is read here.
        if let Ok(bytes) = self.inner.fill_buf() {
            let taken = bytes.get(..count).unwrap_or(bytes);
            self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        }
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}

#[derive(Debug)]
struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TOO_LONG)
    }
}

impl std::error::Error for TooLong {}

/// Whether bytes were refused here.
pub(super) fn is_too_long(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<TooLong>())
}
