//! The items of an AVIF or HEIF file: what they are, where they lie, what they are made of, and how they are turned.

use super::bmff::{BmffBox, boxes};
use crate::asset::Orientation;
use crate::asset::bytes::{ReadAt, index};
use std::collections::BTreeMap;
use std::ops::Range;

/// Items, properties and parts beyond these are not followed; a picture of 100 megapixels has some 400 tiles.
const MAX_ITEMS: usize = 1 << 14;

/// What the `meta` box says of pictures. What is cut or contradicts itself is left out.
#[derive(Default)]
pub(in crate::asset) struct Items {
    primary: u32,
    kinds: BTreeMap<u32, [u8; 4]>,
    places: BTreeMap<u32, Range<usize>>,
    properties: Vec<BmffBox>,
    /// Properties of each item, by their numbers, counted from 1.
    owned: BTreeMap<u32, Vec<usize>>,
    /// The pictures of which each is made, in order.
    parts: BTreeMap<u32, Vec<u32>>,
    /// Something is said twice, so that another reader may see other pictures.
    ambiguous: bool,
}

impl Items {
    /// Reads the first `meta` box.
    pub(in crate::asset) fn read(bytes: &[u8]) -> Self {
        let mut found = boxes(bytes, 0..bytes.len()).filter(|each| &each.kind == b"meta");
        let first = found.next();
        let mut items = first.map_or_else(Self::default, |meta| Self::of(bytes, meta.body));
        items.ambiguous |= found.next().is_some();
        items
    }

    /// Reads the body of a `meta` box.
    pub(super) fn of(bytes: &[u8], body: Range<usize>) -> Self {
        let mut items = Self::default();
        let (mut locations, mut data) = (0..0, 0..0);
        // `meta` is a full box: four bytes of version and flags.
        for each in boxes(bytes, body.start.saturating_add(4)..body.end) {
            match &each.kind {
                b"pitm" => items.primary = id(bytes, each.body.start, 4).unwrap_or(0),
                b"iinf" => items.kinds(bytes, each.body),
                b"iref" => items.parts(bytes, each.body),
                b"iprp" => items.properties(bytes, each.body),
                b"iloc" => locations = each.body,
                b"idat" => data = each.body,
                _ => {}
            }
        }
        super::iloc::locate(bytes, locations, data, |id, range| {
            if items.places.len() < MAX_ITEMS {
                items.places.insert(id, range);
            }
        });
        items
    }

    /// Whether something is said twice, so that another reader may see other pictures.
    #[cfg(feature = "heic")]
    pub(in crate::asset) fn are_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The picture that the file is about.
    pub(in crate::asset) fn primary(&self) -> u32 {
        self.primary
    }

    /// What an item is, such as `av01`, `hvc1` or `grid`.
    pub(in crate::asset) fn kind(&self, item: u32) -> Option<[u8; 4]> {
        self.kinds.get(&item).copied()
    }

