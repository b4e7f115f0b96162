//! From a file to its picture: one file a format or family of formats, and the table that names them all.

#[cfg(feature = "avif")]
mod av1;
mod error;
mod heif;
#[cfg(feature = "heic")]
mod hevc;
mod ico;
mod image_crate;
mod jpeg;
#[cfg(feature = "jxl")]
mod jxl;
mod memory;
mod picture;
mod png;
mod raw;
mod state;

#[cfg(any(feature = "heic", feature = "jxl"))]
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::DynamicImage;

use super::{Container, Format, Limits};

pub use error::PixelError;
#[cfg(feature = "jxl")]
pub(super) use jxl::frames as jxl_frames;
pub(super) use picture::Picture;
pub use picture::Pixels;
pub use state::PixelState;

/// Every decoder. A format belongs to one at most.
static ALL: &[Decoder] = &[
    jpeg::DECODER,
    png::DECODER,
    image_crate::DECODER,
    ico::DECODER,
    heif::DECODER,
    #[cfg(feature = "jxl")]
    jxl::DECODER,
    raw::DECODER,
];

/// One way of decoding. That the format is its own and the size in the header within the limit is checked before it is asked;
/// what the decoder itself reads of the size it has to check again with [`check_size`].
pub(super) struct Decoder {
    /// The formats that it decodes.
    formats: &'static [Format],
    /// Decodes the first picture, as stored.
    decode: Decode,
    /// Most bytes that decoding a picture of this size holds at a time besides the file, the picture itself included: a
    /// little too much rather than too little.
    memory: fn(&Encoded<'_>, (u32, u32)) -> u64,
}

/// What a decoder can give.
enum Decode {
    /// The colours, in the decoder's own type; luma is made of them.
    Colours(fn(&[u8], &Container, &Limits) -> Result<DynamicImage, PixelError>),
    /// What is wanted of colours and luma.
    Views(fn(&Encoded<'_>, &Limits) -> Result<Picture, PixelError>),
}

/// A file, and what is wanted of its picture.
pub(super) struct Encoded<'a> {
    /// The whole file.
    pub(super) bytes: &'a [u8],
    /// Its structure.
    pub(super) container: &'a Container,
    /// Whether somebody will ask for the colours. Luma is always wanted.
    pub(super) colour: bool,
}

impl Encoded<'_> {
    /// Decodes the first picture within the limits.
    pub(super) fn decode(&self, limits: &Limits) -> Result<Picture, PixelError> {
        let decoder = decoder(self.container.format)?;
        check_size(self.size(), limits)?;
        match decoder.decode {
            Decode::Views(decode) => decode(self, limits),
            Decode::Colours(decode) => {
                decode(self.bytes, self.container, limits).map(Picture::from)
            }
        }
    }

    /// The size of the picture that is decoded: of a raw file, that is its preview.
    fn size(&self) -> Option<(u32, u32)> {
        let preview = self.container.preview.as_ref();
        preview.map_or(self.container.dimensions, |preview| Some(preview.size))
    }

    /// Most bytes that decoding takes besides the file; nothing, where it cannot be decoded.
    pub(super) fn memory(&self) -> u64 {
        match (decoder(self.container.format), self.size()) {
            (Ok(decoder), Some(size)) => (decoder.memory)(self, size),
            _ => 0,
        }
    }
}

fn decoder(format: Option<Format>) -> Result<&'static Decoder, PixelError> {
    let Some(format) = format else {
        return Err(PixelError::Unsupported("this kind of file".to_owned()));
    };
    ALL.iter()
        .find(|decoder| decoder.formats.contains(&format))
        .ok_or_else(|| PixelError::without(format.name(), feature(format)))
}

/// Whether pictures of a format can be decoded here.
pub(super) fn is_decoded(format: Option<Format>) -> bool {
    decoder(format).is_ok()
}

/// The feature that this build lacks, where one would decode the format.
fn feature(format: Format) -> Option<&'static str> {
    (format == Format::JpegXl).then_some("jxl")
}

/// Holds a size to the limit; one that nobody knows yet passes.
fn check_size(size: Option<(u32, u32)>, limits: &Limits) -> Result<(), PixelError> {
    let Some(size @ (width, height)) = size else {
        return Ok(());
    };
    let (pixels, limit) = (area(size), limits.max_pixels);
    if pixels <= limit {
        return Ok(());
    }
    Err(PixelError::TooLarge(format!(
        "{width} × {height} is {pixels} pixels, the limit is {limit} (raise it with --max-pixels)"
    )))
}

/// Runs a decoder that is young: if it breaks, the picture is damaged, and whatever else is in the file is still looked at.
#[cfg(any(feature = "heic", feature = "jxl"))]
fn contained<T>(decode: impl FnOnce() -> Result<T, PixelError>) -> Result<T, PixelError> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(PixelError::damage("the decoder broke on it")))
}

/// How many pixels a picture has.
fn area((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_format_has_two_decoders() {
        let mut seen = Vec::new();
        for format in ALL.iter().flat_map(|decoder| decoder.formats) {
            assert!(!seen.contains(format), "{format:?}");
            seen.push(*format);
        }
    }
}
