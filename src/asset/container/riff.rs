//! RIFF chunks: WebP, and WAV and AVI, which need not be in memory.

use super::png::exif_payload;
use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, ProblemKind};
use crate::asset::bytes::{ReadAt, index};
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::WebP,
    sniff: |bytes| bytes.starts_with(b"RIFF") && bytes.array(8) == Some(*b"WEBP"),
    walk,
};

pub(super) const WAV: ContainerKind = ContainerKind {
    format: Format::Wav,
    sniff: |bytes| bytes.starts_with(b"RIFF") && bytes.array(8) == Some(*b"WAVE"),
    walk: outline,
};

pub(super) const AVI: ContainerKind = ContainerKind {
    format: Format::Avi,
    sniff: |bytes| bytes.starts_with(b"RIFF") && bytes.array(8) == Some(*b"AVI "),
    walk: outline,
};

/// Outermost chunks beyond these are not walked; real files have a few dozen.
const MAX_CHUNKS: usize = 1 << 16;

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let declared = bytes.le32(4).map_or(0, index).saturating_add(8);
    let file_end = declared.min(bytes.len());
    let mut at = 12;
    while at < file_end || is_chunk(bytes, at) {
        let Some((kind, len)) = bytes.array::<4>(at).zip(bytes.le32(at + 4)) else {
            return walk.cut("a chunk header");
        };
        let start = at + 8;
        let end = start.saturating_add(index(len));
        if at >= file_end {
            walk.problem(at, "chunks behind the declared end of the file");
        }
        chunk(walk, kind, start..end.min(bytes.len()));
        if end > bytes.len() {
            return walk.cut(&format!("chunk {}", kind.escape_ascii()));
        }
        if at < file_end && end > file_end {
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

/// Whether a chunk of WebP stands there whole. Programs that add one and leave the declared size as it was put it behind
/// the end.
fn is_chunk(bytes: &[u8], at: usize) -> bool {
    let known: &[[u8; 4]] = &[
        *b"ALPH", *b"ANIM", *b"ANMF", *b"C2PA", *b"EXIF", *b"ICCP", *b"VP8 ", *b"VP8L", *b"VP8X",
        *b"XMP ", *b"XMP\0",
    ];
    let len = bytes.le32(at.saturating_add(4)).map_or(usize::MAX, index);
    let end = at.saturating_add(8).saturating_add(len);
    bytes
        .array::<4>(at)
        .is_some_and(|kind| known.contains(&kind))
        && end <= bytes.len()
}

/// The outermost chunks of a file that need not be in memory. Only the first RIFF of a long AVI holds anything but sound
/// and pictures.
fn outline(walk: &mut Walk<'_>) {
    let Some((_, declared)) = header(walk, 0) else {
        return walk.cut("the RIFF header");
    };
    let end = declared.unwrap_or(walk.len);
    // The byte that evens out the last chunk is often left away.
    if end > walk.len.saturating_add(1) {
        walk.ends_before("its declared size");
    }
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let Some((kind, stop)) = header(walk, at).filter(|_| at < end) else {
            return;
        };
        let body = at + 8..stop.unwrap_or(end);
        if body.end > walk.len.saturating_add(1) {
            walk.cut(&format!("chunk {}", kind.escape_ascii()));
        }
        match &kind {
            b"C2PA" => walk.manifest(body.start - 8..body.end, body.clone()),
            b"XMP " => walk.bound("an xmp packet", &body),
            _ => {}
        }
        at = body.end.saturating_add(body.end % 2);
    }
    let message = format!("more than {MAX_CHUNKS} chunks: the rest is not read");
    walk.note(ProblemKind::Limit, at, message);
}

/// The kind of a chunk and where it ends; `None` for that if its length was never filled in, as when a recording was
/// piped.
fn header(walk: &mut Walk<'_>, at: usize) -> Option<([u8; 4], Option<usize>)> {
    let head = walk.array::<8>(at)?;
    let (kind, len) = head.as_slice().array(0).zip(head.as_slice().le32(4))?;
    let open = len == u32::MAX || (len == 0 && matches!(&kind, b"RIFF" | b"data"));
    let end = at.saturating_add(8).saturating_add(index(len));
    Some((kind, (!open).then_some(end)))
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
