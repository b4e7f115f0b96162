//! What changes to a picture PDQ survives, with second tries and without, and how often distinct pictures match.
//!
//! `PROVSCAN_PHOTOS=folder cargo bench --ignore-rust-version --profile dev --bench robustness`, with at least a hundred
//! distinct photographs in the folder. `PROVSCAN_ROWS=border,letterbox` keeps to the rows whose names contain one of these.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

#[path = "robustness/drawing.rs"]
mod drawing;
#[path = "robustness/frames.rs"]
mod frames;
#[path = "robustness/pages.rs"]
mod pages;
#[path = "robustness/screens.rs"]
mod screens;
#[path = "robustness/table.rs"]
mod table;
#[path = "robustness/tones.rs"]
mod tones;

use image::{DynamicImage, RgbImage, imageops};
use provscan::fingerprints::pdq::{Dihedral, Pdq, full_size};
use provscan::fingerprints::{Raster, trims};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// One change: its name in the table and what it does; the number differs from picture to picture.
type Change = (&'static str, fn(&RgbImage, u32) -> RgbImage);

/// The longest side at which photographs are changed, so that a run takes minutes.
const LONGEST: u32 = 1000;

fn main() {
    let Some(folder) = std::env::var_os("PROVSCAN_PHOTOS") else {
        println!("robustness: skipped, for PROVSCAN_PHOTOS names no folder of photographs");
        return;
    };
    let photos = read(Path::new(&folder));
    let originals: Vec<Pdq> = photos.par_iter().map(plain).collect();
    println!(
        "{} photographs, longest side {LONGEST} at most\n",
        photos.len()
    );
    table::head();
    let mut sums = [table::Sums::default(); 2];
    for (name, change) in changes() {
        let seen: Vec<Seen> = photos
            .par_iter()
            .enumerate()
            .map(|(n, photo)| Seen::of(&change(photo, n as u32)))
            .collect();
        for (sums, row) in sums.iter_mut().zip(table::row(name, &originals, &seen)) {
            sums.add(&row);
        }
    }
    println!("\nWith the originals listed: ");
    sums[0].print();
    println!("With the changed pictures listed: ");
    sums[1].print();
    pages::report();
}

/// All changes, or those that were asked for.
fn changes() -> Vec<Change> {
    let wanted = std::env::var("PROVSCAN_ROWS").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(',').collect();
    let all = tones::ALL.iter().chain(frames::ALL);
    all.filter(|(name, _)| wanted.iter().any(|part| name.contains(part)))
        .copied()
        .collect()
}

fn read(folder: &Path) -> Vec<RgbImage> {
    let entries = folder.read_dir().expect("PROVSCAN_PHOTOS names a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let photo = |path: &PathBuf| {
        let image = image::open(path).ok()?;
        let longest = image.width().max(image.height());
        let image = if longest > LONGEST {
            image.resize(LONGEST, LONGEST, imageops::Triangle)
        } else {
            image
        };
        Some(image.to_rgb8())
    };
    paths.par_iter().filter_map(photo).collect()
}

fn plain(image: &RgbImage) -> Pdq {
    let image = DynamicImage::ImageRgb8(image.clone());
    let spectrum = full_size(&Raster::of(&image).unwrap()).unwrap();
    spectrum.hash(Dihedral::Original)
}

/// What is looked up for one picture: the eight hashes of the whole, and of each part that may be the original.
pub(crate) struct Seen {
    whole: Vec<Pdq>,
    parts: Vec<Vec<Pdq>>,
    pub(crate) text_like: bool,
}

impl Seen {
    fn of(image: &RgbImage) -> Self {
        let image = DynamicImage::ImageRgb8(image.clone());
        let raster = Raster::of(&image).unwrap();
        let eight = |raster: &Raster<'_>| {
            let spectrum = full_size(raster).unwrap();
            Dihedral::ALL
                .map(|dihedral| spectrum.hash(dihedral))
                .to_vec()
        };
        let found = trims::candidates(&raster);
        let parts = found.iter().map(|trim| eight(&trim.of(&raster).unwrap()));
        Self {
            parts: parts.collect(),

            whole: eight(&raster),
            text_like: trims::text_like(&raster),
        }
    }

    /// What a list has of this picture.
    pub(crate) fn original(&self) -> &Pdq {
        &self.whole[0]
    }

    /// The distance of the whole as it is: the reference's way.
    pub(crate) fn plain(&self, known: &Pdq) -> u32 {
        self.whole[0].distance(known)
    }

    /// The distance of the whole or a part, turned and mirrored in any way.
    pub(crate) fn any(&self, known: &Pdq) -> u32 {
        let all = self.whole.iter().chain(self.parts.iter().flatten());
        all.map(|hash| hash.distance(known)).min().unwrap()
    }

    /// The distance of the whole or a part as they are.
    pub(crate) fn upright(&self, known: &Pdq) -> u32 {
        let parts = self.parts.iter().map(|part| &part[0]);
        let upright = self.whole.iter().take(1).chain(parts);
        upright.map(|hash| hash.distance(known)).min().unwrap()
    }

    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }
}
