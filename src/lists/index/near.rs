//! Perceptual hashes side by side: all within a distance.
//!
//! Exact, and at first a scan. A branchless loop that compilers vectorise tells for each block of values whether one of them may
//! lie within the radius, from a lower bound of the distances; only then is the block compared value by value. The
//! first, second and further words of the values lie in arrays of their own, since at usual radii two are enough.
//!
//! Where many searches come, values are sorted by their [`Bands`], which makes the searches that follow several times as fast.

use super::bands::Bands;
use super::{WrongSize, check};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Values between two decisions: their words fit the first-level cache, and a false alarm costs little.
const BLOCK: usize = 256;

/// Up to here the union of the first two words rules values out: of distinct pictures it has 48 bits, give or take 3.5.
const UNION_RADIUS: u32 = 35;

/// Up to here the distance of the first two words rules values out: for distinct pictures it is 64, give or take 5.7.
const HEAD_RADIUS: u32 = 45;

/// Fewer values than these are always scanned.
const BANDED_FROM: usize = 20_000;

/// So many queries are answered by scans before sorting by bands is worth its time.
const SCANS_FIRST: usize = 256;

/// A value within the radius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// In how many bits it differs from the query.
    pub distance: u32,
    /// The number of its entry.
    pub entry: u32,
}

/// A value within the radius of one of several queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyHit {
    /// In how many bits it differs from the query.
    pub distance: u32,
    /// The number of its entry.
    pub entry: u32,
    /// Which query, counted from 0.
    pub query: usize,
}

/// Finds all entries within a Hamming distance, for values of any one size.
#[derive(Debug)]
pub struct Near {
    size: usize,
    firsts: Vec<u64>,
    seconds: Vec<u64>,
    rests: Vec<u64>,
    entries: Vec<u32>,
    bands: OnceLock<Bands>,
    queries: AtomicUsize,
}

