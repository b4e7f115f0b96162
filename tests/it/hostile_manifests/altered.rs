//! Signed images that were altered: bits flipped within the store, cut off at its borders, stores moved to other images.
//! Whatever is still proven afterwards must be proven of the same picture, in the same words.

use std::fs;
use std::path::Path;

use provscan::asset::{Asset, BlockKind, Sidecar};
use provscan::error::FaultKind;
use provscan::evidence::{Evidence, Value};
use provscan::{Inspection, Inspector, Limits};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::proven;
use crate::support::{Random, Sample, TRUSTED, inspector};

/// Ways in which each image is altered.
const FLIPS: u64 = 120;
const CUTS: usize = 24;

/// A signed image and what is said of it.
struct Signed {
    name: String,
    bytes: Vec<u8>,
    said: Inspection,
    /// Pieces of the store.
    pieces: Vec<std::ops::Range<usize>>,
}

impl Signed {
    fn new(inspector: &Inspector, name: &str, bytes: Vec<u8>) -> Self {
        let asset = asset(name, bytes.clone());
        let blocks = asset.container().blocks.iter();
        let pieces = blocks.filter(|block| block.kind == BlockKind::Jumbf);
        Self {
            name: name.into(),
            said: inspector.inspect(&asset),
            pieces: pieces.map(|block| block.range.clone()).collect(),
            bytes,
        }
    }
}

fn asset(name: &str, bytes: Vec<u8>) -> Asset {
    let limits = Limits {
        max_pixels: 4_000_000,
        ..Limits::default()
    };
    Asset::new(name, bytes, limits)
}

/// Every signed sample.
fn samples(inspector: &Inspector) -> Vec<Signed> {
    let mut names = TRUSTED.to_vec();
    names.extend(["untrusted-signer.jpg", "untrusted-past.jpg", "expired.jpg"]);
    names.extend([
        "update-manifest.jpg",
        "redacted.jpg",
        "exchanged-ingredient.jpg",
    ]);
    names.extend(["bound-in-part.jpg", "exif-left-out.jpg", "identity.jpg"]);
    // Not `revoked.jpg`: nothing signs the answer beside its signature, and without it nobody knows of the revocation.
    names.extend(["bad-certificate.jpg", "not-checkable.jpg"]);
    let open = |name: &str| Sample::open(&format!("content_credentials/{name}")).bytes;
    let all = names
        .iter()
        .map(|name| Signed::new(inspector, name, open(name)));
    all.collect()
}

/// Some signed files of the corpus, of moderate size and with trusted signers among them.
fn corpus(inspector: &Inspector) -> Vec<Signed> {
    const FILES: [&str; 5] = [
        "TrustNXT+c2pa-ts/tests/fixtures/amazon-titan-g1.png",
        "contentauth+c2pa-rs/sdk/tests/fixtures/ocsp_with_assertion.jpg",
        "contentauth+c2pa-rs/sdk/tests/fixtures/update_manifest.jpg",
        "contentauth+c2pa-rs/sdk/tests/fixtures/CIE-sig-CA.jpg",
        "c2pa-org+public-testfiles/image/jpeg/adobe-20220124-CACAICAICICA.jpg",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/c2pa");
    let read = FILES
        .iter()
        .filter_map(|name| Some((name, fs::read(folder.join(name)).ok()?)));
    let all: Vec<_> = read
        .map(|(name, bytes)| Signed::new(inspector, name, bytes))
        .collect();
    if all.is_empty() {
        println!("skipped: ../shared/corpus is not there");
    }
    all
}

/// Holds the answer for altered bytes to what must be true of every one; tells whether anything is still proven.
fn look(inspector: &Inspector, signed: &Signed, bytes: Vec<u8>, what: &str) -> bool {
    let name = &signed.name;
    let altered = bytes != signed.bytes;
    let picture = altered.then(|| bytes.clone());
    let found = inspector.inspect(&asset(name, bytes));
    for fault in &found.faults {
        assert_ne!(fault.kind, FaultKind::Internal, "{name}, {what}: {fault}");
    }
    let before = proven(&signed.said);
    let now = proven(&found);
    let Some(picture) = picture.filter(|_| !now.is_empty()) else {
        return false;
    };
    let still = |one: &&Evidence| before.iter().any(|was| says_no_more(one, was));
    assert!(now.iter().all(still), "{name}, {what}: {now:?}");
    assert_eq!(found.dimensions, signed.said.dimensions, "{name}, {what}");
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).ok().map(|p| p.into_rgba8());
    assert!(
        pixels(&picture) == pixels(&signed.bytes),
        "{name}, {what}: another picture"
    );
    true
}

/// The same words or fewer. Nothing signs a time-stamp or evidence on revocation, so that one that is damaged is gone.
fn says_no_more(now: &Evidence, before: &Evidence) -> bool {
    const UNSIGNED: [&str; 3] = ["currency", "signed_at", "time_vouched_for_by"];
    let time_is_vouched_for = now.detail.iter().any(|(key, value)| {
        *key == "time_vouched_for_by" && *value != Value::from("nobody on a list")
    });
    let known = |one: &(&str, Value)| UNSIGNED.contains(&one.0) || before.detail.contains(one);
    now == before
        || (now.code == before.code && !time_is_vouched_for && now.detail.iter().all(known))
}

