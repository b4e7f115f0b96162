//! Further looks at a picture that nothing matched as it is.
//!
//! Somebody who passes a picture on frames it, captions it, or shows it in a screenshot, and its hash is then another. So the
//! parts of it that may be the picture as it was are looked up in the same way; and then all of them at a wider distance,
//! for a person to look at.

use std::sync::Arc;

use super::hit::{Found, Hit};
use super::{matches, nearest, search};
use crate::fingerprints::{Kind, pdq};
use crate::lists::{List, ListKind, Query};
use crate::prints::Source;

/// What the lists have of a picture that none has as it is.
pub(super) fn find<'a>(lists: &'a [Arc<List>], source: Source<'_>, own: &[Hit<'a>]) -> Found<'a> {
    let parts = |kind: Kind| match pdq::is_pdq(&kind) {
        true => source.parts().queries(kind),
        false => Vec::new(),
    };
    let mut found = Vec::new();
    for list in lists {
        found.extend(nearest(matches(list, parts)?, |hit| hit));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    for list in lists
        .iter()
        .filter(|list| list.kind() == ListKind::KnownBad)
    {
        let queries = |kind| -> Vec<Query> {
            let whole = source.prints().own().queries(kind).into_iter();
            let all = whole.chain(parts(kind));
            all.filter(|query| !query.turned).collect()
        };
        let hits = search(list, queries, List::find_near)?;
        let news = hits.into_iter();
        let news = news.filter(|hit| !own.iter().any(|other| other.is_of(hit)));
        found.extend(nearest(news.collect(), |hit| hit));
    }
    if !found.is_empty() && source.text_like() {
        found.iter_mut().for_each(Hit::doubt_as_text);
    }
    Ok(found)
}
