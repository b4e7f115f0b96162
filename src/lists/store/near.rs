//! All values within a distance of a query: by bands where that is less work, by looking at every value where it is not.

use super::bits_at;
use super::pages::{Damaged, Pages};
use super::plan::Plan;
use super::shelf::Shelf;
use super::starts::{GROUP, each};
use crate::lists::platform::{Work, fastest};

/// Values between two decisions of a scan.
const BLOCK: usize = 64;

/// So many rows and blocks ahead memory is asked for what will be looked at.
const AHEAD: usize = 16;
const BLOCKS_AHEAD: u64 = 6;

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

/// A query, cut like the values are.
struct Query<'q> {
    value: &'q [u8],
    head: [u64; 2],
    middle: u32,
}

impl<'q> Query<'q> {
    fn new(value: &'q [u8]) -> Self {
        let byte = |at: usize| value.get(at).copied().unwrap_or_default();
        let word = |from: usize| u64::from_le_bytes(std::array::from_fn(|n| byte(from + n)));
        Self {
            value,
            head: [word(0), word(8)],
            middle: u32::from_le_bytes(std::array::from_fn(|n| byte(16 + n))),
        }
    }
}

impl Shelf {
    /// All values that differ from one of the queries in at most `radius` bits: nearest first, then by row and query.
    /// Queries of another size find nothing.
    pub(super) fn near(
        &self,
        pages: &Pages,
        queries: &[&[u8]],
        radius: u32,
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
}

impl Work for Search<'_> {
    type Output = Result<Vec<Hit>, Damaged>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let mut hits = Vec::new();
        let mut unanswered = Vec::new();
        let mut room = Room::default();
        for (number, value) in self.queries {
            let query = Query::new(value);
            match self.by_bands(&query, &mut room)? {
                false => unanswered.push((*number, query)),
                true => {
                    for (place, row) in room.rows.iter().enumerate() {
                        if let Some(later) = room.rows.get(place + AHEAD) {
                            self.shelf.prefetch(self.pages, u64::from(*later));
                        }
                        self.add(u64::from(*row), *number, &query, &mut hits)?;
                    }
                }
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
        let (shelf, plan) = (self.shelf, self.shelf.plan);
        let radius = self.radius_for(query);
        let rows = shelf.header.rows;
        if plan.bands < 2 || plan.cost(radius, rows) * SCATTERED > rows as f64 {
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
        for (group, left, first, next) in &room.groups {
            if first == next {
                continue;
            }
            let (bytes, before) = starts.bits(self.pages, *group as usize, (*first, *next))?;
            let wanted = balls.get(usize::from(*left)).copied().unwrap_or(u64::MAX);
            each(bytes, before, *first, wanted, |start, end| {
                room.ranges.push((start, end))
            });
        }

        match further {
            None => room
                .rows
                .extend(room.ranges.iter().flat_map(|(start, end)| *start..*end)),
            Some(band) => {
                for (start, end) in &room.ranges {
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
        let near = distance(first, query.head[0]) + distance(second, query.head[1]);
        if near > self.radius {
            return Ok(());
        }
        let mut distance = near;
        let mut rest = query.value.get(self.shelf.parts[0]..).unwrap_or_default();
        for part in 1..3 {
            let own = self.shelf.part(self.pages, part, row, 1)?;
            distance += own
                .iter()
                .zip(rest)
                .map(|(a, b)| (a ^ b).count_ones())
                .sum::<u32>();
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
        for first in (0..rows).step_by(BLOCK) {
            let count = (rows - first).min(BLOCK as u64) as usize;
            self.shelf
                .prefetch_block(self.pages, first + BLOCKS_AHEAD * BLOCK as u64, BLOCK);
            let heads = self.shelf.heads(self.pages, first, count)?;
            let middles = self.shelf.part(self.pages, 1, first, count)?;
            for (number, query) in queries {
                if !may_hold(heads, middles, query, self.radius) {
                    continue;
                }
                let mut near = 0_u64;
                let mut place = 0;
                each_line(heads, middles, query, |distances| {
                    for distance in distances {
                        near |= u64::from(distance <= u64::from(self.radius)) << (place % 64);
                        place += 1;
                    }
                });
                while near != 0 {
                    let row = first + u64::from(near.trailing_zeros());
                    near &= near - 1;
                    if row < first + count as u64 {
                        self.add(row, *number, query, hits)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether some value of a block may lie within the radius; never a false no.
#[inline(always)]
fn may_hold(heads: &[u8], middles: &[u8], query: &Query<'_>, radius: u32) -> bool {
    let beyond = u64::from(radius) + 1;
    // A difference wraps only if the distance is within the radius: no branch for each value.
    let mut wrapped = [0_u64; 8];
    each_line(heads, middles, query, |distances| {
        for (wrapped, distance) in wrapped.iter_mut().zip(distances) {
            *wrapped |= distance.wrapping_sub(beyond);
        }
    });
    wrapped.iter().fold(0, |all, wrapped| all | wrapped) >> 63 == 1
}

/// Goes through the values of a block, eight at a time: in how many bits each differs at least, from its first twenty bytes.
#[inline(always)]
fn each_line(heads: &[u8], middles: &[u8], query: &Query<'_>, mut each: impl FnMut([u64; 8])) {
    if query.value.len() <= 8 {
        let (lines, rest) = heads.as_chunks::<64>();
        for line in lines {
            each(short(line, query));
        }
        if !rest.is_empty() {
            let mut last = [0; 64];
            last.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
            each(short(&last, query));
        }
        return;
    }
    let lines = heads.as_chunks::<128>().0;
    let (full, rest) = middles.as_chunks::<32>();
    for (line, middle) in lines.iter().zip(full) {
        each(long(line, middle, query));
    }
    // What is not there looks nearer than it is, and is looked at once more.
    for line in lines.iter().skip(full.len()) {
        let mut last = query.middle.to_le_bytes().repeat(8);
        last.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
        if let Some(middle) = last.first_chunk() {
            each(long(line, middle, query));
        }
    }
}

/// Distances of eight values of up to eight bytes.
#[inline(always)]
fn short(line: &[u8; 64], query: &Query<'_>) -> [u64; 8] {
    let mut distances = [0; 8];
    for (to, word) in distances.iter_mut().zip(line.as_chunks::<8>().0) {
        *to = u64::from(distance(*word, query.head[0]));
    }
    distances
}

/// Distances of the first twenty bytes of eight longer values.
#[inline(always)]
fn long(line: &[u8; 128], middle: &[u8; 32], query: &Query<'_>) -> [u64; 8] {
    let [first, second] = query.head;
    let (firsts, seconds) = line.as_chunks::<8>().0.split_at(8);
    let words = firsts.iter().zip(seconds).zip(middle.as_chunks::<4>().0);
    let mut distances = [0; 8];
    for (to, ((a, b), c)) in distances.iter_mut().zip(words) {
        let (a, b) = (
            u64::from_le_bytes(*a) ^ first,
            u64::from_le_bytes(*b) ^ second,
        );
        let c = u64::from(u32::from_le_bytes(*c) ^ query.middle);
        *to = u64::from(a.count_ones()) + u64::from(b.count_ones()) + u64::from(c.count_ones());
    }
    distances
}

#[inline(always)]
fn distance(bytes: [u8; 8], word: u64) -> u32 {
    (u64::from_le_bytes(bytes) ^ word).count_ones()
}

/// Goes through all numbers of so many bits with at most `most` ones, with how many each has.
#[inline(always)]
fn flips(bits: u32, most: u32, mut each: impl FnMut(u32, u32)) {
    each(0, 0);
    for ones in 1..=most.min(bits) {
        let mut mask = (1_u64 << ones) - 1;
        while mask >> bits == 0 {
            each(mask as u32, ones);
            // The next number with as many ones (Gosper 1972).
            let lowest = mask & mask.wrapping_neg();
            let ripple = mask + lowest;
            mask = ripple | (((mask ^ ripple) / lowest) >> 2);
        }
    }
}

/// The keys of a group within a radius of one of them, as bits.
fn ball(key: u32, radius: u32) -> u64 {
    (0..GROUP as u32)
        .filter(|other| (key ^ other).count_ones() <= radius)
        .fold(0, |keys, other| keys | 1 << other)
}
