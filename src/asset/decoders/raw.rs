//! The preview of a camera's raw file, a JPEG. What the sensor saw is not developed.

use super::{Container, Decode, Decoder, Encoded, Format, Limits, Picture, PixelError};
use crate::asset::Preview;

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
    decode: Decode::Views(decode),
    memory: |encoded, _| match &encoded.container.preview {
        Some(preview) => with_jpeg(encoded, preview, |jpeg| jpeg.memory()),
        None => 0,
    },
};

fn decode(encoded: &Encoded<'_>, limits: &Limits) -> Result<Picture, PixelError> {
    let name = encoded.container.format.map_or("file", Format::name);
    match &encoded.container.preview {
        Some(preview) => with_jpeg(encoded, preview, |jpeg| jpeg.decode(limits)),
        None => Err(PixelError::Unsupported(format!(
            "this {name}, which holds no preview in JPEG,"
        ))),
    }
}

/// Does something with the preview as if it were a file of its own.
fn with_jpeg<T>(
    encoded: &Encoded<'_>,
    preview: &Preview,
    then: impl FnOnce(&Encoded<'_>) -> T,
) -> T {
    let container = Container {
        format: Some(Format::Jpeg),
        dimensions: Some(preview.size),
        ..Container::default()
    };
    let bytes = encoded.bytes.get(preview.range.clone());
    then(&Encoded {
        bytes: bytes.unwrap_or_default(),
        container: &container,
        colour: encoded.colour,
    })
}
