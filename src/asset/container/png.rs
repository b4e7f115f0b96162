//! PNG: chunks, whatever their checksum, before and after the pixels.

use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format};
use crate::asset::bytes::{ReadAt, find, index};
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Png,
    sniff: |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
    walk,
};

/// The keyword under which PNG files carry XMP.
pub(in crate::asset) const XMP: &str = "XML:com.adobe.xmp";

/// ComfyUI's own chunk, in which a keyword stands before the text.
pub(in crate::asset) const COMFYUI: &str = "comf";

/// The standard ends a keyword at 79 bytes.
const MAX_KEYWORD: usize = 79;

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let mut at = 8;
    while at < bytes.len() {
        let Some((len, kind)) = bytes.be32(at).zip(bytes.array::<4>(at + 4)) else {
            return walk.cut("a chunk header");
        };
        let start = at + 8;
        let end = start.saturating_add(index(len));
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            walk.problem(at, "bytes that are no chunk");
            match next_chunk(bytes, start) {
                Some(next) => at = next,
                None => return,
            }
            continue;
        }
        if end > bytes.len() {
            let name = kind.escape_ascii();
            let Some(next) = next_chunk(bytes, start) else {
                chunk(walk, kind, start..bytes.len());
                return walk.cut(&format!("chunk {name}"));
            };
            walk.problem(at, format!("chunk {name} is longer than the file"));
            // Its checksum stands before the next chunk.
            chunk(walk, kind, start..next.saturating_sub(4).max(start));
            at = next;
            continue;
        }
        chunk(walk, kind, start..end);
        at = end.saturating_add(4);
        if kind == *b"IEND" {
            return walk.trailer(at);
        }
    }
    walk.ends_before("the chunk IEND");
}

/// Where a chunk begins that is known and fits into the file, at or after `at`. What it finds is walked over, so that all
/// searches in one file together look at each byte once.
fn next_chunk(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let fits = |at: usize, head: &[u8]| {
        let len = head.be32(0).map_or(usize::MAX, index);
        let known = head.get(4..).is_some_and(|kind| KNOWN.contains(&kind));
        known && at.saturating_add(12).saturating_add(len) <= bytes.len()
    };
    let mut heads = rest.windows(8).enumerate();
    heads.find_map(|(after, head)| fits(at + after, head).then_some(at + after))
}

/// Chunks by which the walk finds its way again.
const KNOWN: &[&[u8]] = &[
    b"IDAT", b"IEND", b"PLTE", b"acTL", b"caBX", b"comf", b"eXIf", b"fcTL", b"fdAT", b"gAMA",
    b"iCCP", b"iTXt", b"pHYs", b"sRGB", b"tEXt", b"tIME", b"tRNS", b"zTXt",
];

fn chunk(walk: &mut Walk<'_>, kind: [u8; 4], range: Range<usize>) {
    match &kind {
        b"IHDR" => {
            let size = walk
                .bytes
                .be32(range.start)
                .zip(walk.bytes.be32(range.start + 4));
            walk.dimensions(size);
        }
        b"eXIf" => walk.block(BlockKind::Exif, exif_payload(walk.bytes, range)),
        b"comf" => walk.block(comfyui(), range),
        b"caBX" => walk.manifest(range.start - 8..range.end.saturating_add(4), range),
        b"tEXt" | b"zTXt" | b"iTXt" => match text(walk.bytes, &kind, range.clone()) {
            Some((kind, range)) => walk.block(kind, range),
            None => walk.problem(range.start, "a text chunk without its header"),
        },
        _ => {}
    }
}

/// ComfyUI's own chunk, which JPEG XL may hold as a box.
pub(super) fn comfyui() -> BlockKind {
    BlockKind::Text {
        keyword: COMFYUI.to_owned(),
        compressed: false,
        utf8: true,
    }
}

/// Some writers put JPEG's `Exif\0\0` before the TIFF header where it does not belong.
pub(super) fn exif_payload(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    match bytes.clamped(range.start, 6) == b"Exif\0\0" {
        true => range.start + 6..range.end,
        false => range,
    }
}

fn text(bytes: &[u8], chunk: &[u8; 4], range: Range<usize>) -> Option<(BlockKind, Range<usize>)> {
    let body = bytes.clamped(range.start, range.len());
    let keyword_end = find(body.clamped(0, MAX_KEYWORD + 1), 0, 0)?;
    let keyword = body
        .get(..keyword_end)?
        .iter()
        .map(|&byte| char::from(byte))
        .collect::<String>();
    let utf8 = chunk == b"iTXt";
    let (compressed, start) = match chunk {
        b"tEXt" => (false, keyword_end + 1),
        // One byte for the compression method, of which there is only one.
        b"zTXt" => (true, keyword_end + 2),
        _ => {
            let language_end = find(body, keyword_end + 3, 0)?;
            let translated_end = find(body, language_end + 1, 0)?;
            (body.u8_at(keyword_end + 1)? != 0, translated_end + 1)
        }
    };
    let kind = match keyword == XMP && !compressed {
        true => BlockKind::Xmp,
        false => BlockKind::Text {
            keyword,
            compressed,
            utf8,
        },
    };
    Some((kind, range.start + start.min(body.len())..range.end))
}
