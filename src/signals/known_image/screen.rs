//! Telling of many images at once which of them any list can have anything on.
//!
//! Looking up one image costs some hundred microseconds in a list of a million: it is asked for in sixteen ways, and once more
//! at a wider distance. Of a million stored images a new list knows few, so all are first compared with it in a way that may
//! only err by saying that an image must be looked at; see [`Folded`].

use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::fingerprints::Kind;
use crate::fingerprints::pdq::{Folded, FoldedQuery, Pdq, is_pdq};
use crate::lists::{Damaged, List, ListKind};
use crate::prints::{Look, Prints, Source, Turned};

/// Lists with more entries of a kind are not looked through: asking them one image at a time takes no longer.
const MOST_ENTRIES: u64 = 1_000_000;

/// Lines that are compared with one image after the other while they are in the processor's cache.
const BLOCK: usize = 2048;

/// Images that are compared with one block.
const BATCH: usize = 128;

/// What lists are asked for, in a form that many images are compared with at once.
pub(super) struct Screen {
    shelves: Vec<Shelf>,
    exact: Vec<(Arc<List>, Kind)>,
    /// There is a list for which nothing can be told beforehand.
    unknown: bool,
}

/// The PDQ hashes of one kind on one list.
struct Shelf {
    kind: Kind,
    folded: Folded,
    values: Vec<Pdq>,
    /// The largest distance at which any entry matches.
    radius: u32,
    /// The distance at which an untouched picture is worth a look.
    near: Option<u32>,
    /// Whether thumbnails are looked up.
    thumbnails: bool,
    turned: bool,
    /// The least quality of a hash that is compared with any entry.
    quality: u8,
}

impl Screen {
    pub(super) fn of(lists: &[Arc<List>]) -> Self {
        let mut screen = Self {
            shelves: Vec::new(),
            exact: Vec::new(),
            unknown: false,
        };
        for list in lists {
            for (kind, count) in list.counts() {
                if kind.exact() {
                    screen.exact.push((Arc::clone(list), kind));
                } else if is_pdq(&kind) && count <= MOST_ENTRIES {
                    match Shelf::of(list, kind) {
                        Ok(shelf) => screen.shelves.push(shelf),
                        Err(_) => screen.unknown = true,
                    }
                } else if kind.computed() {
                    screen.unknown = true;
                }
            }
        }
        screen
    }

    /// Whether each image must be looked at. Of any other the lists have nothing.
    pub(super) fn look(&self, all: &[&Prints]) -> Vec<bool> {
        let mut must = vec![self.unknown; all.len()];
        if !self.unknown {
            let images = all.par_chunks(BATCH).zip(must.par_chunks_mut(BATCH));
            images.for_each(|(images, must)| self.batch(images, must));
        }
        must
    }

    fn batch(&self, images: &[&Prints], must: &mut [bool]) {
        for (prints, must) in images.iter().zip(must.iter_mut()) {
            *must = self.has_digest(prints);
        }
        for shelf in &self.shelves {
            shelf.batch(images, must);
        }
    }

    fn has_digest(&self, prints: &Prints) -> bool {
        let thumbnails = Source::kept(prints).thumbnails();
        self.exact.iter().any(|(list, kind)| {
            let has = |look: &Look| {
                let queries = look.queries(*kind);
                // A list that cannot be read has to be asked, so that it is told.
                let found = list.find(*kind, &queries);
                !queries.is_empty() && found.map_or(true, |found| !found.is_empty())
            };
            let listed = list.kind() == ListKind::KnownBad;
            has(prints.own()) || (listed && thumbnails.iter().any(|one| has(&one.look)))
        })
    }
}

/// An image on its way through a list.
struct Asked<'a> {
    prints: &'a Prints,
    queries: Vec<FoldedQuery>,
}

impl Shelf {
    fn of(list: &List, kind: Kind) -> Result<Self, Damaged> {
        let options = list.options();
        let known_bad = list.kind() == ListKind::KnownBad;
        let mut shelf = Self {
            kind,
            folded: Folded::default(),
            values: Vec::new(),
            radius: options.threshold(kind).unwrap_or(0),
            near: options.near(kind).filter(|_| known_bad),
            thumbnails: known_bad,
            turned: options.dihedral != Some(false),
            quality: options.min_quality(),
        };
        for entry in list.compiled().entries_in(kind) {
            let entry = entry?;
            shelf.radius = shelf.radius.max(entry.threshold.unwrap_or(0));
            shelf.quality = shelf.quality.min(entry.min_quality.unwrap_or(u8::MAX));
            if let Some(value) = entry.fingerprint.value().first_chunk() {
                shelf.folded.push(&Pdq(*value));
                shelf.values.push(Pdq(*value));
            }
        }
        Ok(shelf)
    }

    fn batch(&self, images: &[&Prints], must: &mut [bool]) {
        let asked = images.iter().map(|prints| Asked {
            prints,
            queries: self.queries(prints),
        });
        let asked: Vec<Asked<'_>> = asked.collect();
        for first in (0..self.folded.lines()).step_by(BLOCK) {
            for (asked, must) in asked
                .iter()
                .zip(must.iter_mut())
                .filter(|(_, must)| !**must)
            {
                *must = self.block(first, asked);
            }
        }
    }

    /// Whether a block of the list has something near to an image.
    fn block(&self, first: usize, asked: &Asked<'_>) -> bool {
        let mut found = false;
        for query in &asked.queries {
            let lines = first..first + BLOCK;
            self.folded
                .each_near(lines, query, self.radius, self.near, |place| {
                    found = found
                        || self
                            .values
                            .get(place)
                            .is_some_and(|value| self.has(asked, value));
                });
        }
        found
    }

    /// Everything that an image is looked up by, and whether it is so at the wider distance, too.
    fn pictures<'a>(
        &self,
        prints: &'a Prints,
    ) -> impl Iterator<Item = (&'a Turned, bool)> + use<'a> {
        let source = Source::kept(prints);
        let own = prints.own().turned().into_iter();
        let own = own.chain(source.parts().all()).map(|turned| (turned, true));
        let thumbnails = source.thumbnails().iter().filter(|_| self.thumbnails);
        let thumbnails: Vec<_> = thumbnails.filter_map(|one| one.look.turned()).collect();
        own.chain(thumbnails.into_iter().map(|turned| (turned, false)))
    }

    fn queries(&self, prints: &Prints) -> Vec<FoldedQuery> {
        let pictures = self.pictures(prints);
        let queries = pictures.flat_map(|(turned, _)| {
            let values = turned.values(self.kind);
            let good = values.filter(|(_, quality, _)| *quality >= self.quality);
            FoldedQuery::of(good.map(|(hash, _, turned)| (hash, turned)))
        });
        queries.collect()
    }

    /// Whether an entry's value is as near as it has to be.
    fn has(&self, asked: &Asked<'_>, value: &Pdq) -> bool {
        self.pictures(asked.prints).any(|(turned, whole)| {
            turned.values(self.kind).any(|(own, quality, is_turned)| {
                let distance = own.distance(value);
                let near = self.near.filter(|_| whole && !is_turned);
                quality >= self.quality
                    && (self.turned || !is_turned)
                    && (distance <= self.radius || near.is_some_and(|near| distance <= near))
            })
        })
    }
}