impl Near {
    /// Packs values of `size` bytes, each with the number of its entry.
    ///
    /// # Errors
    /// A value has another size.
    pub fn build<'a>(
        size: usize,
        values: impl IntoIterator<Item = (u32, &'a [u8])>,
    ) -> Result<Self, WrongSize> {
        let mut index = Self {
            size,
            firsts: Vec::new(),
            seconds: Vec::new(),
            rests: Vec::new(),
            entries: Vec::new(),
            bands: OnceLock::new(),
            queries: AtomicUsize::new(0),
        };
        for (entry, value) in values {
            check(value, size)?;
            let Words {
                first,
                second,
                rest,
            } = Words::of(value);
            index.firsts.push(first);
            index.seconds.push(second);
            index.rests.extend(rest);
            index.entries.push(entry);
        }
        Ok(index)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All values that differ from the query in at most `radius` bits, nearest first, then by entry.
    ///
    /// # Errors
    /// The query has another size.
    pub fn within(&self, query: &[u8], radius: u32) -> Result<Vec<Hit>, WrongSize> {
        let hits = self.within_any(&[query], radius)?;
        let hit = |AnyHit {
                       distance, entry, ..
                   }| Hit { distance, entry };
        Ok(hits.into_iter().map(hit).collect())
    }

    /// The same for several queries (the rotations and reflections of a picture) in one pass over memory: nearest first,
    /// then by entry, then by query.
    ///
    /// # Errors
    /// A query has another size.
    pub fn within_any<Q: AsRef<[u8]>>(
        &self,
        queries: &[Q],
        radius: u32,
    ) -> Result<Vec<AnyHit>, WrongSize> {
        let words =
            |query: &Q| check(query.as_ref(), self.size).map(|()| Words::of(query.as_ref()));
        let queries: Vec<Words> = queries.iter().map(words).collect::<Result<_, _>>()?;
        let bands = self.bands(queries.len());
        let mut hits = Vec::new();
        let mut unanswered = Vec::new();
        for (number, query) in queries.iter().enumerate() {
            match bands.and_then(|bands| bands.candidates(|word| query.word(word), radius)) {
                None => unanswered.push((number, query)),
                Some(rows) => {
                    let rows = rows.into_iter().filter_map(|row| usize::try_from(row).ok());
                    hits.extend(rows.filter_map(|row| self.hit(row, number, query, radius)));
                }
            }
        }
        self.scan(&unanswered, radius, &mut hits);
        hits.sort_unstable();
        hits.dedup();
        Ok(hits)
    }

    /// The bands, once they are worth their time.
    fn bands(&self, queries: usize) -> Option<&Bands> {
        let before = self.queries.fetch_add(queries, Ordering::Relaxed);
        if self.len() < BANDED_FROM || before < SCANS_FIRST {
            return self.bands.get();
        }
        Some(self.bands.get_or_init(|| self.sorted()))
    }

    fn sorted(&self) -> Bands {
        let bands = self.size.div_ceil(2);
        Bands::build(self.len(), bands, |row, word| self.word(row, word))
    }

    /// Compares all values with the queries.
    fn scan(&self, queries: &[(usize, &Words)], radius: u32, hits: &mut Vec<AnyHit>) {
        if queries.is_empty() {
            return;
        }
        let blocks = self.firsts.chunks(BLOCK).zip(self.seconds.chunks(BLOCK));
        for (start, (firsts, seconds)) in (0..).step_by(BLOCK).zip(blocks) {
            for (number, query) in queries {
                if self.may_hold(start, firsts, seconds, query, radius) {
                    let rows = start..start + firsts.len();
                    hits.extend(rows.filter_map(|row| self.hit(row, *number, query, radius)));
                }
            }
        }
    }

    /// What a query has in a row, if that is within the radius.
    fn hit(&self, row: usize, number: usize, query: &Words, radius: u32) -> Option<AnyHit> {
        let (first, second) = (*self.firsts.get(row)?, *self.seconds.get(row)?);
        // What differs in either word is less than what differs in both, and mostly enough to tell.
        let either = (first ^ query.first) | (second ^ query.second);
        (either.count_ones() <= radius).then_some(())?;
        Some(AnyHit {
            distance: self.distance_within(row, [first, second], query, radius)?,
            entry: *self.entries.get(row)?,
            query: number,
        })
    }

    /// A word of the value in a row.
    fn word(&self, row: usize, number: usize) -> u64 {
        let word = match number {
            0 => self.firsts.get(row),
            1 => self.seconds.get(row),
            _ => {
                let words = self.size.div_ceil(8).saturating_sub(2);
                self.rests.get(row * words + number - 2)
            }
        };
        word.copied().unwrap_or_default()
    }

    /// Whether some value of a block may lie within the radius; never a false no.
    fn may_hold(
        &self,
        start: usize,
        firsts: &[u64],
        seconds: &[u64],
        query: &Words,
        radius: u32,
    ) -> bool {
        let heads = firsts
            .iter()
            .zip(seconds)
            .map(|(a, b)| (a ^ query.first, b ^ query.second));
        let count = |word: u64| u64::from(word.count_ones());
        if radius <= UNION_RADIUS {
            return any_within(heads.map(|(a, b)| count(a | b)), radius);
        }
        let heads = heads.map(|(a, b)| count(a) + count(b));
        match query.rest.as_slice() {
            [third, fourth] if radius > HEAD_RADIUS => {
                let rests = self
                    .rests
                    .get(start * 2..)
                    .unwrap_or_default()
                    .as_chunks::<2>()
                    .0;
                let rests = rests
                    .iter()
                    .map(|[c, d]| count(c ^ third) + count(d ^ fourth));
                any_within(heads.zip(rests).map(|(head, rest)| head + rest), radius)
            }
            _ => any_within(heads, radius),
        }
    }

    /// In how many bits value `n` differs, unless in more than `radius`.
    fn distance_within(&self, n: usize, head: [u64; 2], query: &Words, radius: u32) -> Option<u32> {
        let start = n.checked_mul(query.rest.len())?;
        let rest = self
            .rests
            .get(start..start.checked_add(query.rest.len())?)?;
        let heads = head.iter().zip([&query.first, &query.second]);
        let mut distance = 0;
        for (a, b) in heads.chain(rest.iter().zip(&query.rest)) {
            distance += (a ^ b).count_ones();
            if distance > radius {
                return None;
            }
        }
        Some(distance)
    }
}

/// Whether one of the distances is at most `radius`, without a branch for each: only then does a difference wrap.
fn any_within(distances: impl Iterator<Item = u64>, radius: u32) -> bool {
    let beyond = u64::from(radius) + 1;
    distances.fold(0, |wrapped, distance| {
        wrapped | distance.wrapping_sub(beyond)
    }) >> 63
        == 1
}

/// The words of a value, the last ones filled up with zeros.
struct Words {
    first: u64,
    second: u64,
    rest: Vec<u64>,
}

impl Words {
    fn of(value: &[u8]) -> Self {
        let word = |chunk: &[u8]| {
            chunk
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte))
        };
        let mut words = value.chunks(8).map(word);
        let (first, second) = (words.next().unwrap_or(0), words.next().unwrap_or(0));
        Self {
            first,
            second,
            rest: words.collect(),
        }
    }

    fn word(&self, number: usize) -> u64 {
        match number {
            0 => self.first,
            1 => self.second,
            _ => self.rest.get(number - 2).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
