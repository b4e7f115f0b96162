//! ICO: the largest of its pictures. One that is a PNG is decoded as such, whatever its colour type.

use image::{DynamicImage, ImageFormat};

use super::{Decode, Decoder, Format, Limits, PixelError, area, image_crate};
use crate::asset::bytes::{ReadAt, index};

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::Ico],
    decode: Decode::Colours(|bytes, _, limits| decode(bytes, limits)),
    memory: |_, size| area(size).saturating_mul(16),
};

/// Where the directory begins, and what an entry takes.
const DIRECTORY: usize = 6;
const ENTRY: usize = 16;

fn decode(bytes: &[u8], limits: &Limits) -> Result<DynamicImage, PixelError> {
    match largest(bytes).filter(|picture| picture.starts_with(b"\x89PNG")) {
        Some(png) => image_crate::decode(png, ImageFormat::Png, limits),
        None => image_crate::decode(bytes, ImageFormat::Ico, limits),
    }
}

/// The picture with most pixels, and of those with most bits; a side of 256 is written as 0.
fn largest(bytes: &[u8]) -> Option<&[u8]> {
    let count = usize::from(bytes.le16(4)?);
    let entries = bytes.clamped(DIRECTORY, count * ENTRY).chunks_exact(ENTRY);
    let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
    let rank = |entry: &&[u8]| {
        let sides = entry.u8_at(0).map(side).zip(entry.u8_at(1).map(side));
        (sides.map(|(width, height)| width * height), entry.le16(6))
    };
    let entry = entries.max_by_key(rank)?;
    let start = index(entry.le32(12)?);
    Some(bytes.clamped(start, index(entry.le32(8)?)))
}
