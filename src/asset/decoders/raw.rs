//! The preview of a camera's raw file, a JPEG. What the sensor saw is not developed.

use super::{Container, Decoder, Format, Limits, PixelError, jpeg};
use crate::asset::Preview;
use image::DynamicImage;

pub(super) const DECODER: Decoder = Decoder {
    formats: &[
        Format::Dng,
        Format::Cr2,
        Format::Cr3,
        Format::Nef,
        Format::Arw,
        Format::Orf,
        Format::Rw2,
        Format::Raf,
        Format::Pef,
        Format::Srw,
        Format::Raw,
    ],
    decode,
    memory: |size, container| match &container.preview {
        Some(preview) => (jpeg::DECODER.memory)(size, &as_jpeg(preview)),
        None => 0,
    },
};

fn decode(
    bytes: &[u8],
    container: &Container,
    limits: &Limits,
) -> Result<DynamicImage, PixelError> {
    let name = container.format.map_or("file", Format::name);
    let nothing = || PixelError::Unsupported(format!("this {name}, which holds no preview in JPEG,"));
    let preview = container.preview.as_ref().ok_or_else(nothing)?;
    let bytes = bytes.get(preview.range.clone()).unwrap_or_default();
    (jpeg::DECODER.decode)(bytes, &as_jpeg(preview), limits)
}

/// What is known of the preview as a file of its own.
fn as_jpeg(preview: &Preview) -> Container {
    Container {
        format: Some(Format::Jpeg),
        dimensions: Some(preview.size),
        ..Container::default()
    }
}
