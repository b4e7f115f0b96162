//! A span of bytes: a part of an open file, or of memory. Any number of workers read it at any place without waiting for
//! each other.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// A part of something that holds bytes; cheap to copy and to cut.
#[derive(Clone)]
pub(super) struct Span {
    held: Held,
    start: u64,
    len: u64,
}

#[derive(Clone)]
enum Held {
    File(Arc<File>),
    Memory(Arc<Vec<u8>>),
}

impl Span {
    /// The whole of an open file of this length.
    pub(super) fn of_file(file: Arc<File>, len: u64) -> Self {
        Self {
            held: Held::File(file),
            start: 0,
            len,
        }
    }

    /// Bytes in memory.
    pub(super) fn of_memory(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self {
            held: Held::Memory(Arc::new(bytes)),
            start: 0,
            len,
        }
    }

    /// Length in bytes, as it was when the file was opened.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Bytes of memory that are kept for it.
    pub(super) fn kept(&self) -> u64 {
        match &self.held {
            Held::File(_) => 0,
            Held::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// A part of it; `None` if it does not lie within.
    pub(super) fn part(&self, start: u64, len: u64) -> Option<Self> {
        (start.checked_add(len)? <= self.len).then(|| Self {
            held: self.held.clone(),
            start: self.start + start,
            len,
        })
    }

    /// Everything from this place on; nothing if that lies behind the end.
    pub(super) fn from(&self, start: u64) -> Self {
        let start = start.min(self.len);
        Self {
            held: self.held.clone(),
            start: self.start + start,
            len: self.len - start,
        }
    }

    /// Reads at this place, as far as the buffer and the bytes go.
    pub(super) fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let Some(buffer) = buffer.get_mut(..wanted) else {
            return Ok(0);
        };
        match &self.held {
            Held::File(file) => read_file_at(file, self.start + at, buffer),
            Held::Memory(bytes) => {
                let from = usize::try_from(self.start + at).unwrap_or(usize::MAX);
                bytes.get(from..).unwrap_or_default().read(buffer)
            }
        }
    }

    /// So many bytes at this place; `None` where the bytes end before, or cannot be read.
    pub(super) fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        let mut reader = self.from(at).reader();
        reader.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// At most so many bytes from the beginning.
    pub(super) fn head(&self, most: u64) -> Vec<u8> {
        let mut head = Vec::new();
        // What was read before an error is as good as what stands before the end.
        let _ = self.reader().take(most).read_to_end(&mut head);
        head
    }

    /// A reader of it, at its beginning.
    pub(super) fn reader(&self) -> SpanReader {
        SpanReader {
            span: self.clone(),
            at: 0,
        }
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_file_at(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Reads a span from its beginning to its end.
pub(super) struct SpanReader {
    span: Span,
    at: u64,
}

impl Read for SpanReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.span.read_at(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_part_ends_where_it_should() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        for span in [
            Span::of_file(Arc::new(file), 10),
            Span::of_memory(b"0123456789".to_vec()),
        ] {
            let part = span.part(2, 5).and_then(|part| part.part(1, 3)).unwrap();
            assert_eq!(part.head(100), b"345");
            assert_eq!(part.array::<2>(1), Some(*b"45"));
            assert_eq!(part.array::<3>(1), None);
            assert!(span.part(8, 3).is_none() && span.part(u64::MAX, 2).is_none());
            assert_eq!(span.from(20).len(), 0);
        }
    }
}
