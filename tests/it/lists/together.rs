//! Hashes that are looked up together have the answers that each has by itself.

use std::sync::Arc;

use proptest::prelude::*;
use provscan::fingerprints::{Fingerprint, Kind};
use provscan::lists::{Entry, List, ListKind, ListOptions};
use provscan::prints::Prints;
use provscan::reports::record_line;
use provscan::sources::{Hashes, Name};
use provscan::{Inspection, Inspector, Policy, Settings};

const KINDS: [(&str, usize); 4] = [("pdq", 32), ("pdq-512", 32), ("md5", 16), ("photodna", 144)];

/// A hash of any kind some bits away from one of two: others would never be near each other.
fn hash() -> impl Strategy<Value = Fingerprint> {
    let centre = prop::sample::select(vec![0x5a_u8, 0x3c]);
    let flips = prop::collection::vec(0..256_usize, 0..45);
    let kind = prop::sample::select(vec![0, 0, 0, 1, 2, 3]);
    let quality = prop::option::of(0..=100_u8);
    (kind, centre, flips, quality).prop_map(|(kind, centre, flips, quality)| {
        let (name, bytes) = KINDS[kind];
        let kind: Kind = name.parse().unwrap();
        let mut value = vec![centre; bytes];
        // Others match where they are equal.
        let most = if name.starts_with("pdq") { 45 } else { 1 };
        for bit in flips.iter().take(most) {
            value[bit / 8 % bytes] ^= 1 << (bit % 8);
        }
        let hash = Fingerprint::new(kind, value).unwrap();
        match kind.exact() {
            true => hash,
            false => hash.with_quality(quality),
        }
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let own = (prop::option::of(0..60_u32), prop::option::of(0..=100_u8));
    (hash(), own).prop_map(|(hash, (threshold, min_quality))| {
        let perceptual = hash.kind().to_string().starts_with("pdq");
        Entry {
            threshold: threshold.filter(|_| perceptual),
            min_quality: min_quality.filter(|_| perceptual),
            ..Entry::new(hash, "")
        }
    })
}

fn list(kind: ListKind, dihedral: Option<bool>, mut entries: Vec<Entry>) -> Arc<List> {
    for (number, entry) in entries.iter_mut().enumerate() {
        entry.id = number.to_string();
    }
    let options = ListOptions {
        kind: Some(kind),
        dihedral,
        ..ListOptions::default()
    };
    Arc::new(List::new("list", options, entries).unwrap())
}

fn lists() -> impl Strategy<Value = Vec<Arc<List>>> {
    let kind = prop::sample::select(vec![
        ListKind::KnownBad,
        ListKind::KnownBad,
        ListKind::Allow,
    ]);
    let dihedral = prop::sample::select(vec![None, Some(false)]);
    let entries = prop::collection::vec(entry(), 1..30);
    let one = (kind, dihedral, entries)
        .prop_map(|(kind, dihedral, entries)| list(kind, dihedral, entries));
    prop::collection::vec(one, 1..4)
}

/// Hashes of one image, at most one of each kind.
fn image() -> impl Strategy<Value = Vec<Fingerprint>> {
    prop::collection::vec(hash(), 1..4).prop_map(|mut hashes| {
        hashes.sort_by_key(|hash| hash.kind().to_string());
        hashes.dedup_by_key(|hash| hash.kind());
        hashes
    })
}

fn hashes(image: &[Fingerprint]) -> Hashes {
    Hashes {
        prints: Prints::of_hashes(image.to_vec()),
        faults: Vec::new(),
    }
}

fn told(inspection: &Inspection) -> String {
    String::from_utf8(record_line(&Name::new("-"), inspection)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn many_are_answered_as_each_is(lists in lists(), images in prop::collection::vec(image(), 1..200)) {
        let settings = Settings { lists, ..Settings::default() };
        let inspector = Inspector::new(&settings, Policy::default()).unwrap();
        let together = inspector.inspect_all_hashes(images.iter().map(|image| hashes(image)).collect());
        let alone = images.iter().map(|image| told(&inspector.inspect_hashes(hashes(image))));
        let together: Vec<String> = together.iter().map(told).collect();
        prop_assert_eq!(together, alone.collect::<Vec<_>>());
    }
}
