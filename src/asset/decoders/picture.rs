//! What decoders hand out.

use std::sync::OnceLock;

use image::{DynamicImage, GrayImage};

use super::PixelError;
use crate::fingerprints::pdq::{self, Gathered, Spectrum};
use crate::fingerprints::{FingerprintError, Raster, RasterError};

/// How many pixels of the first column are kept of a picture whose colours are not.
pub(super) const COLUMN: usize = 128;

/// The decoded picture as stored, in colour.
#[derive(Debug)]
pub struct Pixels {
    /// The picture, in the decoder's own colour type.
    pub image: DynamicImage,
}

/// A decoded picture: its colours, its luma or both.
#[derive(Debug)]
pub(in crate::asset) enum Picture {
    /// Luma follows from the colours.
    Colours {
        pixels: Pixels,
        /// Made when it is first asked for; empty, where the colours are grey already.
        luma: OnceLock<GrayImage>,
    },
    /// Luma as it stands in the file, and the colours, if they were asked for.
    Luma {
        luma: GrayImage,
        pixels: Option<Pixels>,
    },
    /// Luma of colours that were not kept, and what was made of these.
    Passed {
        luma: GrayImage,
        gathered: Box<Gathered>,
        /// The first column, as far as [`COLUMN`] goes.
        column: DynamicImage,
    },
}

impl From<DynamicImage> for Picture {
    fn from(image: DynamicImage) -> Self {
        Self::Colours {
            pixels: Pixels { image },
            luma: OnceLock::new(),
        }
    }
}

impl Picture {
    /// The colours, if they were decoded.
    pub(in crate::asset) fn pixels(&self) -> Option<&Pixels> {
        match self {
            Self::Colours { pixels, .. } => Some(pixels),
            Self::Luma { pixels, .. } => pixels.as_ref(),
            Self::Passed { .. } => None,
        }
    }

    /// The same of a picture that was decoded for them.
    pub(in crate::asset) fn into_pixels(self) -> Result<Pixels, PixelError> {
        let pixels = match self {
            Self::Colours { pixels, .. } => Some(pixels),
            Self::Luma { pixels, .. } => pixels,
            Self::Passed { .. } => None,
        };
        pixels.ok_or_else(|| PixelError::Unsupported("the colours of this file".to_owned()))
    }

    /// The beginning of the first column in colour, where that is all that was kept of the colours.
    pub(in crate::asset) fn column(&self) -> Option<&DynamicImage> {
        match self {
            Self::Passed { column, .. } => Some(column),
            _ => None,
        }
    }

    /// Width and height.
    pub(in crate::asset) fn size(&self) -> (u32, u32) {
        match self {
            Self::Colours { pixels, .. } => (pixels.image.width(), pixels.image.height()),
            Self::Luma { luma, .. } | Self::Passed { luma, .. } => luma.dimensions(),
        }
    }

    /// The luma, 8 bits a pixel.
    pub(in crate::asset) fn luma(&self) -> Result<Raster<'_>, PixelError> {
        match self {
            Self::Luma { luma, .. } | Self::Passed { luma, .. } => grey(luma),
            Self::Colours { pixels, luma } => match &pixels.image {
                DynamicImage::ImageLuma8(luma) => grey(luma),
                image => grey(luma.get_or_init(|| luma_of(image))),
            },
        }
    }

    /// The frequencies that PDQ hashes.
    pub(in crate::asset) fn spectrum(&self) -> Result<Spectrum, FingerprintError> {
        match self {
            Self::Passed { gathered, .. } => Ok(gathered.full.clone()),
            Self::Luma { luma, .. } => pdq::full_size(&grey(luma)?),
            Self::Colours { pixels, .. } => pdq::full_size(&exact(pixels)?),
        }
    }

    /// The same of the picture resized to 512 × 512, where a side is longer.
    pub(in crate::asset) fn resized_spectrum(&self) -> Result<Spectrum, FingerprintError> {
        match self {
            Self::Passed { gathered, .. } => Ok(gathered.resized.clone()),
            Self::Luma { luma, .. } => pdq::resized(&grey(luma)?),
            Self::Colours { pixels, .. } => pdq::resized(&exact(pixels)?),
        }
    }
}

/// The colours as they are: the reference of PDQ makes luma of them that is not rounded to 8 bits.
fn exact(pixels: &Pixels) -> Result<Raster<'_>, PixelError> {
    Raster::of(&pixels.image).map_err(no_raster)
}

fn grey(luma: &GrayImage) -> Result<Raster<'_>, PixelError> {
    Raster::of_grey(luma).map_err(no_raster)
}

fn no_raster(error: RasterError) -> PixelError {
    PixelError::Malformed(error.to_string())
}

/// The luma of colours by ITU-R BT.601, rounded; what is deeper than 8 bits is first scaled down.
fn luma_of(image: &DynamicImage) -> GrayImage {
    let samples = Raster::of(image).map(|raster| raster.luma());
    let grey = GrayImage::from_raw(image.width(), image.height(), samples.unwrap_or_default());
    grey.unwrap_or_default()
}
