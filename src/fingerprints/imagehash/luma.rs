//! A picture in 8-bit grey as Pillow's `convert('L')` makes it, and what several kinds scale down from it.

use super::lanczos::{flatten, narrow};
use image::DynamicImage;
use std::borrow::Cow;
use std::cell::OnceCell;

/// Which pass of scaling comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::fingerprints) enum Passes {
    /// Rows are scaled first, always: Pillow before 13.
    Rows,
    /// Columns are scaled first where the picture loses more than twice as much height as width: Pillow 13.
    Pillow13,
}

/// The sides to which kinds scale.
const SIDES: [usize; 6] = [8, 9, 16, 17, 32, 64];

/// What a pass made, by side.
type Kept = [OnceCell<Vec<u8>>; SIDES.len()];

/// Grey, and the results of first passes.
pub(in crate::fingerprints) struct Luma<'a> {
    width: usize,
    height: usize,
    samples: Cow<'a, [u8]>,
    narrowed: Kept,
    flattened: Kept,
}

impl<'a> Luma<'a> {
    pub(in crate::fingerprints) fn of(image: &'a DynamicImage) -> Self {
        let side = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        Self {
            width: side(image.width()),
            height: side(image.height()),
            samples: convert(image),
            narrowed: Kept::default(),
            flattened: Kept::default(),
        }
    }

    /// Scaled to a width and a height. First passes are made once for all that share them.
    pub(super) fn scaled(&self, width: usize, height: usize, passes: Passes) -> Vec<u8> {
        if passes == Passes::Pillow13 && self.loses_height(width, height) {
            let pass = || flatten(&self.samples, self.width, height);
            narrow(&kept(&self.flattened, height, pass), self.width, width)
        } else {
            let pass = || narrow(&self.samples, self.width, width);
            flatten(&kept(&self.narrowed, width, pass), width, height)
        }
    }

    /// Whether Pillow 13 takes the columns first: found by comparing it with both orders on some 11 600 pairs of sizes.
    fn loses_height(&self, width: usize, height: usize) -> bool {
        let lost = |from: usize, to: usize| from as f64 - to as f64;
        self.height > height && lost(self.height, height) > 2.0 * lost(self.width, width)
    }
}

fn kept(kept: &Kept, side: usize, pass: impl FnOnce() -> Vec<u8>) -> Cow<'_, [u8]> {
    let mut places = SIDES.iter().zip(kept);
    match places.find(|(kept, _)| **kept == side) {
        Some((_, cell)) => Cow::Borrowed(cell.get_or_init(pass)),
        None => Cow::Owned(pass()),
    }
}

fn convert(image: &DynamicImage) -> Cow<'_, [u8]> {
    Cow::Owned(match image {
        DynamicImage::ImageLuma8(image) => return Cow::Borrowed(image.as_raw()),
        DynamicImage::ImageLumaA8(image) => image.as_raw().iter().step_by(2).copied().collect(),
        DynamicImage::ImageRgb8(image) => weighted::<3>(image.as_raw()),
        DynamicImage::ImageRgba8(image) => weighted::<4>(image.as_raw()),
        // Pillow cuts off what does not fit into 8 bits, which leaves most of such a picture white.
        DynamicImage::ImageLuma16(image) => {
            let samples = image.as_raw().iter();
            samples.map(|sample| (*sample).min(255) as u8).collect()
        }
        // Its readers keep the high byte of colours, and of grey with alpha.
        DynamicImage::ImageLumaA16(image) => high_bytes(image.as_raw().iter().step_by(2)),
        DynamicImage::ImageRgb16(image) => weighted::<3>(&high_bytes(image.as_raw().iter())),
        DynamicImage::ImageRgba16(image) => weighted::<4>(&high_bytes(image.as_raw().iter())),
        _ => weighted::<3>(image.to_rgb8().as_raw()),
    })
}

fn high_bytes<'a>(samples: impl Iterator<Item = &'a u16>) -> Vec<u8> {
    samples.map(|sample| (sample >> 8) as u8).collect()
}

/// Of pixels that begin with red, green and blue.
fn weighted<const CHANNELS: usize>(samples: &[u8]) -> Vec<u8> {
    let pixels = samples.as_chunks::<CHANNELS>().0.iter();
    let luma = pixels.map(|pixel| {
        let [r, g, b] = pixel.first_chunk().copied().unwrap_or_default();
        let sum = u32::from(r) * 19_595 + u32::from(g) * 38_470 + u32::from(b) * 7_471;
        ((sum + 0x8000) >> 16) as u8
    });
    luma.collect()
}
