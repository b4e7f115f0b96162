//! What a scan of photographs with every signal and a list of a million hashes takes, against decoding them and nothing else.
//!
//! `cargo bench --ignore-rust-version --bench decode [-- FOLDER]`: over drawn photographs, or over the JPEGs of a folder.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

mod common;

use std::hint::black_box;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use common::{Folder, measuring, picture};
use image::{ImageFormat, ImageReader};
use provscan::asset::Asset;
use provscan::fingerprints::Raster;
use provscan::fingerprints::pdq::{Dihedral, full_size};
use provscan::lists::{List, OpenOptions};
use provscan::reports::{self, ReportOptions};
use provscan::scan::inspect;
use provscan::sources::{Input, folder};
use provscan::{Inspector, Limits, Policy, Settings};

/// Entries of the list that photographs are compared with.
const ENTRIES: u64 = 1_000_000;

/// Rounds of each comparison.
const ROUNDS: usize = 8;

/// Pictures of at most so many pixels may carry a watermark that lies in the colours.
const COLOURS: u64 = 4_500_000;

fn main() {
    if !measuring() {
        return;
    }
    let place = Folder::new("decode");
    let path = place.file("list.txt", picture::pdq_list(ENTRIES).as_bytes());
    let settings = Settings {
        lists: vec![Arc::new(List::open(&path, OpenOptions::default()).unwrap())],
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let given = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let sets = match given {
        Some(path) => vec![("given", given_files(path))],
        None => vec![
            ("drawn, 5 MP", drawn(&place, "large", 4, 2592, 1944)),
            ("drawn, 1 MP", drawn(&place, "middle", 64, 1200, 900)),
        ],
    };
    for (name, files) in &sets {
        compare(name, files, &inspector);
    }
}

fn given_files(path: String) -> Vec<PathBuf> {
    let inputs = folder(path.as_ref(), Default::default());
    inputs
        .map(|input| PathBuf::from(input.name.as_os_str()))
        .collect()
}

fn drawn(place: &Folder, name: &str, count: u64, width: u32, height: u32) -> Vec<PathBuf> {
    let draw = |n| picture::photograph(n * 7, width, height, 85);
    let files = (0..count).map(|n| place.file(&format!("{name}-{n}.jpg"), &draw(n)));
    files.collect()
}

fn compare(name: &str, files: &[PathBuf], inspector: &Inspector) {
    let kind = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    let scan = || -> usize {
        let inputs = files.iter().map(Input::file);
        inputs
            .map(|input| {
                let name = input.name.clone();
                let inspection = inspect(inspector, input, &Limits::default());
                kind.record(&name, &inspection).len()
            })
            .sum()
    };
    let each = |decode: fn(Vec<u8>) -> usize| -> usize {
        files
            .iter()
            .map(|path| decode(std::fs::read(path).unwrap()))
            .sum()
    };
    println!("{} JPEGs ({name}), time on the processor:", files.len());
    for (against, decode, wanted) in [
        ("decoding luma alone", luma as fn(Vec<u8>) -> usize, ""),
        ("decoding RGB with the image crate", rgb, ""),
        (
            "decoding luma or RGB, by what is looked for",
            as_wanted,
            "; wanted 1.35 or less",
        ),
    ] {
        let ratio = ratio(scan, || each(decode));
        println!("  scan against {against}: {ratio}{wanted}");
    }
    let beside = ratio(|| each(both), || each(rgb));
    println!("  luma and RGB from one decoding, against RGB with the image crate: {beside}");
    let alone = ratio(|| each(luma), || each(rgb));
    println!("  luma alone, against RGB with the image crate: {alone}");
    bits(files);
}

/// In how many bits the hash of a file's luma differs from that of its colours, which is what the reference hashes.
fn bits(files: &[PathBuf]) {
    let distance = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let reader = ImageReader::with_format(Cursor::new(&bytes), ImageFormat::Jpeg);
        let image = reader.decode().unwrap();
        let colours = full_size(&Raster::of(&image).unwrap()).unwrap();
        let asset = asset(bytes);
        let luma = full_size(&asset.luma().unwrap()).unwrap();
        let [colours, luma] = [colours, luma].map(|one| one.hash(Dihedral::Original));
        colours.distance(&luma)
    };
    let mut distances: Vec<u32> = files.iter().map(distance).collect();
    distances.sort_unstable();
    let mean = f64::from(distances.iter().sum::<u32>()) / distances.len() as f64;
    let part = |hundredths: usize| distances[(distances.len() - 1) * hundredths / 100];
    println!(
        "  bits of PDQ that luma moves against colours: {mean:.2} in the mean, {} at the 95th hundredth, {} at most",
        part(95),
        part(100)
    );
}

/// Ours by the other's, run in turn: the median, and the quarters below and above it.
fn ratio(ours: impl Fn() -> usize, other: impl Fn() -> usize) -> String {
    black_box((ours(), other()));
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| seconds(&ours) / seconds(&other))
        .collect();
    ratios.sort_by(f64::total_cmp);
    let part = |part: usize| ratios[(ratios.len() - 1) * part / 4];
    format!(
        "{:.2} (quartiles {:.2} to {:.2})",
        part(2),
        part(1),
        part(3)
    )
}

fn seconds(work: impl Fn() -> usize) -> f64 {
    let (cpu, clock) = (on_cpu(), Instant::now());
    black_box(work());
    match (cpu, on_cpu()) {
        (Some(before), Some(after)) => after - before,
        _ => clock.elapsed().as_secs_f64(),
    }
}

/// How long this thread, which does all of the work, was on a processor, where the system tells: what else the machine does
/// counts for nothing then.
fn on_cpu() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = status.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn asset(bytes: Vec<u8>) -> Asset {
    Asset::new("photograph", bytes, Limits::default())
}

fn luma(bytes: Vec<u8>) -> usize {
    asset(bytes).luma().unwrap().width()
}

fn both(bytes: Vec<u8>) -> usize {
    let asset = asset(bytes);
    asset.expect_colours();
    asset.luma().unwrap().width()
}

fn rgb(bytes: Vec<u8>) -> usize {
    let reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
    reader.decode().unwrap().as_bytes().len()
}

fn as_wanted(bytes: Vec<u8>) -> usize {
    let asset = asset(bytes);
    let (width, height) = asset.container().dimensions.unwrap();
    match u64::from(width) * u64::from(height) <= COLOURS {
        true => {
            let reader = ImageReader::with_format(Cursor::new(asset.bytes()), ImageFormat::Jpeg);
            reader.decode().unwrap().as_bytes().len()
        }
        false => asset.luma().unwrap().width(),
    }
}
