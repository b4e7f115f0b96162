//! Members of a tar archive that belong together, as in the shards of WebDataset: those that follow each other and have the
//! same key, which is their name up to its first dot. What describes a picture there is no file of its own.

use std::collections::{HashMap, HashSet, VecDeque};

use xxhash_rust::xxh3::xxh3_64;

use super::super::member::{Beside, Data, Member, damaged};
use super::super::{is_archive, names};
use crate::asset::{Format, MediaKind};
use crate::error::{Fault, FaultKind};

/// Most members that are held back until all of a key are there.
const MAX_MEMBERS: usize = 64;

/// Most bytes of them in memory.
const MAX_HELD: usize = 64 << 20;

/// Bytes of a member that tell what it is.
const HEAD: u64 = 4 << 10;

/// Most bytes of manifests that are kept for images that come later.
const MAX_MANIFESTS: usize = 64 << 20;

/// Puts members together, and leaves out those that only describe others.
pub(super) struct Keyed<I> {
    members: I,
    /// The first member after the group.
    next: Option<Result<Member, Fault>>,
    ready: VecDeque<Member>,
    /// In a stream, manifests that came before their images.
    manifests: Option<Manifests>,
}

/// Manifests of a stream, which is read once.
#[derive(Default)]
struct Manifests {
    kept: HashMap<Vec<u8>, Beside>,
    bytes: usize,
    /// Hashes of the names, without endings, of what has passed.
    passed: HashSet<u64>,
}

impl<I: Iterator<Item = Result<Member, Fault>>> Keyed<I> {
    /// `streamed`: manifests are not known before they come.
    pub(super) fn new(members: I, streamed: bool) -> Self {
        Self {
            members,
            next: None,
            ready: VecDeque::new(),
            manifests: streamed.then(Manifests::default),
        }
    }

    /// Fills `ready` with the members of one key; an error that stands in front of them comes first.
    fn read_group(&mut self) -> Option<Result<(), Fault>> {
        let first = match self.next.take().or_else(|| self.members.next())? {
            Ok(first) => first,
            Err(fault) => return Some(Err(fault)),
        };
        let key = names::key(&first.name).to_vec();
        let mut held = first.data.held();
        let mut group = vec![first];
        while group.len() < MAX_MEMBERS && held < MAX_HELD {
            match self.members.next() {
                Some(Ok(member)) if names::key(&member.name) == key => {
                    held = held.saturating_add(member.data.held());
                    group.push(member);
                }
                other => {
                    self.next = other;
                    break;
                }
            }
        }
        if let Some(manifests) = &mut self.manifests {
            manifests.attach(&mut group);
        }
        self.ready.extend(without_descriptions(group));
        Some(Ok(()))
    }
}

impl<I: Iterator<Item = Result<Member, Fault>>> Iterator for Keyed<I> {
    type Item = Result<Member, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(member) = self.ready.pop_front() {
                return Some(Ok(member));
            }
            if let Err(fault) = self.read_group()? {
                return Some(Err(fault));
            }
        }
    }
}

/// The members of a group; where there is a picture among them, without those that are nothing that is read here, by name
/// and by content.
fn without_descriptions(group: Vec<Member>) -> Vec<Member> {
    if group.len() == 1 {
        return group;
    }
    let formats: Vec<Option<Format>> = group
        .iter()
        .map(|member| Format::sniff(&member.data.head(HEAD)))
        .collect();
    if !formats.iter().flatten().any(|format| format.is_picture()) {
        return group;
    }
    let stays = |(member, format): (Member, Option<Format>)| {
        let named = std::str::from_utf8(&member.name).ok();
        let expected = named.is_none_or(|name| MediaKind::expected_of(name).is_some());
        let refused = names::refused(&member.name).is_some() || !member.data.is_there();
        let archive = is_archive(&member.name, &member.data.head(HEAD));
        (format.is_some() || expected || refused || archive).then_some(member)
    };
    group.into_iter().zip(formats).filter_map(stays).collect()
}

impl Manifests {
    /// Gives the members of a group their manifests, which came before or with them.
    fn attach(&mut self, group: &mut [Member]) {
        for member in group.iter_mut().filter(|one| names::is_manifest(&one.name)) {
            let stem = names::stem(&member.name).to_vec();
            if self.passed.contains(&xxh3_64(&stem)) {
                member.data = Data::Refused(damaged(
                    "this manifest came after the image that it belongs to, which was checked without it; unpack the archive and scan that",
                ));
                continue;
            }
            let held = member.data.held();
            if self.bytes.saturating_add(held) > MAX_MANIFESTS {
                member.data = Data::Refused(Fault::new(
                    FaultKind::Limit,
                    "the archive holds too many manifests before the images that they belong to; unpack it and scan that",
                ));
                continue;
            }
            self.bytes += held;
            let beside = Beside {
                name: names::base(&member.name).to_vec(),
                data: member.data.clone(),
            };
            self.kept.insert(stem, beside);
        }
        let mut used = Vec::new();
        for member in group
            .iter_mut()
            .filter(|one| !names::is_manifest(&one.name))
        {
            let stem = names::stem(&member.name).to_vec();
            member.beside = self.kept.get(&stem).cloned();
            self.passed.insert(xxh3_64(&stem));
            used.push(stem);
        }
        for stem in used {
            self.forget(&stem);
        }
    }

    /// Frees a manifest that was used. An image that comes later and belongs to it, too, is told so.
    fn forget(&mut self, stem: &[u8]) {
        if let Some(beside) = self.kept.get_mut(stem) {
            self.bytes = self.bytes.saturating_sub(beside.data.held());
            beside.data = Data::Refused(damaged(
                "it belongs to an earlier image, too, and a compressed archive is read once; unpack it and scan that",
            ));
        }
    }
}
