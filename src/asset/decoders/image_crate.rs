//! WebP, GIF, TIFF, BMP and ICO: as the `image` crate decodes them.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits as Bounds};

use super::{Decode, Decoder, Format, Limits, PixelError, check_size, memory};

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::WebP, Format::Gif, Format::Tiff, Format::Bmp],
    decode: Decode::Colours(|bytes, container, limits| {
        let format = match container.format {
            Some(Format::WebP) => ImageFormat::WebP,
            Some(Format::Gif) => ImageFormat::Gif,
            Some(Format::Tiff) => ImageFormat::Tiff,
            Some(Format::Bmp) => ImageFormat::Bmp,
            _ => ImageFormat::Ico,
        };
        decode(bytes, format, limits)
    }),
    memory: memory::of,
};

/// Most colour types take no more, so a picture within the limit may be held in memory.
const BYTES_PER_PIXEL: u64 = 8;

/// What decoders need besides the picture itself.
pub(super) const DECODER_ROOM: u64 = 64 << 20;

/// Decodes the first picture of a file of this format.
pub(super) fn decode(
    bytes: &[u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<DynamicImage, PixelError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = Bounds::default();
    let most = most_bytes(limits);
    bounds.max_alloc = Some(most.saturating_add(DECODER_ROOM));
    reader.limits(bounds);
    let translate = |error| PixelError::of(format, &error);
    let decoder = reader.into_decoder().map_err(translate)?;
    // The decoder's own word counts: the header that was walked need not be the one that it reads.
    check_size(Some(decoder.dimensions()), limits)?;
    if decoder.total_bytes() > most.saturating_mul(2) {
        return Err(PixelError::TooLarge(format!(
            "the decoded picture takes {} bytes (raise the limit with --max-pixels)",
            decoder.total_bytes()
        )));
    }
    DynamicImage::from_decoder(decoder).map_err(translate)
}

/// Most bytes that a picture within the limits takes.
pub(super) fn most_bytes(limits: &Limits) -> u64 {
    limits.max_pixels.saturating_mul(BYTES_PER_PIXEL)
}
