//! Whether an image is on a list of known images: the same file by digest, or the same picture by perceptual hash. The
//! thumbnails in its content credentials are looked up as well: they may show what it was made from.
//!
//! Where nothing matches, the picture is tried again as it may have been before somebody framed it, and then at a wider
//! distance, which is for a person to look at and for nothing else.

mod codes;
mod faults;
mod hit;
mod lookup;
mod screen;
mod second_tries;
mod thumbnails;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Compared, Compares, Outcome, Signal, SignalKind};
use crate::asset::Asset;
use crate::error::{Fault, FaultKind};
use crate::evidence::Evidence;
use crate::fingerprints::{Kind, pdq};
use crate::lists::{Damaged, List, ListKind};
use crate::prints::{Prints, Source};
use hit::{Found, Hit};
use lookup::Lookup;

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

/// Lists of known images, ready to be compared with images, or with what was kept of them.
pub struct KnownImage {
    lists: Vec<Arc<List>>,
    /// The kinds that any list holds, and that can be computed.
    kinds: BTreeSet<Kind>,
}

/// What was found so far, and what is to be noted of the image.
#[derive(Default)]
struct Findings {
    evidence: Vec<Evidence>,
    notes: Vec<String>,
}

impl KnownImage {
    /// The signal for some lists.
    pub fn new(lists: &[Arc<List>]) -> Self {
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

    /// Of many images, whether each must be looked at: of the others, the lists have nothing. Some hundred at a time are
    /// faster than one by one.
    pub fn screen(&self, images: &[&Prints]) -> Vec<bool> {
        screen::look(&self.lists, images)
    }

    /// What the lists say of an image of which only its prints are left: the same as of the image itself, if the prints are
    /// of the [`kinds`](Compares::kinds) that the lists hold.
    pub fn match_prints(&self, prints: &Prints) -> Outcome {
        self.compare(Source::kept(prints)).outcome
    }

    /// Whether the lists know pictures only, and the file is known to hold none, nor a thumbnail of one.
    fn has_nothing_for(&self, prints: &Prints) -> bool {
        let knows_pictures_only = !self.kinds.iter().any(|kind| kind.exact());
        prints.are_without_picture() && knows_pictures_only
    }

    /// What all lists have of the picture, each asked as a whole: no match on one may push out another's.
    fn own(&self, source: Source<'_>, notes: &mut Vec<String>) -> Found<'_> {
        let look = source.prints().own();
        let (mut own, mut lookups) = (Vec::new(), Vec::new());
        for list in &self.lists {
            let near = list.kind() == ListKind::KnownBad;
            let lookup = Lookup::new(list, |kind| look.queries(kind), near)?;
            own.extend(nearest(lookup.matches()?, |hit| hit));
            lookups.push(lookup);
        }
        let pictured = |kind: Kind| kind.needs_pixels() && self.kinds.contains(&kind);
        let hashed_otherwise = |kind: Kind| pictured(kind) || self.also_asked(kind);
        if own.iter().all(Hit::is_exact) && look.shows_something(hashed_otherwise) {
            // Only PDQ is computed of parts and frames.
            if self.kinds.iter().any(pdq::is_pdq) {
                notes.extend(source.parts().frames_note());
            }
            own.extend(second_tries::find(lookups, source, &own)?);
        }
        Ok(own)
    }

    /// Whether a kind is looked up among entries of another: the PDQ of a picture that was resized first is.
    fn also_asked(&self, kind: Kind) -> bool {
        kind == pdq::PDQ_512 && self.kinds.contains(&pdq::PDQ)
    }

    fn look(&self, source: Source<'_>, found: &mut Findings) -> Result<Option<Fault>, Damaged> {
        let own = self.own(source, &mut found.notes)?;
        found.evidence.extend(judged(&own));
        let thumbnails = thumbnails::Hashed::of(source, &self.kinds);
        found.notes.splice(0..0, thumbnails.notes());
        for list in self
            .lists
            .iter()
            .filter(|list| list.kind() == ListKind::KnownBad)
        {
            found.evidence.extend(thumbnails.matches(list, &own)?);
        }
        Ok(thumbnails.fault())
    }
}

impl Signal for KnownImage {
    fn prepare(&self, asset: &Asset) {
        if asset.has_picture() && self.kinds.iter().any(|kind| kind.needs_colours()) {
            asset.expect_colours();
            let thumbnails = asset.thumbnails().iter();
            thumbnails.for_each(|thumbnail| thumbnail.picture().expect_colours());
        }
    }

    fn examine(&self, asset: &Asset) -> Outcome {
        let prints = Prints::begin(asset, self.kinds.clone());
        self.compare(Source::of(asset, &prints)).outcome
    }

    fn compares(&self) -> Option<&dyn Compares> {
        Some(self)
    }
}

impl Compares for KnownImage {
    fn kinds(&self) -> &BTreeSet<Kind> {
        &self.kinds
    }

    fn knows(&self, kind: Kind) -> bool {
        let held = |list: &Arc<List>| list.kinds().any(|(held, _)| held == kind);
        self.also_asked(kind) || self.lists.iter().any(held)
    }

    fn screen(&self, images: &[&Prints]) -> Vec<bool> {
        Self::screen(self, images)
    }

    fn compare_unknown(&self, source: Source<'_>) -> Compared {
        let without_lists = Self {
            lists: Vec::new(),
            kinds: self.kinds.clone(),
        };
        without_lists.compare(source)
    }

    fn compare(&self, source: Source<'_>) -> Compared {
        let prints = source.prints();
        let mut found = Findings::default();
        if self.has_nothing_for(prints) {
            let why = "it holds no picture, and the lists hold no digests";
            return Compared {
                outcome: Outcome::NotApplicable(why),
                notes: found.notes,
            };
        }
        let looked = self.look(source, &mut found);
        // The same file says more than the same picture.
        found
            .evidence
            .sort_by_key(|evidence| Reverse(evidence.strength));
        let damage = |damaged: Damaged| {
            let message = format!("a list of known images could not be searched: {damaged}");
            Fault::new(FaultKind::Unreadable, message)
        };
        let fault = match looked {
            Ok(fault) => faults::own(prints.own().error(&self.kinds)).or(fault),
            Err(damaged) => Some(damage(damaged)),
        };
        Compared {
            outcome: match fault {
                Some(fault) => Outcome::Failed(found.evidence, fault),
                None => Outcome::from_evidence(found.evidence),
            },
            notes: found.notes,
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

/// The surest and nearest of one list's matches.
fn nearest<'a, T>(mut hits: Vec<T>, hit: impl Fn(&T) -> &Hit<'a>) -> Vec<T> {
    hits.sort_by_key(|one| hit(one).rank());
    hits.truncate(MAX_MATCHES);
    hits
}
