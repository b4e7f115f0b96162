//! Scaling as Pillow does it on 8-bit grey with `LANCZOS`: fixed-point weights, one pass along rows, one along columns.
//!
//! Each pass rounds to 8 bits, so that neither their order nor their precision is free.

use std::f64::consts::PI;

/// Bits after the point in a weight: 32, less 8 for the sample and 2 for sums that overshoot.
const PRECISION: u32 = 32 - 8 - 2;

/// How far the filter reaches to either side, in target pixels.
const REACH: f64 = 3.0;

/// Scales every row, of `stride` samples, to `width` samples.
pub(super) fn narrow(samples: &[u8], stride: usize, width: usize) -> Vec<u8> {
    if stride == width {
        return samples.to_vec();
    }
    let columns: Vec<(usize, Halves)> = taps(stride, width)
        .map(|taps| (taps.first, Halves::of(&taps.weights)))
        .collect();
    let rows = samples.chunks_exact(stride.max(1));
    let mut scaled = Vec::with_capacity(rows.len().saturating_mul(width));
    for row in rows {
        scaled.extend(columns.iter().map(|(first, weights)| {
            let samples = row.get(*first..).unwrap_or_default();
            round(weights.sum(samples))
        }));
    }
    scaled
}

/// Scales every column, which `stride` stand side by side, to `height` samples.
pub(super) fn flatten(samples: &[u8], stride: usize, height: usize) -> Vec<u8> {
    let rows = samples.len().checked_div(stride).unwrap_or(0);
    if rows == height {
        return samples.to_vec();
    }
    let mut line = vec![0_i32; stride];
    let mut scaled = Vec::with_capacity(stride.saturating_mul(height));
    for taps in taps(rows, height) {
        line.fill(0);
        let from = samples.chunks_exact(stride.max(1)).skip(taps.first);
        for (row, weight) in from.zip(&taps.weights) {
            for (sum, sample) in line.iter_mut().zip(row) {
                *sum = sum.wrapping_add(i32::from(*sample).wrapping_mul(*weight));
            }
        }
        scaled.extend(line.iter().map(|sum| round(*sum)));
    }
    scaled
}

/// From fixed point to the nearest sample.
fn round(sum: i32) -> u8 {
    let nearest = sum.wrapping_add(1 << (PRECISION - 1)) >> PRECISION;
    nearest.clamp(0, 255) as u8
}

/// What one target row or column takes from the source.
struct Taps {
    first: usize,
    weights: Vec<i32>,
}

/// Those of each of `to` rows or columns, of `from`. Every step rounds as in Pillow.
fn taps(from: usize, to: usize) -> impl Iterator<Item = Taps> {
    let scale = from as f64 / to as f64;
    let stretch = scale.max(1.0);
    let reach = REACH * stretch;
    let shrink = 1.0 / stretch;
    (0..to).map(move |place| {
        let centre = (place as f64 + 0.5) * scale;
        // What is negative becomes 0 here.
        let first = (centre - reach + 0.5) as usize;
        let end = ((centre + reach + 0.5) as usize).min(from);
        let weights: Vec<f64> = (first..end)
            .map(|source| lanczos((source as f64 - centre + 0.5) * shrink))
            .collect();
        let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
        let weights = weights.iter().map(|weight| fixed_point(weight / sum));
        Taps {
            first,
            weights: weights.collect(),
        }
    })
}

fn fixed_point(weight: f64) -> i32 {
    let scaled = weight * f64::from(1 << PRECISION);
    (scaled + 0.5_f64.copysign(weight)) as i32
}

fn lanczos(x: f64) -> f64 {
    if (-REACH..REACH).contains(&x) {
        sinc(x) * sinc(x / REACH)
    } else {
        0.0
    }
}

fn sinc(x: f64) -> f64 {
    let angle = x * PI;
    if x == 0.0 { 1.0 } else { angle.sin() / angle }
}

/// Weights in halves of 16 bits, of which processors multiply and add eight at a time.
struct Halves {
    low: Vec<i16>,
    /// Nothing where the weights fit into one half, as they do when much is scaled down.
    high: Option<Vec<i16>>,
}

/// Bits in the lower half where there are two; it is never negative then.
const LOW: u32 = 15;

impl Halves {
    fn of(weights: &[i32]) -> Self {
        let whole: Result<Vec<i16>, _> = weights.iter().copied().map(i16::try_from).collect();
        if let Ok(low) = whole {
            return Self { low, high: None };
        }
        let low = weights
            .iter()
            .map(|weight| (weight & ((1 << LOW) - 1)) as i16);
        let high = weights.iter().map(|weight| (weight >> LOW) as i16);
        Self {
            low: low.collect(),
            high: Some(high.collect()),
        }
    }

    /// The weighted sum. Parts of it may wrap around; the whole fits, and so comes out right.
    fn sum(&self, samples: &[u8]) -> i32 {
        let low = dot(samples, &self.low);
        match &self.high {
            None => low,
            Some(high) => low.wrapping_add(dot(samples, high).wrapping_shl(LOW)),
        }
    }
}

fn dot(samples: &[u8], weights: &[i16]) -> i32 {
    let pairs = samples.iter().zip(weights);
    pairs.fold(0_i32, |sum, (sample, weight)| {
        sum.wrapping_add(i32::from(*sample).wrapping_mul(i32::from(*weight)))
    })
}
