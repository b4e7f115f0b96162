//! The open watermark: what looking for it takes beside decoding, how often it is found in photographs in which it was put,
//! and how near others come to it.
//!
//! `cargo bench --ignore-rust-version --bench watermark`; with `PROVSCAN_PHOTOS=folder` also the rates, on the photographs in
//! that folder. Only the first [`MARKED`] of those that are large enough are marked.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

mod common;
#[path = "../samples/make/embedder.rs"]
mod embedder;
#[path = "watermark/jpeg.rs"]
mod jpeg;

use common::{measuring, paired, picture, report};
use embedder::{Held, WRITERS, Writer};
use image::{DynamicImage, RgbImage, imageops};
use jpeg::Chroma;
use provscan::signals::watermark::dwt_dct::{Measure, measure};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Photographs that are marked.
const MARKED: usize = 60;

/// The shortest side of a photograph that is worth marking.
const SHORTEST: u32 = 760;

fn main() {
    if !measuring() {
        return;
    }
    times();
    match std::env::var_os("PROVSCAN_PHOTOS") {
        Some(folder) => rates(Path::new(&folder)),
        None => println!("PROVSCAN_PHOTOS names no folder of photographs: no rates"),
    }
}

/// Milliseconds beside decoding the same picture from JPEG.
fn times() {
    for side in [512, 1024, 2048] {
        let bytes = picture::photograph(1, side, side, 90);
        let decode = || image::load_from_memory(&bytes).unwrap();
        let image = decode();
        let times = paired(41, || measure(&image), decode);
        let wanted = if side == 1024 { "12 ms at most" } else { "" };
        report(
            &format!("looking, beside decoding, {side} × {side}"),
            &times,
            wanted,
        );
    }
}

/// Something that happens to a marked picture before it is looked at, and its name.
type Change = (&'static str, fn(&RgbImage) -> RgbImage);

const CHANGES: [Change; 7] = [
    ("pristine", RgbImage::clone),
    ("q95 4:2:0", |image| jpeg::saved(image, 95, Chroma::Halved)),
    ("q95 4:4:4", |image| jpeg::saved(image, 95, Chroma::Full)),
    ("q90", |image| jpeg::saved(image, 90, Chroma::Halved)),
    ("q75", |image| jpeg::saved(image, 75, Chroma::Halved)),
    ("90 %", |image| {
        let side = image.width() * 9 / 10;
        imageops::resize(image, side, side, imageops::CatmullRom)
    }),
    ("crop 8", |image| {
        imageops::crop_imm(image, 8, 8, image.width() - 8, image.height() - 8).to_image()
    }),
];

fn rates(folder: &Path) {
    let mut paths = Vec::new();
    photographs(folder, &mut paths);
    paths.sort();
    unmarked(&paths);
    let read = |path: &PathBuf| image::open(path).ok();
    let large = |photo: &DynamicImage| photo.width().min(photo.height()) >= SHORTEST;
    let marked: Vec<DynamicImage> = paths
        .iter()
        .filter_map(read)
        .filter(large)
        .take(MARKED)
        .collect();
    println!("\n{} photographs with the mark, found:\n", marked.len());
    let names: Vec<&str> = CHANGES.iter().map(|(name, _)| *name).collect();
    println!("| writer | side | {} |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(names.len()));
    for writer in &WRITERS {
        println!("{}", row(writer, &marked));
    }
}

fn photographs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("PROVSCAN_PHOTOS names a folder") {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => photographs(&path, found),
            false => found.push(path),
        }
    }
}

/// Rates of one writer, at the size of its pictures; wrong tools are no finds, and are counted apart.
fn row(writer: &Writer, photos: &[DynamicImage]) -> String {
    let side = match writer.tool {
        "Stable Diffusion 1.x" => 512,
        "Stable Diffusion 2.x" | "InvokeAI" => 768,
        _ => 1024,
    };
    let found: Vec<[Option<bool>; CHANGES.len()]> = photos
        .par_iter()
        .map(|photo| {
            let marked = writer.mark(&square(photo, side));
            CHANGES.map(|(_, change)| {
                let measured = measure(&change(&marked).into()).filter(|found| found.counts());
                measured.map(|found| found.tool == writer.tool)
            })
        })
        .collect();
    let cells = (0..CHANGES.len()).map(|change| {
        let of = |wanted| {
            found
                .iter()
                .filter(|row| row[change] == Some(wanted))
                .count()
        };
        let wrong = match of(false) {
            0 => String::new(),
            wrong => format!(" ({wrong} as another)"),
        };
        format!("{} %{wrong}", of(true) * 100 / photos.len().max(1))
    });
    let cells: Vec<String> = cells.collect();
    let order = match writer.held {
        Held::SwappedFloats => ", old RGB order",
        _ => "",
    };
    format!(
        "| {}{order} | {side} | {} |",
        writer.tool,
        cells.join(" | ")
    )
}

/// The middle of a photograph, at the size of a generator's pictures.
fn square(photo: &DynamicImage, side: u32) -> RgbImage {
    let short = photo.width().min(photo.height());
    let (x, y) = ((photo.width() - short) / 2, (photo.height() - short) / 2);
    let middle = photo.crop_imm(x, y, short, short).to_rgb8();
    imageops::resize(&middle, side, side, imageops::CatmullRom)
}

/// How near photographs without the mark come to it, as they are and at the sizes of generators.
fn unmarked(paths: &[PathBuf]) {
    let values = |path: &PathBuf| {
        let photo = image::open(path).ok()?;
        let sides = [512, 768, 1024].map(|side| square(&photo, side).into());
        let all = [DynamicImage::ImageRgb8(photo.to_rgb8())];
        let measured = all.iter().chain(&sides).filter_map(measure);
        let measured: Vec<Measure> = measured.collect();
        if measured.iter().any(Measure::counts) {
            println!("found in {}: {measured:.2?}", path.display());
        }
        Some(measured)
    };
    let values: Vec<Vec<Measure>> = paths.par_iter().filter_map(values).collect();
    let (photos, values) = (values.len(), values.concat());
    println!(
        "\n{} pictures without the mark, made of {photos} photographs, by z and likeness:\n",
        values.len()
    );
    let columns = [-1.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.1];
    println!("| z | below 0.1 | 0.2 | 0.3 | 0.4 | 0.5 | from 0.5 |\n|---|---|---|---|---|---|---|");
    let rows = [
        -99.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 99.0,
    ];
    for row in rows.windows(2) {
        let within = |one: &&Measure, column: &[f64]| {
            (row[0]..row[1]).contains(&one.z) && (column[0]..column[1]).contains(&one.likeness)
        };
        let counts = columns.windows(2).map(|column| {
            let count = values.iter().filter(|one| within(one, column)).count();
            count.to_string()
        });
        let counts: Vec<String> = counts.collect();
        println!("| below {} | {} |", row[1], counts.join(" | "));
    }
}
