//! Comparing what was kept of many images with a new list, all at once beside one by one; and grouping images that look alike.
//!
//! `cargo bench --ignore-rust-version --bench retro [-- IMAGES [GROUPED]]`; times are for a million images, taken from fewer.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

#[path = "common/random.rs"]
mod random;

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::{DynamicImage, GrayImage, Luma};
use provscan::fingerprints::pdq::{PDQ, full_size};
use provscan::fingerprints::{Fingerprint, MD5, Raster, SHA1, SHA256};
use provscan::grouping::Grouping;
use provscan::lists::{Entry, List, ListOptions};
use provscan::prints::{Eight, Place, Prints, Turned};
use provscan::signals::Outcome;
use provscan::signals::known_image::KnownImage;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use random::Random;

/// Images that are looked up one by one.
const ONE_BY_ONE: usize = 200;

/// Images that are handed over at once.
const AT_ONCE: usize = 4096;

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok());
    let images = numbers.next().unwrap_or(20_000);
    let grouped = numbers.next().unwrap_or(100_000);
    println!(
        "{images} images, half of them larger than 512 pixels; {} threads",
        rayon::current_num_threads()
    );
    let stored: Vec<Vec<u8>> = (0..images as u64)
        .map(|n| prints(n, n % 2 == 0).to_bytes())
        .collect();
    let bytes: usize = stored.iter().map(Vec::len).sum();
    println!("  {} bytes an image", bytes / images);
    let moved = (0..200).map(|n| {
        let [one, other] = [0, 1].map(|noise| eight(n, (noise, RESIZED)).hashes);
        one[0].distance(&other[0])
    });
    println!(
        "  {} bits between both hashes of a large one",
        moved.sum::<u32>() / 200
    );
    for entries in [1_000, 10_000, 100_000, 1_000_000] {
        against(&stored, entries);
    }
    group(grouped as u64);
}

/// Grey levels of noise that move a hash by some 8 bits, as resizing a photograph to 512 pixels does.
const RESIZED: u64 = 14;

/// Grey levels of noise that move a hash by more, and by less than the threshold.
const PASSED_ON: u64 = 40;

/// The hashes of a drawn picture, and of the same with so many grey levels of noise over it.
fn eight(number: u64, (noise, levels): (u64, u64)) -> Eight {
    let (mut picture, mut over) = (Random(number), Random(number ^ noise << 40));
    let mut drawn = GrayImage::new(64, 64);
    for pixel in drawn.pixels_mut() {
        let noise = if noise > 0 {
            over.next() % levels
        } else {
            levels / 2
        };
        *pixel = Luma([(picture.next() % 200 + noise) as u8]);
    }
    let drawn = DynamicImage::ImageLuma8(drawn);
    Eight::of(&full_size(&Raster::of(&drawn).unwrap()).unwrap())
}

fn prints(number: u64, large: bool) -> Prints {
    let digest = |kind, len: usize| {
        let value: Vec<u8> = number.to_le_bytes().into_iter().cycle().take(len).collect();
        Fingerprint::new(kind, value).unwrap()
    };
    let turned = Turned {
        place: Place::Whole,
        full: Some(eight(number, (0, RESIZED))),
        small: large.then(|| eight(number, (1, RESIZED))),
        large,
    };
    let digests = vec![digest(MD5, 16), digest(SHA1, 20), digest(SHA256, 32)];
    Prints::given(digests, Some(turned))
}

fn against(stored: &[Vec<u8>], entries: u64) {
    let known = (0..10).map(|n| eight(n * 7, (3, PASSED_ON)).hashes[n as usize % 8].0);
    let mut random = Random(77);
    let others = (10..entries).map(|_| std::array::from_fn(|_| (random.next() >> 30) as u8));
    let entry = |value: [u8; 32]| Entry::new(Fingerprint::new(PDQ, value).unwrap(), "");
    let all = known.chain(others).map(entry).collect();
    let list = Arc::new(List::new("list", ListOptions::default(), all).unwrap());
    let signal = KnownImage::new(&[list]);

    let began = Instant::now();
    signal.screen(&[]);
    let made = began.elapsed();
    let began = Instant::now();
    let mut flagged = Vec::new();
    let mut found = 0;
    for some in stored.chunks(AT_ONCE) {
        let some: Vec<Prints> = some
            .par_iter()
            .map(|one| Prints::from_bytes(one).unwrap())
            .collect();
        let must = signal.screen(&some.iter().collect::<Vec<_>>());
        let looked_at = some.par_iter().zip(&must).filter(|(_, must)| **must);
        found += looked_at.filter(|(one, _)| is_found(&signal, one)).count();
        flagged.extend(must);
    }
    let at_once = per_million(began.elapsed(), stored.len()) + made;

    let some: Vec<Prints> = stored[..ONE_BY_ONE]
        .iter()
        .map(|one| Prints::from_bytes(one).unwrap())
        .collect();
    let began = Instant::now();
    let hits: Vec<bool> = some.par_iter().map(|one| is_found(&signal, one)).collect();
    let one_by_one = per_million(began.elapsed(), some.len());
    // What is found one by one has to be found at once, or the times mean nothing.
    assert!(hits.iter().zip(&flagged).all(|(hit, must)| !hit || *must));
    println!(
        "  {entries:>8} entries: {:>8.1} s at once ({} to look at, {found} found), {:>8.1} s one by one, {:.1} times faster",
        at_once.as_secs_f64(),
        flagged.iter().filter(|must| **must).count(),
        one_by_one.as_secs_f64(),
        one_by_one.as_secs_f64() / at_once.as_secs_f64(),
    );
}

fn is_found(signal: &KnownImage, prints: &Prints) -> bool {
    matches!(signal.match_prints(prints), Outcome::Found(_))
}

fn per_million(time: Duration, images: usize) -> Duration {
    time.mul_f64(1e6 / images as f64)
}

/// Every tenth picture is like one before.
fn group(images: u64) {
    let all: Vec<Vec<u8>> = (0..images)
        .map(|n| if n % 10 == 9 { (n / 2, 5) } else { (n, 0) })
        .map(|(n, noise)| {
            let turned = Turned {
                place: Place::Whole,
                full: Some(eight(n, (noise, PASSED_ON))),
                small: None,
                large: false,
            };
            Prints::given(Vec::new(), Some(turned)).to_bytes()
        })
        .collect();
    let began = Instant::now();
    let mut grouping = Grouping::default();
    for (n, one) in (1_u64..).zip(&all) {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_be_bytes());
        grouping.add(Some(digest), Some(&Prints::from_bytes(one).unwrap()));
    }
    let grouped = grouping.finish().filter(Option::is_some).count();
    println!(
        "{images} images grouped in {:.1?}; {grouped} are like another",
        began.elapsed()
    );
}
