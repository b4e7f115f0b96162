//! The later frames of an animation: what a picture shows after the first look.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageResult, Limits as Bounds};

use super::{Format, Limits};

/// Most frames that are decoded.
const MAX_FRAMES: usize = 1000;

/// Bytes of a pixel of a frame.
const BYTES_PER_PIXEL: u64 = 4;

/// What decoders need besides the frames.
const DECODER_ROOM: u64 = 64 << 20;

/// Goes through the frames after the first, with their numbers, counted from 1 for the first of all. It ends at the first
/// that is damaged, when all of them together have more pixels than the limit allows for one picture, or when `each` has
/// seen enough; it tells how many were looked at if there may be more.
pub(super) fn later(
    bytes: &[u8],
    format: Option<Format>,
    limits: &Limits,
    mut each: impl FnMut(usize, DynamicImage) -> bool,
) -> Option<usize> {
    #[cfg(feature = "jxl")]
    if format == Some(Format::JpegXl) {
        return of_jxl(bytes, limits, each);
    }
    let frames = frames(bytes, format, limits).ok().flatten()?;
    let mut pixels = 0_u64;
    for (frame, number) in frames.zip(1..) {
        let Ok(frame) = frame else {
            return Some(number - 1);
        };
        let frame = frame.into_buffer();
        pixels += u64::from(frame.width()) * u64::from(frame.height());
        if pixels > limits.max_pixels || number > MAX_FRAMES {
            return Some(number - 1);
        }
        if number > 1 && !each(number, frame.into()) {
            return Some(number);
        }
    }
    None
}

/// The same for JPEG XL, whose decoder takes no part in what the `image` crate calls an animation.
#[cfg(feature = "jxl")]
fn of_jxl(
    bytes: &[u8],
    limits: &Limits,
    mut each: impl FnMut(usize, DynamicImage) -> bool,
) -> Option<usize> {
    let (mut pixels, mut looked) = (0_u64, 0);
    let whole = super::decoders::jxl_frames(bytes, limits, MAX_FRAMES, |frame| {
        pixels += u64::from(frame.width()) * u64::from(frame.height());
        if pixels > limits.max_pixels {
            return false;
        }
        looked += 1;
        looked == 1 || each(looked, frame)
    });
    (!whole).then_some(looked)
}

/// The frames of a file, if it is of a format that has some.
fn frames<'a>(
    bytes: &'a [u8],
    format: Option<Format>,
    limits: &Limits,
) -> ImageResult<Option<Frames<'a>>> {
    let file = Cursor::new(bytes);
    Ok(match format {
        Some(Format::Gif) => Some(bounded(GifDecoder::new(file)?, limits)?.into_frames()),
        Some(Format::WebP) => {
            let decoder = bounded(WebPDecoder::new(file)?, limits)?;
            decoder.has_animation().then(|| decoder.into_frames())
        }
        Some(Format::Png) => {
            let decoder = bounded(PngDecoder::new(file)?, limits)?;
            match decoder.is_apng()? {
                true => Some(decoder.apng()?.into_frames()),
                false => None,
            }
        }
        _ => None,
    })
}

/// A decoder that takes no more memory than a picture within the limits needs.
fn bounded<D: ImageDecoder>(mut decoder: D, limits: &Limits) -> ImageResult<D> {
    let mut bounds = Bounds::default();
    let most = limits.max_pixels.saturating_mul(BYTES_PER_PIXEL);
    bounds.max_alloc = Some(most.saturating_add(DECODER_ROOM));
    decoder.set_limits(bounds)?;
    Ok(decoder)
}
