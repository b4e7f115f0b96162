//! Looking up the thumbnails of an image.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::hashes::Hashes;
use super::hit::Hit;
use super::{matches, nearest};
use crate::asset::{Asset, PixelError, Thumbnail, ThumbnailOf};
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::fingerprints::{FingerprintError, Kind};
use crate::lists::{Damaged, List};

/// The thumbnails of an image with their hashes, as far as the lists need them.
pub(super) struct Hashed<'a>(Vec<(&'a Thumbnail, Hashes)>);

impl<'a> Hashed<'a> {
    pub(super) fn of(asset: &'a Asset, kinds: &BTreeSet<Kind>) -> Self {
        let hashed = |one: &'a Thumbnail| (one, Hashes::of(one.picture(), kinds));
        Self(asset.thumbnails().iter().map(hashed).collect())
    }

    /// What one list says of the thumbnails, nearest first; of several that match an entry, the nearest.
    pub(super) fn matches(
        &self,
        list: &Arc<List>,
        own: &[Hit<'_>],
    ) -> Result<Vec<Evidence>, Damaged> {
        let mut all: Vec<(Hit<'_>, &Thumbnail)> = Vec::new();
        for (thumbnail, hashes) in &self.0 {
            let found = matches(list, hashes)?.into_iter();
            let news = found.filter(|hit| !repeats(hit, thumbnail, own));
            all.extend(news.map(|hit| (hit, *thumbnail)));
        }
        all.sort_by_key(|(hit, _)| hit.rank());
        let mut once: Vec<(Hit<'_>, &Thumbnail)> = Vec::new();
        for (hit, thumbnail) in all {
            if !once.iter().any(|(before, _)| before.is_entry_of(&hit)) {
                once.push((hit, thumbnail));
            }
        }
        let said = nearest(once, |(hit, _)| hit);
        Ok(said
            .iter()
            .map(|(hit, thumbnail)| hit.evidence(Some(*thumbnail)))
            .collect())
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
    thumbnail.of == ThumbnailOf::Claim && own.iter().any(|other| other.is_of(hit))
}
