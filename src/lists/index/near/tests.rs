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
    fn bands_find_what_a_scan_finds((query, values) in values(), radius in 0_u32..70) {
        let (index, banded) = (build(query.len(), &values), build(query.len(), &values));
        let mut bands = banded.sorted();
        bands.most = usize::MAX;
        let usable = radius < 2 * query.len().div_ceil(2) as u32;
        prop_assert_eq!(bands.candidates(|word| Words::of(&query).word(word), radius).is_some(), usable);
        banded.bands.set(bands).unwrap();
        prop_assert_eq!(banded.within(&query, radius).unwrap(), index.within(&query, radius).unwrap());
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

/// Enough values and queries that the index sorts itself on the way, and some that bands would take too long for.
#[test]
fn the_answers_stay_the_same_when_bands_take_over() {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33).to_le_bytes()
    };
    let mut value = || {
        (0..8)
            .flat_map(|_| random()[..4].to_vec())
            .collect::<Vec<u8>>()
    };
    let mut values: Vec<Vec<u8>> = (0..BANDED_FROM).map(|_| value()).collect();
    let mut near = values[77].clone();
    near[3] ^= 0xff;
    values.push(near);
    values.extend((0..2000).map(|_| vec![7; 32]));
    let index = build(32, &values);
    for query in [&values[77], &vec![7; 32]] {
        let first = index.within(query, 31).unwrap();
        assert_eq!(first, naive(&values, query, 31));
        assert!(index.bands.get().is_none() || first.len() == 2000);
        for _ in 0..SCANS_FIRST {
            assert_eq!(index.within(query, 31).unwrap(), first);
        }
        assert!(index.bands.get().is_some());
    }
}
