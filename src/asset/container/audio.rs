//! MP3 and FLAC: the ID3 tag before the sound, one frame of which may hold a C2PA manifest store. The file need not be in
//! memory.

use super::walk::Walk;
use super::{ContainerKind, Format};
use crate::asset::bytes::{ReadAt, find_bytes, index};
use std::ops::Range;

pub(super) const FLAC: ContainerKind = ContainerKind {
    format: Format::Flac,
    sniff: |bytes| {
        let start = Tag::read(bytes).map_or(0, |tag| tag.end);
        bytes.array(start) == Some(*b"fLaC")
    },
    walk,
};

pub(super) const MP3: ContainerKind = ContainerKind {
    format: Format::Mp3,
    sniff: |bytes| Tag::read(bytes).is_some() || is_mpeg(bytes),
    walk,
};

/// Frames of a tag beyond these are not looked at.
const MAX_FRAMES: usize = 10_000;

/// Within so many bytes a frame has told the type and the names of what it encapsulates, and that has begun.
const NAMES: usize = 256;

/// Frames of sound that must follow each other: two bytes of one alone come up in anything.
const FRAMES: usize = 3;

/// The header of an ID3v2 tag.
struct Tag {
    version: u8,
    /// Where the first frame stands, past an extended header.
    start: usize,
    end: usize,
}

impl Tag {
    fn read(bytes: &[u8]) -> Option<Self> {
        const EXTENDED: u8 = 0x40;
        const FOOTER: u8 = 0x10;
        let [b'I', b'D', b'3', version @ 2..=4, revision, flags] = bytes.array(0)? else {
            return None;
        };
        let end = 10 + seven_bits(bytes.array(6)?)?;
        if revision == 0xff {
            return None;
        }
        let extended = match (flags & EXTENDED != 0, version) {
            (true, 3) => bytes.be32(10).map_or(0, index).saturating_add(4),
            (true, 4) => bytes.array(10).and_then(seven_bits).unwrap_or(0),
            _ => 0,
        };
        let footer = if version == 4 && flags & FOOTER != 0 {
            10
        } else {
            0
        };
        Some(Self {
            version,
            start: extended.saturating_add(10),
            end: end + footer,
        })
    }
}

/// A number of 28 bits, seven in each byte.
fn seven_bits(bytes: [u8; 4]) -> Option<usize> {
    let join = |number: usize, byte: u8| (byte < 0x80).then(|| number << 7 | usize::from(byte));
    bytes.into_iter().try_fold(0, join)
}

fn walk(walk: &mut Walk<'_>) {
    let Some(tag) = Tag::read(walk.bytes) else {
        return;
    };
    if tag.end > walk.len {
        walk.cut("the ID3 tag");
    }
    // A picture of the cover may be longer than what is looked at to tell formats.
    if walk.array(tag.end) == Some(*b"fLaC") {
        walk.found.format = Some(Format::Flac);
    }
    walk.bound("an ID3 tag", &(10..tag.end));
    let end = tag.end.min(walk.len);
    let mut at = tag.start;
    for _ in 0..MAX_FRAMES {
        let Some((name, body)) = frame(walk, at, tag.version).filter(|_| at < end) else {
            return;
        };
        at = body.end;
        if &name == b"GEOB" {
            object(walk, body.start..body.end.min(end));
        }
    }
}

/// The name of a frame, and where its body lies. Version 2.2 has other frames, in which nobody writes manifests.
fn frame(walk: &mut Walk<'_>, at: usize, version: u8) -> Option<([u8; 4], Range<usize>)> {
    let head = walk.array::<10>(at).filter(|_| version > 2)?;
    let (name, size) = head.as_slice().array(0).zip(head.as_slice().array(4))?;
    let len = match version {
        3 => index(u32::from_be_bytes(size)),
        _ => seven_bits(size)?,
    };
    let start = at.saturating_add(10);
    // Past the last frame stand zeros.
    (name != [0; 4]).then_some((name, start..start.saturating_add(len)))
}

/// An encapsulated object: its type, a file's name and a description, then the object.
fn object(walk: &mut Walk<'_>, body: Range<usize>) {
    let head = walk.piece(body.start, body.len().min(NAMES));
    let is_manifest = [
        &b"application/c2pa\0"[..],
        b"application/x-c2pa-manifest-store\0",
    ]
    .iter()
    .any(|kind| head.get(1..).is_some_and(|rest| rest.starts_with(kind)));
    if is_manifest {
        let kind = find_bytes(&head, 8, b"jumb").unwrap_or(4);
        let store = body.start + kind - 4..body.end;
        walk.manifest(store.clone(), store);
    }
}

/// Whether frames of MPEG layer III stand one after the other from the first byte on.
fn is_mpeg(bytes: &[u8]) -> bool {
    let mut at = 0;
    (0..FRAMES).all(|_| match bytes.array(at).and_then(frame_len) {
        Some(len) => {
            at += len;
            true
        }
        None => false,
    })
}

/// The length of a frame of MPEG 1, 2 or 2.5 layer III, its header included.
fn frame_len([sync, version, rates, _]: [u8; 4]) -> Option<usize> {
    // Kilobits a second.
    const MPEG_1: [usize; 14] = [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    const MPEG_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const LAYER_3: u8 = 0b01;
    if sync != 0xff || version & 0xe0 != 0xe0 || version >> 1 & 0b11 != LAYER_3 {
        return None;
    }
    let (kilobits, samples, divisor) = match version >> 3 & 0b11 {
        0b11 => (MPEG_1, 144, 1),
        0b10 => (MPEG_2, 72, 2),
        0b00 => (MPEG_2, 72, 4),
        _ => return None,
    };
    let rate = [44_100, 48_000, 32_000].get(usize::from(rates >> 2 & 0b11))? / divisor;
    let kilobits = kilobits.get(usize::from(rates >> 4).checked_sub(1)?)?;
    let padding = usize::from(rates >> 1 & 1);
    Some(samples * kilobits * 1000 / rate + padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_long_as_the_standard_says() {
        // 128 kbit/s at 44.1 kHz, without and with padding; 64 kbit/s at 22.05 kHz.
        assert_eq!(frame_len([0xff, 0xfb, 0x90, 0]), Some(417));
        assert_eq!(frame_len([0xff, 0xfb, 0x92, 0]), Some(418));
        assert_eq!(frame_len([0xff, 0xf3, 0x80, 0]), Some(208));
    }

    #[test]
    fn what_is_no_layer_3_is_no_frame() {
        // A byte order mark, a JPEG, AAC, layer I, free and bad rates.
        for head in [
            [0xff, 0xfe, b'a', 0],
            [0xff, 0xd8, 0xff, 0xe0],
            [0xff, 0xf1, 0x50, 0x80],
            [0xff, 0xff, 0x90, 0],
            [0xff, 0xfb, 0x00, 0],
            [0xff, 0xfb, 0xf0, 0],
            [0xff, 0xfb, 0x9c, 0],
        ] {
            assert_eq!(frame_len(head), None, "{head:x?}");
        }
    }
}
