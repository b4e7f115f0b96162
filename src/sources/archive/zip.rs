//! zip archives: the members that the directory at the end lists, and those that it does not. Members are read where they
//! lie, when their turn comes.

mod directory;
mod entry;
mod layout;
mod salvage;

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use flate2::read::DeflateDecoder;

use super::super::open::{check_len, read_limited};
use super::super::span::Span;
use super::member::{Beside, Data, Member, Members, damaged};
use super::names;
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use directory::{Directory, Entries};
use entry::{Entry, LOCAL, local_len};
use layout::Layout;
use salvage::Salvage;

pub(super) use directory::is_there;

/// What deflate can grow by at the most: no claim of more is believed.
const MAX_GROWTH: u64 = 1032;

/// Method: as it is.
const STORED: u16 = 0;

/// Method: deflate.
const DEFLATED: u16 = 8;

/// The members of an archive, in the order of its directory; without a directory, those that can be found from the front.
pub(super) fn members(span: &Span, limits: &Limits) -> Members {
    let Some(directory) = Directory::find(span) else {
        return Box::new(Salvage::all(span.clone(), limits));
    };
    let mut layout = Layout::read(span, &directory, limits);
    let unlisted: Vec<_> = layout
        .unlisted
        .iter()
        .map(|place| Salvage::unlisted(span.clone(), *place, limits))
        .collect();
    let miscount = layout.miscount.take().map(Err);
    let more = layout.more.take().map(Err);
    let listed = Listed {
        span: span.clone(),
        base: directory.base,
        entries: directory.entries(span),
        layout: Arc::new(layout),
        broken: false,
    };
    let unlisted = unlisted.into_iter().flatten();
    Box::new(listed.chain(unlisted).chain(more).chain(miscount))
}

/// The members that a directory lists.
struct Listed {
    span: Span,
    base: u64,
    entries: Entries,
    layout: Arc<Layout>,
    broken: bool,
}

impl Iterator for Listed {
    type Item = Result<Member, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken {
            match self.entries.next()? {
                Ok(entry) if entry.is_file() => return Some(Ok(self.member(entry))),
                Ok(_) => {}
                Err(fault) => {
                    self.broken = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}

impl Listed {
    fn member(&self, entry: Entry) -> Member {
        let at = self.base.saturating_add(entry.local_at);
        let data = if entry.encrypted {
            Data::Refused(encrypted())
        } else if self.layout.overlapped.contains(&at) {
            Data::Refused(damaged(
                "its bytes overlap those of another member, as in archives that are made to do harm, so it was not read",
            ))
        } else {
            Data::Packed(Packed::listed(&self.span, at, &entry))
        };
        let beside = match names::is_manifest(&entry.name) {
            true => None,
            false => self.layout.manifests.get(names::stem(&entry.name)).cloned(),
        };
        Member {
            mark: at ^ u64::from(entry.crc).rotate_left(32),
            size: entry.size,
            beside: beside.map(|(name, packed)| Beside {
                name,
                data: Data::Packed(packed),
            }),
            name: entry.name,
            data,
        }
    }
}

/// Manifests by the names of their images, without endings.
type Manifests = HashMap<Vec<u8>, (Vec<u8>, Packed)>;

fn encrypted() -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        "it is encrypted; unpack it with its password and scan that",
    )
}

/// The bytes of a member, as they lie in an archive.
#[derive(Clone)]
pub(super) struct Packed {
    span: Span,
    /// Where it begins: with its own header, or without.
    at: u64,
    packed_len: u64,
    size: u64,
    crc: u32,
    method: u16,
    header: bool,
}

impl Packed {
    /// The bytes of a member that is listed, behind its own header.
    fn listed(span: &Span, at: u64, entry: &Entry) -> Self {
        Self {
            span: span.clone(),
            at,
            packed_len: entry.packed_len,
            size: entry.size,
            crc: entry.crc,
            method: entry.method,
            header: true,
        }
    }

    /// The bytes, within the limits, if they are what the directory says.
    pub(super) fn read(&self, limits: &Limits) -> Result<Vec<u8>, Fault> {
        check_len(self.size, limits)?;
        let packed = self.part()?;
        // A claim is no reason to allocate what cannot come out.
        let expected = self.size.min(self.packed_len.saturating_mul(MAX_GROWTH));
        let bytes = match self.method {
            STORED => read_limited(packed.reader(), expected, limits)?,
            DEFLATED => {
                let claimed = self.size.saturating_add(1);
                let inflated = DeflateDecoder::new(packed.reader()).take(claimed);
                read_limited(inflated, expected, limits)?
            }
            other => return Err(unknown_method(other)),
        };
        self.check(&bytes)?;
        Ok(bytes)
    }

    /// Its bytes in the archive, if they are there as they are.
    pub(super) fn stored(&self) -> Option<Span> {
        match self.method {
            STORED => self.part().ok(),
            _ => None,
        }
    }

    fn part(&self) -> Result<Span, Fault> {
        let header = match self.header {
            true => self.header_len()?,
            false => 0,
        };
        let start = self.at.saturating_add(header);
        let part = self.span.part(start, self.packed_len);
        part.ok_or_else(|| damaged("the archive ends before it does"))
    }

    fn header_len(&self) -> Result<u64, Fault> {
        let header = self.span.array(self.at);
        let len = header
            .as_ref()
            .and_then(|header| header.starts_with(LOCAL).then(|| local_len(header)));
        len.ok_or_else(|| {
            damaged(format!(
                "it should begin at byte {} of the archive, and does not",
                self.at
            ))
        })
    }

    fn check(&self, bytes: &[u8]) -> Result<(), Fault> {
        if bytes.len() as u64 != self.size {
            return Err(damaged(format!(
                "it should be {} bytes long, and is not",
                self.size
            )));
        }
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        match crc.sum() == self.crc {
            true => Ok(()),
            false => Err(damaged(
                "its checksum does not match: it is not as it was packed",
            )),
        }
    }
}

fn unknown_method(method: u16) -> Fault {
    let name = match method {
        9 => " (Deflate64)",
        12 => " (bzip2)",
        14 => " (LZMA)",
        93 => " (Zstandard)",
        95 => " (xz)",
        _ => "",
    };
    let message = format!(
        "it is packed by method {method}{name}, which is not read here; unpack the archive and scan that"
    );
    Fault::new(FaultKind::Unsupported, message)
}
