//! A search finds what comparing with every entry would, at the list's own threshold.

use std::sync::Arc;

use proptest::prelude::*;
use provscan::fingerprints::{Fingerprint, Kind};
use provscan::lists::{Entry, List, ListOptions, MIN_QUALITY, OpenOptions, Query};
use provscan::{Inspector, Policy, Settings};

use crate::support::{Sample, root};

fn pdq() -> Kind {
    "pdq".parse().unwrap()
}

/// A hash some bits away from one of three: random hashes alone would never be near each other.
fn near() -> impl Strategy<Value = Fingerprint> {
    let centre = prop::sample::select(vec![0x5a_u8, 0x3c, 0x0f]);
    let flips = prop::collection::vec(0..256_usize, 0..50);
    (centre, flips).prop_map(|(centre, flips)| {
        let mut value = vec![centre; 32];
        for bit in flips {
            value[bit / 8] ^= 1 << (bit % 8);
        }
        Fingerprint::new(pdq(), value).unwrap()
    })
}

fn list(entries: &[Entry], threshold: u32) -> List {
    let mut options = ListOptions::default();
    options.set_threshold(pdq(), threshold).unwrap();
    List::new("list", options, entries.to_vec()).unwrap()
}

/// What a search must find: distance, entry and query, each entry once, nearest first, then in the order of the list.
fn by_comparing_all(
    entries: &[Entry],
    queries: &[Query],
    threshold: u32,
) -> Vec<(u32, String, usize)> {
    let usable = entries.iter().filter(|entry| {
        entry
            .fingerprint
            .quality()
            .is_none_or(|quality| quality >= MIN_QUALITY)
    });
    let mut found: Vec<_> = usable
        .filter_map(|entry| {
            let distances = queries
                .iter()
                .map(|query| query.fingerprint.distance(&entry.fingerprint));
            let (distance, query) = distances.flatten().zip(0..).min()?;
            (distance <= threshold).then(|| (distance, entry.id.clone(), query))
        })
        .collect();
    // Of one distance, in the order of the values; entries of one value in the order in which they came.
    let value = |id: &String| entries[id.parse::<usize>().unwrap()].fingerprint.value();
    found.sort_by(|(a, x, _), (b, y, _)| a.cmp(b).then_with(|| value(x).cmp(value(y))));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_comparing_all_would(
        known in prop::collection::vec((near(), prop::option::of(40..60_u8)), 0..600),
        asked in prop::collection::vec(near(), 1..4),
        threshold in prop_oneof![0..=64_u32, 0..=256_u32],
    ) {
        let entries: Vec<Entry> = known
            .into_iter()
            .enumerate()
            .map(|(number, (hash, quality))| Entry::new(hash.with_quality(quality), number.to_string()))
            .collect();
        let queries: Vec<Query> = asked
            .into_iter()
            .map(Query::new)
            .collect();
        let list = list(&entries, threshold);
        let place = |query: &Query| queries.iter().position(|one| std::ptr::eq(one, query)).unwrap();
        let found: Vec<_> = list
            .find(pdq(), &queries)
            .unwrap()
            .iter()
            .map(|found| (found.distance, found.entry.id.clone(), place(found.query)))
            .collect();
        prop_assert_eq!(found, by_comparing_all(&entries, &queries, threshold));
    }
}

#[test]
fn each_list_keeps_its_own_threshold() {
    let known = root().join("samples/lists/tx.txt");
    let open = |name: &str, threshold| {
        let mut options = ListOptions {
            name: Some(name.into()),
            ..ListOptions::default()
        };
        options.set_threshold(pdq(), threshold).unwrap();
        Arc::new(List::open(&known, OpenOptions::wishing(options)).unwrap())
    };
    // The copy is 2 bits away when turned back.
    let settings = Settings {
        lists: vec![open("strict", 1), open("fitting", 2), open("loose", 60)],
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let found = inspector.inspect(&Sample::open("known_image/known-1-rotated.jpg").asset());
    let lists: Vec<String> = found
        .evidence
        .iter()
        .map(|one| one.get("list").unwrap().to_string())
        .collect();
    assert_eq!(lists, ["fitting", "loose"]);
    assert_eq!(found.evidence[0].get("threshold").unwrap().to_string(), "2");
}

/// Real hashes lie closer together than random ones. Some tens of thousands, made from the reference program's by flipping
/// bits, are searched by bands, and have to give what comparing with each of them gives.
#[test]
fn real_hashes_are_searched_exactly() {
    let known = root().join("../shared/corpus/pdq/expected.csv");
    let Ok(text) = std::fs::read_to_string(&known) else {
        eprintln!("skipped: {} is not there", known.display());
        return;
    };
    let hashes: Vec<Fingerprint> = text
        .lines()
        .flat_map(|line| line.split(','))
        .filter_map(|field| Fingerprint::parse_value(pdq(), field.trim()).ok())
        .filter(|hash| hash.value().iter().any(|byte| *byte != 0))
        .collect();
    assert!(hashes.len() > 100);
    let mut state = 7_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize
    };
    let entry = |number: usize| {
        let mut value = hashes[number % hashes.len()].value().to_vec();
        for _ in 0..random() % 45 {
            let bit = random() % 256;
            value[bit / 8] ^= 1 << (bit % 8);
        }
        Entry::new(Fingerprint::new(pdq(), value).unwrap(), number.to_string())
    };
    let entries: Vec<Entry> = (0..70_000).map(entry).collect();
    let list = list(&entries, 31);
    for hash in hashes.iter().step_by(hashes.len() / 40) {
        let queries = [Query::new(hash.clone())];
        let found = list.find(pdq(), &queries).unwrap();
        let mut found: Vec<(u32, String)> = found
            .iter()
            .map(|found| (found.distance, found.entry.id.clone()))
            .collect();
        let near = entries.iter().map(|entry| {
            let distance = hash.distance(&entry.fingerprint).unwrap();
            (distance, entry.id.clone())
        });
        let mut expected: Vec<(u32, String)> =
            near.filter(|(distance, _)| *distance <= 31).collect();
        found.sort();
        expected.sort();
        assert!(expected.len() > 100);
        assert_eq!(found, expected);
    }
}
