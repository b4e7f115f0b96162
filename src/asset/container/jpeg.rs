//! JPEG: marker segments, and the bytes after the end of the image.

use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, Piece, QuantisationTable};
use crate::asset::bytes::{ReadAt, find};
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Jpeg,
    sniff: |bytes| bytes.starts_with(&[0xFF, 0xD8, 0xFF]),
    walk,
};

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let mut at = 2;
    let (mut in_scan, mut before_scans) = (false, true);
    // Entropy-coded data need no state of their own: in them 0xFF is followed by a stuffed zero or a restart marker.
    while let Some(mark) = find(bytes, at, 0xFF) {
        if mark > at && !in_scan {
            walk.problem(at, "stray bytes between segments");
        }
        at = match bytes.u8_at(mark + 1) {
            Some(0xFF) => mark + 1,
            Some(0x00 | 0x01 | 0xD0..=0xD8) | None => mark + 2,
            Some(0xD9) => return walk.trailer(mark + 2),
            Some(marker) => {
                in_scan = marker == 0xDA;
                before_scans &= !in_scan;
                if marker == 0xDB && before_scans {
                    tables(walk, mark);
                }
                match segment(walk, mark, marker) {
                    Some(next) => next,
                    None => return walk.cut("a segment"),
                }
            }
        };
    }
    walk.ends_before("the end-of-image marker");
}

/// Takes one segment and tells where the next begins; `None` where the file is cut.
fn segment(walk: &mut Walk<'_>, mark: usize, marker: u8) -> Option<usize> {
    let bytes = walk.bytes;
    let start = mark + 4;
    let len = usize::from(bytes.be16(mark + 2)?);
    if len < 2 {
        walk.problem(mark, "a segment without a length");
        return Some(mark + 2);
    }
    let end = mark + 2 + len;
    let range = start..end;
    match marker {
        0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
            let size = bytes.be16(start + 3).zip(bytes.be16(start + 1));
            walk.dimensions(size.map(|(width, height)| (width.into(), height.into())));
        }
        0xE0..=0xEF => application(walk, marker & 0x0F, range),
        0xFE => walk.block(BlockKind::Comment, range),
        _ => {}
    }
    (end <= bytes.len()).then_some(end)
}

/// Keeps the quantisation tables of a segment, in place of those that had their numbers. Broken ones are left out.
fn tables(walk: &mut Walk<'_>, mark: usize) {
    let Some(len) = walk.bytes.be16(mark + 2) else {
        return;
    };
    let (mut at, end) = (mark + 4, mark + 2 + usize::from(len));
    while at < end {
        let Some(head) = walk.bytes.u8_at(at) else {
            return;
        };
        let (id, len) = (head & 0x0F, if head >> 4 == 0 { 64 } else { 128 });
        let range = at + 1..at + 1 + len;
        at = range.end;
        if id > 3 || at > end || at > walk.bytes.len() {
            return;
        }
        let kept = &mut walk.found.tables;
        kept.retain(|table| table.id != id);
        kept.push(QuantisationTable { id, range });
        kept.sort_by_key(|table| table.id);
    }
}

/// Signatures at the start of an application segment that holds something else than provenance.
const PLUMBING: [(u8, &[u8]); 4] = [
    (0, b"JFIF\0"),
    (0, b"JFXX\0"),
    (2, b"ICC_PROFILE\0"),
    (14, b"Adobe"),
];

fn application(walk: &mut Walk<'_>, number: u8, range: Range<usize>) {
    let body = walk.bytes.clamped(range.start, range.len());
    if number == 11 {
        piece(walk, range.clone());
    }
    let after = |signature: &[u8]| {
        body.starts_with(signature)
            .then(|| range.start + signature.len()..range.end)
    };
    if let Some(rest) = after(b"http://ns.adobe.com/xap/1.0/\0") {
        walk.block(BlockKind::Xmp, rest);
    } else if let Some(rest) = after(b"http://ns.adobe.com/xmp/extension/\0") {
        match extended_xmp(walk.bytes.clamped(rest.start, rest.len())) {
            Some(kind) => walk.block(kind, rest.start + EXTENDED_HEADER..rest.end),
            None => walk.problem(rest.start, "extended xmp without its header"),
        }
    // The second zero byte is sometimes another one.
    } else if let Some(rest) = after(b"Exif\0") {
        walk.block(BlockKind::Exif, rest.start + 1..rest.end);
    } else if let Some(rest) = after(b"Photoshop 3.0\0") {
        walk.block(BlockKind::Iptc, rest);
    } else if number == 11 && body.starts_with(b"JP") {
        jumbf(walk, range);
    } else if !PLUMBING
        .iter()
        .any(|(app, sign)| *app == number && body.starts_with(sign))
    {
        walk.block(BlockKind::App { number }, range);
    }
}

/// `JP`, box instance and sequence number stand before the box.
const BOX_AT: usize = 8;

const EXTENDED_HEADER: usize = 32 + 4 + 4;

/// Reads the header from what its segment holds.
fn extended_xmp(segment: &[u8]) -> Option<BlockKind> {
    Some(BlockKind::ExtendedXmp {
        guid: segment.array(0)?,
        total: segment.be32(32)?,
        offset: segment.be32(36)?,
    })
}

/// A piece of a box, if it is one: the library for content credentials asks for no marker, so neither does this.
fn piece(walk: &mut Walk<'_>, range: Range<usize>) {
    let numbers = walk
        .bytes
        .be16(range.start + 2)
        .zip(walk.bytes.be32(range.start + 4));
    if let Some((instance, sequence)) = numbers {
        walk.keep_piece(Piece {
            outer: range.start - 4..range.end,
            inner: range.start + BOX_AT..range.end,
            instance: instance.into(),
            sequence,
        });
    }
}

/// A box in APP11: `JP`, box instance, sequence number, then the box header, which every segment repeats.
fn jumbf(walk: &mut Walk<'_>, range: Range<usize>) {
    let header = range.start + BOX_AT;
    let sequence = walk.bytes.be32(range.start + 4);
    if walk.bytes.array(header + 4) != Some(*b"jumb") {
        return walk.block(BlockKind::App { number: 11 }, range);
    }
    let header_len = if walk.bytes.be32(header) == Some(1) {
        16
    } else {
        8
    };
    let start = if sequence == Some(1) {
        header
    } else {
        header + header_len
    };
    walk.block(BlockKind::Jumbf, start..range.end);
}
