//! What marks, watermarks and traces cost: of metadata beside a bare EXIF reader, and of all of them in a scan of photographs
//! that carry none.
//!
//! `cargo bench --ignore-rust-version --bench marks`; `PROVSCAN_PHOTOS=folder` adds real photographs to the drawn ones.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

mod common;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{Folder, here, measuring, paired, picture, report, shared};
use provscan::lists::{List, OpenOptions};
use provscan::sources::{FolderOptions, Place, folder};
use provscan::{Asset, Inspector, Limits, Policy, Settings};

/// Signals that look for neither marks nor traces.
const OTHERS: &[&str] = &["content_credentials", "thumbnails", "known_image"];

/// Photographs of one size that are gone through in one round.
const DRAWN: u64 = 6;

fn main() {
    if !measuring() {
        return println!("marks: skipped, for this is no `cargo bench`");
    }
    metadata("the samples", &here("samples/generator_metadata"));
    if let Some(corpus) = shared("corpus/marks") {
        metadata("real files with and without marks", &corpus);
    }
    let target = Folder::new("marks");
    let hashes = target.file("list.txt", picture::pdq_list(1_000_000).as_bytes());
    let list = Arc::new(List::open(&hashes, OpenOptions::default()).unwrap());
    for (name, width, height) in [
        ("1 MP", 1152, 864),
        ("5 MP", 2592, 1944),
        ("12 MP", 4000, 3000),
    ] {
        let photos: Vec<Vec<u8>> = (0..DRAWN)
            .map(|seed| picture::photograph(seed, width, height, 88))
            .collect();
        scans(
            &format!("{DRAWN} drawn photographs of {name}"),
            &photos,
            &list,
        );
    }
    if let Some(real) = std::env::var_os("PROVSCAN_PHOTOS") {
        let photos: Vec<Vec<u8>> = files(Path::new(&real))
            .iter()
            .map(|path| std::fs::read(path).unwrap())
            .collect();
        scans(
            &format!("{} real photographs", photos.len()),
            &photos,
            &list,
        );
    }
}

/// Every file below a folder.
fn files(below: &Path) -> Vec<PathBuf> {
    folder(below, FolderOptions::default())
        .filter_map(|input| match input.place {
            Place::File(path) => Some(path),
            _ => None,
        })
        .collect()
}

fn inspector(settings: Settings) -> Inspector {
    Inspector::new(&settings, Policy::default()).unwrap()
}

/// Marks in metadata, against a well-kept reader that lists the EXIF fields and nothing else.
fn metadata(what: &str, below: &Path) {
    let pictures: Vec<Vec<u8>> = files(below)
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let inspector = inspector(Settings {
        signals: Some(vec!["generator_metadata".to_owned()]),
        ..Settings::default()
    });
    let mut slowest = std::time::Duration::ZERO;
    let ours = || {
        for bytes in &pictures {
            let asset = asset(bytes);
            // What every inspection does besides: a digest of the file.
            asset.sha256();
            let began = std::time::Instant::now();
            inspector.inspect(&asset);
            slowest = slowest.max(began.elapsed());
        }
    };
    let other = || {
        for bytes in &pictures {
            let _ = asset(bytes).sha256();
            let _ = exif::Reader::new().read_from_container(&mut Cursor::new(bytes));
        }
    };
    let times = paired(20, ours, other);
    report(
        &format!(
            "marks in the metadata of {what}, {} files, against listing EXIF alone",
            pictures.len()
        ),
        &times,
        "",
    );
    println!(
        "  that is {:.0} µs a file, digest included; the slowest took {slowest:.2?}; wanted 500 µs or less",
        times.ours.as_secs_f64() * 1e6 / pictures.len() as f64
    );
}

/// A scan with every signal, against one without marks and traces.
fn scans(what: &str, photos: &[Vec<u8>], list: &Arc<List>) {
    let without = Some(OTHERS.iter().map(|&name| name.to_owned()).collect());
    for (with_list, lists) in [
        ("with a list of a million hashes", vec![list.clone()]),
        ("without a list", Vec::new()),
    ] {
        let (all, others) = (
            inspector(Settings {
                lists: lists.clone(),
                ..Settings::default()
            }),
            inspector(Settings {
                lists,
                signals: without.clone(),
                ..Settings::default()
            }),
        );
        let go = |inspector: &Inspector| {
            for bytes in photos {
                inspector.inspect(&asset(bytes));
            }
        };
        let rounds = if photos.len() > 50 { 5 } else { 15 };
        let times = paired(rounds, || go(&all), || go(&others));
        report(
            &format!("{what}, {with_list}: every signal, against those without marks and traces"),
            &times,
            if with_list.starts_with("with a") {
                "1.10 or less"
            } else {
                ""
            },
        );
    }
}

fn asset(bytes: &[u8]) -> Asset {
    Asset::new("a.jpg", bytes.to_vec(), Limits::default())
}
