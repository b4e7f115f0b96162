//! One member of an archive, before its turn has come: what it is called, and where its bytes are.

use std::io::Read as _;

use super::super::open::read_limited;
use super::super::span::Span;
use super::zip::Packed;
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// A member as its archive lists it.
pub(super) struct Member {
    /// Its name, as it stands there.
    pub(super) name: Vec<u8>,
    /// Its length, as it is claimed.
    pub(super) size: u64,
    /// What tells it from what stood at its place before: where it lies, and its checksum if there is one.
    pub(super) mark: u64,
    /// Its bytes.
    pub(super) data: Data,
    /// The manifest that lies beside it.
    pub(super) beside: Option<Beside>,
}

/// The manifest of a member: another member.
#[derive(Clone)]
pub(super) struct Beside {
    /// The last part of its name.
    pub(super) name: Vec<u8>,
    pub(super) data: Data,
}

/// Where the bytes of a member are.
#[derive(Clone)]
pub(super) enum Data {
    /// In the archive, as they are.
    Part(Span),
    /// In a zip archive.
    Packed(Packed),
    /// Here.
    Memory(Vec<u8>),
    /// Nowhere that they may be read from.
    Refused(Fault),
}

/// What goes on member by member, until the archive ends or breaks.
pub(super) type Members = Box<dyn Iterator<Item = Result<Member, Fault>> + Send>;

impl Data {
    /// The bytes, within the limits.
    pub(super) fn read(self, limits: &Limits) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Part(span) => {
                let bytes = read_limited(span.reader(), span.len(), limits)?;
                match bytes.len() as u64 == span.len() {
                    true => Ok(bytes),
                    false => Err(damaged("the archive became shorter while it was read")),
                }
            }
            Self::Packed(packed) => packed.read(limits),
            Self::Memory(bytes) => Ok(bytes),
            Self::Refused(fault) => Err(fault),
        }
    }

    /// The first bytes, as many as could be read.
    pub(super) fn head(&self, most: u64) -> Vec<u8> {
        match self {
            Self::Part(span) => span.head(most),
            Self::Memory(bytes) => {
                let mut head = Vec::new();
                let _ = bytes.as_slice().take(most).read_to_end(&mut head);
                head
            }
            Self::Packed(_) | Self::Refused(_) => Vec::new(),
        }
    }

    /// Whether they may be read at all.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// How many bytes of memory it holds.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Memory(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// Its bytes as something to read at any place: where they lie if they can be read there, else in memory.
    pub(super) fn into_span(self, limits: &Limits) -> Result<Span, Fault> {
        match self {
            Self::Part(span) => Ok(span),
            Self::Packed(packed) => match packed.stored() {
                Some(span) => Ok(span),
                None => packed.read(limits).map(Span::of_memory),
            },
            Self::Memory(bytes) => Ok(Span::of_memory(bytes)),
            Self::Refused(fault) => Err(fault),
        }
    }
}

/// A fault of an archive that is not as it should be.
pub(super) fn damaged(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Malformed, message)
}
