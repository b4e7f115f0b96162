//! Where the items of a HEIF file lie: its `iloc` box.

use crate::asset::bytes::{ReadAt, index};
use std::ops::Range;

/// Items are cut into more pieces than this only by someone who means harm.
const MAX_EXTENTS: usize = 64;

/// Visits the items that lie in this file in one piece, or in pieces that follow each other.
/// `data` is the body of the `idat` box, which some offsets count from.
pub(super) fn locate(
    bytes: &[u8],
    body: Range<usize>,
    data: Range<usize>,
    mut visit: impl FnMut(u32, Range<usize>),
) {
    let iloc = bytes.clamped(body.start, body.len());
    let Some(layout) = Layout::read(iloc) else {
        return;
    };
    let mut at = if layout.version < 2 { 8 } else { 10 };
    while let Some((id, place, next)) = layout.item(iloc, at) {
        at = next;
        let range = match place {
            Some(Place { method: 0, range }) => range,
            Some(Place { method: 1, range }) => {
                let start = data.start.saturating_add(range.start);
                start..data.start.saturating_add(range.end).min(data.end)
            }
            _ => continue,
        };
        let range = range.start..range.end.min(bytes.len());
        if !range.is_empty() {
            visit(id, range);
        }
    }
}

struct Layout {
    version: u8,
    offset_size: usize,
    length_size: usize,
    base_size: usize,
    index_size: usize,
}

struct Place {
    /// 0: offsets count from the start of the file, 1: from `idat`, 2: from another item.
    method: u16,
    range: Range<usize>,
}

impl Layout {
    fn read(iloc: &[u8]) -> Option<Self> {
        let version = iloc.u8_at(0)?;
        let (first, second) = (iloc.u8_at(4)?, iloc.u8_at(5)?);
        Some(Self {
            version,
            offset_size: usize::from(first >> 4),
            length_size: usize::from(first & 15),
            base_size: usize::from(second >> 4),
            index_size: if version == 0 {
                0
            } else {
                usize::from(second & 15)
            },
        })
    }

    /// The item at `at`: its id, its place if that can be followed, and where the next item begins.
    fn item(&self, iloc: &[u8], mut at: usize) -> Option<(u32, Option<Place>, usize)> {
        let id = if self.version < 2 {
            iloc.be16(at)?.into()
        } else {
            iloc.be32(at)?
        };
        at += if self.version < 2 { 2 } else { 4 };
        let mut method = 0;
        if self.version > 0 {
            method = iloc.be16(at)? & 15;
            at += 2;
        }
        // A data reference other than 0 names another file.
        let elsewhere = iloc.be16(at)? != 0;
        let base = number(iloc, at + 2, self.base_size)?;
        at += 2 + self.base_size;
        let count = usize::from(iloc.be16(at)?);
        at += 2;
        let each = self.index_size + self.offset_size + self.length_size;
        let next = at + count * each;
        let range = match elsewhere || count > MAX_EXTENTS {
            true => None,
            false => self.joined(iloc, at, count, base),
        };
        Some((id, range.map(|range| Place { method, range }), next))
    }

    /// The extents as one range, if each follows upon the one before it.
    fn joined(&self, iloc: &[u8], at: usize, count: usize, base: usize) -> Option<Range<usize>> {
        let mut whole: Option<Range<usize>> = None;
        for extent in 0..count {
            let each = self.index_size + self.offset_size + self.length_size;
            let place = at + extent * each + self.index_size;
            let start = base.saturating_add(number(iloc, place, self.offset_size)?);
            // Without a length an extent reaches to the end of its source.
            let end = match number(iloc, place + self.offset_size, self.length_size)? {
                0 => usize::MAX,
                len => start.saturating_add(len),
            };
            whole = match whole {
                None => Some(start..end),
                Some(before) if before.end == start => Some(before.start..end),
                Some(_) => return None,
            };
        }
        whole
    }
}

/// A number of 0, 4 or 8 bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    match size {
        0 => Some(0),
        4 => bytes.be32(at).map(index),
        8 => bytes.be64(at).map(index),
        _ => None,
    }
}
