//! Images of one scan that look alike, so that one review covers all of them.
//!
//! Images are taken in the order of the scan. One that lies within 31 bits of PDQ, turned or mirrored in any way, of the first
//! image of a group joins the nearest such group; one that does not begins a group of its own. So no chain of small steps
//! joins pictures that are far apart: any two of a group are within twice that distance, and distinct photographs are
//! further apart. Pictures with little to see in them have unreliable hashes and are grouped only if their files are equal;
//! pictures of text come near to each other by chance and are grouped only at a small distance.

mod nearest;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::fingerprints::to_hex;
use crate::inspect::Group;
use crate::lists::MIN_QUALITY;
use crate::prints::Prints;
use nearest::{Candidate, Firsts, Near};

/// The distance up to which two pictures are alike: that of a match.
const RADIUS: u32 = 31;

/// The distance up to which two pictures of text are.
const TEXT_RADIUS: u32 = 8;

/// Images that are compared with the groups at once.
const BATCH: usize = 1024;

/// Bytes of a digest that tell files apart, and that a group is named by.
const KEY: usize = 16;
const ID: usize = 8;

/// Groups that are being made. An image takes some hundred bytes.
#[derive(Default)]
pub struct Grouping {
    /// The group of each image.
    of: Vec<u32>,
    groups: Vec<Members>,
    by_digest: HashMap<[u8; KEY], u32>,
    firsts: Firsts,
    waiting: Vec<Waiting>,
}

/// A group that is being made.
struct Members {
    id: [u8; ID],
    size: u32,
}

/// An image that is not compared yet.
struct Waiting {
    sha256: Option<[u8; 32]>,
    seen: Option<Candidate>,
}

/// For an image that is in no group.
const NONE: u32 = u32::MAX;

impl Grouping {
    /// The groups of images in the order of a scan: the SHA-256 of each file that was read, and its prints.
    pub fn of<'a>(
        images: impl Iterator<Item = (Option<[u8; 32]>, Option<&'a Prints>)>,
    ) -> Vec<Option<Group>> {
        let mut grouping = Self::default();
        for (sha256, prints) in images {
            grouping.add(sha256, prints);
        }
        grouping.finish().collect()
    }

    /// Takes up the next image of a scan. One that could not be read is in no group.
    pub fn add(&mut self, sha256: Option<[u8; 32]>, prints: Option<&Prints>) {
        let seen = prints.and_then(candidate);
        self.waiting.push(Waiting { sha256, seen });
        if self.waiting.len() >= BATCH {
            self.sort_in();
        }
    }

    /// Puts the images that wait into groups. All of them are compared at once with the groups there are, and then, one after
    /// the other, with those that they begin.
    fn sort_in(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let known = self.firsts.len();
        let unknown = |one: &Waiting| {
            let key = one.sha256.as_ref().and_then(key);
            !key.is_some_and(|key| self.by_digest.contains_key(&key))
        };
        let asked: Vec<Option<&Candidate>> = waiting
            .iter()
            .map(|one| one.seen.as_ref().filter(|_| unknown(one)))
            .collect();
        let nearest = self.firsts.nearest_of_all(&asked);
        for (one, nearest) in waiting.iter().zip(nearest) {
            let group = self.group_of(one, nearest, known);
            self.of.push(group.unwrap_or(NONE));
        }
    }

    /// The group that an image joins or begins.
    fn group_of(&mut self, one: &Waiting, nearest: Option<Near>, known: usize) -> Option<u32> {
        let key = key(one.sha256.as_ref()?)?;
        let group = match (self.by_digest.get(&key), &one.seen) {
            (Some(group), _) => *group,
            (None, Some(seen)) => {
                let new = self.firsts.nearest_from(known, seen);
                let nearest = nearest.into_iter().chain(new).min();
                let first = nearest.and_then(|near| self.firsts.group(near.first));
                first.unwrap_or_else(|| {
                    let group = self.begin(&key);
                    self.firsts.push(seen, group);
                    group
                })
            }
            (None, None) => self.begin(&key),
        };
        if let Some(members) = self.groups.get_mut(group as usize) {
            members.size += 1;
        }
        self.by_digest.insert(key, group);
        Some(group)
    }

    fn begin(&mut self, key: &[u8; KEY]) -> u32 {
        self.groups.push(Members {
            id: key.first_chunk().copied().unwrap_or_default(),
            size: 0,
        });
        u32::try_from(self.groups.len()).unwrap_or(NONE) - 1
    }

    /// Each image's group, in the order of the scan; none for images that nothing is like.
    pub fn finish(mut self) -> impl ExactSizeIterator<Item = Option<Group>> {
        self.sort_in();
        let groups = self.groups;
        self.of.into_iter().map(move |number| {
            let group = groups.get(number as usize)?;
            (group.size > 1).then(|| Group {
                id: to_hex(&group.id),
                size: u64::from(group.size),
            })
        })
    }
}

fn key(sha256: &[u8; 32]) -> Option<[u8; KEY]> {
    sha256.first_chunk().copied()
}

/// What an image is compared by, if there is enough to see in it.
fn candidate(prints: &Prints) -> Option<Candidate> {
    let eight = prints.own().turned()?.full.as_ref()?;
    (eight.quality >= MIN_QUALITY).then(|| Candidate {
        hashes: eight.hashes,
        radius: match prints.text_like() {
            true => TEXT_RADIUS,
            false => RADIUS,
        },
    })
}
