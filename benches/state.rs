//! What is remembered of earlier scans: a scan of files that did not change against walking over them, and a new list over
//! what was stored against reading that.
//!
//! `cargo bench --ignore-rust-version --bench state`

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Folder, measuring, paired, picture, report};
use provscan::lists::{List, OpenOptions};
use provscan::reports::{self, ReportOptions};
use provscan::scan::{Answer, Job, ScanOptions, Summary, scan};
use provscan::sources::{Input, Name, folder};
use provscan::state::{Basis, Keeper, RecallOptions, Remembering, Stored};
use provscan::{Inspection, Inspector, Policy, Settings};

/// Files of the tree that is scanned again.
const FILES: usize = 100_000;

/// Files a folder of it.
const IN_FOLDER: usize = 500;

/// Images of the state that a new list is compared with.
const STORED: usize = 1_000_000;

/// Different pictures among them.
const PICTURES: usize = 500;

fn main() {
    if measuring() {
        unchanged();
        new_lists();
    }
}

fn settings(lists: Vec<Arc<List>>) -> Settings {
    Settings {
        lists,
        keep_prints: true,
        ..Settings::default()
    }
}

/// The job of a scan with a state, and who writes it.
fn begin(state: &Path, settings: &Settings) -> (Keeper, Arc<dyn Job>) {
    let policy = Policy::default();
    let keeper = Keeper::open(state, &Basis::of(settings, &policy)).unwrap();
    let inspector = Inspector::new(settings, policy).unwrap();
    let report = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    let render = move |name: &Name, seen: &Inspection| report.record(name, seen);
    let options = RecallOptions {
        as_stored: true,
        ..RecallOptions::default()
    };
    let job = Remembering::new(inspector, settings, keeper.memory(), options, render);
    (keeper, Arc::new(job))
}

/// As the program scans with a state; gives what was written and what was read.
fn scanned(state: &Path, tree: &Path, threads: usize) -> (usize, u64) {
    let (mut keeper, job) = begin(state, &settings(Vec::new()));
    let options = ScanOptions {
        threads,
        ordered: true,
        ..ScanOptions::default()
    };
    let mut written = 0;
    let inputs = folder(tree, Default::default());
    let summary = scan(job, inputs, &options, |answer, _| {
        written += answer.rendered.len();
        Ok(keeper.take(answer)?)
    });
    let read = keeper.tally().read;
    keeper.finish(&summary.unwrap(), b"").unwrap();
    (written, read)
}

fn unchanged() {
    let place = Folder::new("state-tree");
    for number in 0..FILES {
        let folder = place.0.join(format!("tree/{:04}", number / IN_FOLDER));
        if number % IN_FOLDER == 0 {
            std::fs::create_dir_all(&folder).unwrap();
        }
        let gif = [
            b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
            number.to_string().as_bytes(),
        ]
        .concat();
        std::fs::write(folder.join(format!("{number:06}.gif")), gif).unwrap();
    }
    // What was written just now is not trusted to stay as it is.
    std::thread::sleep(Duration::from_secs(4));
    let (tree, state) = (place.0.join("tree"), place.0.join("a.state"));
    let began = Instant::now();
    assert_eq!(scanned(&state, &tree, 2).1, FILES as u64);
    println!(
        "first scan of {FILES} small files, 2 threads: {:.2?}",
        began.elapsed()
    );
    let walking = || -> u64 {
        walkdir::WalkDir::new(&tree)
            .sort_by_file_name()
            .into_iter()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum()
    };
    for threads in [1, 2] {
        let (began, burnt) = (Instant::now(), cpu());
        let (written, read) = scanned(&state, &tree, threads);
        let (wall, burnt) = (began.elapsed().as_secs_f64(), cpu() - burnt);
        assert_eq!(read, 0);
        println!(
            "warm scan, {threads} threads: {:.0} files a second, {:.0} files a second of processor time, {} bytes of jsonl",
            FILES as f64 / wall,
            FILES as f64 / burnt,
            written
        );
        let times = paired(5, || scanned(&state, &tree, threads), walking);
        report(
            "  against walking and looking at each file's stamp",
            &times,
            "",
        );
    }
}

/// Seconds of processor time that this process took.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// A state with many rows of few pictures: what is kept of each is written under many names.
fn fill(state: &Path) {
    let name = |number: usize| format!("in/photo-{number:010}.jpg");
    let digits = |number: usize| format!("{number:010}");
    let (mut keeper, job) = begin(state, &settings(Vec::new()));
    let answers: Vec<(String, Answer)> = (0..PICTURES)
        .map(|number| {
            let bytes = picture::photograph(number as u64 * 7, 256, 192, 85);
            let unique = 9_000_000_000 + number;
            (
                digits(unique),
                job.answer(Input::memory(&name(unique), bytes)),
            )
        })
        .collect();
    for number in 0..STORED {
        let (old, answer) = &answers[number % PICTURES];
        let mut keep = answer.keep.clone().unwrap();
        let places: Vec<usize> = memchr::memmem::find_iter(&keep, old).collect();
        for place in places {
            keep[place..place + old.len()].copy_from_slice(digits(number).as_bytes());
        }
        let row = Answer {
            rendered: Vec::new(),
            keep: Some(keep),
            doubtful: None,
            ..*answer
        };
        keeper.take(&row).unwrap();
    }
    keeper.finish(&Summary::default(), b"").unwrap();
}

fn new_lists() {
    let place = Folder::new("state-lists");
    let state = place.0.join("a.state");
    let began = Instant::now();
    fill(&state);
    println!(
        "a state of {STORED} images, {} bytes each: made in {:.2?}",
        state.metadata().unwrap().len() / STORED as u64,
        began.elapsed()
    );
    let reading = || -> usize {
        let mut bytes = 0;
        Stored::open(&state)
            .unwrap()
            .records(None, true, |record| {
                bytes += record.line.len();
                Ok(())
            })
            .unwrap();
        bytes
    };
    for entries in [10_000, 100_000] {
        let path = place.file("list.txt", picture::pdq_list(entries).as_bytes());
        let list = List::open(&path, OpenOptions::default()).unwrap();
        let settings = settings(vec![Arc::new(list)]);
        let policy = Policy::default();
        let basis = Basis::of(&settings, &policy);
        let inspector = Inspector::new(&settings, policy).unwrap();
        let judging = || -> usize {
            let mut bytes = 0;
            Stored::open(&state)
                .unwrap()
                .records(Some((&inspector, &basis)), true, |record| {
                    bytes += record.line.len();
                    Ok(())
                })
                .unwrap();
            bytes
        };
        let times = paired(2, judging, reading);
        report(
            &format!(
                "a new list of {entries} hashes over {STORED} stored images, against reading their records"
            ),
            &times,
            "10 s or less",
        );
    }
}
