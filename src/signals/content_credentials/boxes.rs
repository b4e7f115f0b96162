//! JUMBF boxes (ISO 19566-5) as the library reads them: a length of 0 ends a level, where the standard, and with it
//! `asset::manifests`, has it reach to the end. What is held against the library's answer has to be what it saw.

use std::ops::Range;

/// A box: its type and where its content lies.
pub(super) struct Found {
    pub(super) kind: [u8; 4],
    pub(super) content: Range<usize>,
}

/// Takes the next box off a level; `None` where it ends, or is no box.
pub(super) fn next_box(store: &[u8], level: &mut Range<usize>) -> Option<Found> {
    let rest = store.get(level.clone())?;
    let length = u32::from_be_bytes(*rest.first_chunk()?);
    let kind = *rest.get(4..)?.first_chunk()?;
    let (header, length) = match length {
        1 => {
            let long = u64::from_be_bytes(*rest.get(8..)?.first_chunk()?);
            (16, usize::try_from(long).ok()?)
        }
        _ => (8, usize::try_from(length).ok()?),
    };
    if length < header {
        return None;
    }
    let end = level.start.saturating_add(length).min(level.end);
    let content = level.start + header..end;
    level.start = end;
    (content.start <= content.end).then_some(Found { kind, content })
}

/// The label in a superbox's description (ISO 19566-5, annex A): behind its header, a type and flags. What follows it
/// is not cut off.
pub(super) fn label<'a>(store: &'a [u8], found: &Found) -> &'a [u8] {
    const BEFORE: usize = 8 + 16 + 1;
    let content = store.get(found.content.clone()).unwrap_or_default();
    content.get(BEFORE..).unwrap_or_default()
}

/// The kinds of manifest that the library reads, by the type in their description: standard ones, updates, compressed ones.
const MANIFESTS: [&[u8; 4]; 4] = [b"c2ma", b"c2md", b"c2um", b"c2cm"];

/// What the types of C2PA's superboxes have in common (C2PA 2.2, section 11.1.4).
const TYPE_END: [u8; 12] = [
    0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71,
];

/// The four letters of a superbox's type; `None` where it is no superbox of C2PA.
pub(super) fn kind(store: &[u8], found: &Found) -> Option<[u8; 4]> {
    let content = store.get(found.content.clone())?;
    let described = &found.kind == b"jumb" && content.get(4..8) == Some(b"jumd");
    let whole = content.get(12..24) == Some(&TYPE_END);
    (described && whole).then(|| content.get(8..)?.first_chunk().copied())?
}

/// The manifests of a store, in file order, of the kinds that the library reads.
pub(super) fn manifests(store: &[u8]) -> impl Iterator<Item = Found> {
    let mut level = next_box(store, &mut (0..store.len())).map_or(0..0, |found| found.content);
    std::iter::from_fn(move || next_box(store, &mut level))
        .filter(move |one| kind(store, one).is_some_and(|kind| MANIFESTS.contains(&&kind)))
}

/// The label without what follows it.
pub(super) fn name<'a>(store: &'a [u8], found: &Found) -> Option<&'a str> {
    let name = label(store, found).split(|byte| *byte == 0).next()?;
    std::str::from_utf8(name).ok()
}

/// The superbox of this type in a manifest; `None` where there is not exactly one: which of two is meant, nobody knows.
pub(super) fn part(store: &[u8], manifest: &Found, wanted: &[u8; 4]) -> Option<Found> {
    let mut level = manifest.content.clone();
    let mut parts = std::iter::from_fn(|| next_box(store, &mut level))
        .filter(|part| kind(store, part).as_ref() == Some(wanted));
    let part = parts.next()?;
    parts.next().is_none().then_some(part)
}

/// The CBOR that the superbox of this type in a manifest holds, where it holds nothing else.
pub(super) fn cbor<'a>(store: &'a [u8], manifest: &Found, wanted: &[u8; 4]) -> Option<&'a [u8]> {
    let mut inside = part(store, manifest, wanted)?.content;
    let description = next_box(store, &mut inside)?;
    let value = next_box(store, &mut inside)?;
    let alone = &description.kind == b"jumd" && &value.kind == b"cbor" && inside.is_empty();
    store.get(value.content).filter(|_| alone)
}
