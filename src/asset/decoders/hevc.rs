//! HEIC, as the `heic-rs` crate decodes it: container, tiles and all.

use super::{Limits, PixelError, check_size};
use heic_rs::{DecodeOptions, Error, PixelLayout, decode as decode_heic};
use image::{DynamicImage, RgbImage};

/// Decodes the main picture of a file, as stored.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<DynamicImage, PixelError> {
    let options = DecodeOptions {
        layout: PixelLayout::Rgb8,
        max_pixels: Some(limits.max_pixels),
        apply_transforms: false,
        decode_alpha: false,
        strict: false,
        threads: Some(1),
    };
    let image = decode_heic(bytes, &options).map_err(|error| translated(&error))?;
    check_size(Some((image.width, image.height)), limits)?;
    RgbImage::from_raw(image.width, image.height, image.data)
        .map(DynamicImage::from)
        .ok_or_else(|| PixelError::damage("it has fewer pixels than it should"))
}

fn translated(error: &Error) -> PixelError {
    match error {
        Error::PixelLimit { .. } => PixelError::memory(),
        Error::Unsupported(what) => PixelError::Unsupported(format!("this HEIC ({what})")),
        error => PixelError::damage(&error.to_string()),
    }
}
