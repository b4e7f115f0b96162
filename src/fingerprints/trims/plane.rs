//! A small plane of luma samples: what frames are looked for on.

use super::super::raster::{Raster, source};
use super::Sides;
use std::ops::Range;

/// The longest side of the plane.
const SIDE: usize = 384;

/// Samples of the luma, row by row.
pub(super) struct Plane {
    width: usize,
    height: usize,
    luma: Vec<u8>,
}

impl Plane {
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// One row; empty past the last.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        let start = y.saturating_mul(self.width);
        let row = self.luma.get(start..start.saturating_add(self.width));
        row.unwrap_or_default()
    }

    /// Some columns of a row.
    pub(super) fn part(&self, y: usize, columns: &Range<usize>) -> &[u8] {
        self.row(y).get(columns.clone()).unwrap_or_default()
    }

    fn transposed(&self) -> Self {
        let mut luma = vec![0; self.luma.len()];
        for (y, row) in self.luma.chunks_exact(self.width.max(1)).enumerate() {
            let column = luma.iter_mut().skip(y).step_by(self.height.max(1));
            for (to, from) in column.zip(row) {
                *to = *from;
            }
        }
        Self {
            width: self.height,
            height: self.width,
            luma,
        }
    }
}

/// The plane and the same with rows for columns, so that what looks at rows can look at columns.
pub(super) struct Planes {
    pub(super) rows: Plane,
    pub(super) columns: Plane,
}

impl Planes {
    /// Takes samples without filtering: straight edges stay sharp, and a full pass over the picture is saved.
    pub(super) fn of(raster: &Raster<'_>) -> Self {
        let (width, height) = (raster.width().min(SIDE), raster.height().min(SIDE));
        let columns: Vec<usize> = (0..width)
            .map(|x| source(x, raster.width(), width))
            .collect();
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = raster.row(source(y, raster.height(), height));
            lumas(row, raster.layout().channels(), &columns, &mut luma);
        }
        let rows = Plane {
            width,
            height,
            luma,
        };
        Self {
            columns: rows.transposed(),
            rows,
        }
    }

    /// The columns that are left between the left and the right side.
    pub(super) fn across(&self, sides: &Sides) -> Range<usize> {
        sides.left..self.rows.width().saturating_sub(sides.right)
    }

    /// The rows that are left between top and bottom.
    pub(super) fn down(&self, sides: &Sides) -> Range<usize> {
        sides.top..self.rows.height().saturating_sub(sides.bottom)
    }
}

/// Appends the luma of some pixels of a row.
pub(super) fn lumas(row: &[u8], channels: usize, columns: &[usize], to: &mut Vec<u8>) {
    match channels {
        1 => to.extend(columns.iter().map(|x| row.get(*x).copied().unwrap_or(0))),
        2 => gather(row.as_chunks::<2>().0, columns, to, |[l, _]| l),
        3 => gather(row.as_chunks::<3>().0, columns, to, |[r, g, b]| {
            mix(r, g, b)
        }),
        _ => gather(row.as_chunks::<4>().0, columns, to, |[r, g, b, _]| {
            mix(r, g, b)
        }),
    }
}

fn gather<const N: usize>(
    pixels: &[[u8; N]],
    columns: &[usize],
    to: &mut Vec<u8>,
    luma: impl Fn([u8; N]) -> u8,
) {
    to.extend(
        columns
            .iter()
            .map(|x| pixels.get(*x).map_or(0, |pixel| luma(*pixel))),
    );
}

/// The weights of PDQ in parts of 256.
fn mix(r: u8, g: u8, b: u8) -> u8 {
    let sum = 77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b);
    (sum >> 8).min(255) as u8
}

/// How many samples of a line there are of each luma.
pub(super) struct Histogram {
    counts: [u16; 256],
    total: usize,
}

impl Histogram {
    pub(super) fn of(line: &[u8]) -> Self {
        let mut counts = [0; 256];
        for sample in line {
            if let Some(count) = counts.get_mut(usize::from(*sample)) {
                *count += 1;
            }
        }
        Self {
            counts,
            total: line.len(),
        }
    }

    /// The luma about which most samples lie, and the share of samples that lie no further than `reach` from it.
    pub(super) fn mode(&self, reach: usize) -> (u8, f32) {
        let window = 2 * reach + 1;
        let ahead = self.counts.iter().skip(window).chain(std::iter::repeat(&0));
        let mut sum: u32 = self
            .counts
            .iter()
            .take(window)
            .copied()
            .map(u32::from)
            .sum();
        let (mut best, mut at) = (sum, 0);
        for (n, (leaves, enters)) in self.counts.iter().zip(ahead).enumerate().take(256 - window) {
            sum = sum + u32::from(*enters) - u32::from(*leaves);
            if sum > best {
                (best, at) = (sum, n + 1);
            }
        }
        let middle = u8::try_from(at + reach).unwrap_or(u8::MAX);
        (middle, best as f32 / self.total.max(1) as f32)
    }

    /// The luma below which half of the samples lie.
    pub(super) fn median(&self) -> u8 {
        let mut below = 0;
        let middle = self.counts.iter().position(|count| {
            below += usize::from(*count);
            2 * below > self.total
        });
        middle.and_then(|n| u8::try_from(n).ok()).unwrap_or(0)
    }
}

/// The share of samples that lie no further than `reach` from `luma`.
pub(super) fn share(line: &[u8], luma: u8, reach: u8) -> f32 {
    let near = line.iter().filter(|s| s.abs_diff(luma) <= reach).count();
    near as f32 / line.len().max(1) as f32
}
