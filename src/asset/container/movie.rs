//! MP4, QuickTime and M4A: the outermost boxes, of which C2PA's holds the manifest store. The file need not be in memory.

use super::walk::Walk;
use super::{Block, BlockKind, ContainerKind, Format, ProblemKind};
use crate::asset::bytes::{ReadAt, find_bytes, index};
use std::ops::Range;

pub(super) const QUICKTIME: ContainerKind = ContainerKind {
    format: Format::QuickTime,
    sniff: |bytes| brand(bytes) == Some(*b"qt  ") || is_old_quicktime(bytes),
    walk,
};

pub(super) const M4A: ContainerKind = ContainerKind {
    format: Format::M4a,
    sniff: |bytes| {
        let sound = [b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "];
        brand(bytes).is_some_and(|brand| sound.contains(&&brand))
    },
    walk,
};

/// Everything else in such boxes; AVIF and HEIF are told before it. `crx ` is a camera's raw picture.
pub(super) const MP4: ContainerKind = ContainerKind {
    format: Format::Mp4,
    sniff: |bytes| {
        brand(bytes).is_some_and(|brand| brand != *b"crx " && brand.iter().all(is_printable))
    },
    walk,
};

/// The extended types of the boxes that hold a C2PA manifest store and an XMP packet.
pub(super) const C2PA_UUID: [u8; 16] =
    *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
const XMP_UUID: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/// Outermost boxes beyond these are not walked. A day in fragments of one second has a fifth of them.
const MAX_BOXES: usize = 1 << 20;

/// Within so many bytes C2PA's box has told its purpose and the manifest store has begun.
const PURPOSE: usize = 64;

/// The major brand.
fn brand(bytes: &[u8]) -> Option<[u8; 4]> {
    (bytes.array(4) == Some(*b"ftyp") && bytes.be32(0) >= Some(8))
        .then(|| bytes.array(8))
        .flatten()
}

fn is_printable(byte: &u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

/// QuickTime before it had brands: a first box of a known kind, and a second one where that ends.
fn is_old_quicktime(bytes: &[u8]) -> bool {
    let Some((size, kind)) = bytes.be32(0).zip(bytes.array::<4>(4)) else {
        return false;
    };
    match &kind {
        b"wide" => size == 8 && bytes.array(12) == Some(*b"mdat"),
        b"moov" => {
            size > 16
                && bytes
                    .array(12)
                    .is_some_and(|inner| matches!(&inner, b"mvhd" | b"cmov" | b"rmra"))
        }
        b"mdat" => {
            let next: Option<[u8; 4]> = bytes.array(index(size).saturating_add(4));
            next.is_some_and(|next| matches!(&next, b"moov" | b"free" | b"wide" | b"skip"))
        }
        _ => false,
    }
}

fn walk(walk: &mut Walk<'_>) {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        // Fewer bytes than a header has are left over from whatever wrote them.
        let Some(head) = walk.array::<8>(at) else {
            return crowds(walk, false);
        };
        let Some((kind, body)) = next(walk, at, &head) else {
            return crowds(walk, false);
        };
        let start = at;
        at = body.end;
        if &kind == b"uuid" {
            extension(walk, start, body);
        }
    }
    let message = format!("more than {MAX_BOXES} boxes: the rest is not read");
    walk.note(ProblemKind::Limit, at, message);
}

/// Boxes that hold boxes, as the content credentials' library follows them.
const PARENTS: [&[u8; 4]; 16] = [
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts", b"udta", b"dinf",
    b"tref", b"treg", b"mvex", b"mfra", b"meta", b"schi",
];

/// Boxes beside each other beyond these are a limit where there are credentials: the content credentials' library takes
/// the square of their number in time, and four seconds for these. They are four hours in fragments of one second.
const MAX_BESIDE: usize = 1 << 15;

/// Deeper boxes are refused by that library.
const MAX_DEPTH: usize = 32;

/// Notes a limit where that library will be asked, and more boxes stand beside each other than may. It is asked about
/// every picture, and about video and sound with a place for credentials.
pub(super) fn crowds(walk: &mut Walk<'_>, always: bool) {
    let place = |block: &Block| matches!(block.kind, BlockKind::Jumbf | BlockKind::Xmp);
    let damaged = !walk.found.problems.is_empty();
    let asked = always || damaged || walk.found.blocks.iter().any(place);
    if asked && is_crowded(walk, 0..walk.len, MAX_DEPTH) {
        let message =
            format!("more than {MAX_BESIDE} boxes beside each other: credentials are not read");
        walk.note(ProblemKind::Limit, 0, message);
    }
}

fn is_crowded(walk: &mut Walk<'_>, range: Range<usize>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    let mut at = range.start;
    for _ in 0..MAX_BESIDE {
        let Some(head) = walk.array::<8>(at).filter(|_| at < range.end) else {
            return false;
        };
        let Some((kind, len)) = head.as_slice().array(4).zip(head.as_slice().be32(0)) else {
            return false;
        };
        let (header, len) = match len {
            0 => return false,
            1 => (
                16,
                walk.array(at.saturating_add(8))
                    .map_or(0, u64::from_be_bytes),
            ),
            len => (8, u64::from(len)),
        };
        // The library steps on by whatever the length says, so that a short one makes many boxes, too.
        let end = at.saturating_add(index(len).max(1)).min(range.end);
        // QuickTime writes `meta` without the four bytes of version and flags.
        let starts: &[usize] = match &kind {
            b"meta" => &[0, 4],
            kind if PARENTS.contains(&kind) => &[0],
            _ => &[],
        };
        let mut bodies = starts
            .iter()
            .map(|start| at.saturating_add(header + start)..end);
        if bodies.any(|body| is_crowded(walk, body, depth - 1)) {
            return true;
        }
        at = end;
    }
    true
}

/// The kind of a box and where its body lies, clamped to the file. `None` where no box can be told.
fn next(walk: &mut Walk<'_>, at: usize, head: &[u8; 8]) -> Option<([u8; 4], Range<usize>)> {
    let kind = head.as_slice().array(4)?;
    let (header, len) = match head.as_slice().be32(0)? {
        0 => (8, walk.len.saturating_sub(at)),
        1 => (
            16,
            index(u64::from_be_bytes(walk.array(at.saturating_add(8))?)),
        ),
        len => (8, index(len)),
    };
    let stop = at.saturating_add(len);
    let name = kind.escape_ascii();
    if len < header || (stop > walk.len && !kind.iter().all(is_printable)) {
        walk.problem(at, "what stands here is no box");
        return None;
    }
    if stop > walk.len {
        walk.cut(&format!("box {name}"));
    }
    Some((kind, (at + header).min(walk.len)..stop.min(walk.len)))
}

/// A box that begins at `outer` and that somebody else than the standard defined.
fn extension(walk: &mut Walk<'_>, outer: usize, body: Range<usize>) {
    match walk.array::<16>(body.start) {
        Some(C2PA_UUID) => {
            // Version and flags, a purpose, an offset, then the manifest store; boxes for other purposes hold none.
            let start = body.start + 16;
            let head = walk.piece(start, body.len().min(PURPOSE));
            let jumb = find_bytes(&head, 8, b"jumb").map_or(0, |kind| kind - 4);
            walk.manifest(outer..body.end, start + jumb..body.end);
        }
        Some(XMP_UUID) => {
            walk.bound("an xmp packet", &body);
            walk.block(BlockKind::Xmp, body.start + 16..body.end);
        }
        _ => {}
    }
}
