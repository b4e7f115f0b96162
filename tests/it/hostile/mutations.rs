//! Thousands of changed files through every signal: no panic, bounded work, and one answer for the same bytes.

use std::fs;

use provscan::error::FaultKind;
use provscan::reports::{self, ReportOptions};
use provscan::sources::Name;
use provscan::{Inspection, Inspector, Limits};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::mutate::mutated;
use crate::allocations::{Counts, counted};
use crate::support::{Random, Sample, inspector, root};

/// Folders of `samples/` that other tests change, or that hold no pictures.
const NOT_HERE: [&str; 6] = [
    "archives",
    "broken",
    "content_credentials",
    "lists",
    "make",
    "trust",
];

/// Changed files, over all samples; the time that this takes does not grow with the samples.
const FILES: usize = 24_000;

/// One in so many is inspected twice.
const TWICE: u64 = 8;

pub(super) fn limits() -> Limits {
    Limits {
        max_pixels: 512 * 512,
        max_inflate: 1 << 20,
        ..Limits::default()
    }
}

/// The samples that are changed here: new folders come along by themselves.
fn samples() -> Vec<Sample> {
    let mut folders: Vec<_> = fs::read_dir(root().join("samples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && !NOT_HERE.iter().any(|name| path.ends_with(name)))
        .collect();
    folders.sort();
    folders
        .iter()
        .flat_map(|folder| Sample::all_in(folder))
        .collect()
}

#[test]
fn changed_at_random() {
    let (inspector, samples) = (inspector(&[]), samples());
    let each = (FILES / samples.len()).max(50) as u64;
    let most = samples
        .par_iter()
        .flat_map(|sample| (0..each).into_par_iter().map(move |seed| (sample, seed)))
        .map(|(sample, seed)| {
            let random = &mut Random::new(seed * 7919 + sample.bytes.len() as u64);
            let bytes = mutated(&sample.bytes, random);
            look(&inspector, sample, bytes, seed)
        })
        .reduce(Counts::default, Counts::or_more);
    println!(
        "{} samples, {each} changes each, at most {most:?}",
        samples.len()
    );
}

/// Inspects changed bytes, and holds the answer to what must be true of every one.
fn look(inspector: &Inspector, sample: &Sample, bytes: Vec<u8>, seed: u64) -> Counts {
    let what = format!("{}, seed {seed}", sample.name);
    let again = seed.is_multiple_of(TWICE).then(|| bytes.clone());
    let inspect = |bytes| inspector.inspect(&sample.with_bytes(bytes, &limits()));
    let (found, counts) = counted(|| inspect(bytes));
    assert_sound(&found, counts, &what);
    if let Some(bytes) = again {
        assert_eq!(record(&found), record(&inspect(bytes)), "{what}");
    }
    counts
}

/// What one file may cost at these limits: pictures of 512 × 512 and a megabyte of metadata. Several times what was seen.
const MOST_HELD: isize = 96 << 20;
const MOST_ASKED_FOR: usize = 1 << 30;
const MOST_TIMES: usize = 5_000_000;

/// Asserts that nothing broke, and that it did not cost too much.
pub(super) fn assert_sound(found: &Inspection, counts: Counts, what: &str) {
    for fault in &found.faults {
        assert_ne!(fault.kind, FaultKind::Internal, "{what}: {fault}");
    }
    assert!(counts.peak <= MOST_HELD, "{what}: {counts:?}");
    assert!(counts.total <= MOST_ASKED_FOR, "{what}: {counts:?}");
    assert!(counts.times <= MOST_TIMES, "{what}: {counts:?}");
}

fn record(inspection: &Inspection) -> String {
    let report = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    String::from_utf8(report.record(&Name::new("a"), inspection)).unwrap()
}
