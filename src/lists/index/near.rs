//! Perceptual hashes side by side: all within a distance.
//!
//! A scan, and exact. For each block of values a lower bound of the distances is computed in a loop that compilers
//! vectorise, and only values whose bound lies within the radius are compared bit by bit. The first 128 bits of every
//! value lie in one array, the rest in another, since at usual radii the first array is enough to rule values out.

use super::{WrongSize, check};

/// Words of 64 bits in the first array; values of up to that many have no rest.
const HEAD: usize = 2;

/// Values looked at between two decisions: their heads fit the first-level cache.
const BLOCK: usize = 256;

/// Up to here the union of the two head words rules values out: of distinct pictures it has 48 bits, give or take 3.5.
const UNION_RADIUS: u32 = 35;

/// Up to here the distance of the heads rules values out: for distinct pictures it is 64, give or take 5.7.
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
    heads: Vec<Head>,
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
            heads: Vec::new(),
            rests: Vec::new(),
            entries: Vec::new(),
        };
        for (entry, value) in values {
            check(value, size)?;
            let Words { head, rest } = Words::of(value);
            index.heads.push(head);
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
        for (start, block) in (0..).step_by(BLOCK).zip(self.heads.chunks(BLOCK)) {
            for (query, words) in queries.iter().enumerate() {
                let bounds = self.lower_bounds(start, block, words, radius);
                if bounds.iter().all(|bound| u32::from(*bound) > radius) {
                    continue;
                }
                for (n, (bound, head)) in (start..).zip(bounds.iter().zip(block)) {
                    if u32::from(*bound) > radius {
                        continue;
                    }
                    let distance = self.distance_within(n, head, words, radius);
                    if let (Some(distance), Some(&entry)) = (distance, self.entries.get(n)) {
                        hits.push(AnyHit {
                            distance,
                            entry,
                            query,
                        });
                    }
                }
            }
        }
        hits.sort_unstable();
        Ok(hits)
    }

    /// For each value of a block at most its distance, at most 255; 255 after the block's end.
    fn lower_bounds(
        &self,
        start: usize,
        block: &[Head],
        query: &Words,
        radius: u32,
    ) -> [u8; BLOCK] {
        let mut bounds = [u8::MAX; BLOCK];
        let [first, second] = query.head;
        let rests = self
            .rests
            .get(start.saturating_mul(query.rest.len())..)
            .unwrap_or_default();
        match query.rest.as_slice() {
            _ if radius <= UNION_RADIUS => {
                for (bound, [a, b]) in bounds.iter_mut().zip(block) {
                    *bound = ((a ^ first) | (b ^ second)).count_ones() as u8;
                }
            }
            [third, fourth] if radius > HEAD_RADIUS => {
                for ((bound, [a, b]), [c, d]) in
                    bounds.iter_mut().zip(block).zip(rests.as_chunks::<2>().0)
                {
                    let head = (a ^ first).count_ones() + (b ^ second).count_ones();
                    let rest = (c ^ third).count_ones() + (d ^ fourth).count_ones();
                    *bound = (head + rest).min(255) as u8;
                }
            }
            _ => {
                for (bound, [a, b]) in bounds.iter_mut().zip(block) {
                    *bound = ((a ^ first).count_ones() + (b ^ second).count_ones()) as u8;
                }
            }
        }
        bounds
    }

    /// In how many bits value `n` differs, unless in more than `radius`.
    fn distance_within(&self, n: usize, head: &Head, query: &Words, radius: u32) -> Option<u32> {
        let start = n.checked_mul(query.rest.len())?;
        let rest = self
            .rests
            .get(start..start.checked_add(query.rest.len())?)?;
        let mut distance = 0;
        for (a, b) in head
            .iter()
            .zip(&query.head)
            .chain(rest.iter().zip(&query.rest))
        {
            distance += (a ^ b).count_ones();
            if distance > radius {
                return None;
            }
        }
        Some(distance)
    }
}

/// The first 128 bits of a value.
type Head = [u64; HEAD];

/// The words of a value, the last ones filled up with zeros.
struct Words {
    head: Head,
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
        let head = [(); HEAD].map(|()| words.next().unwrap_or(0));
        Self {
            head,
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
