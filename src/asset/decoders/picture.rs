//! What decoders hand out.

use std::sync::OnceLock;

use image::{DynamicImage, GrayImage};

use super::PixelError;
use crate::fingerprints::{Raster, RasterError};

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
        }
    }

    /// The same of a picture that was decoded for them.
    pub(in crate::asset) fn into_pixels(self) -> Result<Pixels, PixelError> {
        let pixels = match self {
            Self::Colours { pixels, .. } => Some(pixels),
            Self::Luma { pixels, .. } => pixels,
        };
        pixels.ok_or_else(|| PixelError::Unsupported("the colours of this file".to_owned()))
    }

    /// Width and height.
    pub(in crate::asset) fn size(&self) -> (u32, u32) {
        match self {
            Self::Colours { pixels, .. } => (pixels.image.width(), pixels.image.height()),
            Self::Luma { luma, .. } => luma.dimensions(),
        }
    }

    /// The luma, 8 bits a pixel.
    pub(in crate::asset) fn luma(&self) -> Result<Raster<'_>, PixelError> {
        match self {
            Self::Luma { luma, .. } => grey(luma),
            Self::Colours { pixels, luma } => match &pixels.image {
                DynamicImage::ImageLuma8(luma) => grey(luma),
                image => grey(luma.get_or_init(|| luma_of(image))),
            },
        }
    }

    /// What the reference of PDQ computes luma of, without rounding it to 8 bits: the colours, where there is no luma as such.
    pub(in crate::asset) fn exact(&self) -> Result<Raster<'_>, PixelError> {
        match self {
            Self::Luma { luma, .. } => grey(luma),
            Self::Colours { pixels, .. } => Raster::of(&pixels.image).map_err(no_raster),
        }
    }
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
