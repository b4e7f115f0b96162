//! JUMBF boxes (ISO 19566-5): a header, and for a superbox a description of what is in it.

use std::ops::Range;

use crate::asset::bytes::{ReadAt, find, index};

/// One box; its body is clamped to the box around it.
pub(super) struct Box {
    pub(super) kind: [u8; 4],
    pub(super) body: Range<usize>,
    /// It ends where it says, within its surroundings.
    pub(super) whole: bool,
}

/// The boxes that stand one after the other in `range`. Every step takes at least a header, so it comes to an end.
pub(super) fn boxes(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = Box> {
    let end = range.end.min(bytes.len());
    let mut at = range.start;
    std::iter::from_fn(move || {
        let start = at;
        if start >= end {
            return None;
        }
        let bytes = bytes.get(..end)?;
        // Fewer bytes than a header are the end of a box that is cut.
        let Some((len, kind)) = bytes.be32(start).zip(bytes.array(start + 4)) else {
            at = end;
            return Some(Box {
                kind: *b"    ",
                body: start..end,
                whole: false,
            });
        };
        let (header, len) = match len {
            0 => (8, end - start),
            1 => (16, bytes.be64(start + 8).map_or(0, index)),
            len => (8, index(len)),
        };
        let stop = start.saturating_add(len);
        let whole = len >= header && stop <= end;
        // After a box of impossible length nothing can be told, so it takes the rest.
        at = if whole { stop } else { end };
        Some(Box {
            kind,
            body: (start + header).min(at)..at,
            whole,
        })
    })
}

/// What a superbox is and holds.
pub(super) struct Superbox {
    /// The first four bytes of the type, which spell its name.
    pub(super) kind: [u8; 4],
    pub(super) label: String,
    /// The boxes after the description.
    pub(super) contents: Range<usize>,
}

impl Superbox {
    /// Reads the description at the start of a superbox's body; `None` where it has none.
    pub(super) fn read(bytes: &[u8], body: Range<usize>) -> Option<Self> {
        let description = boxes(bytes, body.clone()).next()?;
        if description.kind != *b"jumd" {
            return None;
        }
        let inner = description.body;
        let head = bytes.get(inner.clone())?;
        let kind = head.array(0)?;
        let has_label = head.u8_at(16)? & 0x02 != 0;
        let label = has_label.then(|| {
            let end = find(head, 17, 0).unwrap_or(head.len());
            String::from_utf8_lossy(head.clamped(17, end.saturating_sub(17))).into_owned()
        });
        Some(Self {
            kind,
            label: label.unwrap_or_default(),
            contents: inner.end..body.end,
        })
    }
}

/// Whether these bytes begin with a C2PA manifest store.
pub(super) fn begins_a_store(bytes: &[u8]) -> bool {
    let first = boxes(bytes, 0..bytes.len()).next();
    first.is_some_and(|first| {
        first.kind == *b"jumb"
            && Superbox::read(bytes, first.body).is_some_and(|superbox| superbox.kind == *b"c2pa")
    })
}