    /// The bytes of an item that lies in one piece.
    pub(in crate::asset) fn data<'b>(&self, bytes: &'b [u8], item: u32) -> Option<&'b [u8]> {
        bytes.get(self.places.get(&item)?.clone())
    }

    /// The items of which one is made.
    pub(in crate::asset) fn made_of(&self, item: u32) -> &[u32] {
        self.parts.get(&item).map_or(&[], Vec::as_slice)
    }

    /// The body of a property of an item.
    pub(in crate::asset) fn property<'b>(
        &self,
        bytes: &'b [u8],
        item: u32,
        kind: &[u8; 4],
    ) -> Option<&'b [u8]> {
        let numbers = self.owned.get(&item)?.iter();
        let mut found = numbers.filter_map(|number| self.properties.get(number.checked_sub(1)?));
        bytes.get(found.find(|each| &each.kind == kind)?.body.clone())
    }

    /// The size of an item, as the file states it.
    pub(in crate::asset) fn size(&self, bytes: &[u8], item: u32) -> Option<(u32, u32)> {
        let stated = self.property(bytes, item, b"ispe")?;
        Some((stated.be32(4)?, stated.be32(8)?))
    }

    /// How the picture must be turned to stand upright: first turned, then mirrored.
    pub(super) fn orientation(&self, bytes: &[u8]) -> Orientation {
        let first = |kind| self.property(bytes, self.primary, kind)?.u8_at(0);
        // Quarters of a turn to the left; then top and bottom exchanged (0), or left and right (1).
        let turn = first(b"irot").map_or(0, |turn| turn & 3);
        let mirror = first(b"imir").map(|axis| axis & 1);
        Orientation(match (turn, mirror) {
            (0, None) => 1,
            (1, None) => 8,
            (2, None) => 3,
            (_, None) => 6,
            (0, Some(1)) | (2, Some(0)) => 2,
            (0, Some(_)) | (2, Some(_)) => 4,
            (1, Some(0)) | (3, Some(1)) => 5,
            (_, Some(_)) => 7,
        })
    }

    fn kinds(&mut self, bytes: &[u8], body: Range<usize>) {
        let head = match bytes.u8_at(body.start) {
            Some(0) => 6,
            _ => 8,
        };
        for each in boxes(bytes, body.start.saturating_add(head)..body.end).take(MAX_ITEMS) {
            let at = each.body.start;
            let (id, kind) = match bytes.u8_at(at) {
                Some(2) => (bytes.be16(at + 4).map(u32::from), at + 8),
                _ => (bytes.be32(at + 4), at + 10),
            };
            if let Some((id, kind)) = id.zip(bytes.array(kind)) {
                self.kinds.insert(id, kind);
            }
        }
    }

    fn parts(&mut self, bytes: &[u8], body: Range<usize>) {
        let wide = bytes.u8_at(body.start) != Some(0);
        let each_id = if wide { 4 } else { 2 };
        let read = |at| match wide {
            true => bytes.be32(at),
            false => bytes.be16(at).map(u32::from),
        };
        for each in boxes(bytes, body.start.saturating_add(4)..body.end).take(MAX_ITEMS) {
            let start = each.body.start;
            let count = bytes.be16(start + each_id).map_or(0, usize::from);
            let first = start + each_id + 2;
            let ids = (0..count.min(MAX_ITEMS)).map(|number| first + number * each_id);
            let ids = ids.take_while(|at| at + each_id <= each.body.end);
            if let (b"dimg", Some(from)) = (&each.kind, read(start)) {
                let parts = ids.filter_map(read).collect();
                self.ambiguous |= self.parts.insert(from, parts).is_some();
            }
        }
    }

    fn properties(&mut self, bytes: &[u8], body: Range<usize>) {
        for each in boxes(bytes, body) {
            match &each.kind {
                b"ipco" => {
                    self.ambiguous |= !self.properties.is_empty();
                    let room = MAX_ITEMS - self.properties.len();
                    self.properties.extend(boxes(bytes, each.body).take(room));
                }
                b"ipma" => {
                    // What is cut has no more to say.
                    let _ = self.owners(bytes, each.body);
                }
                _ => {}
            }
        }
    }

    /// Which item has which properties. Every step takes at least three bytes, so it comes to an end.
    fn owners(&mut self, bytes: &[u8], body: Range<usize>) -> Option<()> {
        let at = body.start;
        let wide = bytes.u8_at(at)? > 0;
        let long = bytes.u8_at(at + 3)? & 1 != 0;
        let count = index(bytes.be32(at + 4)?).min(MAX_ITEMS);
        let mut at = at + 8;
        for _ in 0..count {
            let item = match wide {
                true => bytes.be32(at)?,
                false => bytes.be16(at)?.into(),
            };
            at += if wide { 4 } else { 2 };
            let properties = usize::from(bytes.u8_at(at)?);
            at += 1;
            let mut numbers = Vec::with_capacity(properties);
            for _ in 0..properties {
                // The highest bit says that a reader must know the property.
                numbers.push(match long {
                    true => usize::from(bytes.be16(at)? & 0x7FFF),
                    false => usize::from(bytes.u8_at(at)? & 0x7F),
                });
                at += if long { 2 } else { 1 };
            }
            if at > body.end {
                return None;
            }
            self.ambiguous |= self.owned.insert(item, numbers).is_some();
        }
        Some(())
    }
}

/// The number of an item behind the version of its box, which tells how long it is.
fn id(bytes: &[u8], at: usize, skip: usize) -> Option<u32> {
    match bytes.u8_at(at)? {
        0 => bytes.be16(at + skip).map(u32::from),
        _ => bytes.be32(at + skip),
    }
}
