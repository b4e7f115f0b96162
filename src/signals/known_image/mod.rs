//! Whether an image is on a list of known images: the same file by digest, or the same picture by perceptual hash. The
//! thumbnails in its content credentials are looked up as well: they may show what it was made from.
//!
//! Where nothing matches, the picture is tried again as it may have been before somebody framed it, and then at a wider
//! distance, which is for a person to look at and for nothing else.

mod codes;
mod hashes;
mod hit;
mod second_tries;
mod thumbnails;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Outcome, Signal, SignalKind};
use crate::asset::Asset;
use crate::error::{Fault, FaultKind};
use crate::evidence::Evidence;
use crate::fingerprints::Kind;
use crate::lists::{Damaged, List, ListKind, Query};
use hashes::{Hashes, has_picture};
use hit::{Found, Hit};

/// Most matches on one list that an image's record holds; the nearest are kept.
const MAX_MATCHES: usize = 20;

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "known_image",
    about: "lists of known images: the same file, or the same picture",
    codes: codes::ALL,
    idle: Some("no list was given"),
    load: |settings| {
        let signal = (!settings.lists.is_empty())
            .then(|| Box::new(KnownImage::new(&settings.lists)) as Box<dyn Signal>);
        Ok(signal)
    },
};

struct KnownImage {
    lists: Vec<Arc<List>>,
    /// The kinds that any list holds, and that can be computed.
    kinds: BTreeSet<Kind>,
}

impl KnownImage {
    fn new(lists: &[Arc<List>]) -> Self {
        let kinds = lists
            .iter()
            .flat_map(|list| list.kinds().map(|(kind, _)| kind))
            .filter(|kind| kind.computed())
            .collect();
        Self {
            lists: lists.to_vec(),
            kinds,
        }
    }

    /// Whether the lists know pictures only, and the file is known to hold none, nor a thumbnail of one.
    fn has_nothing_for(&self, asset: &Asset) -> bool {
        let holds_none = asset.format().is_some() && !has_picture(asset);
        let knows_pictures_only = !self.kinds.iter().any(|kind| kind.exact());
        holds_none && knows_pictures_only && asset.thumbnails().is_empty()
    }

    /// What all lists have of the picture, each asked as a whole: no match on one may push out another's.
    fn own(&self, asset: &Asset, hashes: &Hashes) -> Found<'_> {
        let mut own = Vec::new();
        for list in &self.lists {
            own.extend(nearest(matches(list, hashes)?, |hit| hit));
        }
        if own.iter().all(Hit::is_exact) {
            own.extend(second_tries::find(&self.lists, asset, hashes, &own)?);
        }
        Ok(own)
    }

    fn look(
        &self,
        asset: &Asset,
        hashes: &Hashes,
        found: &mut Vec<Evidence>,
    ) -> Result<Option<Fault>, Damaged> {
        let own = self.own(asset, hashes)?;
        found.extend(judged(&own));
        let thumbnails = thumbnails::Hashed::of(asset, &self.kinds);
        for list in self
            .lists
            .iter()
            .filter(|list| list.kind() == ListKind::KnownBad)
        {
            found.extend(thumbnails.matches(list, &own)?);
        }
        Ok(thumbnails.fault())
    }
}

impl Signal for KnownImage {
    fn prepare(&self, asset: &Asset) {
        if has_picture(asset) && self.kinds.iter().any(|kind| kind.needs_colours()) {
            asset.expect_colours();
            let thumbnails = asset.thumbnails().iter();
            thumbnails.for_each(|thumbnail| thumbnail.picture().expect_colours());
        }
    }

    fn examine(&self, asset: &Asset) -> Outcome {
        if self.has_nothing_for(asset) {
            return Outcome::NotApplicable("it holds no picture, and the lists hold no digests");
        }
        let hashes = Hashes::of(asset, &self.kinds);
        let mut found = Vec::new();
        let looked = self.look(asset, &hashes, &mut found);
        // The same file says more than the same picture.
        found.sort_by_key(|evidence| Reverse(evidence.strength));
        let damage = |damaged: Damaged| {
            let message = format!("a list of known images could not be searched: {damaged}");
            Fault::new(FaultKind::Unreadable, message)
        };
        let fault = match looked {
            Ok(fault) => hashes.own_fault().or(fault),
            Err(damaged) => Some(damage(damaged)),
        };
        match fault {
            Some(fault) => Outcome::Failed(found, fault),
            None => Outcome::from_evidence(found),
        }
    }
}

/// What is said of the matches: an allow list silences what it may of the others'.
fn judged(own: &[Hit<'_>]) -> Vec<Evidence> {
    let allows = |hit: &&Hit<'_>| hit.list.kind() == ListKind::Allow;
    let sayable = |hit: &Hit<'_>| {
        let bad = hit.list.kind() == ListKind::KnownBad;
        // That two pictures look alike does not outweigh that a file is the very one.
        let by = own
            .iter()
            .filter(allows)
            .find(|by| by.is_exact() || !hit.is_exact());
        match by.filter(|_| bad) {
            Some(by) => hit.suppressed(by),
            None => hit.evidence(None),
        }
    };
    let mut said = Vec::new();
    for (place, hit) in own.iter().enumerate() {
        // An image that is on a list by several digests is on it once, by the longest of them.
        let again = own.iter().enumerate().any(|(other, same)| {
            let longer = (same.kind.bits(), place) > (hit.kind.bits(), other);
            same.is_exact() && hit.is_exact() && other != place && same.is_of(hit) && longer
        });
        if !again {
            said.push(sayable(hit));
        }
    }
    said
}

/// What one list has of a picture.
fn matches<'a>(list: &'a Arc<List>, hashes: &Hashes) -> Found<'a> {
    search(list, |kind| hashes.comparable_with(kind), List::find)
}

/// One way of asking a list, for every kind that it holds.
fn search<'a>(
    list: &'a Arc<List>,
    queries: impl Fn(Kind) -> Vec<Query>,
    ask: impl for<'q> Fn(&List, Kind, &'q [Query]) -> Result<Vec<crate::lists::Match<'q>>, Damaged>,
) -> Found<'a> {
    let mut hits = Vec::new();
    for (kind, _) in list.kinds() {
        let mut queries = queries(kind);
        if list.options().dihedral == Some(false) {
            queries.retain(|query| !query.turned);
        }
        if !queries.is_empty() {
            let found = ask(list, kind, &queries)?;
            hits.extend(found.into_iter().map(|found| Hit::new(list, found)));
        }
    }
    Ok(hits)
}

/// The surest and nearest of one list's matches.
fn nearest<'a, T>(mut hits: Vec<T>, hit: impl Fn(&T) -> &Hit<'a>) -> Vec<T> {
    hits.sort_by_key(|one| hit(one).rank());
    hits.truncate(MAX_MATCHES);
    hits
}
