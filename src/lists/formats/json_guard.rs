//! What stands between a JSON parser and hostile bytes: depth and length are limited before the parser makes room for them.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Read};

use super::Place;

/// Deepest nesting: honest lists have five levels.
const MAX_DEPTH: u32 = 100;

/// Longest string, whether it is of use or not.
const MAX_STRING: usize = 16 << 20;

/// Passes bytes on as long as they keep to the limits.
pub(super) struct Guarded<R> {
    inner: R,
    depth: u32,
    string: Option<usize>,
    escaped: bool,
    line: u64,
    column: u64,
    refused: Option<&'static str>,
}

impl<R: BufRead> Guarded<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            depth: 0,
            string: None,
            escaped: false,
            line: 1,
            column: 0,
            refused: None,
        }
    }

    /// How many of these bytes keep to the limits.
    fn check(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            let taken = match self.string {
                Some(length) => self.in_string(length, byte, rest),
                None => self.outside(byte),
            };
            if taken == 0 {
                break;
            }
            rest = rest.get(taken..).unwrap_or(after);
        }
        let passed = bytes.len() - rest.len();
        self.count(bytes.get(..passed).unwrap_or_default());
        passed
    }

    /// One byte between strings.
    fn outside(&mut self, byte: u8) -> usize {
        match byte {
            b'"' => self.string = Some(0),
            b'[' | b'{' if self.depth >= MAX_DEPTH => {
                self.refused = Some("nested deeper than 100 levels; no list is");
                return 0;
            }
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        1
    }

    /// As many bytes of a string as need no look.
    fn in_string(&mut self, length: usize, byte: u8, rest: &[u8]) -> usize {
        if std::mem::take(&mut self.escaped) {
            self.string = Some(length + 1);
            return 1;
        }
        match byte {
            b'"' => self.string = None,
            b'\\' => {
                self.escaped = true;
                self.string = Some(length + 1);
            }
            _ if length >= MAX_STRING => {
                self.refused = Some("a string longer than 16 MiB; is a quotation mark missing?");
                return 0;
            }
            _ => {
                let plain = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                let plain = plain.min(MAX_STRING - length);
                self.string = Some(length + plain);
                return plain;
            }
        }
        1
    }

    fn count(&mut self, passed: &[u8]) {
        let lines = memchr::memchr_iter(b'\n', passed).count();
        let last = memchr::memrchr(b'\n', passed);
        self.line += lines as u64;
        self.column = match last {
            Some(place) => (passed.len() - place - 1) as u64,
            None => self.column + passed.len() as u64,
        };
    }

    fn refusal(&self) -> Option<io::Error> {
        self.refused.map(|message| {
            io::Error::other(Refusal {
                place: Place::Column(self.line, self.column + 1),
                message,
            })
        })
    }
}

impl<R: BufRead> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let read = self.inner.read(buffer)?;
        let passed = self.check(buffer.get(..read).unwrap_or_default());
        // What stands before the limit is still parsed: it may hold an earlier mistake.
        match self.refusal() {
            Some(refusal) if passed == 0 => Err(refusal),
            _ => Ok(passed),
        }
    }
}

/// Why no more bytes are passed on.
#[derive(Debug)]
struct Refusal {
    place: Place,
    message: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl Error for Refusal {}

/// Where and why bytes were refused here, if this error is about that.
pub(super) fn refusal(error: &io::Error) -> Option<(Place, &'static str)> {
    let refusal = error.get_ref()?.downcast_ref::<Refusal>()?;
    Some((refusal.place, refusal.message))
}
