//! Looking up the thumbnails of an image.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::hit::Hit;
use super::lookup::Lookup;
use super::{faults, nearest};
use crate::asset::{PixelError, ThumbnailOf};
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::fingerprints::{FingerprintError, Kind};
use crate::lists::{Damaged, List};
use crate::prints::{Source, ThumbnailPrints};

/// The thumbnails of an image with their hashes, and the kinds that the lists hold.
pub(super) struct Hashed<'a> {
    all: &'a [ThumbnailPrints],
    kinds: &'a BTreeSet<Kind>,
}

impl<'a> Hashed<'a> {
    pub(super) fn of(source: Source<'a>, kinds: &'a BTreeSet<Kind>) -> Self {
        Self {
            all: source.thumbnails(),
            kinds,
        }
    }

    /// What was wrong with those that cannot be decoded. A limit is told as a fault.
    pub(super) fn notes(&self) -> Vec<String> {
        let decoded = self.kinds.iter().any(|kind| kind.needs_pixels());
        let all = self.all.iter().filter(|_| decoded);
        all.filter_map(|one| match one.look.undecoded()? {
            PixelError::TooLarge(_) => None,
            error => Some(format!("{} ({}): {error}", one.name(), one.label)),
        })
        .collect()
    }

    /// What one list says of the thumbnails, nearest first; of several that match an entry, the nearest.
    pub(super) fn matches(
        &self,
        list: &Arc<List>,
        own: &[Hit<'_>],
    ) -> Result<Vec<Evidence>, Damaged> {
        let mut all: Vec<(Hit<'_>, &ThumbnailPrints)> = Vec::new();
        for thumbnail in self.all {
            let queries = |kind| thumbnail.look.queries(kind);
            let found = Lookup::new(list, queries, false)?.matches()?.into_iter();
            let news = found.filter(|hit| !repeats(hit, thumbnail, own));
            all.extend(news.map(|hit| (hit, thumbnail)));
        }
        all.sort_by_key(|(hit, _)| hit.rank());
        let mut once: Vec<(Hit<'_>, &ThumbnailPrints)> = Vec::new();
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
        let error = |one: &ThumbnailPrints| one.look.error(self.kinds);
        let limited = |one: &&ThumbnailPrints| {
            matches!(
                error(one),
                Some(FingerprintError::Pixels(PixelError::TooLarge(_)))
            )
        };
        let thumbnail = self.all.iter().find(limited)?;
        let name = format!("the {} ({})", thumbnail.name(), thumbnail.label);
        faults::of(&name, error(thumbnail))
    }
}

/// A claim's thumbnail is a small copy of an image, so where that image's pixels matched it says nothing new.
fn repeats(hit: &Hit<'_>, thumbnail: &ThumbnailPrints, own: &[Hit<'_>]) -> bool {
    thumbnail.of == ThumbnailOf::Claim && own.iter().any(|other| other.is_of(hit))
}
