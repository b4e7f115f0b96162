//! The decoded picture.

use super::{Container, Format, Limits};
use crate::error::{Fault, FaultKind};
use image::error::UnsupportedErrorKind;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use memchr::memmem;
use std::borrow::Cow;
use std::error::Error;
use std::io::Cursor;

/// Why there are no pixels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PixelError {
    /// No decoder for this format is built in.
    #[error("no decoder for {0} is built in")]
    Unsupported(String),
    /// The picture is larger than the limit.
    #[error("{0}")]
    TooLarge(String),
    /// The data are damaged.
    #[error("{0}")]
    Malformed(String),
}

impl PixelError {
    /// What it means for the file. It is the same whoever asked for the pixels, so that it is told once.
    pub(crate) fn fault(&self) -> Fault {
        let kind = match self {
            Self::Unsupported(_) => FaultKind::Unsupported,
            Self::TooLarge(_) => FaultKind::Limit,
            Self::Malformed(_) => FaultKind::Malformed,
        };
        Fault::new(kind, self.to_string())
    }
}

/// The decoded picture as stored.
#[derive(Debug)]
pub struct Pixels {
    /// The picture, in the decoder's own colour type.
    pub image: DynamicImage,
}

/// Most colour types take no more, so a picture within the limit may be held in memory.
const BYTES_PER_PIXEL: u64 = 8;

/// What decoders need besides the picture itself.
const DECODER_ROOM: u64 = 64 << 20;

impl Pixels {
    /// Decodes the first frame within the limits.
    ///
    /// # Errors
    /// See [`PixelError`].
    pub fn decode(
        bytes: &[u8],
        container: &Container,
        limits: &Limits,
    ) -> Result<Self, PixelError> {
        let format = decoder_for(container.format)?;
        check_size(container.dimensions, limits)?;
        let bytes = match format {
            ImageFormat::Jpeg => without_extended_xmp(bytes),
            _ => Cow::Borrowed(bytes),
        };
        let mut reader = ImageReader::with_format(Cursor::new(bytes.as_ref()), format);
        let mut bounds = image::Limits::default();
        let most = limits.max_pixels.saturating_mul(BYTES_PER_PIXEL);
        bounds.max_alloc = Some(most.saturating_add(DECODER_ROOM));
        reader.limits(bounds);
        let decoder = reader
            .into_decoder()
            .map_err(|error| translate(format, &error))?;
        // The decoder's own word counts: the header that was walked need not be the one that it reads.
        check_size(Some(decoder.dimensions()), limits)?;
        if decoder.total_bytes() > most.saturating_mul(2) {
            return Err(PixelError::TooLarge(format!(
                "the decoded picture takes {} bytes (raise the limit with --max-pixels)",
                decoder.total_bytes()
            )));
        }
        let image =
            DynamicImage::from_decoder(decoder).map_err(|error| translate(format, &error))?;
        Ok(Self { image })
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

fn decoder_for(format: Option<Format>) -> Result<ImageFormat, PixelError> {
    let Some(format) = format else {
        return Err(PixelError::Unsupported("this kind of file".to_owned()));
    };
    match format {
        Format::Jpeg => Ok(ImageFormat::Jpeg),
        Format::Png => Ok(ImageFormat::Png),
        Format::WebP => Ok(ImageFormat::WebP),
        Format::Gif => Ok(ImageFormat::Gif),
        Format::Tiff => Ok(ImageFormat::Tiff),
        Format::Bmp => Ok(ImageFormat::Bmp),
        Format::Ico => Ok(ImageFormat::Ico),
        _ => Err(PixelError::Unsupported(format.name().to_owned())),
    }
}

fn check_size(size: Option<(u32, u32)>, limits: &Limits) -> Result<(), PixelError> {
    let Some((width, height)) = size else {
        return Ok(());
    };
    let (pixels, limit) = (u64::from(width) * u64::from(height), limits.max_pixels);
    if pixels <= limit {
        return Ok(());
    }
    Err(PixelError::TooLarge(format!(
        "{width} × {height} is {pixels} pixels, the limit is {limit} (raise it with --max-pixels)"
    )))
}

fn translate(format: ImageFormat, error: &ImageError) -> PixelError {
    match error {
        ImageError::Limits(_) => PixelError::TooLarge(
            "decoding takes more memory than the pixel limit allows (raise it with --max-pixels)"
                .to_owned(),
        ),
        ImageError::Unsupported(error) => {
            let name = format
                .extensions_str()
                .first()
                .unwrap_or(&"image")
                .to_uppercase();
            PixelError::Unsupported(match error.kind() {
                UnsupportedErrorKind::GenericFeature(feature) => format!("this {name} ({feature})"),
                _ => format!("this variant of {name}"),
            })
        }
        error => {
            // The cause says what is wrong; what stands around it repeats the format.
            let cause = error
                .source()
                .map_or_else(|| error.to_string(), ToString::to_string);
            // What follows is the decoder's own state.
            let cause = cause.split(" while decoding ").next().unwrap_or_default();
            let words: Vec<&str> = cause.split_whitespace().collect();
            PixelError::Malformed(format!(
                "the picture cannot be decoded: {}",
                words.join(" ")
            ))
        }
    }
}
