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
