//! Fingerprints of a picture, each beside the plain way of computing it. `search` has the search among known ones.
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

fn main() {
    divan::main();
}

const WIDTH: u32 = 2592;
const HEIGHT: u32 = 1944;

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
