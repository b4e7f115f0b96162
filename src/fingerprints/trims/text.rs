//! Whether a picture is text on plain ground.

use super::Raster;
use super::plane::{Histogram, Plane, Planes};

/// The share of the picture that is of one tone.
const GROUND: f32 = 0.5;

/// Samples further from the ground than this are strokes.
const STROKE: u8 = 40;

/// The least share of strokes: a plain picture with a spot on it is no text.
const INK: f32 = 0.015;

/// A run of more samples than one in so many of a row is no stroke of a letter, nor is one of so many of a column: a short
/// message has letters that are high for it.
const LONG_ACROSS: usize = 20;
const LONG_DOWN: usize = 6;

/// The most ink that may lie in long runs.
const IN_LONG_RUNS: f32 = 0.35;

/// Whether the picture is mostly text on plain ground: a page, a message, a post.
///
/// Such pictures look alike to perceptual hashes, so that a near match of two of them says little.
pub fn text_like(raster: &Raster<'_>) -> bool {
    let planes = Planes::of(raster);
    let plane = &planes.rows;
    let mut all = Vec::with_capacity(plane.width());
    for y in 0..plane.height() {
        // A part of the samples tells the ground.
        all.extend(plane.row(y).iter().step_by(5));
    }
    let all: Vec<u8> = all.into_iter().take(usize::from(u16::MAX)).collect();
    let (tone, found) = Histogram::of(&all).mode(8);
    found >= GROUND
        && strokes(plane, tone, plane.width() / LONG_ACROSS)
        && strokes(&planes.columns, tone, plane.height() / LONG_DOWN)
}

/// Whether what is not ground lies in short runs.
fn strokes(plane: &Plane, tone: u8, most: usize) -> bool {
    let (mut ink, mut long, mut total) = (0, 0, 0);
    for y in 0..plane.height() {
        let mut run = 0;
        for sample in plane.row(y) {
            total += 1;
            if sample.abs_diff(tone) > STROKE {
                ink += 1;
                run += 1;
            } else {
                long += if run > most { run } else { 0 };
                run = 0;
            }
        }
        long += if run > most { run } else { 0 };
    }
    ink as f32 >= INK * total as f32 && long as f32 <= IN_LONG_RUNS * ink as f32
}
