//! Comparing a query with values, and with the keys near its own.

use super::LINE;
use super::starts::GROUP;
use crate::platform::{Asked, near_lines};

/// A query, cut like the values are.
pub(super) struct Query<'q> {
    pub(super) value: &'q [u8],
    pub(super) head: [u64; 2],
    pub(super) middle: u32,
}

impl<'q> Query<'q> {
    pub(super) fn new(value: &'q [u8]) -> Self {
        let byte = |at: usize| value.get(at).copied().unwrap_or_default();
        let word = |from: usize| u64::from_le_bytes(std::array::from_fn(|n| byte(from + n)));
        Self {
            value,
            head: [word(0), word(8)],
            middle: u32::from_le_bytes(std::array::from_fn(|n| byte(16 + n))),
        }
    }
}

/// Goes through the values of a block that may differ in less than so many bits, as far as their first twenty bytes tell.
#[inline(always)]
pub(super) fn each_near(
    heads: &[u8],
    middles: &[u8],
    query: &Query<'_>,
    beyond: u64,
    mut near: impl FnMut(u64),
) {
    if query.value.len() <= 8 {
        for (word, place) in heads.as_chunks::<8>().0.iter().zip(0..) {
            if u64::from(distance(*word, query.head[0])) < beyond {
                near(place);
            }
        }
        return;
    }
    let asked = Asked {
        first: query.head[0],
        second: query.head[1],
        third: query.middle,
    };
    let mut lane_by_lane = |line: usize, which: u8| {
        let lanes = (0..LINE).filter(|lane| which >> lane & 1 == 1);
        lanes.for_each(|lane| near(line as u64 * LINE + lane));
    };
    let lines = heads.as_chunks::<128>().0;
    let (full, rest) = middles.as_chunks::<32>();
    near_lines(lines, full, asked, beyond, &mut lane_by_lane);
    // What is not there looks nearer than it is, and is looked at once more.
    for (number, line) in lines.iter().enumerate().skip(full.len()) {
        let mut last = [0; 32];
        let filled = query.middle.to_le_bytes().into_iter().cycle();
        let given = rest.iter().copied().filter(|_| number == full.len());
        last.iter_mut()
            .zip(filled)
            .for_each(|(to, byte)| *to = byte);
        last.iter_mut().zip(given).for_each(|(to, byte)| *to = byte);
        near_lines(&[*line], &[last], asked, beyond, |_, which| {
            lane_by_lane(number, which)
        });
    }
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
