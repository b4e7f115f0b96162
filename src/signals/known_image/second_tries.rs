//! Further looks at a picture that nothing matched as it is.
//!
//! Somebody who passes a picture on frames it, captions it, or shows it in a screenshot, and its hash is then another. So the
//! parts of it that may be the picture as it was are looked up in the same way; and then all of them at a wider distance,
//! for a person to look at.

use super::hit::{Found, Hit};
use super::lookup::Lookup;
use super::nearest;
use crate::fingerprints::{Kind, pdq};
use crate::lists::ListKind;
use crate::prints::Source;

/// What the lists have of a picture that none has as it is. It was looked up on all of them before.
pub(super) fn find<'a>(wholes: Vec<Lookup<'a>>, source: Source<'_>, own: &[Hit<'a>]) -> Found<'a> {
    let queries = |kind: Kind| match pdq::is_pdq(&kind) {
        true => source.parts().queries(kind),
        false => Vec::new(),
    };
    let (mut found, mut lookups) = (Vec::new(), Vec::new());
    for whole in wholes {
        let near = whole.list().kind() == ListKind::KnownBad;
        let parts = Lookup::new(whole.list(), queries, near)?;
        found.extend(nearest(parts.matches()?, |hit| hit));
        if near {
            lookups.push(whole.join(parts));
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    for lookup in lookups {
        let news = lookup.near()?.into_iter();
        let news = news.filter(|hit| !own.iter().any(|other| other.is_of(hit)));
        found.extend(nearest(news.collect(), |hit| hit));
    }
    if !found.is_empty() && source.text_like() {
        found.iter_mut().for_each(Hit::doubt_as_text);
    }
    Ok(found)
}
