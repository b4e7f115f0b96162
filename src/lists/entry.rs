//! What stands on a list, and what a list asks for.

use std::collections::BTreeMap;

use crate::evidence::Action;
use crate::fingerprints::{Fingerprint, Kind};

/// Perceptual hashes of poorer quality say little of a picture; the PDQ reference discards them (0 to 100).
pub const MIN_QUALITY: u8 = 50;

/// So many hexadecimal digits in a row are a digest.
const SHORTEST_HASH: usize = 32;

/// One hash of a known image, and what its list says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The hash.
    pub fingerprint: Fingerprint,
    /// Its name in the list; may be empty. Several hashes of one image share it.
    pub id: String,
    /// Its own category, where it differs from the list's.
    pub category: Option<String>,
    /// Who put it on the list, as the list tells: a member of an exchange, a case, a product.
    pub source: Option<String>,
    /// When it was put there or last changed, as the list writes it.
    pub date: Option<String>,
    /// Largest distance at which it matches, in place of the list's.
    pub threshold: Option<u32>,
    /// Least quality of a hash that it is compared with, in place of the list's (0 to 100).
    pub min_quality: Option<u8>,
    /// What is to be done with an image that matches it, in place of the list's.
    pub action: Option<Action>,
}

impl Entry {
    /// An entry of which nothing but a name is known.
    pub fn new(fingerprint: Fingerprint, id: impl Into<String>) -> Self {
        Self {
            fingerprint,
            id: id.into(),
            category: None,
            source: None,
            date: None,
            threshold: None,
            min_quality: None,
            action: None,
        }
    }
}

impl Entry {
    /// Its name, as far as it may be shown: `None` if it has none, or one that is a hash itself, as files are sometimes named.
    pub fn shown_id(&self) -> Option<&str> {
        let parts = self.id.split(|c: char| !c.is_ascii_hexdigit());
        let is_hash = parts.into_iter().any(|part| part.len() >= SHORTEST_HASH);
        (!self.id.is_empty() && !is_hash).then_some(self.id.as_str())
    }
}

/// What it means to be on a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListKind {
    /// Images that somebody has to act on.
    #[default]
    KnownBad,
    /// Images that are known to be harmless: they silence what other lists say of the same picture.
    Allow,
    /// What a generative model made, as its operator or a collector recorded it.
    AiGenerated,
    /// What a camera captured, as its owner recorded it: originals.
    Captured,
}

/// Every kind with its word.
const KINDS: &[(ListKind, &str)] = &[
    (ListKind::KnownBad, "known-bad"),
    (ListKind::Allow, "allow"),
    (ListKind::AiGenerated, "ai-generated"),
    (ListKind::Captured, "captured"),
];

crate::evidence::words!(ListKind, KINDS, "kind of list");

/// What a list is and asks for. What is open is filled in by the defaults of each kind of hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// The name that records give for it.
    pub name: Option<String>,
    /// What it means to be on it; known-bad if nothing is said.
    pub kind: Option<ListKind>,
    /// The category of entries that have none of their own.
    pub category: Option<String>,
    /// What the categories of its entries mean: what stands in the list, and what records say for it.
    pub categories: BTreeMap<String, String>,
    /// What is to be done with an image that is on it.
    pub action: Option<Action>,
    /// Largest distances that match, where they differ from a kind's own; [`set_threshold`](Self::set_threshold) checks them.
    pub thresholds: BTreeMap<Kind, u32>,
    /// Largest distances that count as near, for review only; 0 for none.
    pub near: BTreeMap<Kind, u32>,
    /// Least quality of hashes that are compared; [`MIN_QUALITY`] if nothing is said.
    pub min_quality: Option<u8>,
    /// Whether turned and mirrored pictures are looked up, too; yes if nothing is said.
    pub dihedral: Option<bool>,
}

impl ListOptions {
    /// Sets the largest distance, in bits, at which hashes of this kind match.
    ///
    /// # Errors
    /// Digests have no distance, and no distance is larger than the hash.
    pub fn set_threshold(&mut self, kind: Kind, threshold: u32) -> Result<(), String> {
        check_distance(kind, threshold, "threshold")?;
        self.thresholds.insert(kind, threshold);
        Ok(())
    }

    /// Sets the largest distance, in bits, at which hashes of this kind are near enough for a person to look; 0 for none.
    ///
    /// # Errors
    /// Digests have no distance, and no distance is larger than the hash.
    pub fn set_near(&mut self, kind: Kind, distance: u32) -> Result<(), String> {
        check_distance(kind, distance, "distance")?;
        self.near.insert(kind, distance);
        Ok(())
    }

    /// The distance up to which hashes of a kind match; `None` where none was measured or said.
    pub fn threshold(&self, kind: Kind) -> Option<u32> {
        let own = self.thresholds.get(&kind).copied();
        own.or_else(|| kind.default_threshold())
    }

    /// The distance up to which hashes of a kind are near, if that is further than they match.
    pub fn near(&self, kind: Kind) -> Option<u32> {
        let own = self.near.get(&kind).copied();
        let near = own.or_else(|| kind.default_near())?;
        (near > self.threshold(kind)?).then_some(near)
    }

    /// Least quality of hashes that are compared.
    pub fn min_quality(&self) -> u8 {
        self.min_quality.unwrap_or(MIN_QUALITY)
    }

    /// What records say for a category of this list's entries.
    pub fn category<'a>(&'a self, own: Option<&'a str>) -> Option<&'a str> {
        let word = own.or(self.category.as_deref())?;
        Some(self.categories.get(word).map_or(word, String::as_str))
    }

    /// These wishes, and `otherwise` where they leave something open.
    #[must_use]
    pub fn or(self, otherwise: Self) -> Self {
        Self {
            name: self.name.or(otherwise.name),
            kind: self.kind.or(otherwise.kind),
            category: self.category.or(otherwise.category),
            categories: over(self.categories, otherwise.categories),
            action: self.action.or(otherwise.action),
            thresholds: over(self.thresholds, otherwise.thresholds),
            near: over(self.near, otherwise.near),
            min_quality: self.min_quality.or(otherwise.min_quality),
            dihedral: self.dihedral.or(otherwise.dihedral),
        }
    }
}

fn check_distance(kind: Kind, distance: u32, what: &str) -> Result<(), String> {
    if kind.exact() {
        return Err(format!(
            "{kind} hashes match when they are equal; they have no {what}"
        ));
    }
    if distance > kind.bits() {
        return Err(format!(
            "a {what} of {distance} is larger than the {} bits of a {kind} hash",
            kind.bits()
        ));
    }
    Ok(())
}

/// One map laid over another.
fn over<K: Ord, V>(mut upper: BTreeMap<K, V>, mut lower: BTreeMap<K, V>) -> BTreeMap<K, V> {
    lower.append(&mut upper);
    lower
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprints::MD5;

    #[test]
    fn an_id_that_is_a_hash_is_not_shown() {
        let shown = |id: &str| {
            let entry = Entry::new(Fingerprint::new(MD5, [7; 16]).unwrap(), id);
            entry.shown_id().map(str::to_owned)
        };
        let digest = "67458364e2935d3cab12cd34ef56ab78";
        for id in [
            String::new(),
            digest.into(),
            format!("in/{digest}.PNG"),
            digest.to_uppercase().repeat(2),
        ] {
            assert_eq!(shown(&id), None);
        }
        for id in [
            "example-1",
            "42/image1",
            "00000000-0000-0000-0000-000000000001",
            "deadbeef",
        ] {
            assert_eq!(shown(id).as_deref(), Some(id));
        }
    }
}
