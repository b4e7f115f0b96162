//! HEIC, as the `heic-rs` crate decodes it: container, tiles and all.

use super::{Limits, PixelError, area, check_size};
use crate::asset::bytes::ReadAt;
use crate::asset::container::Items;
use heic_rs::{DecodeOptions, Error, PixelLayout, decode as decode_heic};
use image::{DynamicImage, RgbImage};

/// Decodes the main picture of a file, as stored.
pub(super) fn decode(
    bytes: &[u8],
    items: &Items,
    limits: &Limits,
) -> Result<DynamicImage, PixelError> {
    check_frames(bytes, items, limits)?;
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

/// The decoder holds the size of the whole picture to the limit, but not that of the frames, of which it keeps all.
fn check_frames(bytes: &[u8], items: &Items, limits: &Limits) -> Result<(), PixelError> {
    if items.are_ambiguous() {
        return Err(PixelError::damage("what its pictures are is said twice"));
    }
    let whole = items.primary();
    let tiles = items.made_of(whole);
    let mut pixels = 0_u64;
    for tile in [whole].iter().chain(tiles) {
        if let Some(configuration) = items.property(bytes, *tile, b"hvcC") {
            pixels = pixels.saturating_add(largest_frame(configuration)?);
        }
    }
    // Tiles reach over the edge of the picture.
    match pixels > limits.max_pixels.saturating_mul(2) {
        true => Err(PixelError::memory()),
        false => Ok(()),
    }
}

/// The head of a decoder's configuration, behind which its parameter sets are counted.
const HEAD: usize = 22;

/// The kind of parameter set that states the size of a frame.
const SEQUENCE: u8 = 33;

/// The pixels of the largest frame that a decoder's configuration allows.
fn largest_frame(configuration: &[u8]) -> Result<u64, PixelError> {
    let damage = || PixelError::damage("the size of its frames cannot be read");
    let mut largest = 0;
    let mut at = HEAD + 1;
    for _ in 0..configuration.u8_at(HEAD).ok_or_else(damage)? {
        let kind = configuration.u8_at(at).ok_or_else(damage)? & 0x3F;
        let count = configuration.be16(at + 1).ok_or_else(damage)?;
        at += 3;
        for _ in 0..count {
            let len = usize::from(configuration.be16(at).ok_or_else(damage)?);
            let set = configuration.clamped(at + 2, len);
            if kind == SEQUENCE
                || set
                    .u8_at(0)
                    .is_some_and(|head| head >> 1 & 0x3F == SEQUENCE)
            {
                let size = Bits::of(set).frame_size().ok_or_else(damage)?;
                largest = largest.max(area(size));
            }
            at += 2 + len;
        }
    }
    Ok(largest)
}

/// The bits of a parameter set, highest first.
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    /// What stands behind the set's own header, without the bytes that only keep it from looking like the start of
    /// another: every 3 behind two zeros. The size stands within the first hundred bytes.
    fn of(set: &[u8]) -> Self {
        let mut bytes: Vec<u8> = Vec::new();
        let mut zeros = 0;
        for byte in set.iter().skip(2).take(256) {
            let filler = zeros >= 2 && *byte == 3;
            zeros = if *byte == 0 { zeros + 1 } else { 0 };
            if !filler {
                bytes.push(*byte);
            }
        }
        Self { bytes, at: 0 }
    }

    /// Width and height, behind the profile and the chroma format.
    fn frame_size(&mut self) -> Option<(u32, u32)> {
        self.at = 4;
        let layers = self.take(3)?;
        self.at += 1 + 88 + 8;
        let mut more = 0;
        for _ in 0..layers {
            let (profile, level) = (self.take(1)?, self.take(1)?);
            more += usize::from(profile == 1) * 88 + usize::from(level == 1) * 8;
        }
        if layers > 0 {
            self.at += 2 * usize::try_from(8_u32.saturating_sub(layers)).ok()?;
        }
        self.at += more;
        self.number()?;
        if self.number()? == 3 {
            self.at += 1;
        }
        Some((self.number()?, self.number()?))
    }

    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// A number behind as many zeros as it has bits (Exp-Golomb).
    fn number(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
        }
        (zeros < 32)
            .then(|| self.take(zeros))?
            .map(|low| (1_u32 << zeros) - 1 + low)
    }
}
