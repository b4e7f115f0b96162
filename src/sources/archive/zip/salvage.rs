//! Members of a zip archive that no directory lists: those of an archive that was cut off, or that somebody left out of it.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

use super::super::super::span::Span;
use super::super::member::{Data, Member, damaged};
use super::entry::{Entry, LOCAL, LOCAL_LEN, local_len, local_lens};
use super::{DEFLATED, Packed, encrypted};
use crate::asset::Limits;
use crate::error::Fault;

const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Goes from member to member by the headers in front of them.
pub(super) struct Salvage {
    span: Span,
    at: u64,
    end: u64,
    /// Most bytes that a member inflates to.
    most: u64,
    /// The archive has no directory, which is to be said once no more members are found.
    broken: bool,
}

impl Salvage {
    /// The whole of an archive without a directory.
    pub(super) fn all(span: Span, limits: &Limits) -> Self {
        Self {
            at: 0,
            end: span.len(),
            span,
            most: limits.max_bytes,
            broken: true,
        }
    }

    /// A stretch between listed members.
    pub(super) fn unlisted(span: Span, (from, to): (u64, u64), limits: &Limits) -> Self {
        Self {
            span,
            at: from,
            end: to,
            most: limits.max_bytes,
            broken: false,
        }
    }
}

impl Iterator for Salvage {
    type Item = Result<Member, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut endless = None;
        while endless.is_none() && self.at < self.end {
            let Some(entry) = header(&self.span, self.at) else {
                break;
            };
            let name = entry.name.clone();
            match self.member(entry) {
                Some(Some(member)) => return Some(Ok(member)),
                Some(None) => {}
                None => endless = Some(name),
            }
        }
        let at = std::mem::replace(&mut self.at, self.end);
        if std::mem::take(&mut self.broken) {
            return Some(Err(damaged(format!(
                "the archive was cut off or is damaged: it has no directory at its end, and nothing is read after byte {at}"
            ))));
        }
        endless.map(|name| Ok(hidden(name, at)))
    }
}

impl Salvage {
    /// The member with this header, where it is a file; `None` if nobody can tell where it ends.
    fn member(&mut self, mut entry: Entry) -> Option<Option<Member>> {
        let header: [u8; LOCAL_LEN] = self.span.array(self.at)?;
        let start = self.at.checked_add(local_len(&header))?;
        if entry.lengths_follow && entry.packed_len == 0 {
            if entry.method != DEFLATED || entry.encrypted {
                return None;
            }
            let found = measure(&self.span.from(start), self.most).ok()??;
            (entry.packed_len, entry.size, entry.crc) = found;
        }
        let end = start.checked_add(entry.packed_len)?;
        if end > self.end {
            return None;
        }
        self.at = end + descriptor_len(&self.span, end);
        let packed = Packed {
            span: self.span.clone(),
            at: start,
            packed_len: entry.packed_len,
            size: entry.size,
            crc: entry.crc,
            method: entry.method,
            header: false,
        };
        Some(entry.is_file().then(|| Member {
            mark: start ^ u64::from(entry.crc).rotate_left(32),
            size: entry.size,
            data: match entry.encrypted {
                true => Data::Refused(encrypted()),
                false => Data::Packed(packed),
            },
            beside: None,
            name: entry.name,
        }))
    }
}

/// A member that is not read, nor what may follow it there.
fn hidden(name: Vec<u8>, at: u64) -> Member {
    let fault = damaged(format!(
        "the directory of the archive leaves it out, and nobody can tell where it ends, so that it was not read, nor anything that the directory leaves out right after it (at byte {at}); unpack the archive with a program that repairs it"
    ));
    Member {
        mark: at,
        size: 0,
        data: Data::Refused(fault),
        beside: None,
        name,
    }
}

/// The header at this place, if there is one.
fn header(span: &Span, at: u64) -> Option<Entry> {
    let fixed: [u8; LOCAL_LEN] = span.array(at)?;
    if !fixed.starts_with(LOCAL) {
        return None;
    }
    let [name_len, extra_len] = local_lens(&fixed).map(|len| len as u64);
    let name_at = at.checked_add(LOCAL_LEN as u64)?;
    let name = span.part(name_at, name_len)?.head(name_len);
    let extra = span.part(name_at + name_len, extra_len)?.head(extra_len);
    Some(Entry::local(at, &fixed, name, &extra))
}

/// Length of what may stand behind a member: its checksum and lengths, of 32 or 64 bits each.
pub(super) fn descriptor_len(span: &Span, at: u64) -> u64 {
    let is = |at: u64| span.array::<2>(at).is_some_and(|bytes| bytes == *b"PK");
    match span.array::<4>(at) {
        Some(bytes) if bytes == *DESCRIPTOR => {
            if !is(at + 16) && is(at + 24) {
                24
            } else {
                16
            }
        }
        _ => 0,
    }
}

/// How long a deflated member is, packed and inflated, and its checksum: the stream itself says where it ends.
fn measure(span: &Span, most: u64) -> io::Result<Option<(u64, u64, u32)>> {
    let mut inflate = Decompress::new(false);
    let mut crc = flate2::Crc::new();
    let (mut packed, mut out) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    loop {
        let read = span.read_at(inflate.total_in(), &mut packed)?;
        if read == 0 {
            return Ok(None);
        }
        let before = (inflate.total_in(), inflate.total_out());
        let given = packed.get(..read).unwrap_or_default();
        let status = inflate.decompress(given, &mut out, FlushDecompress::None)?;
        let made = usize::try_from(inflate.total_out() - before.1).unwrap_or_default();
        crc.update(out.get(..made).unwrap_or_default());
        match status {
            Status::StreamEnd => {
                return Ok(Some((inflate.total_in(), inflate.total_out(), crc.sum())));
            }
            _ if inflate.total_out() > most => return Ok(None),
            _ if before == (inflate.total_in(), inflate.total_out()) => return Ok(None),
            _ => {}
        }
    }
}
