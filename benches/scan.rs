//! Many images: what a scan costs beside decoding them, or beside reading them where nothing needs decoding, and what
//! loading a list takes.
//!
//! `cargo bench --ignore-rust-version --bench scan`

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

mod common;

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use common::{Folder, Paired, measuring, paired, picture, report, shared};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use image::{ImageFormat, ImageReader};
use provscan::error::Fault;
use provscan::lists::{List, OpenOptions};
use provscan::reports::{self, ReportOptions};
use provscan::scan::{Answer, Doubtful, Inspecting, Job, ScanOptions, Summary, inspect, scan};
use provscan::sources::{Input, Name, Stamp, folder};
use provscan::{Inspection, Inspector, Limits, Policy, Settings};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// Entries of the list that photographs are compared with.
const ENTRIES: u64 = 100_000;

fn main() {
    divan::main();
    if measuring() {
        println!();
        memory();
        engine();
        against_decoding();
        small_files();
        common::loading::report();
    }
}

fn inspector(lists: Vec<Arc<List>>) -> Arc<Inspector> {
    let settings = Settings {
        lists,
        ..Settings::default()
    };
    Arc::new(Inspector::new(&settings, Policy::default()).unwrap())
}

/// An inspector that has to decode everything: it compares with a list of perceptual hashes.
fn comparing(folder: &Folder) -> Arc<Inspector> {
    let path = folder.file("list.txt", picture::pdq_list(ENTRIES).as_bytes());
    let list = List::open(&path, OpenOptions::default()).unwrap();
    inspector(vec![Arc::new(list)])
}

fn photographs(folder: &Folder, name: &str, count: u64, width: u32, height: u32) -> Vec<PathBuf> {
    (0..count)
        .map(|n| {
            let quality = if n % 2 == 0 { 85 } else { 90 };
            folder.file(
                &format!("{name}-{n}.jpg"),
                &picture::photograph(n * 7, width, height, quality),
            )
        })
        .collect()
}

/// As the program scans: records rendered on the workers, in order.
fn scanned(
    inspector: &Arc<Inspector>,
    inputs: impl Iterator<Item = Input> + Send,
    threads: usize,
) -> Summary {
    let options = ScanOptions {
        threads,
        ordered: true,
        ..ScanOptions::default()
    };
    let report = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    let render = move |name: &Name, seen: &Inspection| report.record(name, seen);
    let job = Inspecting::new(Arc::clone(inspector), Limits::default(), render);
    let mut written = 0;
    scan(Arc::new(job), inputs, &options, |answer, _| {
        written += answer.rendered.len();
        Ok(())
    })
    .unwrap()
}

/// The same files read and decoded, and nothing else.
fn decoded(pool: &rayon::ThreadPool, files: &[PathBuf]) -> u64 {
    let decode = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
        u64::from(reader.decode().unwrap().width())
    };
    pool.install(|| files.par_iter().map(decode).sum())
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
}

/// Everything that is looked at in photographs, against decoding them.
fn against_decoding() {
    let folder = Folder::new("photographs");
    let inspector = comparing(&folder);
    let corpus = corpus();
    if corpus.is_empty() {
        println!("no corpus of photographs beside us: skipped");
    }
    let sets = [
        ("5 MP", 10, photographs(&folder, "large", 6, 2592, 1944)),
        ("1 MP", 10, photographs(&folder, "middle", 24, 1200, 900)),
        ("0.2 MP", 10, photographs(&folder, "small", 60, 512, 384)),
        ("corpus", 5, corpus),
    ];
    for (name, rounds, files) in sets.iter().filter(|(_, _, files)| !files.is_empty()) {
        let size: u64 = files
            .iter()
            .map(|file| file.metadata().unwrap().len())
            .sum();
        let mut single: Option<Paired> = None;
        for threads in [1, 2] {
            let pool = pool(threads);
            let times = paired(
                *rounds,
                || scanned(&inspector, files.iter().map(Input::file), threads),
                || decoded(&pool, files),
            );
            report(
                &format!(
                    "scan of {} JPEGs ({name}, {} KB each), {threads} threads, against decoding",
                    files.len(),
                    size / 1000 / files.len() as u64
                ),
                &times,
                "1.35 or less",
            );
            if let Some(single) = &single {
                let scaling = |one: std::time::Duration, two: std::time::Duration| {
                    one.as_secs_f64() / two.as_secs_f64()
                };
                println!(
                    "  two threads against one: scan {:.2} times as fast, decoding {:.2}",
                    scaling(single.ours, times.ours),
                    scaling(single.other, times.other)
                );
            }
            single = Some(times);
        }
    }
}

/// A job that does nothing: what is left is the engine.
struct Nothing;

impl Job for Nothing {
    fn answer(&self, input: Input) -> Answer {
        Answer::nothing(input.name.as_os_str().as_encoded_bytes().to_vec())
    }

    fn gave_up(&self, name: Name, _: bool, _: Fault) -> Answer {
        self.answer(Input::file(name.as_os_str()))
    }

    fn judged_again(&self, doubtful: Doubtful) -> Answer {
        self.answer(Input::file(doubtful.name.as_os_str()))
    }
}

/// A simulated tree, of files of all sizes.
fn simulated(files: u64) -> impl Iterator<Item = Input> + Send {
    (0..files).map(|n| Input {
        stamp: Some(Stamp {
            bytes: picture::mixed(n) % 10_000_000,
            modified: 0,
            inode: n,
        }),
        asked_for: false,
        ..Input::file(format!("photographs/{}/{n:07}.jpg", n / 1000))
    })
}

