//! Perceptual hashes side by side: all within a distance.
//!
//! A scan, and exact. A branchless loop that compilers vectorise tells for each block of values whether one of them may
//! lie within the radius, from a lower bound of the distances; only then is the block compared value by value. The
//! first, second and further words of the values lie in arrays of their own, since at usual radii two are enough.

use super::{WrongSize, check};

/// Values between two decisions: their words fit the first-level cache, and a false alarm costs little.
const BLOCK: usize = 256;

/// Up to here the union of the first two words rules values out: of distinct pictures it has 48 bits, give or take 3.5.
const UNION_RADIUS: u32 = 35;

/// Up to here the distance of the first two words rules values out: for distinct pictures it is 64, give or take 5.7.
const HEAD_RADIUS: u32 = 45;

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
#[derive(Debug, Clone)]
pub struct Near {
    size: usize,
    firsts: Vec<u64>,
    seconds: Vec<u64>,
    rests: Vec<u64>,
    entries: Vec<u32>,
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
        Ok(hits
            .into_iter()
            .map(
                |AnyHit {
                     distance, entry, ..
                 }| Hit { distance, entry },
            )
            .collect())
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
        let queries = queries
            .iter()
            .map(|query| check(query.as_ref(), self.size).map(|()| Words::of(query.as_ref())))
            .collect::<Result<Vec<_>, _>>()?;
        let mut hits = Vec::new();
        let blocks = self.firsts.chunks(BLOCK).zip(self.seconds.chunks(BLOCK));
        for (start, (firsts, seconds)) in (0..).step_by(BLOCK).zip(blocks) {
            for (number, query) in queries.iter().enumerate() {
                if !self.may_hold(start, firsts, seconds, query, radius) {
                    continue;
                }
                for (n, (first, second)) in (start..).zip(firsts.iter().zip(seconds)) {
                    let distance = self.distance_within(n, [*first, *second], query, radius);
                    if let (Some(distance), Some(&entry)) = (distance, self.entries.get(n)) {
                        hits.push(AnyHit {
                            distance,
                            entry,
                            query: number,
                        });
                    }
                }
            }
        }
        hits.sort_unstable();
        Ok(hits)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn naive(values: &[Vec<u8>], query: &[u8], radius: u32) -> Vec<Hit> {
        let distance = |value: &Vec<u8>| {
            value
                .iter()
                .zip(query)
                .map(|(a, b)| (a ^ b).count_ones())
                .sum()
        };
        let mut hits: Vec<Hit> = (0..)
            .zip(values)
            .map(|(entry, value)| Hit {
                distance: distance(value),
                entry,
            })
            .collect();
        hits.retain(|hit| hit.distance <= radius);
        hits.sort();
        hits
    }

    fn build(size: usize, values: &[Vec<u8>]) -> Near {
        Near::build(size, (0..).zip(values.iter().map(Vec::as_slice))).unwrap()
    }

    /// Values of the size of a kind; half of them a few flipped bits away from the query.
    fn values() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>)> {
        prop::sample::select(vec![5_usize, 8, 16, 18, 32, 68, 128, 512]).prop_flat_map(|size| {
            let flips = vec((0..size, 0_u32..8), 0..40);
            (
                vec(any::<u8>(), size),
                vec((any::<bool>(), vec(any::<u8>(), size), flips), 0..600),
            )
                .prop_map(|(query, rows)| {
                    let row = |(near, random, flips): (bool, Vec<u8>, Vec<(usize, u32)>)| {
                        let mut value = if near { query.clone() } else { random };
                        flips
                            .into_iter()
                            .for_each(|(byte, bit)| value[byte] ^= 1 << bit);
                        value
                    };
                    let rows = rows.into_iter().map(row).collect();
                    (query, rows)
                })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn finds_what_a_naive_search_finds((query, values) in values(), radius in prop::sample::select(vec![0, 3, 20, 31, 35, 36, 45, 46, 60, 254, 255, 256, 5000])) {
            let index = build(query.len(), &values);
            prop_assert_eq!(index.len(), values.len());
            prop_assert_eq!(index.within(&query, radius).unwrap(), naive(&values, &query, radius));
        }

        #[test]
        fn a_batch_finds_what_its_queries_find((query, values) in values(), radius in 0_u32..70) {
            let index = build(query.len(), &values);
            let mut queries = vec![query.clone(), query.iter().map(|byte| byte ^ 1).collect(), query];
            queries.extend(values.first().cloned());
            let mut one_by_one = Vec::new();
            for (n, query) in queries.iter().enumerate() {
                let hits = index.within(query, radius).unwrap();
                one_by_one.extend(hits.into_iter().map(|Hit { distance, entry }| AnyHit { distance, entry, query: n }));
            }
            one_by_one.sort();
            prop_assert_eq!(index.within_any(&queries, radius).unwrap(), one_by_one);
        }
    }

    #[test]
    fn sizes_are_checked_and_nothing_is_found_in_nothing() {
        let index = build(32, &[]);
        assert!(index.is_empty());
        assert_eq!(index.within(&[0; 32], 256), Ok(vec![]));
        assert_eq!(
            index.within(&[0; 8], 31),
            Err(WrongSize {
                found: 8,
                expected: 32
            })
        );
        assert!(Near::build(32, [(0, [0_u8; 8].as_slice())]).is_err());
    }

    #[test]
    fn entries_keep_their_numbers() {
        let index = Near::build(1, [(7, [1_u8].as_slice()), (3, &[1]), (7, &[3])]).unwrap();
        let hits = index.within(&[1], 1).unwrap();
        assert_eq!(
            hits.iter()
                .map(|hit| (hit.distance, hit.entry))
                .collect::<Vec<_>>(),
            [(0, 3), (0, 7), (1, 7)]
        );
    }
}
