//! Camera raw formats: which they are, and the preview in JPEG that each holds beside what the sensor saw.

use super::walk::Walk;
use super::{ContainerKind, Format, Preview, tiff};
use crate::asset::bytes::ReadAt;
use memchr::memmem;
use std::ops::Range;

pub(super) const CR2: ContainerKind = ContainerKind {
    format: Format::Cr2,
    sniff: |bytes| {
        let tiff = bytes.starts_with(b"II\x2a\0") || bytes.starts_with(b"MM\0\x2a");
        tiff && bytes.array(8) == Some(*b"CR")
    },
    walk: tiff::walk,
};

pub(super) const ORF: ContainerKind = ContainerKind {
    format: Format::Orf,
    sniff: |bytes| {
        [b"IIRO", b"IIRS", b"MMOR"]
            .iter()
            .any(|magic| bytes.starts_with(*magic))
    },
    walk: tiff::walk,
};

pub(super) const RW2: ContainerKind = ContainerKind {
    format: Format::Rw2,
    sniff: |bytes| bytes.starts_with(b"IIU\0"),
    walk: tiff::walk,
};

/// Previews with fewer pixels are thumbnails, beside which there may be a larger one where only its maker knows.
const THUMBNAIL: u64 = 640 * 480;

/// Segments before the header of a picture beyond these are not passed over; cameras write a dozen.
const MAX_SEGMENTS: usize = 256;

/// Places that may begin a JPEG beyond these are not looked at.
const MAX_PLACES: usize = 4096;

/// Makers of raw files that are TIFF files by the letter, and what those are called.
const MAKERS: &[(&[u8], Format)] = &[
    (b"NIKON", Format::Nef),
    (b"SONY", Format::Arw),
    (b"PENTAX", Format::Pef),
    (b"RICOH", Format::Pef),
    (b"SAMSUNG", Format::Srw),
];

/// The format of a TIFF file that holds a raw picture of a camera of this make.
pub(super) fn format_of(make: &[u8]) -> Format {
    let make = make.to_ascii_uppercase();
    MAKERS
        .iter()
        .find(|(name, _)| make.starts_with(name))
        .map_or(Format::Raw, |(_, format)| *format)
}

/// Takes the largest JPEG among these places for the preview. Where there is none, or only a thumbnail, the file is
/// searched: some makers name the place in notes of their own.
pub(super) fn preview(walk: &mut Walk<'_>, places: impl IntoIterator<Item = Range<usize>>) {
    let bytes = walk.bytes;
    let mut best = largest(bytes, places.into_iter().take(MAX_PLACES));
    if best.as_ref().is_none_or(|best| area(best) < THUMBNAIL) {
        let starts = memmem::find_iter(bytes, b"\xff\xd8\xff").take(MAX_PLACES);
        let found = largest(bytes, starts.map(|start| start..bytes.len()));
        best =
            best.into_iter()
                .chain(found)
                .reduce(|best, other| match area(&other) > area(&best) {
                    true => other,
                    false => best,
                });
    }
    walk.found.preview = best;
}

fn area(preview: &Preview) -> u64 {
    u64::from(preview.size.0) * u64::from(preview.size.1)
}

/// The first of the largest.
fn largest(bytes: &[u8], places: impl Iterator<Item = Range<usize>>) -> Option<Preview> {
    let mut best: Option<Preview> = None;
    for range in places {
        let range = range.start.min(bytes.len())..range.end.min(bytes.len());
        let jpeg = bytes.get(range.clone()).unwrap_or_default();
        let Some(size) = jpeg_size(jpeg) else {
            continue;
        };
        let found = Preview { range, size };
        if best.as_ref().is_none_or(|best| area(&found) > area(best)) {
            best = Some(found);
        }
    }
    best
}

/// The size of a JPEG of the kinds that previews are; none for others: what the sensor saw is often kept as lossless JPEG.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\xff\xd8\xff") {
        return None;
    }
    let mut at = 2;
    for _ in 0..MAX_SEGMENTS {
        let [mark, marker] = bytes.array(at)?;
        match marker {
            _ if mark != 0xFF => return None,
            0xFF => at += 1,
            0xC0..=0xC2 => {
                let usual = bytes.u8_at(at + 4)? == 8 && matches!(bytes.u8_at(at + 9)?, 1 | 3);
                let (height, width) = (bytes.be16(at + 5)?, bytes.be16(at + 7)?);
                return (usual && width > 0 && height > 0).then(|| (width.into(), height.into()));
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD8..=0xDA => return None,
            _ => at += 2 + usize::from(bytes.be16(at + 2)?),
        }
    }
    None
}

/// The metadata segments of a JPEG that lies in another file: EXIF and XMP.
pub(super) fn segments(bytes: &[u8], range: Range<usize>) -> Vec<(super::BlockKind, Range<usize>)> {
    const EXIF: &[u8] = b"Exif\0\0";
    const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
    let mut found = Vec::new();
    let mut at = range.start + 2;
    for _ in 0..MAX_SEGMENTS {
        let Some(([0xFF, marker @ 0xC0..=0xFE], len)) = bytes.array(at).zip(bytes.be16(at + 2))
        else {
            break;
        };
        let end = (at + 2).saturating_add(len.into()).min(range.end);
        let body = bytes.get(at + 4..end).unwrap_or_default();
        if matches!(marker, 0xD8..=0xDA) {
            break;
        }
        if marker == 0xE1 && body.starts_with(EXIF) {
            found.push((super::BlockKind::Exif, at + 4 + EXIF.len()..end));
        } else if marker == 0xE1 && body.starts_with(XMP) {
            found.push((super::BlockKind::Xmp, at + 4 + XMP.len()..end));
        }
        at = end.max(at + 2);
    }
    found
}
