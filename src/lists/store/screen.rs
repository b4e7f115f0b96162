//! Which of many pictures a list can have anything on. All are compared with a stretch of the list while it is in the
//! processor's cache, and in all eight positions at once; looking for one after the other reads the whole list for each.

use std::ops::Range;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::compare::each_lane;
use super::pages::{Damaged, Pages};
use super::shelf::{Block, Shelf};
use super::{Compiled, LINE};
use crate::fingerprints::Kind;
use crate::fingerprints::pdq::{FoldedQuery, Pdq};
use crate::platform::folded_near;

/// Rows that are compared with one picture after the other: they fit into the cache of one core.
const BLOCK: u64 = 2048 * LINE;

/// Rows that are worth a thread of their own.
const SHARE: u64 = 4 * BLOCK;

/// How near the hashes of a list have to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    /// To any position of a picture.
    pub(crate) turned: u32,
    /// To a picture as it is.
    pub(crate) straight: Option<u32>,
}

impl Compiled {
    /// Of many pictures, each with what it is looked up by, those of which `has` says of any hash that may be within reach
    /// that it is.
    ///
    /// # Errors
    /// A page that had to be read is damaged.
    pub(crate) fn screen(
        &self,
        kind: Kind,
        pictures: &[Vec<FoldedQuery>],
        reach: Reach,
        has: impl Fn(usize, &Pdq) -> bool + Sync,
    ) -> Result<Vec<bool>, Damaged> {
        let none = || vec![false; pictures.len()];
        let Some(shelf) = self.shelf(kind) else {
            return Ok(none());
        };
        let search = Search {
            shelf,
            pages: self.pages(),
            pictures,
            reach,
            has,
        };
        shelf
            .shares()
            .into_par_iter()
            .map(|rows| search.among(rows))
            .try_reduce(none, |own, other| {
                Ok(own.iter().zip(other).map(|(a, b)| *a || b).collect())
            })
    }
}

impl Shelf {
    /// Its rows in as many parts as there are threads, of whole blocks.
    fn shares(&self) -> Vec<Range<u64>> {
        let rows = self.rows();
        let threads = rayon::current_num_threads() as u64;
        let share = rows
            .div_ceil(threads.max(1))
            .max(SHARE)
            .next_multiple_of(BLOCK);
        let starts = (0..rows).step_by(usize::try_from(share).unwrap_or(usize::MAX));
        starts
            .map(|first| first..(first + share).min(rows))
            .collect()
    }
}

struct Search<'a, F> {
    shelf: &'a Shelf,
    pages: &'a Pages,
    pictures: &'a [Vec<FoldedQuery>],
    reach: Reach,
    has: F,
}

impl<F: Fn(usize, &Pdq) -> bool> Search<'_, F> {
    fn among(&self, rows: Range<u64>) -> Result<Vec<bool>, Damaged> {
        let mut found = vec![false; self.pictures.len()];
        for first in rows.clone().step_by(BLOCK as usize) {
            let count = (rows.end - first).min(BLOCK);
            let block = self.shelf.block(self.pages, first, count as usize)?;
            let pictures = self.pictures.iter().zip(&mut found).enumerate();
            for (picture, (queries, found)) in pictures.filter(|(_, (_, found))| !**found) {
                *found = self.block_has(block, first, picture, queries)?;
            }
        }
        Ok(found)
    }

    fn block_has(
        &self,
        block: Block<'_>,
        first: u64,
        picture: usize,
        queries: &[FoldedQuery],
    ) -> Result<bool, Damaged> {
        let Block::Long(lines, thirds) = block else {
            return Ok(false);
        };
        let Reach { turned, straight } = self.reach;
        let mut near = Vec::new();
        for query in queries {
            folded_near(
                lines,
                thirds,
                query.asked(turned, straight),
                |line, which| {
                    each_lane(line, which, |place| near.push(first + place));
                },
            );
        }
        near.retain(|row| *row < self.shelf.rows());
        for row in near {
            let value = self.shelf.value(self.pages, row)?;
            let value = value.as_array().copied().map(Pdq);
            if value.is_some_and(|value| (self.has)(picture, &value)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
