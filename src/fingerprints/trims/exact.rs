//! From lines of the plane to rows and columns of the picture.

use super::super::raster::{Raster, source};
use super::plane::{Planes, lumas};
use super::{Frame, Trim};
use std::ops::Range;

/// Samples that are compared along an edge.
const SAMPLES: usize = 192;

/// Compression smears an edge over blocks of so many pixels.
const BLOCK: usize = 8;

/// One pixel counts no more than this, so that the longest edge wins, not the hardest.
const MOST: u8 = 32;

/// The part of the picture inside a frame.
pub(super) fn trim(raster: &Raster<'_>, planes: &Planes, frame: &Frame) -> Trim {
    let (rows, columns) = (
        Axis {
            raster,
            rows: true,
            len: raster.height(),
            plane: planes.rows.height(),
        },
        Axis {
            raster,
            rows: false,
            len: raster.width(),
            plane: planes.rows.width(),
        },
    );
    let (down, across) = (planes.down(&frame.sides), planes.across(&frame.sides));
    let rough = columns.start(across.start)..columns.start(across.end);
    let down = rows.start_at(down.start, &rough)..rows.end_at(down.end, &rough);
    let across = columns.start_at(across.start, &down)..columns.end_at(across.end, &down);
    Trim {
        left: across.start,
        top: down.start,
        width: across.len(),
        height: down.len(),
        name: frame.name,
    }
}

/// The rows or the columns of a picture.
struct Axis<'a> {
    raster: &'a Raster<'a>,
    rows: bool,
    len: usize,
    plane: usize,
}

impl Axis<'_> {
    /// The line that the plane has at a place; the end for the end.
    fn start(&self, at: usize) -> usize {
        source(at, self.len, self.plane).min(self.len)
    }

    /// The first line inside, given the first one on the plane. Smeared lines outside may look as if they were inside.
    fn start_at(&self, at: usize, across: &Range<usize>) -> usize {
        if at == 0 {
            return 0;
        }
        let first = self.start(at.saturating_sub(2)) + 1;
        let last = self.start(at + 1) + BLOCK.min(self.len / 16);
        self.hardest(first..last.min(self.len), across)
            .unwrap_or(self.start(at))
    }

    /// The first line outside again.
    fn end_at(&self, at: usize, across: &Range<usize>) -> usize {
        if at >= self.plane {
            return self.len;
        }
        let first = self
            .start(at.saturating_sub(2))
            .saturating_sub(BLOCK.min(self.len / 16));
        let last = self.start(at + 1) + 1;
        self.hardest(first.max(1)..last.min(self.len), across)
            .unwrap_or(self.start(at))
    }

    /// The line that differs most from the one before it.
    fn hardest(&self, lines: Range<usize>, across: &Range<usize>) -> Option<usize> {
        let samples = across.len().min(SAMPLES);
        let places: Vec<usize> = (0..samples)
            .map(|n| across.start + source(n, across.len(), samples))
            .collect();
        let mut before = self.line(lines.start.checked_sub(1)?, &places);
        let mut best = None;
        for n in lines {
            let line = self.line(n, &places);
            let steps = line.iter().zip(&before);
            let sum: u32 = steps
                .map(|(a, b)| u32::from(a.abs_diff(*b).min(MOST)))
                .sum();
            if best.is_none_or(|(most, _)| sum > most) {
                best = Some((sum, n));
            }
            before = line;
        }
        best.map(|(_, n)| n)
    }

    fn line(&self, n: usize, places: &[usize]) -> Vec<u8> {
        let channels = self.raster.layout().channels();
        let mut line = Vec::with_capacity(places.len());
        if self.rows {
            lumas(self.raster.row(n), channels, places, &mut line);
        } else {
            for y in places {
                lumas(self.raster.row(*y), channels, &[n], &mut line);
            }
        }
        line
    }
}
