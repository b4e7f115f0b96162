//! JPEG XL, as the `jxl-oxide` crate decodes it, on this thread and within bounds of memory.

use super::{Decode, Decoder, Format, Limits, PixelError, area, check_size, contained};
use crate::asset::Orientation;
use image::{DynamicImage, GrayImage, RgbImage, metadata::Orientation as Turn};
use jxl_oxide::{
    AllocTracker, EnumColourEncoding, InitializeResult, JxlImage, JxlThreadPool, PixelFormat,
    Render, RenderingIntent,
};

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::JpegXl],
    decode: Decode::Colours(|bytes, _, limits| contained(|| decode(bytes, limits))),
    memory: |_, size| {
        area(size)
            .saturating_mul(BYTES_PER_PIXEL)
            .saturating_add(ROOM)
    },
};

/// Three planes of 32-bit numbers, and the same again while they are filtered or turned into colours.
const BYTES_PER_PIXEL: u64 = 32;

/// What the decoder needs besides the planes.
const ROOM: u64 = 64 << 20;

/// Bytes that are handed to the decoder at a time.
const PIECE: usize = 64 << 10;

/// Parts that are not shown by themselves may come before a frame, each with a header in memory: so many at most.
const MAX_PARTS: usize = 4096;

/// Decodes the first frame, as stored.
fn decode(bytes: &[u8], limits: &Limits) -> Result<DynamicImage, PixelError> {
    let image = read(bytes, limits, 1)?;
    if image.num_loaded_keyframes() == 0 {
        return Err(PixelError::damage("the file ends before its picture does"));
    }
    let render = image.render_frame(0).map_err(|error| translated(&*error))?;
    stored(&image, &render)
}

/// The frames of an animation, one after the other, until `each` has seen enough or one is damaged: whether it saw all.
pub(in crate::asset) fn frames(
    bytes: &[u8],
    limits: &Limits,
    most: usize,
    mut each: impl FnMut(DynamicImage) -> bool,
) -> bool {
    let all = contained(|| Ok(follow(bytes, limits, most, &mut each)));
    all.unwrap_or(false)
}

fn follow(
    bytes: &[u8],
    limits: &Limits,
    most: usize,
    each: &mut impl FnMut(DynamicImage) -> bool,
) -> bool {
    let Ok(first) = read(bytes, limits, 1) else {
        return true;
    };
    if first.image_header().metadata.animation.is_none() {
        return true;
    }
    let Ok(image) = read(bytes, limits, most) else {
        return false;
    };
    for number in 0..image.num_loaded_keyframes() {
        let frame = image.render_frame(number).ok();
        let frame = frame.and_then(|render| stored(&image, &render).ok());
        if frame.is_none_or(|frame| !each(frame)) {
            return false;
        }
    }
    image.is_loading_done()
}

/// Reads so many frames, or as many as there are, without turning them into pixels.
fn read(bytes: &[u8], limits: &Limits, frames: usize) -> Result<JxlImage, PixelError> {
    let mut rest = bytes;
    let mut image = header(&mut rest, limits)?;
    while !has_enough(&image, frames)? && !rest.is_empty() {
        let piece = rest.get(..PIECE).unwrap_or(rest);
        let taken = image.feed_bytes(piece);
        rest = after(rest, taken.map_err(|error| translated(&*error))?);
    }
    without_profile(&mut image);
    Ok(image)
}

/// Reads the header, from pieces that grow: it begins anew with each, which must not be as often as the file is long.
fn header(rest: &mut &[u8], limits: &Limits) -> Result<JxlImage, PixelError> {
    let most = limits.max_pixels.saturating_mul(BYTES_PER_PIXEL);
    let most = usize::try_from(most.saturating_add(ROOM)).unwrap_or(usize::MAX);
    let mut begun = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(most))
        .build_uninit();
    let mut len = PIECE;
    while !rest.is_empty() {
        let taken = begun.feed_bytes(rest.get(..len).unwrap_or(rest));
        let read = begun.try_init().map_err(|error| translated(&*error))?;
        if let InitializeResult::Initialized(image) = &read {
            check_size(Some((image.width(), image.height())), limits)?;
        }
        *rest = after(rest, taken.map_err(|error| translated(&*error))?);
        match read {
            InitializeResult::Initialized(image) => return Ok(image),
            InitializeResult::NeedMoreData(more) => begun = more,
        }
        len = len.saturating_mul(2);
    }
    Err(PixelError::damage("the file ends inside of its header"))
}

/// What is left once so much was taken; nothing where the decoder takes no more.
fn after(rest: &[u8], taken: usize) -> &[u8] {
    match taken {
        0 => &[],
        taken => rest.get(taken..).unwrap_or_default(),
    }
}

/// Whether so many frames were read, or all.
fn has_enough(image: &JxlImage, frames: usize) -> Result<bool, PixelError> {
    match image.num_loaded_frames() > MAX_PARTS {
        true => Err(PixelError::memory()),
        false => Ok(image.is_loading_done() || image.num_loaded_keyframes() >= frames),
    }
}

/// The decoder cannot turn colours into those of a profile, and need not: none of the hashes asks for them.
fn without_profile(image: &mut JxlImage) {
    let metadata = &image.image_header().metadata;
    if metadata.xyb_encoded && metadata.colour_encoding.want_icc() {
        let perceptual = RenderingIntent::Perceptual;
        image.request_color_encoding(match metadata.grayscale() {
            true => EnumColourEncoding::gray_srgb(perceptual),
            false => EnumColourEncoding::srgb(perceptual),
        });
    }
}

/// A frame as 8-bit grey or colours, turned back to how it is stored.
fn stored(image: &JxlImage, render: &Render) -> Result<DynamicImage, PixelError> {
    let mut stream = render.stream_no_alpha();
    let (width, height, channels) = (stream.width(), stream.height(), stream.channels());
    let samples = u64::from(width) * u64::from(height) * u64::from(channels);
    let mut pixels = vec![0_u8; usize::try_from(samples).unwrap_or(0)];
    stream.write_to_buffer(&mut pixels);
    let picture = match image.pixel_format() {
        PixelFormat::Gray | PixelFormat::Graya if channels == 1 => {
            GrayImage::from_raw(width, height, pixels).map(DynamicImage::from)
        }
        PixelFormat::Rgb | PixelFormat::Rgba if channels == 3 => {
            RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
        }
        _ => return Err(PixelError::Unsupported("this JPEG XL (CMYK)".to_owned())),
    };
    let mut picture = picture.ok_or_else(|| PixelError::damage("a frame without pixels"))?;
    let turned = Orientation(u8::try_from(render.orientation()).unwrap_or(1));
    if let Some(back) = Turn::from_exif(turned.inverse().0) {
        picture.apply_orientation(back);
    }
    Ok(picture)
}

fn translated(error: &(dyn std::error::Error + Send + Sync + 'static)) -> PixelError {
    let words = error.to_string();
    match words.contains("memory") {
        true => PixelError::memory(),
        false => PixelError::damage(&words),
    }
}
