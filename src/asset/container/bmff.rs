//! AVIF and HEIF: the items of a `meta` box, and C2PA's `uuid` box.

use super::items::Items;
use super::movie::{C2PA_UUID, crowds};
use super::walk::Walk;
use super::{BlockKind, ContainerKind, Format, ProblemKind};
use crate::asset::bytes::{ReadAt, find_bytes, index};
use std::collections::BTreeMap;
use std::ops::Range;

pub(super) const AVIF: ContainerKind = ContainerKind {
    format: Format::Avif,
    sniff: |bytes| has_brand(bytes, &[b"avif", b"avis"]),
    walk,
};

pub(super) const HEIF: ContainerKind = ContainerKind {
    format: Format::Heif,
    sniff: |bytes| {
        let brands = [
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif",
        ];
        has_brand(bytes, &brands)
    },
    walk,
};

/// The box in which the XMP standard puts a packet where there is no item for it.
pub(super) const XMP_UUID: [u8; 16] =
    *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/// Looks at the major brand and the compatible ones; 64 of them are more than anyone lists.
fn has_brand(bytes: &[u8], wanted: &[&[u8; 4]]) -> bool {
    if bytes.array(4) != Some(*b"ftyp") {
        return false;
    }
    let len = bytes.be32(0).map_or(0, index).min(64 * 4);
    let brands = bytes.clamped(8, len.saturating_sub(8));
    // The second word is the minor version, which spells no brand.
    brands
        .chunks_exact(4)
        .any(|brand| wanted.iter().any(|want| *want == brand))
}

fn walk(walk: &mut Walk<'_>) {
    for each in boxes(walk.bytes, 0..walk.bytes.len()) {
        match &each.kind {
            b"meta" => {
                meta(walk, each.body.clone());
                let items = Items::of(walk.bytes, each.body.clone());
                walk.orientation(Some(items.orientation(walk.bytes)));
            }
            b"uuid" if walk.bytes.array(each.body.start) == Some(C2PA_UUID) => {
                manifest(walk, &each);
            }
            b"uuid" if walk.bytes.array(each.body.start) == Some(XMP_UUID) => {
                walk.block(BlockKind::Xmp, each.body.start + 16..each.body.end);
            }
            b"sefd" => walk.block(BlockKind::SamsungTrailer, each.body.clone()),
            _ => {}
        }
        each.report(walk);
    }
    crowds(walk, true);
}

/// One box; its body is clamped to where it stands.
pub(in crate::asset) struct BmffBox {
    pub(super) kind: [u8; 4],
    pub(super) start: usize,
    pub(super) body: Range<usize>,
    whole: bool,
    /// Where it says that it ends.
    stop: usize,
}

impl BmffBox {
    /// Notes a box that is cut off by its surroundings: by the end of the file, or of the box around it.
    pub(super) fn report(&self, walk: &mut Walk<'_>) {
        if !self.whole {
            let kind = match self.stop > walk.bytes.len() {
                true => ProblemKind::Cut,
                false => ProblemKind::Damage,
            };
            let message = format!("box {} is cut", self.kind.escape_ascii());
            walk.note(kind, self.body.end, message);
        }
    }
}

