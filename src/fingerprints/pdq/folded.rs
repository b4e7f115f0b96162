//! Comparing a hash with many, in all eight ways of turning and mirroring at once.
//!
//! Mirroring a picture flips the signs of the coefficients at even rows, at even columns, or of those where just one of the two
//! is even. Those at odd rows and odd columns keep theirs, and those at even rows and even columns keep or change it all
//! together. So of these 128 bits, two distances tell four of the eight ways, and two more the ways with rows for columns.

use super::spectrum::{pdq_of, rows_of};
use super::{Dihedral, Pdq};
use crate::platform::{FoldsAsked, Line, Third, folded_near};

/// The bits of a hash at odd rows and columns, at even rows and columns, at even rows and odd columns, and at odd rows and
/// even columns.
type Folds = [u64; 4];

/// The bits of a hash in the order in which it is compared in all ways at once.
pub(crate) fn fold(hash: &Pdq) -> [u8; 32] {
    let mut bytes = [0; 32];
    let words = bytes.as_chunks_mut::<8>().0.iter_mut();
    for (word, fold) in words.zip(folds(hash)) {
        *word = fold.to_le_bytes();
    }
    bytes
}

/// The hash with these bits.
pub(crate) fn unfold(bytes: &[u8; 32]) -> Pdq {
    let mut words = bytes.as_chunks::<8>().0.iter();
    let [odd, even, above, below] =
        [(); 4].map(|()| words.next().map_or(0, |word| u64::from_le_bytes(*word)));
    let pair = |place: usize| {
        let row = |even_columns: u64, odd_columns: u64| {
            let of = |word: u64| spread((word >> (place / 2 * 8)) as u8);
            of(even_columns) | of(odd_columns) << 1
        };
        match place % 2 {
            0 => row(even, above),
            _ => row(below, odd),
        }
    };
    pdq_of(std::array::from_fn(pair))
}

/// Many hashes, cut for this.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    lines: Vec<Line>,
    thirds: Vec<Third>,
    len: usize,
}

impl Folded {
    pub(crate) fn push(&mut self, hash: &Pdq) {
        let lane = self.len % 8;
        if lane == 0 {
            self.lines.push([0; 128]);
            self.thirds.push([0; 64]);
        }
        self.len += 1;
        let line = self.lines.iter_mut().last();
        let third = self.thirds.iter_mut().last();
        let words = line.map_or(&mut [][..], |line| line.as_chunks_mut().0);
        let thirds = third.map_or(&mut [][..], |third| third.as_chunks_mut().0);
        let words = words.iter_mut().chain(thirds).skip(lane).step_by(8);
        for (word, fold) in words.zip(folds(hash)) {
            *word = fold.to_le_bytes();
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
        let thirds = self.thirds.get(first..end).unwrap_or_default();
        folded_near(
            some,
            thirds,
            query.asked(turned, straight),
            |line, which| {
                let places = (0..8).filter(|lane| which >> lane & 1 == 1);
                let places = places.map(|lane| (first + line) * 8 + lane);
                places.filter(|place| *place < self.len).for_each(&mut near);
            },
        );
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }
}

/// Hashes of one picture in all eight ways, of which one stands for all.
#[derive(Debug, Clone)]
pub(crate) struct FoldedQuery {
    straight: [u64; 3],
    across: [u64; 2],
    /// In how many more bits than the one any other may differ from a hash.
    slack: u32,
    slack_straight: u32,
}

/// Hashes further from what is expected than this are asked for themselves: the wider the circle, the more must be looked at
/// once more.
const MOST_SLACK: u32 = 14;

impl FoldedQuery {
    /// As few queries as stand for all of the hashes, of which each is told to be of the picture as it is or turned: only the
    /// first kind is asked for at a wider distance.
    pub(crate) fn of<'a>(hashes: impl IntoIterator<Item = (&'a Pdq, bool)>) -> Vec<Self> {
        let mut queries: Vec<Self> = Vec::new();
        for (hash, turned) in hashes {
            if !queries.iter_mut().any(|query| query.takes(hash, turned)) {
                queries.push(Self::alone(hash));
            }
        }
        queries
    }

    fn alone(hash: &Pdq) -> Self {
        let [odd, even, mixed, _] = folds(hash);
        let turned = Dihedral::ALL.into_iter().zip(Dihedral::expected(hash));
        let across = turned.filter(|(dihedral, _)| *dihedral == Dihedral::FlipPlus1);
        let across = across.map(|(_, turned)| turned).next();
        let [odd_across, even_across, ..] = folds(&across.unwrap_or(*hash));
        Self {
            straight: [odd, even, mixed],
            across: [odd_across, even_across],
            slack: 0,
            slack_straight: 0,
        }
    }

    /// Takes up a hash if it is not further than the most from what is expected.
    fn takes(&mut self, hash: &Pdq, turned: bool) -> bool {
        let [odd, even, mixed, _] = folds(hash);
        let apart = |a: u64, b: u64| (a ^ b).count_ones();
        let least = |kept: u64, flipped: u64| {
            let flipped = apart(even, flipped);
            apart(odd, kept) + flipped.min(64 - flipped)
        };
        let ([a, b, c], [a_across, b_across]) = (self.straight, self.across);
        let slack = least(a, b).min(least(a_across, b_across));
        let straight = match turned {
            true => 0,
            false => apart(odd, a) + apart(even, b) + apart(mixed, c),
        };
        let fits = slack.max(straight) <= MOST_SLACK;
        if fits {
            self.slack = self.slack.max(slack);
            self.slack_straight = self.slack_straight.max(straight);
        }
        fits
    }

    /// What folded hashes are compared with to find all within a distance of one of the hashes, and within another of those
    /// of the picture as it is.
    #[inline]
    pub(crate) fn asked(&self, turned: u32, straight: Option<u32>) -> FoldsAsked {
        FoldsAsked {
            straight: self.straight,
            across: self.across,
            turned: u64::from(turned.saturating_add(self.slack)),
            near: straight.map(|radius| u64::from(radius.saturating_add(self.slack_straight))),
        }
    }
}

fn folds(hash: &Pdq) -> Folds {
    let mut folds = [0; 4];
    let [odd, even, above, below] = &mut folds;
    for (place, pair) in rows_of(hash).as_chunks::<2>().0.iter().enumerate() {
        let [upper, lower] = *pair;
        let shift = place * 8;
        *odd |= u64::from(gathered(lower >> 1)) << shift;
        *even |= u64::from(gathered(upper)) << shift;
        *above |= u64::from(gathered(upper >> 1)) << shift;
        *below |= u64::from(gathered(lower)) << shift;
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

/// Bits with one left free behind each.
fn spread(bits: u8) -> u16 {
    let bits = u16::from(bits);
    let bits = (bits | bits << 4) & 0x0f0f;
    let bits = (bits | bits << 2) & 0x3333;
    (bits | bits << 1) & 0x5555
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
        fn what_is_folded_is_unfolded(hash: [u8; 32]) {
            prop_assert_eq!(unfold(&fold(&Pdq(hash))), Pdq(hash));
        }

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
            let asked = eight.iter().enumerate().map(|(place, hash)| (hash, place > 0));
            for query in FoldedQuery::of(asked) {
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
