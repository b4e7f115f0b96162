//! MP4, QuickTime and M4A: the outermost boxes, of which C2PA's holds the manifest store. The file need not be in memory.

use super::walk::Walk;
use super::{ContainerKind, Format, ProblemKind};
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
            return;
        };
        let Some((kind, body)) = next(walk, at, &head) else {
            return;
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
            // Version and flags, a purpose, an offset, then the manifest store; other purposes hold none.
            let start = body.start + 16;
            let head = walk.piece(start, body.len().min(PURPOSE));
            match find_bytes(&head, 8, b"jumb") {
                Some(kind) => {
                    let store = start + kind - 4..body.end;
                    walk.manifest(outer..body.end, store);
                }
                None => walk.bound("a box of content credentials", &body),
            }
        }
        Some(XMP_UUID) => walk.bound("an xmp packet", &body),
        _ => {}
    }
}
