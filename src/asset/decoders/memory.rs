//! What decoding takes in memory, format by format, as the `image` crate does it: measured, and a little more. The picture itself
//! and its luma are part of it.

use super::{Encoded, Format, area};
use crate::asset::bytes::{ReadAt, find_bytes};
use crate::asset::tiff::{Ifd, Tiff};

/// Most bytes that are held at a time.
pub(super) fn of(encoded: &Encoded<'_>, size: (u32, u32)) -> u64 {
    let each = match encoded.container.format {
        Some(Format::WebP) => webp(encoded.bytes),
        Some(Format::Tiff) => tiff(encoded.bytes),
        Some(Format::Png) => png(encoded.bytes),
        Some(Format::Gif | Format::Bmp) => COLOURS + LUMA,
        _ => 2 * COLOURS + LUMA,
    };
    area(size).saturating_mul(each).saturating_add(ROOM)
}

/// What every decoder has besides: tables, and a few rows. Behind it, the copy of 512 × 512 that is made for hashing.
const ROOM: u64 = 2 << 20;

/// Bytes of a pixel: in red, green, blue and alpha, and of luma.
const COLOURS: u64 = 4;
const LUMA: u64 = 1;

/// By its first chunk: lossy, lossless or an extended header that tells of alpha and animation. When luma is made, the planes
/// that the colours were made of are gone, and they take more.
fn webp(bytes: &[u8]) -> u64 {
    let flags = bytes.get(20).copied().unwrap_or(u8::MAX);
    match bytes.get(12..16) {
        Some(b"VP8 ") => 5,
        Some(b"VP8L") => 7,
        Some(b"VP8X") if flags & 0x12 == 0 => 7,
        _ => 11,
    }
}

/// The picture comes in strips or tiles, of which one may be all of it.
fn tiff(bytes: &[u8]) -> u64 {
    let (mut bits, mut samples) = (8, 1);
    if let Some(tiff) = Tiff::new(bytes) {
        tiff.visit(|entry| {
            if entry.ifd == Ifd::Main(0) {
                match entry.tag {
                    BITS => bits = entry.numbers().max().unwrap_or(bits),
                    SAMPLES => samples = entry.numbers().next().unwrap_or(samples),
                    _ => {}
                }
            }
        });
    }
    let each = bits.clamp(8, 64).div_ceil(8) * samples.clamp(1, 8);
    2 * each + of_deep(bits, samples) + LUMA
}

const BITS: u16 = 0x0102;
const SAMPLES: u16 = 0x0115;

/// By the header: how many samples a pixel has, and how deep they are.
fn png(bytes: &[u8]) -> u64 {
    let header = bytes.get(24..26).and_then(|header| header.first_chunk());
    let (bits, kind) = header.map_or((16, 6), |[bits, kind]: &[u8; 2]| (u64::from(*bits), *kind));
    let samples = match kind {
        0 => 1,
        4 => 2,
        2 => 3,
        _ => 4,
    };
    // Transparency in a chunk of its own makes a sample more of every pixel.
    let more = u64::from(kind < 4 && find_bytes(bytes.clamped(0, HEADERS), 33, b"tRNS").is_some());
    let samples = (samples + more).min(4);
    bits.clamp(8, 16) / 8 * samples + of_deep(bits, samples) + LUMA
}

/// The chunk for transparency stands before the picture, behind the palette and what tells of colours.
const HEADERS: usize = 1 << 16;

/// Samples of more than 8 bits are scaled down to be hashed, without alpha.
fn of_deep(bits: u64, samples: u64) -> u64 {
    match (bits > 8, samples < 3) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 3,
    }
}
