//! JPEG XL: a bare codestream, or one in boxes.

use super::bmff::boxes;
use super::png::comfyui;
use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, ProblemKind};
use crate::asset::Orientation;
use crate::asset::bytes::{ReadAt, index};
use std::ops::Range;

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
        return header(walk, bytes);
    }
    for each in boxes(bytes, 0..bytes.len()) {
        let body = each.body.clone();
        match &each.kind {
            b"Exif" => walk.block(BlockKind::Exif, exif_start(bytes, body.start)..body.end),
            b"xml " => walk.block(BlockKind::Xmp, body),
            b"jumb" => walk.manifest(each.start..body.end, each.start..body.end),
            b"comf" => walk.block(comfyui(), body),
            b"brob" => compressed(walk, each.start, body),
            b"jxlc" => header(walk, bytes.clamped(body.start, 32)),
            // A part of the codestream, behind its number.
            b"jxlp" => header(walk, bytes.clamped(body.start + 4, 32)),
            _ => {}
        }
        each.report(walk);
    }
}

/// Where EXIF begins: four bytes tell how far behind them the TIFF header stands.
pub(in crate::asset) fn exif_start(bytes: &[u8], at: usize) -> usize {
    let skip = bytes.be32(at).map_or(0, index).saturating_add(4);
    at.saturating_add(skip)
}

/// A box in a box: the kind of the inner one, then its contents, compressed.
fn compressed(walk: &mut Walk<'_>, at: usize, body: Range<usize>) {
    let Some(kind) = walk.bytes.array::<4>(body.start) else {
        return walk.problem(at, "a compressed box without its kind");
    };
    match &kind {
        b"Exif" | b"xml " | b"comf" => {
            walk.block(BlockKind::Brotli { kind }, body.start + 4..body.end);
        }
        b"jumb" => {
            let message = "a brotli-compressed manifest store, which is not read".to_owned();
            walk.note(ProblemKind::Limit, at, message);
        }
        _ => {}
    }
}

/// Takes the size and the orientation from the header of a codestream; from what begins none, nothing.
fn header(walk: &mut Walk<'_>, codestream: &[u8]) {
    if !codestream.starts_with(&CODESTREAM) {
        return;
    }
    let mut bits = Bits::of(codestream);
    walk.dimensions(bits.size());
    walk.orientation(Some(bits.orientation()));
}

/// The header, which is written in bits, the lowest first.
struct Bits(u128);

impl Bits {
    fn of(codestream: &[u8]) -> Self {
        let mut word = [0; 16];
        for (to, from) in word.iter_mut().zip(codestream.clamped(2, 16)) {
            *to = *from;
        }
        Self(u128::from_le_bytes(word))
    }

    fn size(&mut self) -> Option<(u32, u32)> {
        let small = self.take(1) == 1;
        let height = self.side(small);
        let (across, down) = match self.take(3) {
            0 => return Some((self.side(small), height)),
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

    /// What stands behind the size: nothing out of the ordinary, or further fields, of which the orientation is the first.
    fn orientation(&mut self) -> Orientation {
        let ordinary = self.take(1) == 1;
        match !ordinary && self.take(1) == 1 {
            true => Orientation(u8::try_from(self.take(3) + 1).unwrap_or(1)),
            false => Orientation(1),
        }
    }

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
