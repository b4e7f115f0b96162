//! What a tar archive is read from: a span, in which a member is only a place, or a stream, which has to be read through.

use std::io::{self, Read};

use super::super::super::open::read_limited;
use super::super::super::span::Span;
use super::super::member::{Data, damaged};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// Something that is read from its beginning to its end.
pub(super) trait Tape {
    /// How much was read or passed over.
    fn at(&self) -> u64;

    /// Fills the buffer as far as the bytes go.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Passes over so many bytes.
    fn skip(&mut self, len: u64) -> io::Result<()>;

    /// The next bytes, as those of a member. That they are not all there is no error, but a fault of the member.
    fn take(&mut self, len: u64) -> io::Result<Data>;
}

/// A span, of which nothing is read but headers.
pub(super) struct SpanTape {
    span: Span,
    at: u64,
}

impl SpanTape {
    pub(super) fn new(span: Span) -> Self {
        Self { span, at: 0 }
    }
}

impl Tape for SpanTape {
    fn at(&self) -> u64 {
        self.at
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len() as u64;
        let mut rest = buffer;
        let mut reader = self.span.from(self.at).reader().take(wanted);
        let mut read = 0;
        loop {
            match reader.read(rest) {
                Ok(0) => break,
                Ok(more) => {
                    read += more;
                    rest = rest.get_mut(more..).unwrap_or_default();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at += read as u64;
        Ok(read)
    }

    fn skip(&mut self, len: u64) -> io::Result<()> {
        self.at = self.at.saturating_add(len).min(self.span.len());
        Ok(())
    }

    fn take(&mut self, len: u64) -> io::Result<Data> {
        let part = self.span.part(self.at, len);
        self.at = self.at.saturating_add(len).min(self.span.len());
        Ok(part.map_or_else(|| Data::Refused(cut_off()), Data::Part))
    }
}

/// A stream, of which each member is read into memory.
pub(super) struct Stream {
    reader: Box<dyn Read + Send>,
    limits: Limits,
    at: u64,
}

impl Stream {
    /// Members longer than `most` are passed over, and said to be.
    pub(super) fn new(reader: Box<dyn Read + Send>, most: u64) -> Self {
        let limits = Limits {
            max_bytes: most,
            ..Limits::default()
        };
        Self {
            reader,
            limits,
            at: 0,
        }
    }
}

/// Bytes that are made room for before they are there: a header may claim any length.
const BELIEVED: u64 = 1 << 20;

impl Tape for Stream {
    fn at(&self) -> u64 {
        self.at
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at += filled as u64;
        Ok(filled)
    }

    fn skip(&mut self, len: u64) -> io::Result<()> {
        let passed = io::copy(&mut (&mut self.reader).take(len), &mut io::sink())?;
        self.at += passed;
        Ok(())
    }

    fn take(&mut self, len: u64) -> io::Result<Data> {
        if len > self.limits.max_bytes {
            self.skip(len)?;
            let fault = read_limited(io::empty(), len, &self.limits);
            return Ok(Data::Refused(fault.err().unwrap_or_else(cut_off)));
        }
        let mut bytes = Vec::new();
        let room = usize::try_from(len.min(BELIEVED)).unwrap_or_default();
        bytes.try_reserve_exact(room).map_err(|_| {
            io::Error::other(Fault::new(FaultKind::Limit, "not enough memory to read it"))
        })?;
        (&mut self.reader).take(len).read_to_end(&mut bytes)?;
        self.at += bytes.len() as u64;
        Ok(match bytes.len() as u64 == len {
            true => Data::Memory(bytes),
            false => Data::Refused(cut_off()),
        })
    }
}

fn cut_off() -> Fault {
    damaged("the archive is cut off before the end of this member; what came after it was not read")
}
