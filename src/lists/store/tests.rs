//! A compiled list answers as comparing with every entry would, whatever is on it; and damage is met.

use std::io::Cursor;

use proptest::collection::vec;
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::pages::PAGE;
use super::*;
use crate::evidence::Action;
use crate::fingerprints::pdq::{Dihedral, PDQ, Pdq};
use crate::fingerprints::{Fingerprint, Kind, MD5, SHA1, SHA256, kinds};
use crate::lists::formats::Intake;
use crate::lists::guards::Guards;
use crate::lists::{Entry, ListOptions};

fn random(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn value(size: usize, next: &mut impl FnMut() -> u64) -> Vec<u8> {
    (0..size.div_ceil(8))
        .flat_map(|_| next().to_le_bytes())
        .take(size)
        .collect()
}

fn flipped(value: &[u8], flips: u64, next: &mut impl FnMut() -> u64) -> Vec<u8> {
    let mut value = value.to_vec();
    for _ in 0..flips {
        let bit = next() as usize % (value.len() * 8);
        value[bit / 8] ^= 1 << (bit % 8);
    }
    value
}

fn builder(guards: Guards) -> Builder {
    Builder::new(ListOptions::default(), guards, Workspace::memory())
}

fn compile(kind: Kind, values: &[Vec<u8>]) -> Compiled {
    let mut builder = builder(Guards::none());
    for (number, value) in values.iter().enumerate() {
        let fingerprint = Fingerprint::new(kind, value.as_slice()).unwrap();
        builder
            .entry(Entry::new(fingerprint, number.to_string()))
            .unwrap();
    }
    builder.finish().unwrap()
}

fn bits(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Distances and ids of what a search finds.
fn found(list: &Compiled, kind: Kind, query: &[u8], radius: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for hit in list.near(kind, &[query], radius).unwrap() {
        for (_, entry) in list.entries_of(kind, hit.row).unwrap() {
            assert_eq!(bits(entry.fingerprint.value(), query), hit.distance);
            found.push((hit.distance, entry.id));
        }
    }
    found.sort();
    found
}

fn naive(values: &[Vec<u8>], query: &[u8], radius: u32) -> Vec<(u32, String)> {
    let near = values
        .iter()
        .enumerate()
        .map(|(n, value)| (bits(value, query), n.to_string()));
    let mut near: Vec<_> = near.filter(|(distance, _)| *distance <= radius).collect();
    near.sort();
    near
}

/// Hashes that lie near each other, those that repeat, and random ones between them, of a size at which bands are used.
fn clustered(size: usize, rows: usize, seed: u64) -> Vec<Vec<u8>> {
    let mut next = random(seed);
    let centres: Vec<Vec<u8>> = (0..20).map(|_| value(size, &mut next)).collect();
    let row = |_| match next() % 4 {
        0 => value(size, &mut next),
        1 => centres[next() as usize % 20].clone(),
        _ => {
            let (centre, flips) = (next() as usize % 20, next() % 70);
            flipped(&centres[centre], flips, &mut next)
        }
    };
    (0..rows)
        .map(row)
        .filter(|value: &Vec<u8>| value.iter().any(|byte| *byte != 0))
        .collect()
}

#[test]
fn searches_by_bands_find_what_comparing_all_finds() {
    for (kind, radii) in [
        ("pdq", vec![0, 9, 30, 31, 32, 60]),
        ("imghash-gradient-8-lanczos3", vec![0, 4, 8, 10, 20]),
    ] {
        let kind: Kind = kind.parse().unwrap();
        for spread in [true, false] {
            let mut next = random(7);
            let values = match spread {
                true => (0..60_000)
                    .map(|_| value(kind.bytes(), &mut next))
                    .collect(),
                false => clustered(kind.bytes(), 60_000, 3),
            };
            let list = compile(kind, &values);
            assert!(list.shelf(kind).unwrap().plan.bands > 1, "{kind}");
            for number in 0..40_u64 {
                let base = &values[next() as usize % values.len()];
                let query = flipped(base, number, &mut next);
                for radius in &radii {
                    assert_eq!(
                        found(&list, kind, &query, *radius),
                        naive(&values, &query, *radius),
                        "{kind} {radius}"
                    );
                }
            }
        }
    }
}

/// Proper PDQ hashes have as many ones as zeros, and a search may rely on that only where all of them do.
#[test]
fn even_values_are_found_at_every_distance() {
    let mut next = random(11);
    let mut values: Vec<Vec<u8>> = (0..60_000)
        .map(|_| {
            let mut value = value(32, &mut next);
            if value.iter().map(|byte| byte.count_ones()).sum::<u32>() % 2 == 1 {
                value[9] ^= 1;
            }
            value
        })
        .collect();
    for odd in [false, true] {
        if odd {
            values[17][3] ^= 4;
        }
        let list = compile(PDQ, &values);
        assert_eq!(list.shelf(PDQ).unwrap().header.even, !odd);
        for flips in 25..36 {
            let query = flipped(&values[17], flips, &mut next);
            assert_eq!(found(&list, PDQ, &query, 31), naive(&values, &query, 31));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_lists_of_every_size_are_searched_exactly(
        name in prop::sample::select(vec!["imghash-double-gradient-8-lanczos3", "imghash-gradient-8-lanczos3", "imghash-double-gradient-16-lanczos3", "pdq", "imghash-mean-32-nearest"]),
        rows in 1..400_usize,
        seed: u64,
        radius in 0..80_u32,
    ) {
        let kind: Kind = name.parse().unwrap();
        let values = clustered(kind.bytes(), rows, seed);
        prop_assume!(!values.is_empty());
        let list = compile(kind, &values);
        let query = flipped(&values[0], seed % 40, &mut random(seed));
        prop_assert_eq!(found(&list, kind, &query, radius), naive(&values, &query, radius));
        let other = flipped(&query, 3, &mut random(seed));
        let both = list.near(kind, &[&query, &other], radius).unwrap();
        let alone = |number: usize, query: &[u8]| {
            let hits = list.near(kind, &[query], radius).unwrap();
            hits.into_iter().map(move |hit| Hit { query: number, ..hit }).collect::<Vec<_>>()
        };
        let mut expected = alone(0, &query);
        expected.extend(alone(1, &other));
        expected.sort();
        prop_assert_eq!(both, expected);
    }

    #[test]
    fn digests_are_found_if_they_are_there(rows in vec(vec(0..4_u8, 4), 0..300), query in vec(0..4_u8, 4)) {
        for kind in [MD5, SHA1, SHA256] {
            // Few different values, so that there are hits and duplicates.
            let long = |row: &[u8]| row.iter().cycle().take(kind.bytes()).copied().collect::<Vec<u8>>();
            let values: Vec<Vec<u8>> = rows.iter().map(|row| long(row)).collect();
            let list = compile(kind, &values);
            let hits = list.equal(kind, &[&long(&query)]).unwrap();
            let ids: Vec<String> = hits.iter().flat_map(|hit| list.entries_of(kind, hit.row).unwrap()).map(|(_, entry)| entry.id).collect();
            let expected: Vec<String> = naive(&values, &long(&query), 0).into_iter().map(|(_, id)| id).collect();
            prop_assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>(), expected.iter().collect());
            prop_assert_eq!(ids.len(), expected.len());
        }
    }
}

fn described() -> Vec<Entry> {
    let mut next = random(5);
    let all: Vec<Kind> = kinds().filter(|kind| kind.bytes() < 200).take(40).collect();
    let entry = |number: usize| {
        let kind = all[number % all.len()];
        let fingerprint = Fingerprint::new(kind, value(kind.bytes(), &mut next)).unwrap();
        let mut entry = Entry::new(
            fingerprint.with_quality(number.is_multiple_of(3).then_some(88)),
            format!("entry {number}"),
        );
        entry.category = number.is_multiple_of(2).then(|| format!("A{}", number % 5));
        entry.source = number.is_multiple_of(5).then(|| "a member".to_owned());
        entry.date = number
            .is_multiple_of(7)
            .then(|| "2026-01-02T03:04:05Z".to_owned());
        entry.threshold = (number.is_multiple_of(11) && !kind.exact()).then_some(3);
        entry.min_quality = number.is_multiple_of(13).then_some(80);
        entry.action = number.is_multiple_of(6).then_some(Action::Block);
        entry
    };
    (0..900).map(entry).collect()
}

fn key(entry: &Entry) -> (Kind, String) {
    (entry.fingerprint.kind(), entry.id.clone())
}

fn written(entries: &[Entry], workspace: Workspace) -> Vec<u8> {
    let mut options = ListOptions {
        name: Some("a list".into()),
        ..ListOptions::default()
    };
    for kind in kinds().filter(|kind| !kind.exact() && kind.default_threshold().is_none()) {
        options.set_threshold(kind, 2).unwrap();
    }
    let mut builder = Builder::new(options, Guards::default(), workspace);
    for entry in entries {
        builder.entry(entry.clone()).unwrap();
    }
    builder.write(Cursor::new(Vec::new())).unwrap().into_inner()
}

fn open(bytes: &[u8]) -> Result<Compiled, OpenError> {
    Compiled::from_bytes(Zeroizing::new(bytes.to_vec()))
}

#[test]
fn what_goes_in_comes_out_and_the_same_entries_make_the_same_bytes() {
    let entries = described();
    let bytes = written(&entries, Workspace::memory());
    let list = open(&bytes).unwrap();
    assert_eq!(list.options().name.as_deref(), Some("a list"));
    assert!(list.verify().unwrap() > bytes.len() / PAGE / 2);
    let mut read: Vec<Entry> = list.entries().map(Result::unwrap).collect();
    let mut expected = entries.clone();
    read.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(read, expected);
    let (categories, without) = list.categories();
    assert_eq!(categories.values().sum::<u64>() + without, 900);

    // However little memory there is.
    assert_eq!(
        written(&entries, Workspace::beside(std::env::temp_dir(), 5000)),
        bytes
    );
}

/// A damaged list says so, or gives the answer that it gave before; it never says that nothing was found.
#[test]
fn every_flipped_bit_and_every_cut_is_met() {
    let entries = described();
    let bytes = written(&entries, Workspace::memory());
    let whole = open(&bytes).unwrap();
    let ask = |list: &Compiled, entry: &Entry| -> Result<Vec<String>, Damaged> {
        let (kind, value) = (entry.fingerprint.kind(), entry.fingerprint.value());
        let hits = match kind.exact() {
            true => list.equal(kind, &[value])?,
            false => list.near(kind, &[value], 5)?,
        };
        let mut ids = Vec::new();
        for hit in hits {
            ids.extend(
                list.entries_of(kind, hit.row)?
                    .into_iter()
                    .map(|(_, entry)| entry.id),
            );
        }
        Ok(ids)
    };
    let mut next = random(23);
    let mut met = 0;
    for _ in 0..600 {
        let mut damaged = bytes.clone();
        let bit = next() as usize % (bytes.len() * 8);
        damaged[bit / 8] ^= 1 << (bit % 8);
        match open(&damaged) {
            Err(_) => met += 1,
            Ok(list) => {
                // Behind the prologue, the first page is filled up and never read.
                assert!(list.verify().is_err() || bit / 8 < PAGE, "byte {}", bit / 8);
                for _ in 0..5 {
                    let entry = &entries[next() as usize % entries.len()];
                    match ask(&list, entry) {
                        Err(_) => met += 1,
                        Ok(ids) => assert_eq!(ids, ask(&whole, entry).unwrap()),
                    }
                }
            }
        }
    }
    assert!(met > 100, "{met}");
    for cut in [0, 1, 7, 71, 72, PAGE, bytes.len() / 2, bytes.len() - 1] {
        assert!(open(&bytes[..cut]).is_err(), "{cut}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(open(&longer).is_err());
}

/// Checksums are no signature: whoever writes a list can make them fit. What it says of itself must not lead anywhere.
#[test]
fn a_list_that_lies_about_itself_is_refused_or_answers_without_harm() {
    use super::header::{Header, Prologue};
    use xxhash_rust::xxh3::xxh3_64;
    let bytes = written(&described(), Workspace::memory());
    let prologue = Prologue::read(&bytes[..72], bytes.len() as u64).unwrap();
    let header: Header = serde_json::from_slice(&bytes[prologue.header as usize..]).unwrap();
    let text = serde_json::to_string(&header).unwrap();
    let mut next = random(31);
    let digits: Vec<usize> = text
        .match_indices(|c: char| c.is_ascii_digit())
        .map(|(at, _)| at)
        .collect();
    for _ in 0..1500 {
        let mut lie = text.clone().into_bytes();
        for _ in 0..1 + next() % 3 {
            lie[digits[next() as usize % digits.len()]] = b'0' + (next() % 10) as u8;
        }
        let mut forged = bytes[..prologue.header as usize].to_vec();
        forged.extend_from_slice(&lie);
        let told = Prologue {
            header_len: lie.len() as u64,
            file: prologue.header + lie.len() as u64,
            header_check: xxh3_64(&lie),
            ..prologue
        };
        forged[..72].copy_from_slice(&told.to_bytes());
        if let Ok(list) = open(&forged) {
            let _ = list.entries().take(50).count();
            for shelf in list.shelves() {
                let (kind, size) = (shelf.kind(), shelf.kind().bytes());
                let query = value(size, &mut next);
                let _ = list.equal(kind, &[&query]);
                let _ = list.near(kind, &[&query], 40);
                let _ = list.entries_of(kind, next() % (shelf.rows() + 2));
            }
        }
    }
}

#[test]
fn what_was_withdrawn_is_gone_and_what_came_after_stays() {
    let entry = |byte: u8, id: &str| Entry::new(Fingerprint::new(MD5, [byte; 16]).unwrap(), id);
    let mut builder = builder(Guards::default());
    for (byte, id) in [(1, "a"), (2, "a"), (3, "b"), (4, "c")] {
        builder.entry(entry(byte, id)).unwrap();
    }
    builder.withdraw("a").unwrap();
    builder.withdraw("nobody").unwrap();
    builder.entry(entry(5, "a")).unwrap();
    builder.withdraw("c").unwrap();
    let list = builder.finish().unwrap();
    let ids: Vec<(u8, String)> = list
        .entries()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.fingerprint.value()[0], entry.id)
        })
        .collect();
    assert_eq!(ids, [(3, "b".to_owned()), (5, "a".to_owned())]);
}

#[test]
fn hashes_that_would_match_everything_are_left_out_and_counted() {
    let mut builder = builder(Guards {
        max_repeats: 5,
        ..Guards::default()
    });
    let pdq = |value: [u8; 32], id: u32| {
        Entry::new(Fingerprint::new(PDQ, value).unwrap(), id.to_string())
    };
    let mut next = random(3);
    for id in 0..6 {
        builder.entry(pdq([0x5a; 32], id)).unwrap();
    }
    for id in 0..5 {
        builder.entry(pdq([0x33; 32], id)).unwrap();
    }
    builder.entry(pdq([0; 32], 7)).unwrap();
    builder.entry(pdq([0xff; 32], 8)).unwrap();
    let proper = value(32, &mut next);
    builder
        .entry(pdq(*proper.first_chunk().unwrap(), 9))
        .unwrap();
    // The same file under many names is no mistake.
    for id in 0..20 {
        builder
            .entry(Entry::new(
                Fingerprint::new(MD5, [9; 16]).unwrap(),
                id.to_string(),
            ))
            .unwrap();
    }
    let list = builder.finish().unwrap();
    assert_eq!(list.shelf(PDQ).unwrap().entries(), 6);
    assert_eq!(list.shelf(MD5).unwrap().entries(), 20);
    assert_eq!(
        list.left_out().values().copied().collect::<Vec<_>>(),
        [1, 1, 6]
    );
}

/// Published lists are opened by programs of other versions: what this one writes is pinned.
#[test]
fn the_form_does_not_change_unnoticed() {
    let list = compile(MD5, &[vec![1; 16], vec![2; 16]]);
    assert_eq!(list.digest().len(), 64);
    let bytes = written(&described(), Workspace::memory());
    assert_eq!(&bytes[..16], b"\x89PVL\r\n\x1a\n\x02\0\0\0\0\x10\0\0");
}

/// A picture is looked up in all eight positions, and as it is up to a wider distance: one look at all rows leaves out none.
#[test]
fn a_shortlist_holds_all_that_searches_find() {
    let mut next = random(23);
    for rows in [1, 7, 8, 9, 1023, 1025, 5000] {
        let mut values: Vec<Vec<u8>> = (0..rows).map(|_| value(32, &mut next)).collect();
        let own: Vec<u8> = value(32, &mut next);
        let expected = Dihedral::expected(&Pdq(*own.first_chunk().unwrap()));
        // What is turned differs in some bits from what is expected, and so does what is made of a smaller copy.
        let noise: Vec<u64> = (0..16).map(|_| next() % 20).collect();
        let hashes: Vec<Vec<u8>> = expected
            .iter()
            .cycle()
            .zip(&noise)
            .map(|(hash, noise)| flipped(&hash.0, *noise, &mut next))
            .collect();
        for (place, flips) in (0..rows.min(200)).step_by(3).zip((0..80).cycle()) {
            let base = &hashes[next() as usize % 16];
            values[place] = flipped(base, flips, &mut next);
        }
        let list = compile(PDQ, &values);
        let asked: Vec<(&[u8], bool)> = hashes
            .iter()
            .enumerate()
            .map(|(place, hash)| (hash.as_slice(), place % 8 > 0))
            .collect();
        let shortlist = list.shortlist(PDQ, &asked, 31, Some(60)).unwrap();
        let Some(shortlist) = shortlist else {
            // So much of a small list comes near that it is searched as a whole.
            assert!(rows < 5000, "{rows}");
            continue;
        };
        for (queries, radius) in [(&asked[..], 31), (&[asked[0], asked[8]], 60)] {
            let values: Vec<&[u8]> = queries.iter().map(|(value, _)| *value).collect();
            let found = list.near_among(PDQ, &values, radius, &shortlist).unwrap();
            assert_eq!(found, list.near(PDQ, &values, radius).unwrap(), "{rows}");
            assert!(rows < 1000 || found.len() > 3);
        }
        assert!(
            rows < 5000 || shortlist.rows.len() < 400,
            "{}",
            shortlist.rows.len()
        );
    }
}
