//! Whether an image is on a list of known images: the same file by digest, or the same picture by perceptual hash. The
//! thumbnails in its content credentials are looked up as well: they may show what it was made from.

mod codes;
mod hashes;
mod thumbnails;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Thumbnail};
use crate::evidence::{Evidence, Strength};
use crate::fingerprints::Kind;
use crate::lists::{Entry, List};
use hashes::{Hashes, has_picture};

/// Most matches on one list that an image's record holds; the nearest are kept.
const MAX_MATCHES: usize = 20;

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "known_image",
    about: "lists of known images: the same file, or the same picture",
    codes: &[
        codes::EXACT,
        codes::NEAR,
        codes::EXACT_THUMBNAIL,
        codes::NEAR_THUMBNAIL,
    ],
    idle: Some("no list was given"),
    load: |settings| {
        let signal = (!settings.lists.is_empty())
            .then(|| Box::new(KnownImage::new(&settings.lists)) as Box<dyn Signal>);
        Ok(signal)
    },
};

struct KnownImage {
    lists: Vec<Arc<List>>,
    /// The kinds that any list holds.
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
}

impl KnownImage {
    /// Whether the lists know pictures only, and the file is known to hold none, nor a thumbnail of one.
    fn has_nothing_for(&self, asset: &Asset) -> bool {
        let holds_none = asset.format().is_some() && !has_picture(asset);
        let knows_pictures_only = !self.kinds.iter().any(|kind| kind.exact());
        holds_none && knows_pictures_only && asset.thumbnails().is_empty()
    }
}

impl Signal for KnownImage {
    fn examine(&self, asset: &Asset) -> Outcome {
        if self.has_nothing_for(asset) {
            return Outcome::NotApplicable("it holds no picture, and the lists hold no digests");
        }
        let hashes = Hashes::of(asset, &self.kinds);
        let own: Vec<Hit<'_>> = self
            .lists
            .iter()
            .flat_map(|list| nearest(hits(list, &hashes), |hit| hit))
            .collect();
        let mut found: Vec<Evidence> = own.iter().map(|hit| hit.evidence(None)).collect();
        let thumbnails = thumbnails::Hashed::of(asset, &self.kinds);
        for list in &self.lists {
            found.extend(thumbnails.matches(list, &own));
        }
        // The same file says more than the same picture.
        found.sort_by_key(|evidence| Reverse(evidence.strength));
        match hashes.fault("the picture").or(thumbnails.fault()) {
            Some(fault) => Outcome::Failed(found, fault),
            None => Outcome::from_evidence(found),
        }
    }
}

/// An entry of a list that a picture matched.
#[derive(Clone, Copy)]
struct Hit<'a> {
    list: &'a List,
    entry: &'a Entry,
    /// The kind of the picture's hash.
    kind: Kind,
    /// What was done to the picture before hashing.
    transform: &'static str,
    distance: u32,
    threshold: u32,
}

/// What one list has of a picture.
fn hits<'a>(list: &'a List, hashes: &Hashes) -> Vec<Hit<'a>> {
    let mut hits = Vec::new();
    for (kind, _) in list.kinds() {
        let queries = hashes.comparable_with(kind);
        hits.extend(list.find(kind, &queries).iter().map(|found| Hit {
            list,
            entry: found.entry,
            kind: found.query.fingerprint.kind(),
            transform: found.query.transform,
            distance: found.distance,
            threshold: found.threshold,
        }));
    }
    hits
}

/// The surest and nearest of one list's matches. The list is asked as a whole: no match on another may push one out.
fn nearest<'a, T>(mut hits: Vec<T>, hit: impl Fn(&T) -> &Hit<'a>) -> Vec<T> {
    hits.sort_by_key(|one| hit(one).rank());
    hits.truncate(MAX_MATCHES);
    hits
}

impl Hit<'_> {
    /// Surest first, then nearest.
    fn rank(&self) -> (Reverse<Strength>, u32) {
        (Reverse(self.strength()), self.distance)
    }

    fn strength(&self) -> Strength {
        let default = self.kind.default_threshold();
        let measured = default.is_some_and(|threshold| self.distance <= threshold);
        match (self.kind.exact(), measured) {
            (true, _) => Strength::Proven,
            (false, true) => Strength::Measured,
            (false, false) => Strength::Hint,
        }
    }

    /// What it says of the picture itself, or of the thumbnail that was looked up.
    fn evidence(&self, thumbnail: Option<&Thumbnail>) -> Evidence {
        let (entry, options) = (self.entry, self.list.options());
        let category = options.category(entry.category.as_deref());
        let exact = self.kind.exact();
        let code = match (exact, thumbnail) {
            (true, None) => &codes::EXACT,
            (false, None) => &codes::NEAR,
            (true, Some(_)) => &codes::EXACT_THUMBNAIL,
            (false, Some(_)) => &codes::NEAR_THUMBNAIL,
        };
        let turned = !matches!(self.transform, "" | "original");
        // Anyone can put a thumbnail into a file: it proves nothing of the picture, and no list asks for more than a look.
        let strength = match thumbnail {
            Some(_) => self.strength().min(Strength::Measured),
            None => self.strength(),
        };
        let mut evidence = Evidence::new(code, strength)
            .with("list", self.list.name())
            .with_some("entry", (!entry.id.is_empty()).then_some(entry.id.as_str()))
            .with_some("category", category)
            .with_some("in", thumbnail.map(Thumbnail::name))
            .with_some("manifest", thumbnail.map(|one| one.manifest.as_str()))
            .with_some("label", thumbnail.map(|one| one.label.as_str()))
            .with("hash", self.kind.to_string())
            .with_some("distance", (!exact).then_some(self.distance))
            .with_some("threshold", (!exact).then_some(self.threshold))
            .with_some("transform", turned.then_some(self.transform));
        evidence.asks_for = options.action.filter(|_| thumbnail.is_none());
        evidence
    }
}
