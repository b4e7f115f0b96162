//! From a file to its picture: one file a format or family of formats, and the table that names them all.

#[cfg(feature = "avif")]
mod av1;
mod error;
mod heif;
#[cfg(feature = "heic")]
mod hevc;
mod image_crate;
mod jpeg;
#[cfg(feature = "jxl")]
mod jxl;
mod raw;

use image::DynamicImage;

use super::{Container, Format, Limits};

pub use error::PixelError;
#[cfg(feature = "jxl")]
pub(super) use jxl::frames as jxl_frames;

/// Every decoder. A format belongs to one at most.
static ALL: &[Decoder] = &[
    jpeg::DECODER,
    image_crate::DECODER,
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
    /// Decodes the first picture, as stored and in its own colour type.
    decode: fn(&[u8], &Container, &Limits) -> Result<DynamicImage, PixelError>,
    /// Most bytes that decoding a picture of this size holds at a time besides the file, the picture itself included: a
    /// little too much rather than too little.
    memory: fn((u32, u32), &Container) -> u64,
}

/// What became of the pixels of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelState {
    /// They were decoded.
    Decoded,
    /// Those of the preview were decoded: what the sensor of a camera saw is not developed.
    Preview,
    /// There is no decoder for them in this build.
    Unsupported,
    /// They could not be decoded: the file is damaged, or a limit was reached.
    Failed,
    /// Nobody asked for them.
    NotNeeded,
}

impl PixelState {
    /// Every state, with its word in records.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Decoded, "decoded"),
        (Self::Preview, "preview"),
        (Self::Unsupported, "unsupported"),
        (Self::Failed, "failed"),
        (Self::NotNeeded, "not-needed"),
    ];

    /// The word in records.
    pub fn as_str(self) -> &'static str {
        let mut words = Self::ALL.iter();
        words.find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// Whether a reader of the record has to know: what was looked at is not what the file shows, or nothing was.
    pub fn is_telling(self) -> bool {
        matches!(self, Self::Preview | Self::Unsupported | Self::Failed)
    }
}

/// The decoded picture as stored.
#[derive(Debug)]
pub struct Pixels {
    /// The picture, in the decoder's own colour type.
    pub image: DynamicImage,
}

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
        let decoder = decoder(container.format)?;
        check_size(size(container), limits)?;
        let image = (decoder.decode)(bytes, container, limits)?;
        Ok(Self { image })
    }
}

/// Most bytes that decoding takes besides the file; nothing, where it cannot be decoded.
pub(super) fn memory(container: &Container) -> u64 {
    match (decoder(container.format), size(container)) {
        (Ok(decoder), Some(size)) => (decoder.memory)(size, container),
        _ => 0,
    }
}

/// The size of the picture that is decoded: of a raw file, that is its preview.
fn size(container: &Container) -> Option<(u32, u32)> {
    let preview = container.preview.as_ref().map(|preview| preview.size);
    preview.or(container.dimensions)
}

fn decoder(format: Option<Format>) -> Result<&'static Decoder, PixelError> {
    let Some(format) = format else {
        return Err(PixelError::Unsupported("this kind of file".to_owned()));
    };
    ALL.iter()
        .find(|decoder| decoder.formats.contains(&format))
        .ok_or_else(|| PixelError::without(format.name(), (format == Format::JpegXl).then_some("jxl")))
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
