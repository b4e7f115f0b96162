//! RAF, Fujifilm's raw format: a header, a JPEG with all metadata, then what the sensor saw.

use super::walk::Walk;
use super::{ContainerKind, Format, raw};
use crate::asset::bytes::{ReadAt, index};

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::Raf,
    sniff: |bytes| bytes.starts_with(b"FUJIFILMCCD-RAW "),
    walk,
};

/// Where the header names the place and length of the JPEG, and the place of the table about the sensor.
const JPEG: usize = 84;
const TABLE: usize = 92;

/// The tag of the sensor's size in that table, which has a dozen rows.
const SENSOR_SIZE: u16 = 0x0100;
const MAX_ROWS: u32 = 256;

fn walk(walk: &mut Walk<'_>) {
    let bytes = walk.bytes;
    let Some((start, len)) = bytes.be32(JPEG).zip(bytes.be32(JPEG + 4)) else {
        return walk.cut("its header");
    };
    let jpeg = index(start)..index(start).saturating_add(index(len));
    if jpeg.end > bytes.len() {
        walk.cut("its preview");
    }
    walk.dimensions(sensor_size(bytes));
    for (kind, range) in raw::segments(bytes, jpeg.clone()) {
        walk.block(kind, range);
    }
    raw::preview(walk, [jpeg]);
}

fn sensor_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let table = index(bytes.be32(TABLE)?);
    let rows = bytes.be32(table)?.min(MAX_ROWS);
    let mut at = table.checked_add(4)?;
    for _ in 0..rows {
        if bytes.be16(at)? == SENSOR_SIZE {
            let (height, width) = (bytes.be16(at + 4)?, bytes.be16(at + 6)?);
            return Some((width.into(), height.into()));
        }
        at += 4 + usize::from(bytes.be16(at + 2)?);
    }
    None
}