/// Some bits flipped within the store, half of them near the front, where most structure is.
fn flipped(signed: &Signed, seed: u64) -> Vec<u8> {
    let random = &mut Random::new(seed * 7919 + signed.bytes.len() as u64);
    let mut bytes = signed.bytes.clone();
    for _ in 0..=random.below(3) {
        let piece = &signed.pieces[random.below(signed.pieces.len())];
        let span = [piece.len(), piece.len().min(4_000)][random.below(2)];
        bytes[piece.start + random.below(span)] ^= 1 << random.below(8);
    }
    bytes
}

fn flip_all(inspector: &Inspector, all: &[Signed]) -> usize {
    let each = all.par_iter().map(|signed| {
        let seeds = (0..FLIPS).into_par_iter();
        let kept = seeds.filter(|seed| {
            look(
                inspector,
                signed,
                flipped(signed, *seed),
                &format!("seed {seed}"),
            )
        });
        kept.count()
    });
    each.sum()
}

#[test]
fn flips_within_the_stores_of_samples() {
    let inspector = inspector(&[]);
    let all = samples(&inspector);
    for signed in all
        .iter()
        .filter(|one| TRUSTED.contains(&one.name.as_str()))
    {
        assert!(!proven(&signed.said).is_empty(), "{}", signed.name);
    }
    let kept = flip_all(&inspector, &all);
    // Padding is there to be hit, and most of a store is bound.
    let tried = all.len() * FLIPS as usize;
    assert!((1..tried / 2).contains(&kept), "{kept} of {tried}");
}

#[test]
fn flips_within_the_stores_of_real_files() {
    let inspector = crate::corpus::inspector();
    let all = corpus(&inspector);
    let real = all.iter().filter(|signed| !signed.pieces.is_empty());
    assert_eq!(real.count(), all.len());
    flip_all(&inspector, &all);
}

#[test]
fn cuts_within_and_around_the_store() {
    let inspector = inspector(&[]);
    for signed in samples(&inspector) {
        let (first, last) = (signed.pieces[0].start, signed.pieces.last().unwrap().end);
        let borders = [
            first - 12,
            first - 4,
            first,
            first + 8,
            last - 1,
            last,
            last + 4,
        ];
        let spread = (1..CUTS).map(|part| first + (last - first) * part / CUTS);
        let cuts = borders.into_iter().chain(spread);
        let cuts: Vec<usize> = cuts.filter(|at| at + 3 < signed.bytes.len()).collect();
        cuts.into_par_iter().for_each(|at| {
            let name = &signed.name;
            let ended = signed.bytes[..at].to_vec();
            assert!(
                !look(&inspector, &signed, ended, &format!("ended at {at}")),
                "{name} {at}"
            );
            // Bytes gone from the middle, and bytes put there.
            let gone = [&signed.bytes[..at], &signed.bytes[at + 3..]].concat();
            assert!(
                !look(&inspector, &signed, gone, &format!("gone at {at}")),
                "{name} {at}"
            );
            let more = [&signed.bytes[..at], b"abc", &signed.bytes[at..]].concat();
            assert!(
                !look(&inspector, &signed, more, &format!("more at {at}")),
                "{name} {at}"
            );
        });
    }
}

/// The bytes of one image with the store, and all that carries it, of another.
fn moved(from: &Signed, to: &Signed) -> Option<Vec<u8>> {
    let ending = |signed: &Signed| signed.name.rsplit('.').next().map(str::to_owned);
    let whole = |signed: &Signed| {
        let (before, after) = match ending(signed)?.as_str() {
            "jpg" => (12, 0),
            "png" => (8, 4),
            _ => (8, 0),
        };
        Some(signed.pieces.first()?.start - before..signed.pieces.last()?.end + after)
    };
    if ending(from) != ending(to) {
        return None;
    }
    let (taken, place) = (whole(from)?, whole(to)?);
    Some(
        [
            &to.bytes[..place.start],
            &from.bytes[taken],
            &to.bytes[place.end..],
        ]
        .concat(),
    )
}

#[test]
fn stores_moved_to_other_images() {
    let inspector = inspector(&[]);
    let all = samples(&inspector);
    let mut count = 0;
    for from in &all {
        for to in all.iter().filter(|to| to.name != from.name) {
            if let Some(bytes) = moved(from, to) {
                let kept = look(
                    &inspector,
                    to,
                    bytes,
                    &format!("with the store of {}", from.name),
                );
                assert!(!kept, "{} in {}", from.name, to.name);
                count += 1;
            }
            // The same store beside the image instead of in it.
            let plain = [&to.bytes[..2], &to.bytes[to.pieces.last().unwrap().end..]].concat();
            let store: Vec<&[u8]> = from
                .pieces
                .iter()
                .map(|piece| &from.bytes[piece.clone()])
                .collect();
            let sidecar = Sidecar {
                name: "beside.c2pa".into(),
                bytes: store.concat().into(),
            };
            let found = inspector.inspect(&asset(&to.name, plain).with_sidecar(Some(sidecar)));
            assert!(
                proven(&found).is_empty(),
                "{} beside {}",
                from.name,
                to.name
            );
        }
        // The picture's last byte before the end is part of it.
        let mut bytes = from.bytes.clone();
        let near_the_end = bytes.len() - 40;
        bytes[near_the_end] ^= 1;
        assert!(
            !look(&inspector, from, bytes, "a changed picture"),
            "{}",
            from.name
        );
    }
    assert!(count > 50);
}
