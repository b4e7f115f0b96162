//! The rows of PDQ hashes that may come near a picture in any of its eight positions: all positions are compared with a row at
//! once, where a search looks for one after the other.

use super::compare::each_lane;
use super::pages::{Damaged, Pages};
use super::shelf::{Block, Shelf};
use crate::fingerprints::pdq::{FoldedQuery, Pdq, is_pdq};
use crate::platform::folded_near;

/// Rows that are compared with one query after the other.
const BLOCK: usize = 1024;

/// What a look at a row in all positions takes, in looks at one in one position.
const ALL_POSITIONS: f64 = 1.5;

/// More of the rows than this share, and another search is the better way.
const MOST: u64 = 64;

/// Rows of a shelf that may come near a picture, in their order: all others do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shortlist {
    pub(super) rows: Vec<u32>,
}

impl Shortlist {
    /// What may come near one of two pictures.
    pub(crate) fn join(mut self, other: &Self) -> Self {
        self.rows.extend(&other.rows);
        self.rows.sort_unstable();
        self.rows.dedup();
        self
    }
}

impl Shelf {
    /// The rows that may lie within `radius` of one of the hashes, or within `near` of one of a picture that was not turned;
    /// `None` where searching for each hash is the better way.
    pub(super) fn shortlist(
        &self,
        pages: &Pages,
        hashes: &[(&[u8], bool)],
        radius: u32,
        near: Option<u32>,
    ) -> Result<Option<Shortlist>, Damaged> {
        if !is_pdq(&self.kind) {
            return Ok(None);
        }
        let hashes = hashes.iter().filter_map(|(value, turned)| {
            let hash = value.as_array().copied();
            hash.map(|hash| (Pdq(hash), *turned))
        });
        let hashes: Vec<(Pdq, bool)> = hashes.collect();
        let queries = FoldedQuery::of(hashes.iter().map(|(hash, turned)| (hash, *turned)));
        let straight = hashes.iter().filter(|(_, turned)| !turned).count() as f64;
        let one_by_one = hashes.len() as f64 * self.cost(radius)
            + near.map_or(0.0, |near| straight * self.cost(near));
        let at_once = queries.len() as f64 * self.header.rows as f64 * ALL_POSITIONS;
        match at_once < one_by_one {
            true => self.rows_near(pages, &queries, radius, near),
            false => Ok(None),
        }
    }

    fn rows_near(
        &self,
        pages: &Pages,
        queries: &[FoldedQuery],
        radius: u32,
        near: Option<u32>,
    ) -> Result<Option<Shortlist>, Damaged> {
        let rows = self.header.rows;
        let asked = queries.iter().map(|query| query.asked(radius, near));
        let asked: Vec<_> = asked.collect();
        let mut found = Vec::new();
        for first in (0..rows).step_by(BLOCK) {
            let count = (rows - first).min(BLOCK as u64);
            let Block::Long(lines, thirds) = self.block(pages, first, count as usize)? else {
                return Ok(None);
            };
            for asked in &asked {
                folded_near(lines, thirds, *asked, |line, which| {
                    each_lane(line, which, |place| found.push(first + place));
                });
            }
            if found.len() as u64 > rows / MOST + BLOCK as u64 {
                return Ok(None);
            }
        }
        let found = found.into_iter().filter(|row| *row < rows);
        let all = Shortlist {
            rows: found.map(|row| row as u32).collect(),
        };
        Ok(Some(all.join(&Shortlist::default())))
    }
}
