//! Comparing a hash with many, in all eight ways of turning and mirroring at once.
//!
//! Mirroring a picture flips the signs of the coefficients at even rows, at even columns, or of those where just one of the two
//! is even. Those at odd rows and odd columns keep theirs, and those at even rows and even columns keep or change it all
//! together. So of these 128 bits, two distances tell four of the eight ways, and two more the ways with rows for columns.

use super::spectrum::rows_of;
use super::{Dihedral, Pdq};
use crate::platform::{FoldedLine, FoldsAsked, folded_near};

/// The bits of a hash at odd rows and columns, at even rows and columns, and at even rows and odd columns.
type Folds = [u64; 3];

/// Many hashes, cut for this.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    lines: Vec<FoldedLine>,
    len: usize,
}

impl Folded {
    pub(crate) fn push(&mut self, hash: &Pdq) {
        let lane = self.len % 8;
        if lane == 0 {
            self.lines.push([[0; 8]; 3]);
        }
        self.len += 1;
        let folds = folds(hash);
        for (words, fold) in self
            .lines
            .iter_mut()
            .last()
            .into_iter()
            .flatten()
            .zip(folds)
        {
            if let Some(word) = words.get_mut(lane) {
                *word = fold;
            }
        }
    }

    /// Calls `near` with the place of every hash among those from line `first` on that may come near the query, for so many
    /// lines of eight.
    pub(crate) fn each_near(
        &self,
        lines: std::ops::Range<usize>,
        query: &FoldedQuery,
        turned: u32,
        straight: Option<u32>,
        mut near: impl FnMut(usize),
    ) {
        let first = lines.start;
        let end = lines.end.min(self.lines.len());
        let some = self.lines.get(first..end).unwrap_or_default();
        let asked = FoldsAsked {
            straight: query.straight,
            across: query.across,
            turned: u64::from(turned.saturating_add(query.slack)),
            near: straight.map(|radius| u64::from(radius.saturating_add(query.slack_straight))),
        };
        folded_near(some, asked, |line, which| {
            let places = (0..8).filter(|lane| which >> lane & 1 == 1);
            let places = places.map(|lane| (first + line) * 8 + lane);
            places.filter(|place| *place < self.len).for_each(&mut near);
        });
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }
}

/// Hashes of one picture in all eight ways, of which one stands for all.
#[derive(Debug, Clone)]
pub(crate) struct FoldedQuery {
    expected: [Pdq; 8],
    straight: Folds,
    across: [u64; 2],
    /// In how many more bits than the one any other may differ from a hash.
    slack: u32,
    slack_straight: u32,
}

/// Hashes further from what is expected than this are asked for themselves: the wider the circle, the more must be looked at
/// once more.
const MOST_SLACK: u32 = 14;

impl FoldedQuery {
    /// As few queries as stand for all of the hashes.
    pub(crate) fn of<'a>(eights: impl Iterator<Item = &'a [Pdq; 8]>) -> Vec<Self> {
        let mut queries: Vec<Self> = Vec::new();
        for eight in eights {
            if !queries
                .iter_mut()
                .any(|query| query.takes(eight, MOST_SLACK))
            {
                let [first, ..] = eight;
                let mut query = Self::alone(first);
                query.takes(eight, u32::MAX);
                queries.push(query);
            }
        }
        queries
    }

    fn alone(hash: &Pdq) -> Self {
        let expected = Dihedral::expected(hash);
        let across = expected
            .iter()
            .zip(Dihedral::ALL)
            .find(|(_, dihedral)| *dihedral == Dihedral::FlipPlus1);
        let [odd, even, _] = folds(across.map_or(hash, |(turned, _)| turned));
        Self {
            straight: folds(hash),
            across: [odd, even],
            expected,
            slack: 0,
            slack_straight: 0,
        }
    }

    /// Takes up eight hashes if they are not further than this from what is expected.
    fn takes(&mut self, eight: &[Pdq; 8], most: u32) -> bool {
        let both = self.expected.iter().zip(eight);
        let apart = both.map(|(expected, own)| {
            let (expected, own) = (folds(expected), folds(own));
            let mut words = expected
                .into_iter()
                .zip(own)
                .map(|(a, b)| (a ^ b).count_ones());
            let two = words.by_ref().take(2).sum::<u32>();
            (two, two + words.sum::<u32>())
        });
        let apart: Vec<(u32, u32)> = apart.collect();
        let slack = apart.iter().map(|(two, _)| *two).max().unwrap_or_default();
        let straight = apart.first().map_or(0, |(_, three)| *three);
        let fits = slack.max(straight) <= most;
        if fits {
            self.slack = self.slack.max(slack);
            self.slack_straight = self.slack_straight.max(straight);
        }
        fits
    }
}

fn folds(hash: &Pdq) -> Folds {
    let mut folds = [0; 3];
    let [odd, even, mixed] = &mut folds;
    for (place, pair) in rows_of(hash).as_chunks::<2>().0.iter().enumerate() {
        let [upper, lower] = *pair;
        let shift = place * 8;
        *odd |= u64::from(gathered(lower >> 1)) << shift;
        *even |= u64::from(gathered(upper)) << shift;
        *mixed |= u64::from(gathered(upper >> 1)) << shift;
    }
    folds
}

/// Every other bit, from the lowest on.
fn gathered(bits: u16) -> u16 {
    let bits = bits & 0x5555;
    let bits = (bits | bits >> 1) & 0x3333;
    let bits = (bits | bits >> 2) & 0x0f0f;
    (bits | bits >> 4) & 0x00ff
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A hash with some bits of another, so that some are near.
    fn near(hash: &Pdq, flips: &[u8]) -> Pdq {
        let mut near = *hash;
        for bit in flips {
            near.0[usize::from(bit / 8)] ^= 1 << (bit % 8);
        }
        near
    }

    proptest! {
        #[test]
        fn nothing_near_is_passed_over(
            own: [u8; 32],
            others: Vec<[u8; 32]>,
            flips in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..70), 8),
            noise in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 8),
            radius in 0..64_u32,
        ) {
            let mut eight = Dihedral::expected(&Pdq(own));
            for (hash, noise) in eight.iter_mut().zip(&noise) {
                *hash = near(hash, noise);
            }
            let mut all: Vec<Pdq> = others.into_iter().map(Pdq).collect();
            all.extend(eight.iter().zip(&flips).map(|(hash, flips)| near(hash, flips)));
            let mut folded = Folded::default();
            all.iter().for_each(|hash| folded.push(hash));
            let mut maybe = std::collections::BTreeSet::new();
            for query in FoldedQuery::of([eight].iter()) {
                folded.each_near(0..folded.lines(), &query, radius, Some(radius + 29), |place| {
                    maybe.insert(place);
                });
            }
            for (place, hash) in all.iter().enumerate() {
                let turned = eight.iter().any(|own| own.distance(hash) <= radius);
                let straight = eight[0].distance(hash) <= radius + 29;
                prop_assert!(!(turned || straight) || maybe.contains(&place));
            }
        }
    }
}
