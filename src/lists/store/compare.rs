//! Comparing a query with values, and with the keys near its own.

use std::borrow::Cow;

use super::shelf::Block;
use super::starts::GROUP;
use super::{LINE, stored};
use crate::fingerprints::Kind;
use crate::platform::{Asked, near_lines};

/// A query, cut like the values are.
pub(super) struct Query<'q> {
    pub(super) value: &'q [u8],
    pub(super) stored: Cow<'q, [u8]>,
    pub(super) words: [u64; 3],
}

impl<'q> Query<'q> {
    pub(super) fn new(kind: Kind, value: &'q [u8]) -> Self {
        let stored = stored(kind, value);
        let byte = |at: usize| stored.get(at).copied().unwrap_or_default();
        let word = |from: usize| u64::from_le_bytes(std::array::from_fn(|n| byte(from * 8 + n)));
        Self {
            value,
            words: std::array::from_fn(word),
            stored,
        }
    }
}

/// Goes through the values of a block that may differ in less than so many bits, as far as their first parts tell.
#[inline(always)]
pub(super) fn each_near(
    block: Block<'_>,
    query: &Query<'_>,
    beyond: u64,
    mut near: impl FnMut(u64),
) {
    let [first, second, third] = query.words;
    let asked = Asked {
        first,
        second,
        third,
    };
    match block {
        Block::Short(words) => {
            for (word, place) in words.iter().zip(0..) {
                if u64::from(distance(*word, first)) < beyond {
                    near(place);
                }
            }
        }
        Block::Long(lines, thirds) if thirds.len() == lines.len() => {
            near_lines(lines, thirds, asked, beyond, |line, which| {
                each_lane(line, which, &mut near);
            });
        }
        // Values of a length in between are compared by their first part alone.
        Block::Long(lines, _) => {
            let asked = Asked { third: 0, ..asked };
            for (number, line) in lines.iter().enumerate() {
                near_lines(&[*line], &[[0; 64]], asked, beyond, |_, which| {
                    each_lane(number, which, &mut near);
                });
            }
        }
    }
}

/// Goes through the places of those of a line's values that are named by bits.
#[inline(always)]
pub(super) fn each_lane(line: usize, which: u8, mut near: impl FnMut(u64)) {
    let lanes = (0..LINE).filter(|lane| which >> lane & 1 == 1);
    lanes.for_each(|lane| near(line as u64 * LINE + lane));
}

#[inline(always)]
pub(super) fn distance(bytes: [u8; 8], word: u64) -> u32 {
    (u64::from_le_bytes(bytes) ^ word).count_ones()
}

/// In how many bits the bytes that both have differ.
#[inline(always)]
pub(super) fn differing(a: &[u8], b: &[u8]) -> u32 {
    let ((words_a, rest_a), (words_b, rest_b)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let words = words_a.iter().zip(words_b);
    let words = words.map(|(a, b)| (u32::from_le_bytes(*a) ^ u32::from_le_bytes(*b)).count_ones());
    // What is left over on one side only is what values are filled up with.
    let done = words_a.len().min(words_b.len()) * 4;
    let (left_a, left_b) = (
        a.get(done..).unwrap_or(rest_a),
        b.get(done..).unwrap_or(rest_b),
    );
    let rest = left_a.iter().zip(left_b).map(|(a, b)| (a ^ b).count_ones());
    words.sum::<u32>() + rest.sum::<u32>()
}

/// Goes through all numbers of so many bits with at most `most` ones, with how many each has.
#[inline(always)]
pub(super) fn flips(bits: u32, most: u32, mut each: impl FnMut(u32, u32)) {
    each(0, 0);
    for ones in 1..=most.min(bits) {
        let mut mask = (1_u64 << ones) - 1;
        while mask >> bits == 0 {
            each(mask as u32, ones);
            // The next number with as many ones (Gosper 1972).
            let lowest = mask & mask.wrapping_neg();
            let ripple = mask + lowest;
            mask = ripple | (((mask ^ ripple) / lowest) >> 2);
        }
    }
}

/// The keys of a group within a radius of one of them, as bits.
pub(super) fn ball(key: u32, radius: u32) -> u64 {
    (0..GROUP as u32)
        .filter(|other| (key ^ other).count_ones() <= radius)
        .fold(0, |keys, other| keys | 1 << other)
}