/// The boxes that stand one after the other in `range`. Every step takes at least a header, so it comes to an end.
pub(super) fn boxes(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = BmffBox> {
    let end = range.end.min(bytes.len());
    let mut at = range.start;
    std::iter::from_fn(move || {
        let start = at;
        if start >= end {
            return None;
        }
        let kind = bytes.array(start + 4)?;
        let (header, len) = match bytes.be32(start)? {
            0 => (8, end - start),
            1 => (16, index(bytes.be64(start + 8)?)),
            len => (8, index(len)),
        };
        let stop = start.saturating_add(len);
        let whole = len >= header && stop <= end;
        // After a box of impossible length nothing can be told, so it takes the rest.
        at = if whole { stop } else { end };
        Some(BmffBox {
            kind,
            start,
            body: (start + header).min(at)..at,
            whole,
            stop,
        })
    })
}

/// The payload of C2PA's box: version and flags, a purpose, an offset, then the manifest store.
fn manifest(walk: &mut Walk<'_>, carrier: &BmffBox) {
    let range = carrier.body.start + 16..carrier.body.end;
    let head = walk.bytes.clamped(range.start, range.len().min(64));
    if let Some(kind) = find_bytes(head, 8, b"jumb") {
        let store = range.start + kind - 4..range.end;
        walk.manifest(carrier.start..range.end, store);
    }
}

fn meta(walk: &mut Walk<'_>, body: Range<usize>) {
    let bytes = walk.bytes;
    let mut wanted = BTreeMap::new();
    let (mut locations, mut data, mut largest) = (0..0, 0..0, None);
    // `meta` is a full box: four bytes of version and flags.
    for each in boxes(bytes, body.start.saturating_add(4)..body.end) {
        match &each.kind {
            b"iinf" => items(bytes, each.body.clone(), &mut wanted),
            b"iloc" => locations = each.body.clone(),
            b"idat" => data = each.body.clone(),
            b"iprp" => largest = largest.max(largest_extent(bytes, each.body.clone())),
            _ => {}
        }
        each.report(walk);
    }
    walk.dimensions(largest.map(|(_, size)| size));
    let mut missing = wanted.clone();
    super::iloc::locate(bytes, locations, data, |id, range| {
        if let Some(item) = missing.remove(&id) {
            take(walk, item, range);
        }
    });
    if missing.values().any(|item| *item == Item::Xmp) {
        scan(walk);
    }
    if missing.values().any(|item| *item == Item::Exif) {
        walk.problem(body.start, "an exif item that is nowhere to be found");
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Item {
    Exif,
    Xmp,
}

/// The ids of the items that hold EXIF or XMP.
fn items(bytes: &[u8], body: Range<usize>, wanted: &mut BTreeMap<u32, Item>) {
    let head = if bytes.u8_at(body.start) == Some(0) {
        6
    } else {
        8
    };
    for each in boxes(bytes, body.start.saturating_add(head)..body.end) {
        let at = each.body.start;
        let (id, kind) = match bytes.u8_at(at) {
            Some(2) => (bytes.be16(at + 4).map(u32::from), at + 8),
            _ => (bytes.be32(at + 4), at + 10),
        };
        let rest = bytes.clamped(kind, each.body.end.saturating_sub(kind).min(128));
        let item = match rest.first_chunk() {
            Some(b"Exif") => Item::Exif,
            Some(b"mime") if find_bytes(rest, 4, b"\0application/rdf+xml\0").is_some() => Item::Xmp,
            _ => continue,
        };
        if let Some(id) = id {
            wanted.insert(id, item);
        }
    }
}

fn take(walk: &mut Walk<'_>, item: Item, range: Range<usize>) {
    match item {
        Item::Xmp => walk.block(BlockKind::Xmp, range),
        // Four bytes tell how far behind them the TIFF header stands.
        Item::Exif => {
            let skip = walk
                .bytes
                .be32(range.start)
                .map_or(0, index)
                .saturating_add(4);
            walk.block(BlockKind::Exif, range.start.saturating_add(skip)..range.end);
        }
    }
}

/// The largest `ispe` is the whole picture; the others are tiles, thumbnails and masks.
fn largest_extent(bytes: &[u8], body: Range<usize>) -> Option<(u64, (u32, u32))> {
    boxes(bytes, body)
        .filter(|each| &each.kind == b"ipco")
        .flat_map(|each| boxes(bytes, each.body))
        .filter(|each| &each.kind == b"ispe")
        .filter_map(|each| {
            bytes
                .be32(each.body.start + 4)
                .zip(bytes.be32(each.body.start + 8))
        })
        .map(|size| (u64::from(size.0) * u64::from(size.1), size))
        .max()
}

/// The XMP standard allows a reader that cannot follow a format to look for the packet itself.
fn scan(walk: &mut Walk<'_>) {
    const CLOSE: &[u8] = b"</x:xmpmeta>";
    let Some(start) = find_bytes(walk.bytes, 0, b"<x:xmpmeta") else {
        return walk.problem(walk.bytes.len(), "an xmp item that is nowhere to be found");
    };
    match find_bytes(walk.bytes, start, CLOSE) {
        Some(end) => walk.block(BlockKind::Xmp, start..end + CLOSE.len()),
        None => walk.cut("an xmp packet"),
    }
}
