//! Looking up the thumbnails of an image.

use std::collections::{BTreeSet, HashSet};

use super::hashes::Hashes;
use super::{Hit, hits, nearest};
use crate::asset::{Asset, PixelError, Thumbnail, ThumbnailOf};
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::fingerprints::{FingerprintError, Kind};
use crate::lists::List;

/// The thumbnails of an image with their hashes, as far as the lists need them.
pub(super) struct Hashed<'a>(Vec<(&'a Thumbnail, Hashes)>);

impl<'a> Hashed<'a> {
    pub(super) fn of(asset: &'a Asset, kinds: &BTreeSet<Kind>) -> Self {
        let hashed = |one: &'a Thumbnail| (one, Hashes::of(one.picture(), kinds));
        Self(asset.thumbnails().iter().map(hashed).collect())
    }

    /// What one list says of the thumbnails, nearest first; of several that match an entry, the nearest.
    pub(super) fn matches(&self, list: &List, own: &[Hit<'_>]) -> Vec<Evidence> {
        let mut all: Vec<(Hit<'_>, &Thumbnail)> = Vec::new();
        for (thumbnail, hashes) in &self.0 {
            let found = hits(list, hashes).into_iter();
            let news = found.filter(|hit| !repeats(hit, thumbnail, own));
            all.extend(news.map(|hit| (hit, *thumbnail)));
        }
        all.sort_by_key(|(hit, _)| hit.rank());
        let mut seen = HashSet::new();
        all.retain(|(hit, _)| seen.insert(std::ptr::from_ref(hit.entry)));
        nearest(all, |(hit, _)| hit)
            .iter()
            .map(|(hit, thumbnail)| hit.evidence(Some(*thumbnail)))
            .collect()
    }

    /// The first thumbnail that a limit kept from being compared. One that is damaged is only noted: nobody saw it.
    pub(super) fn fault(&self) -> Option<Fault> {
        let limited = |hashes: &Hashes| {
            let error = &hashes.error;
            matches!(
                error,
                Some(FingerprintError::Pixels(PixelError::TooLarge(_)))
            )
        };
        let (thumbnail, hashes) = self.0.iter().find(|(_, hashes)| limited(hashes))?;
        hashes.fault(&format!("the {} ({})", thumbnail.name(), thumbnail.label))
    }
}

/// A claim's thumbnail is a small copy of an image, so where that image's pixels matched it says nothing new.
fn repeats(hit: &Hit<'_>, thumbnail: &Thumbnail, own: &[Hit<'_>]) -> bool {
    let same_entry = |other: &Hit<'_>| {
        let named = !hit.entry.id.is_empty() && hit.entry.id == other.entry.id;
        std::ptr::eq(hit.list, other.list) && (named || std::ptr::eq(hit.entry, other.entry))
    };
    thumbnail.of == ThumbnailOf::Claim && own.iter().any(same_entry)
}
