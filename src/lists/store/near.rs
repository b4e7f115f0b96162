//! All values within a distance of a query: by bands where that is less work, by looking at every value where it is not.

use super::bits_at;
use super::compare::{Query, ball, differing, distance, each_near, flips};
use super::pages::{Damaged, Pages};
use super::plan::Plan;
use super::shelf::Shelf;
use super::starts::{GROUP, each};
use crate::platform::{Work, fastest};

/// Values between two decisions of a scan.
const BLOCK: usize = 256;

/// So many rows and blocks ahead memory is asked for what will be looked at.
const AHEAD: usize = 16;
const BLOCKS_AHEAD: u64 = 2;

/// A band costs about so many times what a scan takes for a value: it reads from all over memory.
const SCATTERED: f64 = 24.0;

/// A value within the radius of one of several queries: nearest first, then in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// In how many bits it differs from the query.
    pub distance: u32,
    /// Its row.
    pub row: u64,
    /// Which query, counted from 0.
    pub query: usize,
}

impl Shelf {
    /// What a search for one query takes by the better way, in rows that a scan looks at.
    pub(super) fn cost(&self, radius: u32) -> f64 {
        let rows = self.header.rows;
        match self.plan.bands < 2 {
            true => rows as f64,
            false => (self.plan.cost(radius, rows) * SCATTERED).min(rows as f64),
        }
    }

    /// All values, or those of some rows alone, that differ from one of the queries in at most `radius` bits: nearest first,
    /// then by row and query. Queries of another size find nothing.
    pub(super) fn near(
        &self,
        pages: &Pages,
        queries: &[&[u8]],
        radius: u32,
        among: Option<&[u32]>,
    ) -> Result<Vec<Hit>, Damaged> {
        let numbered = queries.iter().copied().enumerate();
        let queries: Vec<(usize, &[u8])> = numbered
            .filter(|(_, value)| value.len() == self.kind.bytes())
            .collect();
        let mut hits = fastest(Search {
            shelf: self,
            pages,
            queries: &queries,
            radius,
            among,
        })?;
        hits.sort_unstable();
        hits.dedup();
        Ok(hits)
    }
}

/// A whole search.
struct Search<'a> {
    shelf: &'a Shelf,
    pages: &'a Pages,
    queries: &'a [(usize, &'a [u8])],
    radius: u32,
    /// The rows that alone are compared, where they are known.
    among: Option<&'a [u32]>,
}

impl Work for Search<'_> {
    type Output = Result<Vec<Hit>, Damaged>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut hits = Vec::new();
        let mut unanswered = Vec::new();
        let mut room = Room::default();
        for (number, value) in self.queries {
            let query = Query::new(self.shelf.kind, value);
            if let Some(rows) = self.among {
                self.add_all(rows, *number, &query, &mut hits)?;
            } else if self.by_bands(&query, &mut room)? {
                self.add_all(&room.rows, *number, &query, &mut hits)?;
            } else {
                unanswered.push((*number, query));
            }
        }
        self.scan(&unanswered, &mut hits)?;
        Ok(hits)
    }
}

/// What a search by bands needs, kept from query to query.
#[derive(Default)]
struct Room {
    /// Groups of keys, with the rows before and behind each.
    groups: Vec<(u32, u8, u32, u32)>,
    /// Rows of keys that are near enough.
    ranges: Vec<(u32, u32)>,
    rows: Vec<u32>,
}

