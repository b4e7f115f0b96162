//! A borrowed 8-bit picture: what the PDQ kernel reads.

use crate::platform::{Work, fastest};
use image::{DynamicImage, GrayImage};
use std::borrow::Cow;

/// The channels of a pixel, 8 bits each, interleaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Grey.
    L,
    /// Grey and alpha; alpha is ignored.
    La,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue and alpha; alpha is ignored.
    Rgba,
}

impl Layout {
    /// Bytes of a pixel.
    pub fn channels(self) -> usize {
        self.weights().len()
    }

    /// What each channel contributes to the luma (ITU-R BT.601, as the PDQ reference has it).
    pub(super) fn weights(self) -> &'static [f32] {
        match self {
            Self::L => &[1.0],
            Self::La => &[1.0, 0.0],
            Self::Rgb => &[0.299, 0.587, 0.114],
            Self::Rgba => &[0.299, 0.587, 0.114, 0.0],
        }
    }
}

/// A picture in memory, row by row, never empty.
#[derive(Debug, Clone)]
pub struct Raster<'a> {
    width: usize,
    height: usize,
    layout: Layout,
    /// Bytes from one row to the next: more than a row holds where this is a part of a larger picture.
    stride: usize,
    samples: Cow<'a, [u8]>,
}

/// Why something is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RasterError {
    /// A side is zero.
    #[error("the picture has no pixels ({0} × {1})")]
    Empty(usize, usize),
    /// There are more or fewer samples than width × height × channels.
    #[error("{found} samples, the size of the picture calls for {expected}")]
    Samples {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
}

impl<'a> Raster<'a> {
    /// Wraps samples.
    ///
    /// # Errors
    /// See [`RasterError`].
    pub fn new(
        width: usize,
        height: usize,
        layout: Layout,
        samples: impl Into<Cow<'a, [u8]>>,
    ) -> Result<Self, RasterError> {
        let samples = samples.into();
        if width == 0 || height == 0 {
            return Err(RasterError::Empty(width, height));
        }
        let expected = width
            .saturating_mul(height)
            .saturating_mul(layout.channels());
        if samples.len() != expected {
            return Err(RasterError::Samples {
                found: samples.len(),
                expected,
            });
        }
        Ok(Self {
            width,
            height,
            layout,
            stride: width.saturating_mul(layout.channels()),
            samples,
        })
    }

    /// A part of the picture, borrowed; nothing where it is empty or reaches over the edge.
    pub fn crop(&self, left: usize, top: usize, width: usize, height: usize) -> Option<Raster<'_>> {
        let inside = |start: usize, len: usize, all: usize| {
            len > 0 && start.checked_add(len).is_some_and(|end| end <= all)
        };
        if !inside(left, width, self.width) || !inside(top, height, self.height) {
            return None;
        }
        let start = top
            .checked_mul(self.stride)?
            .checked_add(left.checked_mul(self.layout.channels())?)?;
        Some(Raster {
            width,
            height,
            layout: self.layout,
            stride: self.stride,
            samples: Cow::Borrowed(self.samples.get(start..)?),
        })
    }

    /// Borrows a decoded picture; deeper ones than 8 bits a channel are copied and scaled down.
    ///
    /// # Errors
    /// See [`RasterError`].
    pub fn of(image: &'a DynamicImage) -> Result<Self, RasterError> {
        let [width, height] =
            [image.width(), image.height()].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        match image {
            DynamicImage::ImageLuma8(image) => {
                Self::new(width, height, Layout::L, image.as_raw().as_slice())
            }
            DynamicImage::ImageLumaA8(image) => {
                Self::new(width, height, Layout::La, image.as_raw().as_slice())
            }
            DynamicImage::ImageRgb8(image) => {
                Self::new(width, height, Layout::Rgb, image.as_raw().as_slice())
            }
            DynamicImage::ImageRgba8(image) => {
                Self::new(width, height, Layout::Rgba, image.as_raw().as_slice())
            }
            DynamicImage::ImageLuma16(_) | DynamicImage::ImageLumaA16(_) => {
                Self::new(width, height, Layout::L, image.to_luma8().into_raw())
            }
            _ => Self::new(width, height, Layout::Rgb, image.to_rgb8().into_raw()),
        }
    }

    /// Borrows a picture that is grey.
    ///
    /// # Errors
    /// See [`RasterError`].
    pub fn of_grey(image: &'a GrayImage) -> Result<Self, RasterError> {
        let [width, height] =
            [image.width(), image.height()].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        Self::new(width, height, Layout::L, image.as_raw().as_slice())
    }

    /// The luma of each pixel, row by row, rounded.
    pub fn luma(&self) -> Vec<u8> {
        let mut luma = vec![0; self.width.saturating_mul(self.height)];
        for (y, luma) in luma.chunks_exact_mut(self.width).enumerate() {
            fastest(ToLuma {
                layout: self.layout,
                row: self.row(y),
                luma,
            });
        }
        luma
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The channels of a pixel.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// One row; empty past the last.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        if y >= self.height {
            return &[];
        }
        let start = y.saturating_mul(self.stride);
        let len = self.width.saturating_mul(self.layout.channels());
        let row = self.samples.get(start..start.saturating_add(len));
        row.unwrap_or_default()
    }

    /// Takes the nearest sample left of and above each point of a `side` × `side` grid: `src = floor(x · width / side)`.
    pub(super) fn nearest(&self, side: usize) -> Raster<'static> {
        let stride = side.saturating_mul(self.layout.channels());
        let mut samples = vec![0; side.saturating_mul(stride)];
        let columns: Vec<usize> = (0..side).map(|x| source(x, self.width, side)).collect();
        for (y, to) in samples.chunks_exact_mut(stride.max(1)).enumerate() {
            let row = self.row(source(y, self.height, side));
            match self.layout {
                Layout::L => pick::<1>(row, &columns, to),
                Layout::La => pick::<2>(row, &columns, to),
                Layout::Rgb => pick::<3>(row, &columns, to),
                Layout::Rgba => pick::<4>(row, &columns, to),
            }
        }
        Raster {
            width: side,
            height: side,
            layout: self.layout,
            stride,
            samples: Cow::Owned(samples),
        }
    }
}

