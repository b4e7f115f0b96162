//! JUMBF boxes (ISO 19566-5), one after another.

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