impl Search<'_> {
    /// Gathers the rows that may lie within the radius; false where a scan is the better way.
    #[inline(always)]
    fn by_bands(&self, query: &Query<'_>, room: &mut Room) -> Result<bool, Damaged> {
        let plan = self.shelf.plan;
        let radius = self.radius_for(query);
        let rows = self.shelf.header.rows;
        if self.shelf.cost(radius) >= rows as f64 {
            return Ok(false);
        }
        let most = rows as usize / 32;
        room.rows.clear();
        for (band, share) in plan.shares(radius).enumerate() {
            self.band(query, band, share, room)?;
            if room.rows.len() > most {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Values with an even number of ones each lie at even distances from each other.
    fn radius_for(&self, query: &Query<'_>) -> u32 {
        let ones: u32 = query.value.iter().map(|byte| byte.count_ones()).sum();
        let even = self.shelf.header.even && ones.is_multiple_of(2);
        match even && !self.radius.is_multiple_of(2) {
            true => self.radius - 1,
            false => self.radius,
        }
    }

    /// Adds the rows that come near a query in one band. Each step runs over all that it needs before the next begins, so
    /// that the processor waits for many places in memory at once.
    #[inline(always)]
    fn band(
        &self,
        query: &Query<'_>,
        band: usize,
        share: u32,
        room: &mut Room,
    ) -> Result<(), Damaged> {
        let Plan { bits, .. } = self.shelf.plan;
        let key = bits_at(query.value, band * bits as usize, bits);
        let further = band
            .checked_sub(1)
            .and_then(|band| self.shelf.header.bands.get(band));
        let starts = further.map_or(&self.shelf.header.starts, |band| &band.starts);
        let (group, low) = (key as u32 / GROUP as u32, key as u32 % GROUP as u32);

        room.groups.clear();
        let pages = self.pages;
        let mut failed = None;
        let groups = &mut room.groups;
        flips(bits - 6, share, |mask, flipped| {
            match starts.group(pages, (group ^ mask) as usize) {
                Ok((first, next)) => {
                    groups.push((group ^ mask, (share - flipped) as u8, first, next))
                }
                Err(damaged) => failed = Some(damaged),
            }
        });
        failed.map_or(Ok(()), Err)?;

        room.ranges.clear();
        let balls: [u64; 7] = std::array::from_fn(|radius| ball(low, radius as u32));
        for (place, (group, left, first, next)) in room.groups.iter().enumerate() {
            if let Some((later, _, row, _)) = room.groups.get(place + AHEAD) {
                starts.prefetch(self.pages, *later, *row);
            }
            if first == next {
                continue;
            }
            let (bytes, before) = starts.bits(self.pages, *group as usize, (*first, *next))?;
            let wanted = balls.get(usize::from(*left)).copied().unwrap_or(u64::MAX);
            each(bytes, before, *first, wanted, |start, end| {
                room.ranges.push((start, end));
            });
        }

        match further {
            None => room
                .rows
                .extend(room.ranges.iter().flat_map(|(start, end)| *start..*end)),
            Some(band) => {
                let width = self.shelf.header.row_bytes as usize;
                for (place, (start, end)) in room.ranges.iter().enumerate() {
                    if let Some((later, _)) = room.ranges.get(place + AHEAD) {
                        self.pages
                            .prefetch(band.rows as usize + *later as usize * width);
                    }
                    self.rows_of(band.rows, *start, *end, &mut room.rows)?;
                }
            }
        }
        Ok(())
    }

    /// Reads row numbers.
    #[inline(always)]
    fn rows_of(&self, at: u64, start: u32, end: u32, rows: &mut Vec<u32>) -> Result<(), Damaged> {
        let width = self.shelf.header.row_bytes as usize;
        let count = end.saturating_sub(start) as usize;
        let bytes = self
            .pages
            .get(at as usize + start as usize * width, count * width)?;
        match width {
            3 => rows.extend(
                bytes
                    .as_chunks::<3>()
                    .0
                    .iter()
                    .map(|[a, b, c]| u32::from_le_bytes([*a, *b, *c, 0])),
            ),
            _ => rows.extend(
                bytes
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|row| u32::from_le_bytes(*row)),
            ),
        }
        Ok(())
    }

    /// Adds those of some rows that lie within the radius.
    #[inline(always)]
    fn add_all(
        &self,
        rows: &[u32],
        number: usize,
        query: &Query<'_>,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Damaged> {
        for (place, row) in rows.iter().enumerate() {
            if let Some(later) = rows.get(place + AHEAD) {
                self.shelf.prefetch(self.pages, u64::from(*later));
            }
            self.add(u64::from(*row), number, query, hits)?;
        }
        Ok(())
    }

    /// Adds a row if it lies within the radius.
    #[inline(always)]
    fn add(
        &self,
        row: u64,
        number: usize,
        query: &Query<'_>,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Damaged> {
        if row >= self.shelf.header.rows {
            return Err(Damaged {
                at: self.shelf.header.starts.bits,
            });
        }
        let [first, second] = self.shelf.head(self.pages, row)?;
        let near = distance(first, query.words[0]) + distance(second, query.words[1]);
        if near > self.radius {
            return Ok(());
        }
        let mut distance = near;
        let mut rest = query.stored.get(self.shelf.parts[0]..).unwrap_or_default();
        for part in 1..3 {
            let own = self.shelf.part(self.pages, part, row, 1)?;
            distance += differing(own, rest);
            rest = rest.get(own.len()..).unwrap_or_default();
        }
        if distance <= self.radius {
            hits.push(Hit {
                distance,
                row,
                query: number,
            });
        }
        Ok(())
    }

    /// Compares all values with the queries.
    #[inline(always)]
    fn scan(&self, queries: &[(usize, Query<'_>)], hits: &mut Vec<Hit>) -> Result<(), Damaged> {
        if queries.is_empty() {
            return Ok(());
        }
        let rows = self.shelf.header.rows;
        let beyond = u64::from(self.radius) + 1;
        let mut room: Vec<u64> = Vec::new();
        for first in (0..rows).step_by(BLOCK) {
            let count = (rows - first).min(BLOCK as u64) as usize;
            self.shelf
                .prefetch_block(self.pages, first + BLOCKS_AHEAD * BLOCK as u64, BLOCK);
            let block = self.shelf.block(self.pages, first, count)?;
            for (number, query) in queries {
                each_near(block, query, beyond, |place| room.push(place));
                for place in room.drain(..).filter(|place| *place < count as u64) {
                    self.add(first + place, *number, query, hits)?;
                }
            }
        }
        Ok(())
    }
}
