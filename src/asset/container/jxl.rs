//! JPEG XL: a bare codestream, or one in boxes.

use super::bmff::boxes;
use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, ProblemKind};
use crate::asset::bytes::{ReadAt, index};

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::JpegXl,
    sniff: |bytes| bytes.starts_with(&CODESTREAM) || bytes.starts_with(SIGNATURE),
    walk,
};

const CODESTREAM: [u8; 2] = [0xFF, 0x0A];
const SIGNATURE: &[u8] = b"\0\0\0\x0cJXL \r\n\x87\n";

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    if bytes.starts_with(&CODESTREAM) {
        return walk.dimensions(size(bytes));
    }
    for each in boxes(bytes, 0..bytes.len()) {
        let body = each.body.clone();
        match &each.kind {
            b"Exif" => {
                // Four bytes tell how far behind them the TIFF header stands.
                let skip = bytes.be32(body.start).map_or(0, index).saturating_add(4);
                walk.block(BlockKind::Exif, body.start.saturating_add(skip)..body.end);
            }
            b"xml " => walk.block(BlockKind::Xmp, body),
            b"jumb" => walk.manifest(each.start..body.end, each.start..body.end),
            b"brob" => {
                let message = "brotli-compressed metadata, which is not read".to_owned();
                walk.note(ProblemKind::Limit, each.start, message);
            }
            b"jxlc" => walk.dimensions(size(bytes.clamped(body.start, 16))),
            // A part of the codestream, behind its number.
            b"jxlp" => walk.dimensions(size(bytes.clamped(body.start + 4, 16))),
            _ => {}
        }
        each.report(walk);
    }
}

/// Reads the size header, which is written in bits, the lowest first.
fn size(codestream: &[u8]) -> Option<(u32, u32)> {
    if !codestream.starts_with(&CODESTREAM) {
        return None;
    }
    let mut word = [0; 16];
    for (to, from) in word.iter_mut().zip(codestream.clamped(2, 16)) {
        *to = *from;
    }
    let mut bits = Bits(u128::from_le_bytes(word));
    let small = bits.take(1) == 1;
    let height = bits.side(small);
    let (across, down) = match bits.take(3) {
        0 => return Some((bits.side(small), height)),
        1 => (1, 1),
        2 => (12, 10),
        3 => (4, 3),
        4 => (3, 2),
        5 => (16, 9),
        6 => (5, 4),
        _ => (2, 1),
    };
    let width = u64::from(height) * across / down;
    Some((u32::try_from(width).ok()?, height))
}

struct Bits(u128);

impl Bits {
    fn take(&mut self, count: u32) -> u32 {
        let low = self.0 & ((1 << count) - 1);
        self.0 >>= count;
        u32::try_from(low).unwrap_or(u32::MAX)
    }

    /// One side: in steps of eight for small pictures, else with as many bits as a selector says.
    fn side(&mut self, small: bool) -> u32 {
        if small {
            return (self.take(5) + 1) * 8;
        }
        let width = match self.take(2) {
            0 => 9,
            1 => 13,
            2 => 18,
            _ => 30,
        };
        self.take(width) + 1
    }
}
