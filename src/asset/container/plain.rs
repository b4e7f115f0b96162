//! BMP, ICO and PDF: formats that carry no metadata worth walking for, or none that is walked for here.

use super::walk::Walk;
use super::{ContainerKind, Format};
use crate::asset::bytes::{ReadAt, index};

pub(super) const BMP: ContainerKind = ContainerKind {
    format: Format::Bmp,
    // Two letters are too little to go by, so the size of the second header must be one of those in use.
    sniff: |bytes| {
        bytes.starts_with(b"BM")
            && matches!(bytes.le32(14), Some(12 | 40 | 52 | 56 | 64 | 108 | 124))
    },
    walk: |walk| walk.dimensions(bmp_size(walk.bytes)),
};

pub(super) const ICO: ContainerKind = ContainerKind {
    format: Format::Ico,
    sniff: |bytes| {
        bytes.starts_with(&[0, 0, 1, 0]) && bytes.le16(4) > Some(0) && bytes.u8_at(9) == Some(0)
    },
    walk: |walk| walk.dimensions(ico_size(walk)),
};

pub(super) const PDF: ContainerKind = ContainerKind {
    format: Format::Pdf,
    sniff: |bytes| bytes.starts_with(b"%PDF-"),
    walk: |_| {},
};

fn bmp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.le32(14)? == 12 {
        return Some((bytes.le16(18)?.into(), bytes.le16(20)?.into()));
    }
    // A negative height says that the rows run from the top down.
    let side = |at| Some(i32::from_le_bytes(bytes.array(at)?).unsigned_abs());
    Some((side(18)?, side(22)?))
}

/// The largest picture in the directory; a side of 256 is written as 0.
fn ico_size(walk: &Walk<'_>) -> Option<(u32, u32)> {
    let count = index(walk.bytes.le16(4)?);
    let entries = walk.bytes.clamped(6, count * 16).chunks_exact(16);
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    entries
        .filter_map(|entry| Some((side(entry.u8_at(0)?), side(entry.u8_at(1)?))))
        .max()
}
