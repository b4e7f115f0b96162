//! Scaling down as `image::imageops::resize` does it, bit by bit, but row by row and on one channel.
//!
//! That function spends most of the time of an `image_hasher` hash: it walks columns and carries four channels. A picture
//! that already has the size `image_hasher` wants is not resized again, so its hash stays the same.

use image::GrayImage;
use image::imageops::FilterType;
use std::f32::consts::PI;

/// Scales a grey picture that is not empty to `width` × `height`.
pub(super) fn resize(image: &GrayImage, width: u32, height: u32, filter: FilterType) -> GrayImage {
    if image.dimensions() == (width, height) {
        return image.clone();
    }
    let stride = usize::try_from(image.width()).unwrap_or(usize::MAX);
    let columns: Vec<Taps> = (0..width)
        .map(|x| Taps::new(x, width, image.width(), filter))
        .collect();
    let mut line = vec![0.0_f32; stride];
    let mut samples = Vec::new();
    for y in 0..height {
        let taps = Taps::new(y, height, image.height(), filter);
        let rows = image.as_raw().chunks_exact(stride.max(1)).skip(taps.first);
        line.fill(0.0);
        for (row, weight) in rows.zip(&taps.weights) {
            for (sum, sample) in line.iter_mut().zip(row) {
                *sum += f32::from(*sample) * weight;
            }
        }
        samples.extend(columns.iter().map(|taps| {
            let pairs = line.iter().skip(taps.first).zip(&taps.weights);
            let sum = pairs.fold(0.0, |sum, (sample, weight)| sum + sample * weight);
            sum.clamp(0.0, 255.0).round() as u8
        }));
    }
    GrayImage::from_raw(width, height, samples).unwrap_or_default()
}

/// What one target row or column takes from the source.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

impl Taps {
    /// For place `n` of `to`, from `from` rows or columns. Every step rounds as in `imageops`.
    fn new(n: u32, to: u32, from: u32, filter: FilterType) -> Self {
        let ratio = from as f32 / to as f32;
        let stretch = if ratio < 1.0 { 1.0 } else { ratio };
        let reach = support(filter) * stretch;
        let centre = (n as f32 + 0.5) * ratio;
        let last = i64::from(from) - 1;
        let left = ((centre - reach).floor() as i64).clamp(0, last.max(0));
        let right = ((centre + reach).ceil() as i64).clamp(left + 1, (last + 1).max(left + 1));
        let centre = centre - 0.5;
        let mut weights: Vec<f32> = (left..right)
            .map(|place| weight(filter, (place as f32 - centre) / stretch))
            .collect();
        let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Self {
            first: usize::try_from(left).unwrap_or(0),
            weights,
        }
    }
}

/// How far the filter reaches to either side, in target pixels.
fn support(filter: FilterType) -> f32 {
    match filter {
        FilterType::Nearest => 0.0,
        FilterType::Triangle => 1.0,
        FilterType::CatmullRom => 2.0,
        FilterType::Gaussian | FilterType::Lanczos3 => 3.0,
    }
}

/// The filter's value at a distance in target pixels.
fn weight(filter: FilterType, x: f32) -> f32 {
    let distance = x.abs();
    match filter {
        FilterType::Nearest => 1.0,
        FilterType::Triangle if distance < 1.0 => 1.0 - distance,
        FilterType::CatmullRom if distance < 1.0 => {
            (9.0 * distance.powi(3) + -15.0 * distance.powi(2) + 6.0) / 6.0
        }
        FilterType::CatmullRom if distance < 2.0 => {
            (-3.0 * distance.powi(3) + 15.0 * distance.powi(2) + -24.0 * distance + 12.0) / 6.0
        }
        // A standard deviation of half a pixel.
        FilterType::Gaussian => ((2.0 * PI).sqrt() * 0.5).recip() * (-x.powi(2) / 0.5).exp(),
        FilterType::Lanczos3 if distance < 3.0 => sinc(x) * sinc(x / 3.0),
        FilterType::Triangle | FilterType::CatmullRom | FilterType::Lanczos3 => 0.0,
    }
}

fn sinc(x: f32) -> f32 {
    let angle = x * PI;
    if x == 0.0 { 1.0 } else { angle.sin() / angle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn equals_imageops(from in (1_u32..300, 1_u32..300), to in (1_u32..130, 1_u32..130), seed: u32) {
            let random = |x: u32, y: u32| ((x * 7919 + y * 104_729) ^ seed).wrapping_mul(0x9e37_79b9) >> 24;
            let image = GrayImage::from_fn(from.0, from.1, |x, y| image::Luma([random(x, y) as u8]));
            for (_, filter) in super::super::FILTERS {
                let expected = image::imageops::resize(&image, to.0, to.1, filter);
                prop_assert_eq!(&resize(&image, to.0, to.1, filter), &expected, "{:?}", filter);
            }
        }
    }
}
