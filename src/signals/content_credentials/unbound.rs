//! What stands in the bytes that a hard binding leaves out: metadata, or something that the picture is made of.

use std::ops::Range;

use super::binding::{joined, without};
use crate::asset::{Asset, Block, BlockKind, Format};

/// So few bytes in one place hold no picture: lengths and flags that change when metadata are added (the size of a RIFF
/// file, the count in a TIFF field).
pub(super) const TRIFLE: usize = 4;

/// Which metadata stand in these ranges, each once.
pub(super) fn metadata_in(asset: &Asset, ranges: &[Range<usize>]) -> Vec<&'static str> {
    let touches = |block: &Range<usize>| {
        let mut ranges = ranges.iter();
        ranges.any(|range| range.start < block.end && block.start < range.end)
    };
    let mut names: Vec<&'static str> = metadata(asset)
        .filter(|block| touches(&block.range))
        .filter_map(|block| match block.kind {
            BlockKind::Exif | BlockKind::Brotli { kind: [b'E', ..] } => Some("EXIF"),
            BlockKind::Xmp
            | BlockKind::ExtendedXmp { .. }
            | BlockKind::Brotli { kind: [b'x', ..] } => Some("XMP"),
            BlockKind::Iptc => Some("IPTC"),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Blocks that hold nothing but metadata. In a TIFF the whole file is one block of EXIF, pixels and all.
fn metadata(asset: &Asset) -> impl Iterator<Item = &Block> {
    let tiff = asset.format().is_some_and(Format::is_tiff);
    asset
        .container()
        .blocks
        .iter()
        .filter(move |block| match block.kind {
            BlockKind::Exif => !tiff,
            BlockKind::Xmp
            | BlockKind::ExtendedXmp { .. }
            | BlockKind::Iptc
            | BlockKind::Text { .. }
            | BlockKind::Brotli { .. }
            | BlockKind::Comment => true,
            _ => false,
        })
}

/// Whether all of these ranges lie in the head of a JPEG, before its first table, where no picture data can be. Colour
/// profiles stand there, too, so that this is not enough to rely on the picture.
pub(super) fn is_in_head(asset: &Asset, ranges: &[Range<usize>]) -> bool {
    let head = match asset.format() {
        Some(Format::Jpeg) => jpeg_head_end(asset.bytes()),
        _ => 0,
    };
    ranges.iter().all(|range| range.end <= head)
}

/// Whether something that the picture is decoded from may stand in these ranges: more than metadata with their headers,
/// what follows the end of a JPEG, and trifles.
pub(super) fn may_be_picture(asset: &Asset, ranges: &[Range<usize>]) -> bool {
    let mut known: Vec<Range<usize>> = Vec::new();
    let mut trifle = 0;
    if asset.format() == Some(Format::Jpeg) {
        known.push(0..2);
        known.extend(harmless_segments(asset.bytes()));
        let blocks = asset.container().blocks.iter();
        let trailers = blocks.filter(|block| block.kind == BlockKind::Trailer);
        known.extend(trailers.map(|block| block.range.clone()));
    } else {
        // A length and a name before, a checksum or a byte that evens out behind.
        known.extend(
            metadata(asset).map(|block| {
                block.range.start.saturating_sub(8)..block.range.end.saturating_add(4)
            }),
        );
        trifle = TRIFLE;
    }
    let rest = without(ranges, &joined(known, asset.bytes().len()));
    rest.iter().any(|range| range.len() > trifle)
}

/// Application segments and comments of a JPEG before its first scan, but for those that say how its colours are decoded.
fn harmless_segments(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    for (marker, range) in segments_of(bytes) {
        let content = bytes.get(range.start + 4..).unwrap_or_default();
        let colour = match marker {
            0xe2 => content.starts_with(b"ICC_PROFILE"),
            0xee => content.starts_with(b"Adobe"),
            _ => false,
        };
        if matches!(marker, 0xe0..=0xef | 0xfe) && !colour {
            segments.push(range);
        }
    }
    segments
}

/// Where the application segments and comments at the beginning of a JPEG end.
fn jpeg_head_end(bytes: &[u8]) -> usize {
    let head = segments_of(bytes).take_while(|(marker, _)| matches!(marker, 0xe0..=0xef | 0xfe));
    head.last()
        .map_or(2, |(_, range)| range.end)
        .min(bytes.len())
}

/// The segments of a JPEG before its first scan, with their markers.
fn segments_of(bytes: &[u8]) -> impl Iterator<Item = (u8, Range<usize>)> {
    const SCAN: u8 = 0xda;
    let mut at = 2;
    std::iter::from_fn(move || {
        let [0xff, marker, high, low] = *bytes.get(at..)?.first_chunk()? else {
            return None;
        };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let range = at..end;
        at = end;
        (marker != SCAN && marker != 0xff).then_some((marker, range))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_jpeg_ends_before_its_first_table() {
        let bytes = [
            0xff, 0xd8, 0xff, 0xe1, 0, 4, 1, 2, 0xff, 0xfe, 0, 2, 0xff, 0xdb, 0, 2,
        ];
        assert_eq!(jpeg_head_end(&bytes), 12);
        assert_eq!(jpeg_head_end(&bytes[..7]), 7);
        assert_eq!(jpeg_head_end(&[]), 0);
    }

    #[test]
    fn a_colour_profile_is_a_part_of_the_picture() {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, 4, 1, 2, 0xff, 0xe2, 0, 14];
        bytes.extend(b"ICC_PROFILE\0");
        bytes.extend([0xff, 0xdb, 0, 2, 0xff, 0xe4, 0, 2, 0xff, 0xda]);
        assert_eq!(harmless_segments(&bytes), [2..8, 28..32]);
    }
}
