//! Telling of many images at once which of them any list can have anything on.
//!
//! Looking up one image costs some hundred microseconds in a list of a million: it is asked for in sixteen ways, and once more
//! at a wider distance. Of many images lists know few, so all are first compared with them together, in a way that may only
//! err by saying that an image must be looked at; see [`FoldedQuery`].

use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::fingerprints::Kind;
use crate::fingerprints::pdq::{FoldedQuery, Pdq, is_pdq};
use crate::lists::{Damaged, List, ListKind, Reach};
use crate::prints::{Look, Prints, Source, Turned};

/// Images that are compared with a part of a list while it is near at hand.
const BATCH: usize = 128;

/// Whether each image must be looked at. Of any other the lists have nothing.
pub(super) fn look(lists: &[Arc<List>], all: &[&Prints]) -> Vec<bool> {
    let mut must = vec![false; all.len()];
    let images = all.par_chunks(BATCH).zip(must.par_chunks_mut(BATCH));
    images.for_each(|(images, must)| {
        for list in lists {
            for (kind, _) in list.kinds() {
                // A list that cannot be read has to be asked, so that it is told.
                match is_pdq(&kind) {
                    true if Shelf::of(list, kind).look(images, must).is_ok() => {}
                    true => must.fill(true),
                    false => digests(list, kind, images, must),
                }
            }
        }
    });
    must
}

/// Of hashes that are not PDQ, digests are looked up; of others nothing can be told beforehand.
fn digests(list: &List, kind: Kind, images: &[&Prints], must: &mut [bool]) {
    let has = |look: &Look| {
        let queries = look.queries(kind);
        let found = || {
            let found = list.find(kind, &queries);
            found.map_or(true, |found| !found.is_empty())
        };
        !queries.is_empty() && (!kind.exact() || found())
    };
    let listed = list.kind() == ListKind::KnownBad;
    let missing = must.iter_mut().zip(images).filter(|(must, _)| !**must);
    for (must, prints) in missing {
        let source = Source::kept(prints);
        let thumbnails = source.thumbnails().iter().filter(|_| listed);
        *must = has(prints.own()) || thumbnails.into_iter().any(|one| has(&one.look));
    }
}

/// The PDQ hashes of one kind on one list, and what is asked of them.
struct Shelf<'a> {
    list: &'a List,
    kind: Kind,
    reach: Reach,
    /// Whether thumbnails are looked up.
    thumbnails: bool,
    turned: bool,
    /// The least quality of a hash that is compared with any entry.
    quality: u8,
}

/// An image on its way through a list.
struct Asked<'a> {
    /// Its place among all.
    place: usize,
    prints: &'a Prints,
}

impl<'a> Shelf<'a> {
    fn of(list: &'a List, kind: Kind) -> Self {
        let options = list.options();
        let known_bad = list.kind() == ListKind::KnownBad;
        // Entries may ask for less.
        let shelf = list.compiled().shelf(kind);
        let own = shelf.is_some_and(|shelf| shelf.has_details());
        Self {
            list,
            kind,
            reach: Reach {
                turned: list.radius(kind),
                straight: options.near(kind).filter(|_| known_bad),
            },
            thumbnails: known_bad,
            turned: options.dihedral != Some(false),
            quality: if own { 0 } else { options.min_quality() },
        }
    }

    fn look(&self, images: &[&Prints], must: &mut [bool]) -> Result<(), Damaged> {
        let asked = images.iter().enumerate().zip(&*must);
        let asked = asked.filter(|(_, must)| !**must);
        let asked = asked.map(|((place, prints), _)| Asked { place, prints });
        let asked: Vec<Asked<'_>> = asked.collect();
        let queries: Vec<_> = asked.iter().map(|one| self.queries(one.prints)).collect();
        let compiled = self.list.compiled();
        let found = compiled.screen(self.kind, &queries, self.reach, |place, value| {
            asked
                .get(place)
                .is_some_and(|one| self.has(one.prints, value))
        })?;
        for (one, _) in asked.iter().zip(found).filter(|(_, found)| *found) {
            must.get_mut(one.place)
                .into_iter()
                .for_each(|must| *must = true);
        }
        Ok(())
    }

    /// Everything that an image is looked up by, and whether it is so at the wider distance, too.
    fn pictures<'p>(
        &self,
        prints: &'p Prints,
    ) -> impl Iterator<Item = (&'p Turned, bool)> + use<'p> {
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
    fn has(&self, prints: &Prints, value: &Pdq) -> bool {
        let Reach {
            turned: radius,
            straight,
        } = self.reach;
        self.pictures(prints).any(|(turned, whole)| {
            turned.values(self.kind).any(|(own, quality, is_turned)| {
                let distance = own.distance(value);
                let near = straight.filter(|_| whole && !is_turned);
                quality >= self.quality
                    && (self.turned || !is_turned)
                    && (distance <= radius || near.is_some_and(|near| distance <= near))
            })
        })
    }
}
