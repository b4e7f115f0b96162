//! tar archives: a header in front of each member. A plain one is read where its members lie; a compressed one as it comes.

mod header;
mod keyed;
mod tape;

use std::collections::HashMap;
use std::io;

use super::super::span::Span;
use super::member::{Beside, Data, Member, Members, damaged};
use super::names;
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use header::{BLOCK, Header, Kind, Override};
use keyed::Keyed;
use tape::{SpanTape, Stream, Tape};

/// Longest name or set of properties that stands in front of a header.
const MAX_EXTENSION: u64 = 1 << 20;

/// Most such extensions in front of one member.
const MAX_EXTENSIONS: usize = 64;

/// The members of a plain archive, in its order.
pub(super) fn members(span: &Span, limits: &Limits) -> Members {
    let manifests = manifests(span, limits);
    let tar = Tar::new(SpanTape::new(span.clone()));
    let members = tar.map(move |member| {
        let mut member = member?;
        if !names::is_manifest(&member.name) {
            member.beside = manifests.get(names::stem(&member.name)).cloned();
        }
        Ok(member)
    });
    Box::new(Keyed::new(members, false))
}

/// The members of an archive that comes as a stream, read into memory one after the other.
pub(super) fn streamed(stream: Box<dyn io::Read + Send>, limits: &Limits) -> Members {
    let tar = Tar::new(Stream::new(stream, limits.max_bytes));
    Box::new(Keyed::new(tar, true))
}

/// The manifests of a plain archive, by the names of their images without endings.
fn manifests(span: &Span, limits: &Limits) -> HashMap<Vec<u8>, Beside> {
    Tar::new(SpanTape::new(span.clone()))
        .map_while(Result::ok)
        .take(limits.max_members)
        .filter(|member| names::is_manifest(&member.name))
        .map(|member| {
            let beside = Beside {
                name: names::base(&member.name).to_vec(),
                data: member.data,
            };
            (names::stem(&member.name).to_vec(), beside)
        })
        .collect()
}

/// Reads an archive header by header. After an error there is nothing more.
struct Tar<T> {
    tape: T,
    /// The last block was one that ends an archive, or none was read yet.
    at_end: bool,
    ended: bool,
}

impl<T: Tape> Tar<T> {
    fn new(tape: T) -> Self {
        Self {
            tape,
            at_end: true,
            ended: false,
        }
    }

    /// The next member that is a file.
    fn member(&mut self) -> Result<Option<Member>, Fault> {
        let mut wishes = Override::default();
        let mut extensions = 0;
        loop {
            let Some((at, header)) = self.header()? else {
                return Ok(None);
            };
            match header.kind {
                Kind::Properties | Kind::LongName => {
                    extensions += 1;
                    if extensions > MAX_EXTENSIONS || header.size > MAX_EXTENSION {
                        return Err(broken(at, "what stands in front of a member is too long"));
                    }
                    let bytes = self.data(header.size)?;
                    match header.kind {
                        Kind::LongName => wishes.set_name(&bytes),
                        _ => wishes.read(&bytes),
                    }
                }
                Kind::File | Kind::Sparse | Kind::Foreign => {
                    let kind = header.kind;
                    let member = self.file(at, header, std::mem::take(&mut wishes))?;
                    // The old form says nothing of folders but the end of their names.
                    let empty = kind == Kind::Foreign || member.name.ends_with(b"/");
                    if member.size > 0 || !empty {
                        return Ok(Some(member));
                    }
                }
                Kind::Other => {
                    self.tape.skip(padded(header.size)).map_err(unreadable)?;
                    wishes = Override::default();
                }
            }
        }
    }

    fn file(&mut self, at: u64, header: Header, wishes: Override) -> Result<Member, Fault> {
        let size = wishes.size.unwrap_or(header.size);
        let name = wishes.name.unwrap_or(header.name);
        let name = names::plain(&name).to_vec();
        let refused = match header.kind {
            Kind::Foreign => Some(
                "its kind is one that is not read here: a part of a file, or something that only tar makes; unpack the archive and scan that",
            ),
            kind => (wishes.sparse || kind == Kind::Sparse).then_some(
                "it is packed as a file with holes, which is not read here; unpack the archive and scan that",
            ),
        };
        let mut data = self.tape.take(size).map_err(unreadable)?;
        // That the archive is cut off is said by the member.
        self.at_end = !data.is_there();
        let rest = padded(size).saturating_sub(size);
        self.tape.skip(rest).map_err(unreadable)?;
        if let Some(why) = refused {
            data = Data::Refused(Fault::new(FaultKind::Unsupported, why));
        }
        Ok(Member {
            name,
            size,
            mark: at,
            data,
            beside: None,
        })
    }

    /// The next header and where it stands. Empty blocks are passed over: archives that were joined have some between them.
    fn header(&mut self) -> Result<Option<(u64, Header)>, Fault> {
        loop {
            let at = self.tape.at();
            let mut block = [0; BLOCK];
            let read = self.tape.fill(&mut block).map_err(unreadable)?;
            if read == 0 {
                return match self.at_end {
                    true => Ok(None),
                    false => Err(broken(
                        at,
                        "it ends without the mark of an end, so that members may be missing",
                    )),
                };
            }
            let block = block.get(..read).unwrap_or_default();
            self.at_end = block.iter().all(|byte| *byte == 0);
            if self.at_end {
                continue;
            }
            let whole = block.first_chunk::<BLOCK>();
            let Some(whole) = whole else {
                return Err(broken(at, "it is cut off there"));
            };
            let header = Header::read(whole);
            return header
                .map(|header| Some((at, header)))
                .ok_or_else(|| broken(at, "there is no header where one should be"));
        }
    }

    /// The bytes of an extension.
    fn data(&mut self, size: u64) -> Result<Vec<u8>, Fault> {
        let at = self.tape.at();
        let mut bytes = vec![0; usize::try_from(padded(size)).unwrap_or_default()];
        let read = self.tape.fill(&mut bytes).map_err(unreadable)?;
        let size = usize::try_from(size).unwrap_or_default();
        if read < size {
            return Err(broken(at, "it is cut off there"));
        }
        bytes.truncate(size);
        Ok(bytes)
    }
}

impl<T: Tape> Iterator for Tar<T> {
    type Item = Result<Member, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let member = self.member().transpose();
        self.ended = !matches!(member, Some(Ok(_)));
        member
    }
}

/// A length with what fills its last block.
fn padded(size: u64) -> u64 {
    size.saturating_add(BLOCK as u64 - 1) & !(BLOCK as u64 - 1)
}

fn broken(at: u64, what: &str) -> Fault {
    damaged(format!(
        "the archive is damaged at byte {at}: {what}; what comes after was not read"
    ))
}

fn unreadable(error: io::Error) -> Fault {
    match error.downcast::<Fault>() {
        Ok(fault) => fault,
        Err(error) => damaged(format!(
            "the archive breaks off: {error}; what comes after was not read"
        )),
    }
}
