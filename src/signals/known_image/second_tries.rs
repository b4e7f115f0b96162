//! Further looks at a picture that nothing matched as it is.
//!
//! Somebody who passes a picture on frames it, captions it, or shows it in a screenshot, and its hash is then another. So the
//! parts of it that may be the picture as it was are looked up in the same way; and then all of them at a wider distance,
//! for a person to look at.

use std::sync::Arc;

use super::hashes::Hashes;
use super::hit::{Found, Hit};
use super::{nearest, search};
use crate::asset::Asset;
use crate::fingerprints::trims::text_like;
use crate::lists::{List, ListKind};

/// What the lists have of a picture that none has as it is.
pub(super) fn find<'a>(
    lists: &'a [Arc<List>],
    asset: &Asset,
    hashes: &Hashes,
    own: &[Hit<'a>],
) -> Found<'a> {
    let perceptual = |list: &Arc<List>| {
        list.kinds()
            .any(|(kind, _)| kind.needs_pixels() && kind.computed())
    };
    if !lists.iter().any(perceptual) || !hashes.have_picture() {
        return Ok(Vec::new());
    }
    let kinds = lists
        .iter()
        .flat_map(|list| list.kinds().map(|(kind, _)| kind))
        .collect();
    let mut trimmed = Hashes::trimmed(asset, &kinds);
    trimmed.append(Hashes::of_frames(asset, &kinds));
    let mut found = Vec::new();
    for list in lists {
        let hits = search(list, |kind| trimmed.comparable_with(kind), List::find)?;
        found.extend(nearest(hits, |hit| hit));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    for list in lists
        .iter()
        .filter(|list| list.kind() == ListKind::KnownBad)
    {
        let queries = |kind| {
            let whole = hashes.comparable_with(kind).into_iter();
            let all = whole.chain(trimmed.comparable_with(kind));
            all.filter(|query| !query.turned).collect()
        };
        let hits = search(list, queries, List::find_near)?;
        let news = hits.into_iter();
        let news = news.filter(|hit| !own.iter().any(|other| other.is_of(hit)));
        found.extend(nearest(news.collect(), |hit| hit));
    }
    if !found.is_empty() && is_text(asset) {
        found.iter_mut().for_each(Hit::doubt_as_text);
    }
    Ok(found)
}

/// Whether the picture is mostly text: such pictures come near to each other by chance.
fn is_text(asset: &Asset) -> bool {
    asset.luma().is_ok_and(|raster| text_like(&raster))
}
