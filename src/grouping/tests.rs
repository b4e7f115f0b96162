use proptest::prelude::*;

use super::*;
use crate::fingerprints::pdq::{Dihedral, Pdq};

fn candidate(hash: Pdq, radius: u32) -> Candidate {
    Candidate {
        hashes: Dihedral::expected(&hash),
        radius,
    }
}

fn digest(number: usize) -> [u8; 32] {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&(number as u64 + 1).to_be_bytes());
    digest
}

fn flipped(hash: &Pdq, bits: impl IntoIterator<Item = u8>) -> Pdq {
    let mut flipped = *hash;
    for bit in bits {
        flipped.0[usize::from(bit / 8)] ^= 1 << (bit % 8);
    }
    flipped
}

fn random(seed: u64) -> Pdq {
    let mut state = seed;
    Pdq(std::array::from_fn(|_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 40) as u8
    }))
}

fn groups(images: Vec<(usize, Option<Candidate>)>) -> Vec<Option<(String, u64)>> {
    let mut grouping = Grouping::default();
    for (number, seen) in images {
        let sha256 = Some(digest(number));
        grouping.waiting.push(Waiting { sha256, seen });
        if grouping.waiting.len() >= BATCH {
            grouping.sort_in();
        }
    }
    let groups = grouping.finish();
    groups
        .map(|group| group.map(|group| (group.id, group.size)))
        .collect()
}

fn named(number: usize, size: u64) -> Option<(String, u64)> {
    Some((to_hex(&digest(number)[..8]), size))
}

#[test]
fn like_pictures_and_equal_files_are_grouped() {
    let (one, other) = (random(1), random(2));
    let mirrored = Dihedral::expected(&one)[5];
    let found = groups(vec![
        (0, Some(candidate(one, RADIUS))),
        (1, Some(candidate(other, RADIUS))),
        (2, Some(candidate(flipped(&one, 0..31), RADIUS))),
        (3, Some(candidate(flipped(&mirrored, 9..29), RADIUS))),
        (4, None),
        (4, None),
        (5, Some(candidate(flipped(&one, 0..32), RADIUS))),
        (6, None),
    ]);
    let expected = [
        named(0, 3),
        None,
        named(0, 3),
        named(0, 3),
        named(4, 2),
        named(4, 2),
        None,
        None,
    ];
    assert_eq!(found, expected);
}

#[test]
fn chains_end_at_the_first_member() {
    let first = random(3);
    let steps = (0..5_u8).map(|step| flipped(&first, 0..step * 20));
    let images = steps
        .enumerate()
        .map(|(n, hash)| (n, Some(candidate(hash, RADIUS))));
    // 0 and 20 bits, 40 and 60, and 80 alone.
    let expected = [named(0, 2), named(0, 2), named(2, 2), named(2, 2), None];
    assert_eq!(groups(images.collect()), expected);
}

#[test]
fn pictures_of_text_are_grouped_at_a_small_distance_only() {
    let page = random(4);
    let text = |hash| Some(candidate(hash, TEXT_RADIUS));
    let found = groups(vec![
        (0, text(page)),
        (1, text(flipped(&page, 200..209))),
        (2, text(flipped(&page, 0..8))),
        (3, Some(candidate(flipped(&page, 100..120), RADIUS))),
    ]);
    assert_eq!(found[0], named(0, 2));
    assert_eq!(found[2], named(0, 2));
    assert_eq!((&found[1], &found[3]), (&None, &None));
}

#[test]
fn what_could_not_be_read_is_in_no_group() {
    let found = Grouping::of([(None, None), (None, None)].into_iter());
    assert_eq!(found, [None, None]);
}

/// What grouping is defined as: each image beside the first of every group.
fn plainly(images: &[(usize, Option<Pdq>)]) -> Vec<usize> {
    let mut firsts: Vec<(usize, Pdq)> = Vec::new();
    let mut of: Vec<usize> = Vec::new();
    for (place, (number, hash)) in images.iter().enumerate() {
        if let Some(same) = images[..place]
            .iter()
            .position(|(other, _)| other == number)
        {
            of.push(of[same]);
            continue;
        }
        let distance = |first: &Pdq, own: &Pdq| {
            let turned = Dihedral::expected(own);
            turned.iter().map(|own| own.distance(first)).min().unwrap()
        };
        let near = hash.iter().flat_map(|own| {
            let near = firsts
                .iter()
                .map(|(first, hash)| (distance(hash, own), *first));
            near.filter(|(distance, _)| *distance <= RADIUS)
        });
        let group = near.min().map(|(_, first)| first);
        if let (None, Some(hash)) = (group, hash) {
            firsts.push((place, *hash));
        }
        of.push(group.unwrap_or(place));
    }
    of
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn groups_are_those_of_comparing_with_every_first(
        picks in proptest::collection::vec((0..12_u64, 0..8_usize, 0..26_u8, 0..200_u8), 0..3000),
    ) {
        let picture = |(base, turn, flips, from): &(u64, usize, u8, u8)| {
            let turned = Dihedral::expected(&random(*base))[*turn];
            (*base > 0).then(|| flipped(&turned, *from..from + flips))
        };
        let images: Vec<(usize, Option<Pdq>)> = picks
            .iter()
            .enumerate()
            .map(|(n, pick)| (if n % 7 == 3 { n / 2 } else { n }, picture(pick)))
            .collect();
        let plain = plainly(&images);
        let all = images.iter().map(|(n, hash)| (*n, hash.map(|hash| candidate(hash, RADIUS))));
        let found = groups(all.collect());
        for (place, of) in plain.iter().enumerate() {
            let size = plain.iter().filter(|other| *other == of).count() as u64;
            let expected = (size > 1).then(|| named(images[*of].0, size)).flatten();
            prop_assert_eq!(&found[place], &expected);
        }
    }
}
