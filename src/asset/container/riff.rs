//! WebP: RIFF chunks.

use super::png::exif_payload;
use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format};
use crate::asset::bytes::{ReadAt, index};
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::WebP,
    sniff: |bytes| bytes.starts_with(b"RIFF") && bytes.array(8) == Some(*b"WEBP"),
    walk,
};

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let declared = bytes.le32(4).map_or(0, index).saturating_add(8);
    let file_end = declared.min(bytes.len());
    let mut at = 12;
    while at < file_end {
        let Some((kind, len)) = bytes.array::<4>(at).zip(bytes.le32(at + 4)) else {
            return walk.cut("a chunk header");
        };
        let start = at + 8;
        let end = start.saturating_add(index(len));
        chunk(walk, kind, start..end.min(bytes.len()));
        if end > bytes.len() {
            return walk.cut(&format!("chunk {}", kind.escape_ascii()));
        }
        if end > file_end {
            walk.problem(at, "a chunk reaches past the declared end of the file");
        }
        // Chunks begin at even offsets.
        at = end.saturating_add(end % 2);
    }
    if declared > bytes.len().saturating_add(1) {
        walk.ends_before("its declared size");
    }
    walk.trailer(at.max(file_end));
}

fn chunk(walk: &mut Walk<'_>, kind: [u8; 4], range: Range<usize>) {
    match &kind {
        b"EXIF" => walk.block(BlockKind::Exif, exif_payload(walk.bytes, range)),
        b"XMP " | b"XMP\0" => walk.block(BlockKind::Xmp, range),
        b"C2PA" => walk.manifest(range.start - 8..range.end, range),
        b"VP8X" | b"VP8 " | b"VP8L" => {
            let head = walk.bytes.clamped(range.start, range.len());
            walk.dimensions(dimensions(&kind, head));
        }
        _ => {}
    }
}

fn dimensions(kind: &[u8; 4], head: &[u8]) -> Option<(u32, u32)> {
    let le24 = |at| Some(u32::from(head.le16(at)?) | u32::from(head.u8_at(at + 2)?) << 16);
    match kind {
        b"VP8X" => Some((le24(4)? + 1, le24(7)? + 1)),
        // Two bits of scaling stand above the fourteen of each side.
        b"VP8 " if head.array(3) == Some([0x9D, 0x01, 0x2A]) => Some((
            u32::from(head.le16(6)? & 0x3FFF),
            u32::from(head.le16(8)? & 0x3FFF),
        )),
        b"VP8L" if head.first() == Some(&0x2F) => {
            let bits = head.le32(1)?;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        _ => None,
    }
}
