//! Fingerprints of a picture and the search among known ones, each beside the plain way of doing it.
//!
//! `cargo bench --ignore-rust-version --bench near_match`

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

#[path = "../tests/it/pdq_plain.rs"]
mod pdq_plain;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use image::{DynamicImage, Rgb, RgbImage};
use provscan::fingerprints::pdq::{Dihedral, full_size, resized};
use provscan::fingerprints::{Kind, Raster, Wanted, digests, imagehash, img_hash};
use provscan::lists::index::Near;

fn main() {
    divan::main();
}

const WIDTH: u32 = 2592;
const HEIGHT: u32 = 1944;
const ENTRIES: usize = 1_000_000;
const RADIUS: u32 = 31;

fn picture() -> DynamicImage {
    let pixel = |x: u32, y: u32| {
        let noise = x.wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b);
        Rgb([(x / 11) as u8, (y / 7 + x / 64) as u8, (noise >> 24) as u8])
    };
    RgbImage::from_fn(WIDTH, HEIGHT, pixel).into()
}

fn pixels() -> ItemsCount {
    ItemsCount::new(WIDTH * HEIGHT)
}

/// Five megapixels of RGB, decoded.
mod pdq {
    use super::*;

    #[divan::bench]
    fn kernel(bencher: Bencher) {
        let picture = picture();
        bencher.counter(pixels()).bench_local(|| {
            full_size(&Raster::of(black_box(&picture)).unwrap())
                .unwrap()
                .quality()
        });
    }

    #[divan::bench]
    fn kernel_with_eight_variants(bencher: Bencher) {
        let picture = picture();
        bencher.counter(pixels()).bench_local(|| {
            let spectrum = full_size(&Raster::of(black_box(&picture)).unwrap()).unwrap();
            Dihedral::ALL.map(|dihedral| spectrum.hash(dihedral))
        });
    }

    #[divan::bench]
    fn resized_to_512(bencher: Bencher) {
        let picture = picture();
        bencher.counter(pixels()).bench_local(|| {
            resized(&Raster::of(black_box(&picture)).unwrap())
                .unwrap()
                .quality()
        });
    }

    #[divan::bench(sample_count = 10)]
    fn plain_port(bencher: Bencher) {
        let picture = picture();
        bencher
            .counter(pixels())
            .bench_local(|| pdq_plain::hash(black_box(&picture)));
    }
}

/// The other perceptual hashes of the same picture.
#[divan::bench(sample_count = 10, args = ["imghash-gradient-8-lanczos3", "imghash-double-gradient-16-lanczos3", "imghash-median-8-lanczos3-dct", "imghash-blockhash-16"])]
fn img_hash_kinds(bencher: Bencher, name: &str) {
    let (picture, kind) = (picture(), name.parse::<Kind>().unwrap());
    bencher
        .counter(pixels())
        .bench_local(|| img_hash::hash(black_box(&picture), kind));
}

/// Those of Python's `imagehash`, the conversion to grey included.
#[divan::bench(sample_count = 10, args = ["imagehash-average-8", "imagehash-difference-8", "imagehash-phash-8", "imagehash-phash-16"])]
fn imagehash_kinds(bencher: Bencher, name: &str) {
    let (picture, kind) = (picture(), name.parse::<Kind>().unwrap());
    bencher
        .counter(pixels())
        .bench_local(|| imagehash::hash(black_box(&picture), kind));
}

/// The default kind as `image_hasher` computes it alone, with the resizing of `image`.
#[divan::bench(sample_count = 10)]
fn image_hasher_gradient_8(bencher: Bencher) {
    let (picture, hasher) = (picture(), ::img_hash::HasherConfig::new().to_hasher());
    bencher
        .counter(pixels())
        .bench_local(|| hasher.hash_image(black_box(&picture)));
}

/// Three digests in one pass over ten megabytes.
#[divan::bench(sample_count = 10)]
fn all_digests(bencher: Bencher) {
    let bytes: Vec<u8> = (0..10_u32 << 20)
        .map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes()[3])
        .collect();
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| digests(black_box(&bytes), Wanted::ALL));
}

/// Eight queries, as the variants of one picture are, among a million hashes; items are compared pairs.
mod near {
    use super::*;

    fn hashes(count: usize, seed: u64) -> Vec<[u8; 32]> {
        let mut state = seed;
        let mut word = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        };
        (0..count)
            .map(|_| {
                let mut hash = [0; 32];
                hash.as_chunks_mut::<8>()
                    .0
                    .iter_mut()
                    .for_each(|chunk| *chunk = word().to_le_bytes());
                hash
            })
            .collect()
    }

    fn index(hashes: &[[u8; 32]]) -> Near {
        Near::build(32, (0..).zip(hashes.iter().map(|hash| hash.as_slice()))).unwrap()
    }

    fn pairs(queries: usize) -> ItemsCount {
        ItemsCount::new(ENTRIES * queries)
    }

    #[divan::bench(sample_count = 20)]
    fn batch_of_8(bencher: Bencher) {
        let (index, queries) = (index(&hashes(ENTRIES, 1)), hashes(8, 2));
        bencher
            .counter(pairs(8))
            .bench_local(|| index.within_any(black_box(&queries), RADIUS));
    }

    #[divan::bench(sample_count = 20)]
    fn one_by_one_8(bencher: Bencher) {
        let (index, queries) = (index(&hashes(ENTRIES, 1)), hashes(8, 2));
        bencher.counter(pairs(8)).bench_local(|| {
            black_box(&queries)
                .iter()
                .map(|query| index.within(query, RADIUS).unwrap().len())
                .sum::<usize>()
        });
    }

    /// The radius of a second tier, for review only.
    #[divan::bench(sample_count = 20, args = [40, 60])]
    fn batch_of_8_at_radius(bencher: Bencher, radius: u32) {
        let (index, queries) = (index(&hashes(ENTRIES, 1)), hashes(8, 2));
        bencher
            .counter(pairs(8))
            .bench_local(|| index.within_any(black_box(&queries), radius));
    }

    #[divan::bench(sample_count = 20)]
    fn one(bencher: Bencher) {
        let (index, queries) = (index(&hashes(ENTRIES, 1)), hashes(1, 2));
        bencher
            .counter(pairs(1))
            .bench_local(|| index.within(black_box(&queries[0]), RADIUS));
    }

    #[divan::bench(sample_count = 10)]
    fn naive_filter_8(bencher: Bencher) {
        let words = |hash: &[u8; 32]| {
            let mut chunks = hash.as_chunks::<8>().0.iter();
            [(); 4].map(|()| u64::from_le_bytes(*chunks.next().unwrap()))
        };
        let hashes: Vec<[u64; 4]> = hashes(ENTRIES, 1).iter().map(words).collect();
        let queries: Vec<[u64; 4]> = self::hashes(8, 2).iter().map(words).collect();
        let distance = |a: &[u64; 4], b: &[u64; 4]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a ^ b).count_ones())
                .sum::<u32>()
        };
        bencher.counter(pairs(8)).bench_local(|| {
            let hits = |query| {
                hashes
                    .iter()
                    .filter(|hash| distance(hash, query) <= RADIUS)
                    .count()
            };
            black_box(&queries).iter().map(hits).sum::<usize>()
        });
    }
}
