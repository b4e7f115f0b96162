//! The manifest store in a file: the pieces into which the format cut it, joined again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::RawStore;
use super::boxes::begins_a_store;
use super::store;
use crate::asset::bytes::ReadAt;
use crate::asset::container::Piece;
use crate::asset::content::Content;
use crate::asset::{Container, Format, Limits};

/// A store and where it lies.
#[derive(Debug)]
pub(in crate::asset) struct Embedded {
    pub(in crate::asset) store: RawStore,
    /// See [`Asset::manifest_ranges`](crate::Asset::manifest_ranges).
    pub(in crate::asset) ranges: Vec<Range<usize>>,
}

impl Embedded {
    /// The first store in the file, if there is one.
    pub(in crate::asset) fn read(
        content: &Content,
        container: &Container,
        limits: &Limits,
    ) -> Option<Self> {
        let jpeg = container.format == Some(Format::Jpeg);
        let mut stores = by_instance(&container.pieces)
            .into_iter()
            .filter_map(|pieces| joined(content, pieces, jpeg, limits));
        let (first, joined) = stores.next()?;
        let another = stores.next().is_some();
        let mut store = store::read(Arc::new(joined), limits);
        if another {
            let message = "more than one manifest store: the first is read";
            store.problems.push(message.to_owned());
        }
        Some(Self {
            store,
            ranges: ranges(&first),
        })
    }
}

/// The pieces of each box in order, the boxes in file order.
fn by_instance(pieces: &[Piece]) -> Vec<Vec<&Piece>> {
    let mut boxes: BTreeMap<usize, Vec<&Piece>> = BTreeMap::new();
    for piece in pieces {
        boxes.entry(piece.instance).or_default().push(piece);
    }
    let mut boxes: Vec<_> = boxes.into_values().collect();
    boxes.sort_by_key(|pieces| pieces.first().map(|piece| piece.outer.start));
    for pieces in &mut boxes {
        pieces.sort_by_key(|piece| piece.sequence);
    }
    boxes
}

/// The pieces from the first that begins a store, and the store; `None` if none does.
///
/// Careless writers of JPEG give one number to several boxes: what comes before is dropped, and of pieces for the same
/// place the first counts.
fn joined<'a>(
    content: &Content,
    mut pieces: Vec<&'a Piece>,
    jpeg: bool,
    limits: &Limits,
) -> Option<(Vec<&'a Piece>, Vec<u8>)> {
    if jpeg {
        let first = pieces.iter().position(|piece| {
            let inner = content.bytes().get(piece.inner.clone());
            inner.is_some_and(begins_a_store)
        })?;
        pieces.drain(..first);
        pieces.dedup_by_key(|piece| piece.sequence);
    }
    let total: usize = pieces.iter().map(|piece| piece.inner.len()).sum();
    // The walk has noted what is too long to be read into memory.
    if total as u64 > limits.max_bytes {
        return None;
    }
    let joined = join(content, &pieces, jpeg);
    begins_a_store(&joined).then_some((pieces, joined))
}

fn join(content: &Content, pieces: &[&Piece], jpeg: bool) -> Vec<u8> {
    let mut joined = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        let inner = content.piece(piece.inner.clone());
        let header = match inner.be32(0) {
            _ if number == 0 || !jpeg => 0,
            Some(1) => 16,
            _ => 8,
        };
        joined.extend_from_slice(inner.get(header..).unwrap_or_default());
    }
    joined
}

/// Where the pieces are carried, in file order, ranges that touch or overlap joined.
fn ranges(pieces: &[&Piece]) -> Vec<Range<usize>> {
    let mut sorted: Vec<_> = pieces.iter().map(|piece| piece.outer.clone()).collect();
    sorted.sort_by_key(|range| range.start);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match ranges.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => ranges.push(range),
        }
    }
    ranges
}
