//! GIF: extensions and frames, both in sub-blocks of at most 255 bytes.

use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format};
use crate::asset::bytes::ReadAt;
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Gif,
    sniff: |bytes| bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"),
    walk,
};

/// XMP lies bare in the file, followed by a slide of falling numbers that brings a reader of sub-blocks to a zero byte.
const XMP_SLIDE: usize = 257;

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let size = bytes.le16(6).zip(bytes.le16(8));
    walk.dimensions(size.map(|(width, height)| (width.into(), height.into())));
    let mut at = 13 + color_table(bytes.u8_at(10));
    loop {
        let next = match bytes.u8_at(at) {
            Some(0x3B) => return walk.trailer(at + 1),
            Some(0x21) => extension(walk, at),
            // A frame: its descriptor, a colour table, one byte for the code size, then sub-blocks.
            Some(0x2C) => pieces(bytes, at + 11 + color_table(bytes.u8_at(at + 9)), |_| {}),
            Some(_) => return walk.problem(at, "bytes that are neither a frame nor an extension"),
            None if at > bytes.len() => return walk.cut("the header or a colour table"),
            None => return walk.problem(at, "the file ends before the end of the image"),
        };
        match next {
            Some(next) => at = next,
            None => return walk.cut("a frame or an extension"),
        }
    }
}

fn color_table(flags: Option<u8>) -> usize {
    match flags {
        Some(flags) if flags & 0x80 != 0 => 3 << ((flags & 7) + 1),
        _ => 0,
    }
}

/// Takes the extension at `at` and tells where it ends; `None` where the file is cut.
fn extension(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let bytes = walk.bytes;
    let data = at + 14;
    match (bytes.u8_at(at + 1)?, bytes.clamped(at + 3, 11)) {
        (0xFE, _) => pieces(bytes, at + 2, |piece| walk.block(BlockKind::Comment, piece)),
        (0xFF, b"XMP DataXMP") => {
            let end = pieces(bytes, data, |_| {});
            walk.block(BlockKind::Xmp, data..xmp_end(bytes, data, end));
            end
        }
        (0xFF, name) if name.starts_with(b"C2PA_GIF") => {
            let end = pieces(bytes, data, |_| {});
            let outer = at..end.unwrap_or(bytes.len());
            pieces(bytes, data, |piece| walk.manifest(outer.clone(), piece))
        }
        _ => pieces(bytes, at + 2, |_| {}),
    }
}

fn xmp_end(bytes: &[u8], start: usize, end: Option<usize>) -> usize {
    let Some(end) = end else { return bytes.len() };
    match end.checked_sub(XMP_SLIDE + 1) {
        Some(slide) if slide > start && bytes.u8_at(slide) == Some(1) => slide,
        _ => end - 1,
    }
}

/// Visits the sub-blocks from `at` on and tells where they end; `None` where the file is cut.
fn pieces(bytes: &[u8], mut at: usize, mut visit: impl FnMut(Range<usize>)) -> Option<usize> {
    loop {
        let len = usize::from(bytes.u8_at(at)?);
        let end = at + 1 + len;
        if len == 0 {
            return Some(end);
        }
        visit(at + 1..end);
        at = end;
    }
}
