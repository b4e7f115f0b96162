//! From the members of an archive to inputs: named, held to the limits, and opened where they are archives themselves.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::form::{Form, HEAD};
use super::member::{Beside, Data, Member, Members};
use super::{Whole, names};
use crate::asset::{Format, Sidecar};
use crate::error::{Fault, FaultKind};
use crate::sources::open::no_sidecar;
use crate::sources::span::Span;
use crate::sources::{Input, Inputs, Name, Opened, Place, Stamp};

/// Goes through the members of an archive, and of the archives in it.
pub(super) struct Walk {
    whole: Whole,
    members: Members,
    /// Hashes of the names that were given out.
    names: HashSet<u64>,
    /// The members of the archive that was met last.
    within: Option<Inputs>,
    ended: bool,
    /// No member was passed on yet.
    first: bool,
}

impl Walk {
    pub(super) fn new(whole: Whole, members: Members) -> Self {
        Self {
            whole,
            members,
            names: HashSet::new(),
            within: None,
            ended: false,
            first: true,
        }
    }

    /// What went wrong with the archive, as an input that was lost.
    fn lost(&mut self, fault: Fault) -> Input {
        self.ended = true;
        Input::lost(Path::new(&self.whole.name), fault).found()
    }

    /// A name that no other member has, so that each has an answer of its own.
    fn name(&mut self, label: &[u8]) -> OsString {
        let first = names::joined(&self.whole.name, label);
        let mut name = first.clone();
        for number in 2_u32.. {
            if self.names.insert(xxh3_64(name.as_encoded_bytes())) {
                break;
            }
            name.clone_from(&first);
            name.push(format!(" ({number})"));
        }
        name
    }

    /// The input that a member is; none where it is an archive, whose members come next.
    fn input(&mut self, member: Member) -> Option<Input> {
        // What is larger than any file may be is not unpacked, whatever is claimed of it.
        let fits = member.size <= self.whole.limits.max_bytes;
        if let Err(fault) = self.whole.budget.spend(if fits { member.size } else { 0 }) {
            return Some(self.lost(fault));
        }
        let name = self.name(&member.name);
        let fault = names::refused(&member.name);
        let stamp = self.stamp(&member);
        let member_size = member.size;
        let (place, kept) = match (fault, member.data) {
            (Some(fault), _) | (None, Data::Refused(fault)) => (Place::Lost(fault), 0),
            (None, data) if Form::of_name(&member.name).is_some() => {
                return self.archive(name, stamp, data);
            }
            (None, data) => place(data, member.beside),
        };
        Some(Input {
            kept: kept.saturating_add(self.share(member_size)),
            ..found(name, place, stamp)
        })
    }

    /// What a member counts of the memory that its archive is kept in: the first one all of it, since it may be the only
    /// one that anybody wants, and the others as much as they may be of it.
    fn share(&mut self, size: u64) -> u64 {
        let first = std::mem::replace(&mut self.first, false);
        match first {
            true => self.whole.kept,
            false => self.whole.kept.min(size),
        }
    }

    /// As long as the archive is the same, so is what lies at a place in it.
    fn stamp(&self, member: &Member) -> Stamp {
        let archive = self.whole.stamp;
        let seed = archive.inode ^ archive.bytes.rotate_left(32);
        let place = [member.mark.to_le_bytes(), member.size.to_le_bytes()].concat();
        Stamp {
            bytes: member.size,
            modified: archive.modified,
            inode: xxh3_64_with_seed(&place, seed),
        }
    }

    /// Goes on with the members of an archive within this one; gives an input where it cannot be opened, or is no archive.
    fn archive(&mut self, name: OsString, stamp: Stamp, data: Data) -> Option<Input> {
        let span = match self.whole.depth {
            0 => data.into_span(&self.whole.limits),
            _ => Err(Fault::new(
                FaultKind::Limit,
                "an archive in an archive that lies in an archive itself is not opened; unpack the outer one and scan that",
            )),
        };
        let span = match span {
            Ok(span) if Format::sniff(&span.head(HEAD)).is_some() => {
                return Some(itself(name, stamp, span));
            }
            Ok(span) => span,
            Err(fault) => return Some(found(name, Place::Lost(fault), stamp)),
        };
        let whole = Whole {
            name,
            stamp,
            depth: self.whole.depth + 1,
            kept: span.kept(),
            budget: Arc::clone(&self.whole.budget),
            limits: self.whole.limits.clone(),
        };
        self.within = Some(whole.walk(&span));
        None
    }
}

impl Iterator for Walk {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.within.as_mut().and_then(Iterator::next) {
                return Some(input);
            }
            self.within = None;
            if self.ended {
                return None;
            }
            match self.members.next()? {
                Ok(member) => {
                    if let Some(input) = self.input(member) {
                        return Some(input);
                    }
                }
                Err(fault) => return Some(self.lost(fault)),
            }
        }
    }
}

/// What is named like an archive and is a file like any other.
pub(super) fn itself(name: OsString, stamp: Stamp, span: Span) -> Input {
    Input {
        kept: span.kept(),
        ..found(name, place(Data::Part(span), None).0, stamp)
    }
}

fn found(name: OsString, place: Place, stamp: Stamp) -> Input {
    Input {
        stamp: Some(stamp),
        ..Input::named(Name::new(name), place).found()
    }
}

/// Where the bytes of a member are, with those of the manifest beside it, and how many are in memory out of sight.
fn place(data: Data, beside: Option<Beside>) -> (Place, u64) {
    let kept = data.held() + beside.as_ref().map_or(0, |beside| beside.data.held());
    let place = match (data, beside) {
        (Data::Memory(bytes), None) => return (Place::Memory(bytes), 0),
        (data, beside) => Place::Within(Box::new(move |limits| {
            let bytes = data.read(limits)?;
            let beside = beside.map(|beside| {
                let name = String::from_utf8_lossy(&beside.name).into_owned();
                match beside.data.read(limits) {
                    Ok(bytes) => Ok(Sidecar {
                        name,
                        bytes: bytes.into(),
                    }),
                    Err(fault) => Err(no_sidecar(&name, &fault)),
                }
            });
            Ok(Opened {
                bytes,
                sidecar: beside.transpose(),
            })
        })),
    };
    (place, kept as u64)
}
