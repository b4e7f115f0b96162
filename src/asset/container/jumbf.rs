//! A bare C2PA manifest store, and how to find one inside of another box.

use super::walk::Walk;
use super::{ContainerKind, Format};
use crate::asset::bytes::{ReadAt, index};

pub(super) const KIND: ContainerKind = ContainerKind {
    format: Format::C2pa,
    // A JUMBF superbox whose description box names the type `c2pa`.
    sniff: |bytes| {
        bytes.array(4) == Some(*b"jumb")
            && bytes.array(12) == Some(*b"jumd")
            && bytes.array(16) == Some(*b"c2pa")
    },
    walk,
};

fn walk(walk: &mut Walk<'_>) {
    let declared = walk.bytes.be32(0).map_or(0, index);
    let store = 0..declared.min(walk.bytes.len());
    walk.manifest(store.clone(), store);
    match declared > walk.bytes.len() {
        true => walk.cut("the manifest store"),
        false => walk.trailer(declared),
    }
}
