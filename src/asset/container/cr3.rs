//! CR3, Canon's raw format in boxes: metadata in one box, a preview in another, and a full-size JPEG as a track.

use super::bmff::{BmffBox, XMP_UUID, boxes};
use super::movie::crowds;
use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, raw};
use crate::asset::bytes::{ReadAt, find_bytes, index};
use std::ops::Range;

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Cr3,
    sniff: |bytes| bytes.array(4) == Some(*b"ftypcrx "),
    walk,
};

/// The box with metadata, and the one with the preview.
const METADATA: [u8; 16] = *b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
const PREVIEW: [u8; 16] = *b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";

/// Tracks beyond these are not looked at; cameras write four.
const MAX_TRACKS: usize = 16;

/// Within so many bytes the preview's box has told its size, and the JPEG has begun.
const PREVIEW_HEAD: usize = 64;

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let mut places = Vec::new();
    for each in boxes(bytes, 0..bytes.len()) {
        match (&each.kind, bytes.array(each.body.start)) {
            (b"moov", _) => movie(walk, each.body.clone(), &mut places),
            (b"uuid", Some(PREVIEW)) => places.extend(jpeg_in(bytes, &each)),
            (b"uuid", Some(XMP_UUID)) => {
                walk.block(BlockKind::Xmp, each.body.start + 16..each.body.end);
            }
            _ => {}
        }
        each.report(walk);
    }
    raw::preview(walk, places);
    crowds(walk, false);
}

/// The JPEG in a box with a header of its own.
fn jpeg_in(bytes: &[u8], carrier: &BmffBox) -> Option<Range<usize>> {
    let head = bytes.clamped(carrier.body.start, carrier.body.len().min(PREVIEW_HEAD));
    let start = find_bytes(head, 16, b"\xff\xd8\xff")?;
    Some(carrier.body.start + start..carrier.body.end)
}

fn movie(walk: &mut Walk<'_>, body: Range<usize>, places: &mut Vec<Range<usize>>) {
    let bytes = walk.bytes;
    let mut largest = None;
    let mut tracks = 0;
    for each in boxes(bytes, body) {
        match (&each.kind, bytes.array(each.body.start)) {
            (b"uuid", Some(METADATA)) => metadata(walk, each.body.start + 16..each.body.end),
            (b"trak", _) if tracks < MAX_TRACKS => {
                tracks += 1;
                let (size, place) = track(bytes, each.body.clone());
                largest = largest.max(size);
                places.extend(place);
            }
            _ => {}
        }
        each.report(walk);
    }
    walk.dimensions(largest.map(|(_, size)| size));
}

/// Four directories of EXIF, each a TIFF structure by itself; the third is the maker's own.
fn metadata(walk: &mut Walk<'_>, body: Range<usize>) {
    for each in boxes(walk.bytes, body) {
        if matches!(&each.kind, b"CMT1" | b"CMT2" | b"CMT4") {
            walk.block(BlockKind::Exif, each.body);
        }
    }
}

/// The size of a track's pictures, behind their area, and where the first of them lies.
#[expect(
    clippy::type_complexity,
    reason = "a pair of what is compared and what is kept"
)]
fn track(bytes: &[u8], body: Range<usize>) -> (Option<(u64, (u32, u32))>, Option<Range<usize>>) {
    let inner = |range: Option<Range<usize>>, kind: &[u8; 4]| {
        boxes(bytes, range?)
            .find(|each| &each.kind == kind)
            .map(|each| each.body)
    };
    let media = inner(inner(Some(body), b"mdia"), b"minf");
    let table = inner(media, b"stbl");
    let part = |kind: &[u8; 4]| Some(inner(table.clone(), kind)?.start);
    // The first entry is as any video's: its size stands behind 32 bytes that tell of other things.
    let size = part(b"stsd").and_then(|at| {
        let (width, height) = (bytes.be16(at + 40)?, bytes.be16(at + 42)?);
        let size = (u32::from(width), u32::from(height));
        Some((u64::from(size.0) * u64::from(size.1), size))
    });
    let place = part(b"stsz").and_then(|at| {
        let len = match bytes.be32(at + 4)? {
            0 => bytes.be32(at + 12)?,
            len => len,
        };
        let start = match (part(b"co64"), part(b"stco")) {
            (Some(at), _) => index(bytes.be64(at + 8)?),
            (None, at) => index(bytes.be32(at? + 8)?),
        };
        Some(start..start.saturating_add(index(len)))
    });
    (size, place)
}
