//! The content of an asset: bytes in memory, or an open file that is read piece by piece.

use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use crate::error::{Fault, FaultKind};

/// Bytes that are read ahead: enough that boxes of a few bytes are seldom fetched one by one, and few enough that skipping
/// from box to box over a long file reads little of it.
const READ_AHEAD: usize = 16 << 10;

/// Where the bytes are.
#[derive(Debug)]
pub(super) enum Content {
    Memory(Vec<u8>),
    File(OpenFile),
}

impl Content {
    /// What is in memory: everything, or the head of a file.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            Self::File(file) => &file.head,
        }
    }

    /// Length of the whole.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.state.len,
        }
    }

    /// A reader of the whole, at its beginning; any number of them go their own ways.
    pub(super) fn stream(&self) -> Stream<'_> {
        Stream(match self {
            Self::Memory(bytes) => Inner::Memory(Cursor::new(bytes)),
            Self::File(file) => Inner::File(FileStream {
                file,
                at: 0,
                ahead: Vec::new(),
                ahead_at: 0,
            }),
        })
    }

    /// Why it cannot be relied on, if reading failed or the file changed since it was opened.
    pub(super) fn fault(&self) -> Option<Fault> {
        match self {
            Self::Memory(_) => None,
            Self::File(file) => file.fault(),
        }
    }
}

/// A file that was opened once, and is not opened again.
#[derive(Debug)]
pub(super) struct OpenFile {
    file: Mutex<File>,
    head: Vec<u8>,
    state: State,
    fault: OnceLock<Fault>,
}

/// What shows that a file changed.
#[derive(Debug, PartialEq, Eq)]
struct State {
    len: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

impl OpenFile {
    /// Takes an open file and its first bytes.
    ///
    /// # Errors
    /// The system does not tell its length.
    pub(super) fn new(file: File, head: Vec<u8>) -> io::Result<Self> {
        let state = State::of(&file.metadata()?);
        Ok(Self {
            file: Mutex::new(file),
            head,
            state,
            fault: OnceLock::new(),
        })
    }

    /// Fills the buffer with the bytes that stand at this place, which are there unless the file became shorter.
    fn fill(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file
            .seek(SeekFrom::Start(at))
            .and_then(|_| file.read_exact(buffer));
        read.inspect_err(|error| {
            self.fault.get_or_init(|| match error.kind() {
                io::ErrorKind::UnexpectedEof => changed(),
                _ => Fault::new(FaultKind::Unreadable, error.to_string()),
            });
        })
    }

    fn fault(&self) -> Option<Fault> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let same = file
            .metadata()
            .is_ok_and(|metadata| State::of(&metadata) == self.state);
        if !same {
            self.fault.get_or_init(changed);
        }
        self.fault.get().cloned()
    }
}

fn changed() -> Fault {
    let message = "the file changed while it was read; check it again when nothing writes to it";
    Fault::new(FaultKind::Unreadable, message)
}

/// A reader of an asset's whole content, wherever that is.
#[derive(Debug)]
pub struct Stream<'a>(Inner<'a>);

#[derive(Debug)]
enum Inner<'a> {
    Memory(Cursor<&'a Vec<u8>>),
    File(FileStream<'a>),
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Memory(bytes) => bytes.read(buffer),
            Inner::File(file) => file.read(buffer),
        }
    }
}

impl Seek for Stream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Inner::Memory(bytes) => bytes.seek(to),
            Inner::File(file) => file.seek(to),
        }
    }
}

/// A place in an open file, with what was read ahead there. Seeking only moves the place.
#[derive(Debug)]
struct FileStream<'a> {
    file: &'a OpenFile,
    at: u64,
    ahead: Vec<u8>,
    /// Where what was read ahead stands.
    ahead_at: u64,
}

impl FileStream<'_> {
    /// What was read ahead from here on.
    fn ahead(&self) -> &[u8] {
        let skip = self.at.checked_sub(self.ahead_at);
        let skip = skip.and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.ahead.get(skip..))
            .unwrap_or_default()
    }

    fn read_ahead(&mut self, left: u64) -> io::Result<()> {
        let len = usize::try_from(left).unwrap_or(READ_AHEAD).min(READ_AHEAD);
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.resize(len, 0);
        self.file.fill(self.at, &mut ahead)?;
        (self.ahead, self.ahead_at) = (ahead, self.at);
        Ok(())
    }
}

impl Read for FileStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.state.len.saturating_sub(self.at);
        if left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        if self.ahead().is_empty() {
            if buffer.len() >= READ_AHEAD {
                let len = usize::try_from(left)
                    .unwrap_or(usize::MAX)
                    .min(buffer.len());
                let wanted = buffer.get_mut(..len).unwrap_or_default();
                self.file.fill(self.at, wanted)?;
                self.at = self.at.saturating_add(len as u64);
                return Ok(len);
            }
            self.read_ahead(left)?;
        }
        let read = self.ahead().read(buffer)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for FileStream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.state.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning");
        self.at = at.ok_or_else(before)?;
        Ok(self.at)
    }
}
