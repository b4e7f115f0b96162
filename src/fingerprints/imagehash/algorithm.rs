//! What is compared with what, in the library's own arithmetic where rounding decides.

use super::dct::Dct;
use super::luma::{Luma, Passes};

/// A function of the library.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// `average_hash`: samples above their mean.
    Average,
    /// `dhash`: samples above their left neighbour.
    Difference,
    /// `dhash_vertical`: samples above their upper neighbour.
    DifferenceVertical,
    /// `phash`: low frequencies, the lowest included, above their median.
    Phash,
    /// `phash_simple`: low frequencies of the upper rows, the lowest excluded, above their mean.
    PhashSimple,
}

/// How many times as long as the hash a side of what `phash` transforms is.
const OVERSIZE: usize = 4;

impl Algorithm {
    pub(super) const ALL: [(&str, Self); 5] = [
        ("average", Self::Average),
        ("difference", Self::Difference),
        ("difference-vertical", Self::DifferenceVertical),
        ("phash", Self::Phash),
        ("phash-simple", Self::PhashSimple),
    ];

    /// The bits, row by row, as bytes.
    pub(super) fn hash(self, size: usize, luma: &Luma<'_>, passes: Passes) -> Box<[u8]> {
        let scaled = |width, height| luma.scaled(width, height, passes);
        let side = size * OVERSIZE;
        let bits = match self {
            Self::Average => above_mean(&scaled(size, size)),
            Self::Difference => rising(&scaled(size + 1, size), size + 1),
            Self::DifferenceVertical => {
                let samples = scaled(size, size + 1);
                let pairs = samples.iter().zip(samples.iter().skip(size));
                pairs.map(|(upper, lower)| lower > upper).collect()
            }
            Self::Phash => {
                let frequencies = low_frequencies(&scaled(side, side), side, size);
                above(&frequencies, median(&frequencies))
            }
            Self::PhashSimple => {
                let frequencies = row_frequencies(&scaled(side, side), side, size);
                let mean = pairwise(&frequencies) / frequencies.len() as f64;
                above(&frequencies, mean)
            }
        };
        pack(&bits)
    }
}

fn above_mean(samples: &[u8]) -> Vec<bool> {
    let sum: u32 = samples.iter().copied().map(u32::from).sum();
    let number = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let above = |sample: &u8| u32::from(*sample).saturating_mul(number) > sum;
    samples.iter().map(above).collect()
}

fn rising(samples: &[u8], stride: usize) -> Vec<bool> {
    let rows = samples.chunks_exact(stride);
    let pairs = rows.flat_map(|row| row.iter().zip(row.iter().skip(1)));
    pairs.map(|(left, right)| right > left).collect()
}

fn above(values: &[f64], limit: f64) -> Vec<bool> {
    values.iter().map(|value| *value > limit).collect()
}

/// The `size` × `size` lowest frequencies of the square; columns are transformed first.
fn low_frequencies(samples: &[u8], side: usize, size: usize) -> Vec<f64> {
    let dct = Dct::new(side);
    let columns: Vec<Vec<f64>> = (0..side)
        .map(|x| {
            let column = samples.iter().skip(x).step_by(side);
            dct.of(&column.copied().map(f64::from).collect::<Vec<_>>())
        })
        .collect();
    let rows = (0..size).map(|y| {
        let row = columns.iter().map(|column| column.get(y).copied());
        dct.of(&row.map(Option::unwrap_or_default).collect::<Vec<_>>())
    });
    rows.flat_map(|row| row.into_iter().take(size)).collect()
}

/// Of each of the first `size` rows, the `size` lowest frequencies after the very lowest.
fn row_frequencies(samples: &[u8], side: usize, size: usize) -> Vec<f64> {
    let dct = Dct::new(side);
    let rows = samples.chunks_exact(side).take(size).map(|row| {
        let row: Vec<f64> = row.iter().copied().map(f64::from).collect();
        dct.of(&row)
    });
    rows.flat_map(|row| row.into_iter().skip(1).take(size))
        .collect()
}

/// Of an even number of values: halfway between the two in the middle.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut middle = sorted.iter().skip((values.len() / 2).saturating_sub(1));
    let mut next = || middle.next().copied().unwrap_or(0.0);
    (next() + next()) / 2.0
}

/// The sum as numpy makes it: halves of more than 128 values apart, then eight sums side by side.
fn pairwise(values: &[f64]) -> f64 {
    if values.len() > 128 {
        let (left, right) = values.split_at(values.len() / 2);
        return pairwise(left) + pairwise(right);
    }
    let mut sums = [0.0; 8];
    for eight in values.as_chunks::<8>().0 {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// The first bit is the highest of the first byte.
fn pack(bits: &[bool]) -> Box<[u8]> {
    let byte = |bits: &[bool]| {
        let bits = bits.iter();
        bits.fold(0, |byte, bit| byte << 1 | u8::from(*bit))
    };
    bits.chunks(8).map(byte).collect()
}