fn gone_through(files: u64, threads: usize, ordered: bool) -> u64 {
    let options = ScanOptions {
        threads,
        ordered,
        max_time: Some(std::time::Duration::from_secs(60)),
        ..ScanOptions::default()
    };
    let mut bytes = 0;
    let passed_on = scan(
        Arc::new(Nothing),
        simulated(files),
        &options,
        |answer, _| {
            bytes += answer.rendered.len() as u64;
            Ok(())
        },
    );
    assert_eq!(passed_on.unwrap().inputs, files);
    bytes
}

/// What the engine costs an input, against a loop that does the same on one thread.
fn engine() {
    const FILES: u64 = 300_000;
    let plain_loop = || {
        let (mut summary, mut bytes) = (Summary::default(), 0);
        for input in simulated(FILES) {
            let answer = Nothing.answer(input);
            summary.add(&answer);
            bytes += answer.rendered.len() as u64;
        }
        bytes
    };
    for (threads, ordered) in [(1, true), (2, true), (2, false)] {
        let times = paired(10, || gone_through(FILES, threads, ordered), plain_loop);
        let each = |time: std::time::Duration| time.as_secs_f64() * 1e6 / FILES as f64;
        println!(
            "engine, {threads} threads, {}: {:.2} µs an input, in a plain loop {:.2}",
            if ordered { "ordered" } else { "unordered" },
            each(times.ours),
            each(times.other)
        );
    }
}

/// The most memory that this process ever had, where the system tells.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Peak memory after a thousand inputs, and after a million. It comes before all else that may take some.
fn memory() {
    gone_through(1000, 2, true);
    let few = peak_kilobytes();
    gone_through(1_000_000, 2, true);
    if let (Some(few), Some(many)) = (few, peak_kilobytes()) {
        println!("peak memory: {few} KB after 1,000 inputs, {many} KB after 1,000,000");
    }
}

/// Photographs of at least a megapixel from the corpora beside us; most carry a manifest, which is validated too.
fn corpus() -> Vec<PathBuf> {
    let plain = inspector(Vec::new());
    let fits = |path: &PathBuf| {
        let input = Input::file(path);
        let seen = inspect(&plain, input, &Limits::default());
        let pixels = seen.dimensions.map_or(0, |(width, height)| width * height);
        seen.media_type == Some("image/jpeg")
            && pixels >= 1_000_000
            && ImageReader::open(path).unwrap().decode().is_ok()
    };
    ["corpus/c2pa", "corpus/marks", "corpus/pdq"]
        .iter()
        .filter_map(|path| shared(path))
        .flat_map(|path| folder(&path, Default::default()))
        .map(|input| PathBuf::from(input.name.as_os_str()))
        .filter(fits)
        .collect()
}

/// Many small files that need no decoding: what is left is reading, digests and the machinery.
fn small_files() {
    const FILES: usize = 5000;
    let target = Folder::new("small");
    let bytes = small_png();
    for n in 0..FILES {
        target.file(&format!("{n}.png"), &bytes);
    }
    let inspector = inspector(Vec::new());
    let inputs = || folder(&target.0, Default::default());
    let report_kind = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    let plain_loop = || -> usize {
        inputs()
            .map(|input| {
                let name = input.name.clone();
                let inspection = inspect(&inspector, input, &Limits::default());
                report_kind.record(&name, &inspection).len()
            })
            .sum()
    };
    let reading = || -> usize {
        walkdir::WalkDir::new(&target.0)
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| std::fs::read(entry.path()).unwrap().len())
            .sum()
    };
    let rate = |times: &Paired| FILES as f64 / times.ours.as_secs_f64();
    for threads in [1, 2] {
        let times = paired(10, || scanned(&inspector, inputs(), threads), plain_loop);
        println!(
            "scan of {FILES} PNGs of {} KB, {threads} threads: {:.0} files a second",
            bytes.len() / 1000,
            rate(&times)
        );
        report(
            "  against a loop over the same without channel, order and pool",
            &times,
            "",
        );
        let times = paired(10, || scanned(&inspector, inputs(), threads), reading);
        report("  against walking and reading alone", &times, "");
    }
}

fn small_png() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(58, 58, |x, y| {
        let [r, g, b, ..] =
            picture::mixed(u64::from(y) << 32 | u64::from(x) | 1 << 60).to_le_bytes();
        image::Rgb([r, g, b])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Photographs of one megapixel, compared with a list.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn photographs_of_a_megapixel(bencher: Bencher, threads: usize) {
    let folder = Folder::new("divan-photographs");
    let inspector = comparing(&folder);
    let files = photographs(&folder, "middle", 16, 1200, 900);
    let bytes: u64 = files
        .iter()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    bencher
        .counter(ItemsCount::new(files.len()))
        .counter(BytesCount::new(bytes))
        .bench_local(|| {
            scanned(
                &inspector,
                black_box(&files).iter().map(Input::file),
                threads,
            )
        });
}

/// Small files that nothing decodes.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn small_files_without_lists(bencher: Bencher, threads: usize) {
    let (inspector, bytes) = (inspector(Vec::new()), small_png());
    let inputs = || (0..2000).map(|_| Input::memory("a.png", bytes.clone()));
    bencher
        .counter(ItemsCount::new(2000_usize))
        .bench_local(|| scanned(&inspector, inputs(), threads));
}