/// A row of pixels that is turned into luma.
pub(crate) struct ToLuma<'a> {
    pub(crate) layout: Layout,
    pub(crate) row: &'a [u8],
    pub(crate) luma: &'a mut [u8],
}

impl Work for ToLuma<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { layout, row, luma } = self;
        match layout {
            Layout::L => weigh(row.as_chunks::<1>().0, luma, |[grey]| grey),
            Layout::La => weigh(row.as_chunks::<2>().0, luma, |[grey, _]| grey),
            Layout::Rgb => weigh(row.as_chunks::<3>().0, luma, |[r, g, b]| rounded(r, g, b)),
            Layout::Rgba => weigh(row.as_chunks::<4>().0, luma, |[r, g, b, _]| {
                rounded(r, g, b)
            }),
        }
    }
}

#[inline(always)]
fn weigh<const CHANNELS: usize>(
    pixels: &[[u8; CHANNELS]],
    luma: &mut [u8],
    of: impl Fn([u8; CHANNELS]) -> u8,
) {
    for (luma, pixel) in luma.iter_mut().zip(pixels) {
        *luma = of(*pixel);
    }
}

/// ITU-R BT.601 in parts of 65536, which is never off by more than one from rounding the exact value.
#[inline(always)]
fn rounded(r: u8, g: u8, b: u8) -> u8 {
    let sum = 19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b);
    (sum.wrapping_add(1 << 15) >> 16) as u8
}

/// Copies the pixels of these columns; their size is known when this is compiled, which makes it several times as fast.
fn pick<const CHANNELS: usize>(row: &[u8], columns: &[usize], to: &mut [u8]) {
    let pixels = row.as_chunks::<CHANNELS>().0;
    for (to, column) in to.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(columns) {
        *to = pixels.get(*column).copied().unwrap_or([0; CHANNELS]);
    }
}

/// Where the sample at `target` of `to` is taken from, of `from`: the nearest one at or before its place.
pub(super) fn source(target: usize, from: usize, to: usize) -> usize {
    target.saturating_mul(from).checked_div(to).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked() {
        assert_eq!(
            Raster::new(0, 3, Layout::L, vec![]).unwrap_err(),
            RasterError::Empty(0, 3)
        );
        assert!(Raster::new(2, 2, Layout::Rgb, vec![0; 11]).is_err());
        assert!(Raster::new(usize::MAX, usize::MAX, Layout::Rgba, vec![0; 11]).is_err());
        assert!(Raster::of(&DynamicImage::new_rgb8(0, 0)).is_err());
        assert!(Raster::of(&DynamicImage::new_rgba16(3, 1)).is_ok());
    }

    #[test]
    fn a_part_has_the_rows_of_the_whole() {
        let image = Raster::new(4, 3, Layout::La, (0..24).collect::<Vec<u8>>()).unwrap();
        let part = image.crop(1, 1, 2, 2).unwrap();
        assert_eq!(part.row(0), [10, 11, 12, 13]);
        assert_eq!(part.row(1), [18, 19, 20, 21]);
        assert!(part.row(2).is_empty());
        assert_eq!(part.crop(1, 1, 1, 1).unwrap().row(0), [20, 21]);
        assert_eq!(image.crop(0, 0, 4, 3).unwrap().row(2), image.row(2));
        for (left, top, width, height) in [
            (3, 0, 2, 1),
            (0, 2, 1, 2),
            (0, 0, 0, 1),
            (usize::MAX, 0, 1, 1),
            (1, 1, usize::MAX, usize::MAX),
        ] {
            assert!(image.crop(left, top, width, height).is_none());
        }
    }

    #[test]
    fn nearest_takes_the_floor() {
        let image = Raster::new(5, 2, Layout::L, (0..10).collect::<Vec<u8>>()).unwrap();
        assert_eq!(
            image.nearest(3).samples.as_ref(),
            [0, 1, 3, 0, 1, 3, 5, 6, 8]
        );
    }
}
