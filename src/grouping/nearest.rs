//! The first images of groups, and which of them comes nearest to another image.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::fingerprints::pdq::{Folded, FoldedQuery, Pdq};

/// Lines that are compared with one image after the other while they are in the processor's cache.
const BLOCK: usize = 2048;

/// Images that are compared with one block.
const AT_ONCE: usize = 64;

/// What an image is compared by.
pub(super) struct Candidate {
    /// Its hash as it is, and turned and mirrored in all ways.
    pub(super) hashes: [Pdq; 8],
    /// The distance up to which another is like it.
    pub(super) radius: u32,
}

/// A group's first image that another comes near to: nearest first, then in the order of the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    pub(super) distance: u32,
    pub(super) first: usize,
}

/// The first images of all groups whose members may look alike.
#[derive(Default)]
pub(super) struct Firsts {
    folded: Folded,
    /// Hash, radius and group of each.
    all: Vec<(Pdq, u8, u32)>,
}

impl Firsts {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn push(&mut self, seen: &Candidate, group: u32) {
        let [own, ..] = seen.hashes;
        self.folded.push(&own);
        self.all.push((own, seen.radius as u8, group));
    }

    pub(super) fn group(&self, first: usize) -> Option<u32> {
        self.all.get(first).map(|(_, _, group)| *group)
    }

    /// The nearest to each of many images.
    pub(super) fn nearest_of_all(&self, asked: &[Option<&Candidate>]) -> Vec<Option<Near>> {
        let mut nearest = vec![None; asked.len()];
        let some = asked
            .par_chunks(AT_ONCE)
            .zip(nearest.par_chunks_mut(AT_ONCE));
        some.for_each(|(asked, nearest)| {
            let queries: Vec<Vec<FoldedQuery>> = asked.iter().map(|one| queries(*one)).collect();
            for first in (0..self.folded.lines()).step_by(BLOCK) {
                let all = asked.iter().zip(&queries).zip(nearest.iter_mut());
                for ((one, queries), nearest) in all {
                    let Some(one) = one else { continue };
                    let found = self.nearest_in(first * 8, BLOCK, one, queries);
                    *nearest = nearer(*nearest, found);
                }
            }
        });
        nearest
    }

    /// The nearest to one image among those from this one on.
    pub(super) fn nearest_from(&self, first: usize, asked: &Candidate) -> Option<Near> {
        match first < self.len() {
            true => self.nearest_in(first, self.folded.lines(), asked, &queries(Some(asked))),
            false => None,
        }
    }

    fn nearest_in(
        &self,
        first: usize,
        lines: usize,
        asked: &Candidate,
        queries: &[FoldedQuery],
    ) -> Option<Near> {
        let mut nearest = None;
        let lines = first / 8..first / 8 + lines;
        for query in queries {
            self.folded
                .each_near(lines.clone(), query, asked.radius, None, |place| {
                    let found = self.near(place, asked).filter(|_| place >= first);
                    nearest = nearer(nearest, found);
                });
        }
        nearest
    }

    /// A group's first image, if it is near enough for both.
    fn near(&self, place: usize, asked: &Candidate) -> Option<Near> {
        let (own, radius, _) = self.all.get(place)?;
        let distance = asked.hashes.iter().map(|hash| hash.distance(own)).min()?;
        (distance <= asked.radius.min(u32::from(*radius))).then_some(Near {
            distance,
            first: place,
        })
    }
}

fn nearer(one: Option<Near>, other: Option<Near>) -> Option<Near> {
    one.into_iter().chain(other).min()
}

fn queries(asked: Option<&Candidate>) -> Vec<FoldedQuery> {
    let hashes = asked.iter().flat_map(|one| &one.hashes);
    FoldedQuery::of(hashes.map(|hash| (hash, true)))
}
