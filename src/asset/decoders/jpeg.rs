//! JPEG. Where it holds luma and two colour differences, as nearly every one does, the luma is taken as it stands in the file:
//! without the colours that is a quarter less work, and it is the same whether the colours were decoded, too, or not.

mod colours;
mod frame;

use std::borrow::Cow;

use image::{DynamicImage, GrayImage, RgbImage};
use memchr::memmem;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{
    Decode, Decoder, Encoded, Format, Limits, Picture, PixelError, Pixels, area, check_size,
};
use crate::asset::BlockKind;
use frame::Frame;

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::Jpeg],
    decode: Decode::Views(decode),
    memory,
};

/// What parts of the picture show that the file did not hold: the middle of every channel.
const MISSING: u8 = 128;

/// Decodes the picture, in colour only if that is wanted or if there is no other way to its luma.
pub(super) fn decode(encoded: &Encoded<'_>, limits: &Limits) -> Result<Picture, PixelError> {
    let frame = Frame::read(encoded.bytes);
    if let Some(kind) = frame.as_ref().and_then(Frame::unsupported) {
        return Err(PixelError::Unsupported(kind));
    }
    let bytes = without_extended_xmp(encoded.bytes);
    let jpeg = Jpeg::open(&bytes, limits)?;
    let direct = frame.is_some_and(|frame| frame.has_plain_luma());
    match jpeg.space() {
        ColorSpace::Luma => Ok(Picture::from(DynamicImage::from(jpeg.grey()?))),
        ColorSpace::YCbCr if direct && !encoded.colour => Ok(Picture::Luma {
            luma: jpeg.grey()?,
            pixels: None,
        }),
        ColorSpace::YCbCr => {
            let (image, mut luma) = jpeg.colours_and_luma()?;
            // Of a file that is cut off, the decoder finishes a few rows more when it decodes luma alone.
            if direct && is_missing(luma.as_raw(), luma.width()) {
                luma = Jpeg::open(&bytes, limits)?.grey()?;
            }
            let image = image.into();
            let pixels = Some(Pixels { image });
            Ok(Picture::Luma { luma, pixels })
        }
        _ => Ok(Picture::from(DynamicImage::from(jpeg.rgb()?))),
    }
}

/// Whether nothing was decoded of the last row.
fn is_missing(luma: &[u8], width: u32) -> bool {
    let last = usize::try_from(width).ok().and_then(|width| {
        let start = luma.len().checked_sub(width)?;
        luma.get(start..)
    });
    last.is_some_and(|last| last.iter().all(|sample| *sample == MISSING))
}

/// A file whose header was read.
struct Jpeg<'a> {
    decoder: JpegDecoder<ZCursor<&'a [u8]>>,
    width: u32,
    height: u32,
}

impl<'a> Jpeg<'a> {
    fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, PixelError> {
        let options = DecoderOptions::default()
            .set_strict_mode(false)
            .set_max_width(usize::MAX)
            .set_max_height(usize::MAX);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        decoder.decode_headers().map_err(translate)?;
        let (width, height) = decoder.dimensions().unwrap_or_default();
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let (width, height) = (side(width), side(height));
        // The decoder's own word counts: the header that was walked need not be the one that it reads.
        check_size(Some((width, height)), limits)?;
        Ok(Self {
            decoder,
            width,
            height,
        })
    }

    /// What the samples stand for.
    fn space(&self) -> ColorSpace {
        self.decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr)
    }

    fn grey(self) -> Result<GrayImage, PixelError> {
        let (width, height) = (self.width, self.height);
        let samples = self.samples(ColorSpace::Luma, 1)?;
        GrayImage::from_raw(width, height, samples).ok_or_else(PixelError::memory)
    }

    fn rgb(self) -> Result<RgbImage, PixelError> {
        let (width, height) = (self.width, self.height);
        let samples = self.samples(ColorSpace::RGB, 3)?;
        RgbImage::from_raw(width, height, samples).ok_or_else(PixelError::memory)
    }

    /// The picture, and its luma as it stands in the file.
    fn colours_and_luma(self) -> Result<(RgbImage, GrayImage), PixelError> {
        let (width, height) = (self.width, self.height);
        let mut samples = self.samples(ColorSpace::YCbCr, 3)?;
        let luma = colours::split(&mut samples);
        RgbImage::from_raw(width, height, samples)
            .zip(GrayImage::from_raw(width, height, luma))
            .ok_or_else(PixelError::memory)
    }

    fn samples(mut self, space: ColorSpace, channels: u64) -> Result<Vec<u8>, PixelError> {
        let options = self.decoder.options().jpeg_set_out_colorspace(space);
        self.decoder.set_options(options);
        let len = area((self.width, self.height)).saturating_mul(channels);
        let len = usize::try_from(len).map_err(|_| PixelError::memory())?;
        let mut samples = vec![MISSING; len];
        self.decoder.decode_into(&mut samples).map_err(translate)?;
        Ok(samples)
    }
}

fn translate(error: DecodeErrors) -> PixelError {
    match error {
        DecodeErrors::Unsupported(_) => PixelError::Unsupported("this variant of JPEG".to_owned()),
        DecodeErrors::LargeDimensions(_) => PixelError::memory(),
        error => PixelError::damage(&error.to_string()),
    }
}

/// The decoder sorts all pieces of extended XMP anew after every segment, so that a few megabytes of them take minutes. It is
/// given none: under another name it passes over them.
fn without_extended_xmp(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut pieces = memmem::find_iter(bytes, b"http://ns.adobe.com/xmp/extension/\0").peekable();
    if pieces.peek().is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut renamed = bytes.to_vec();
    for piece in pieces {
        if let Some(first) = renamed.get_mut(piece) {
            *first = b'-';
        }
    }
    Cow::Owned(renamed)
}

/// Rows of samples that the decoder works on, for each pixel of the width: three channels of 16 rows, 16 bits each, as they
/// are and stretched, and room for both.
const BYTES_PER_COLUMN: u64 = 3 * 16 * 2 * 4;

/// The tables of its codes.
const TABLES: u64 = 64 << 10;

/// The picture, luma beside it if the colours are wanted; all values of the transform, where they come in several scans; and
/// a copy of the file, where extended XMP has to be taken out.
fn memory(encoded: &Encoded<'_>, size: (u32, u32)) -> u64 {
    let frame = Frame::read(encoded.bytes);
    let plain = frame.as_ref().is_some_and(Frame::has_plain_luma);
    let grey = frame.as_ref().is_some_and(|frame| frame.is_grey());
    let channels = match encoded.colour || !plain {
        true if !grey => 4,
        _ => 1,
    };
    let values = frame.map_or(0, |frame| frame.buffered(size));
    let blocks = encoded.container.blocks.iter();
    let copied = blocks
        .filter(|block| matches!(block.kind, BlockKind::ExtendedXmp { .. }))
        .map(|_| encoded.bytes.len())
        .next();
    let rows = u64::from(size.0).saturating_mul(BYTES_PER_COLUMN);
    area(size)
        .saturating_mul(channels)
        .saturating_add(values)
        .saturating_add(rows)
        .saturating_add(TABLES)
        .saturating_add(copied.and_then(|len| len.try_into().ok()).unwrap_or(0))
}
