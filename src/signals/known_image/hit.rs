//! An entry of a list that an image matched, and what is said of it.

use std::cmp::Reverse;
use std::sync::Arc;

use super::codes;
use crate::evidence::{Code, Evidence, Strength};
use crate::fingerprints::Kind;
use crate::lists::{Damaged, Entry, List, ListKind, Match, Tier};
use crate::prints::ThumbnailPrints;

/// A filter that is mistaken more often than this is no more than a hint: a scan of millions would find what is not there.
const RARE: f64 = 1e-6;

/// An entry of a list that a picture matched.
#[derive(Clone)]
pub(super) struct Hit<'a> {
    pub(super) list: &'a Arc<List>,
    pub(super) entry: Entry,
    /// Its number among the list's entries of its kind.
    pub(super) number: u64,
    /// The kind of the picture's hash.
    pub(super) kind: Kind,
    /// What was done to the picture before hashing.
    transform: String,
    distance: u32,
    threshold: u32,
    tier: Tier,
    /// The chance of a match by mistake, where only a filter says that it is on the list.
    chance: Option<f64>,
    /// The picture is mostly text, and such pictures come near to each other by chance.
    text: bool,
}

/// What a search of a list came to.
pub(super) type Found<'a> = Result<Vec<Hit<'a>>, Damaged>;

impl<'a> Hit<'a> {
    pub(super) fn new(list: &'a Arc<List>, found: Match<'_>) -> Self {
        Self {
            list,
            entry: found.entry,
            number: found.number,
            kind: found.query.fingerprint.kind(),
            transform: found.query.transform.clone(),
            distance: found.distance,
            threshold: found.threshold,
            tier: found.tier,
            chance: found.chance,
            text: false,
        }
    }

    /// Notes that the picture is mostly text.
    pub(super) fn doubt_as_text(&mut self) {
        self.text = true;
    }

    /// Surest first, then nearest.
    pub(super) fn rank(&self) -> (Reverse<Strength>, u32) {
        (Reverse(self.strength()), self.distance)
    }

    /// Whether it is the very same file.
    pub(super) fn is_exact(&self) -> bool {
        self.kind.exact() && self.chance.is_none()
    }

    /// Whether both are the same entry of the same list.
    pub(super) fn is_entry_of(&self, other: &Self) -> bool {
        let place = |hit: &Self| (hit.entry.fingerprint.kind(), hit.number);
        Arc::ptr_eq(self.list, other.list) && place(self) == place(other)
    }

    /// Whether both are the same entry of the same list, or hashes of the same image on it.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        let named = !self.entry.id.is_empty() && self.entry.id == other.entry.id;
        self.is_entry_of(other) || (named && Arc::ptr_eq(self.list, other.list))
    }

    fn strength(&self) -> Strength {
        let default = self.kind.default_threshold();
        let rare = self.chance.is_none_or(|chance| chance <= RARE);
        let measured = rare && default.is_some_and(|threshold| self.distance <= threshold);
        match (self.is_exact(), self.tier, measured) {
            (true, ..) => Strength::Proven,
            (false, Tier::Match, true) => Strength::Measured,
            _ => Strength::Hint,
        }
    }

    fn code(&self, thumbnail: Option<&ThumbnailPrints>) -> &'static Code {
        match (self.list.kind(), thumbnail, self.tier, self.is_exact()) {
            (_, Some(_), _, true) => &codes::EXACT_THUMBNAIL,
            (_, Some(_), _, false) => &codes::MATCH_THUMBNAIL,
            (ListKind::Allow, ..) => &codes::ALLOWED,
            (ListKind::AiGenerated, ..) => &codes::AI_ORIGINAL,
            (ListKind::Captured, ..) => &codes::CAPTURED_ORIGINAL,
            (ListKind::KnownBad, ..) if self.chance.is_some() => &codes::PROBABLE,
            (ListKind::KnownBad, _, Tier::Near, _) => &codes::NEAR,
            (ListKind::KnownBad, _, Tier::Match, true) => &codes::EXACT,
            (ListKind::KnownBad, _, Tier::Match, false) => &codes::MATCH,
        }
    }

    /// What it says of the picture itself, or of the thumbnail that was looked up.
    pub(super) fn evidence(&self, thumbnail: Option<&ThumbnailPrints>) -> Evidence {
        // Anyone can put a thumbnail into a file: it proves nothing of the picture, and no list asks for more than a look.
        let strength = match thumbnail {
            Some(_) => self.strength().min(Strength::Measured),
            None => self.strength(),
        };
        let place = Evidence::new(self.code(thumbnail), strength)
            .with("list", self.list.name())
            .with("entry", self.name())
            .with_some("category", self.category());
        let mut evidence = self.describe(
            place
                .with_some("in", thumbnail.map(ThumbnailPrints::name))
                .with_some("manifest", thumbnail.map(|one| one.manifest.as_str()))
                .with_some("label", thumbnail.map(|one| one.label.as_str())),
        );
        let own = self.entry.action.or(self.list.options().action);
        let asks = thumbnail.is_none() && self.tier == Tier::Match;
        evidence.asks_for = own.filter(|_| asks);
        evidence
    }

    /// That it was found and does not count, since an allow list has the picture, too.
    pub(super) fn suppressed(&self, by: &Self) -> Evidence {
        let place = Evidence::new(&codes::SUPPRESSED, by.strength())
            .with("list", self.list.name())
            .with("entry", self.name())
            .with_some("category", self.category());
        self.describe(place)
            .with("allowed_by", by.list.name())
            .with("allowed_entry", by.name())
    }

    fn describe(&self, evidence: Evidence) -> Evidence {
        let distant = !self.kind.exact();
        let chance = self.chance.map(|chance| format!("{chance:.1e}"));
        let changed = !self.transform.is_empty();
        evidence
            .with_some("source", self.entry.source.as_deref())
            .with_some("date", self.entry.date.as_deref())
            .with("hash", self.kind.to_string())
            .with_some("distance", distant.then_some(self.distance))
            .with_some("threshold", distant.then_some(self.threshold))
            .with_some("chance_of_mistake", chance)
            .with_some("mostly_text", self.text.then_some(true))
            .with_some("transform", changed.then_some(self.transform.as_str()))
    }

    /// The entry's id, or its number where it has none: never its hash.
    fn name(&self) -> String {
        match self.entry.shown_id() {
            Some(id) => id.to_owned(),
            None if self.chance.is_some() => "not named by the filter".to_owned(),
            None => format!("no. {}", self.number + 1),
        }
    }

    fn category(&self) -> Option<&str> {
        self.list.options().category(self.entry.category.as_deref())
    }
}
