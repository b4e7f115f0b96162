//! Searching large compiled lists, beside comparing with every entry: time to make one, to open it, to ask it.
//!
//! `cargo bench --ignore-rust-version --bench search [-- ENTRIES]`; ten million unless something else is said.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

#[path = "common/random.rs"]
mod random;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use provscan::fingerprints::pdq::PDQ;
use provscan::fingerprints::{Fingerprint, Kind, MD5};
use provscan::lists::formats::Intake as _;
use provscan::lists::{
    Builder, Compiled, Entry, Guards, ListOptions, Lock, Workspace, save, take_in,
};

use random::Random;

/// Queries of each kind.
const QUERIES: usize = 400;

fn main() {
    let mut wanted = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u64>().ok());
    let entries = wanted.next().unwrap_or(10_000_000);
    let folder = tempfile::tempdir().unwrap();
    println!(
        "PDQ hashes, {entries} entries, half of {QUERIES} queries members with 0 to 30 bits flipped"
    );
    pictures(folder.path(), entries);
    println!("\nMD5 digests, {} entries", entries * 10);
    digests(folder.path(), entries * 10);
}

impl Random {
    /// As a proper PDQ hash has: as many ones as zeros.
    fn pdq(&mut self) -> [u8; 32] {
        let mut value: [u8; 32] = std::array::from_fn(|_| (self.next() >> 32) as u8);
        let mut ones: u32 = value.iter().map(|byte| byte.count_ones()).sum();
        while ones != 128 {
            let bit = self.next() as usize % 256;
            let is = value[bit / 8] >> (bit % 8) & 1 == 1;
            if is == (ones > 128) {
                value[bit / 8] ^= 1 << (bit % 8);
                ones = if is { ones - 1 } else { ones + 1 };
            }
        }
        value
    }

    fn flip(&mut self, value: &mut [u8; 32], bits: u64) {
        for _ in 0..bits {
            let bit = self.next() as usize % 256;
            value[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

fn pictures(folder: &Path, entries: u64) {
    let text = folder.join("list.txt");
    let mut random = Random(1);
    let mut known = Vec::new();
    let mut out = BufWriter::new(File::create(&text).unwrap());
    for number in 0..entries {
        let value = random.pdq();
        if number % (entries / QUERIES as u64).max(1) == 0 {
            known.push(value);
        }
        writeln!(out, "pdq {}", Fingerprint::new(PDQ, value).unwrap().hex()).unwrap();
    }
    out.flush().unwrap();
    drop(out);

    let target = folder.join("list.pvl");
    let began = Instant::now();
    let file = File::open(&text).unwrap();
    let mut source = provscan::lists::formats::Source::file(&file, &text).unwrap();
    let mut builder = Builder::new(
        ListOptions::default(),
        Guards::default(),
        Workspace::in_folder(folder),
    );
    take_in(&mut source, None, &Default::default(), &mut builder).unwrap();
    let read = began.elapsed();
    save(builder, &Lock::Open, &target).unwrap();
    let size = std::fs::metadata(&target).unwrap().len();
    println!(
        "  compiled in {:.1} s ({:.1} s of it reading the text), {} MB",
        began.elapsed().as_secs_f64(),
        read.as_secs_f64(),
        size / 1_000_000
    );
    memory();

    let mut queries: Vec<[u8; 32]> = known.iter().take(QUERIES / 2).copied().collect();
    for (number, query) in queries.iter_mut().enumerate() {
        random.flip(query, number as u64 % 31);
    }
    queries.extend((0..QUERIES / 2).map(|_| random.pdq()));
    let (list, opened) = open(&target);
    let first = time(|| list.near(PDQ, &[&queries[0]], 31).unwrap());
    println!("  opened in {opened:.2?}, first query {first:.2?}");
    let whole = time(|| list.verify().unwrap());
    println!("  all pages checked in {whole:.2?}");
    let bands = each(&queries, |query| {
        list.near(PDQ, &[query], 31).unwrap().len()
    });
    let near = each(&queries[..60], |query| {
        list.near(PDQ, &[query], 60).unwrap().len()
    });
    let eights: Vec<&[[u8; 32]]> = queries.chunks(8).take(20).collect();
    let batch = each(&eights, |eight| {
        let eight: Vec<&[u8]> = eight.iter().map(|query| query.as_slice()).collect();
        list.near(PDQ, &eight, 60).unwrap().len()
    });
    let rows: Vec<[u64; 4]> = list
        .entries()
        .map(|entry| words(entry.unwrap().fingerprint.value()))
        .collect();
    let plain = each(&queries[..40], |query| {
        let query = words(query);
        rows.iter()
            .filter(|row| distance(row, &query) <= 31)
            .count()
    });
    // The two have to agree, or the times mean nothing.
    assert_eq!(bands.found[..40], plain.found);
    bands.report("radius 31", &plain);
    near.report("radius 60, near tier", &plain);
    batch
        .per(8)
        .report("radius 60, each of eight at once", &plain);
    plain.report("comparing with every entry", &plain);
}

fn digests(folder: &Path, entries: u64) {
    let target = folder.join("digests.pvl");
    let began = Instant::now();
    let mut builder = Builder::new(
        ListOptions::default(),
        Guards::default(),
        Workspace::in_folder(folder),
    );
    let digest = |number: u64| {
        let mut random = Random(number);
        let mut value = [0; 16];
        value[..8].copy_from_slice(&random.next().to_le_bytes());
        value[8..].copy_from_slice(&random.next().to_le_bytes());
        value
    };
    for number in 0..entries {
        builder
            .entry(Entry::new(
                Fingerprint::new(MD5, digest(number)).unwrap(),
                "",
            ))
            .unwrap();
    }
    save(builder, &Lock::Open, &target).unwrap();
    let size = std::fs::metadata(&target).unwrap().len();
    println!(
        "  compiled in {:.1} s, {} MB",
        began.elapsed().as_secs_f64(),
        size / 1_000_000
    );
    memory();
    let (list, opened) = open(&target);
    println!("  opened in {opened:.2?}");
    let numbers: Vec<u64> = (0..20_000).map(|n| n * (entries / 10_000)).collect();
    let ask = |kind: Kind| {
        each(&numbers, |number| {
            list.equal(kind, &[&digest(*number)]).unwrap().len()
        })
    };
    let (first, again) = (ask(MD5), ask(MD5));
    assert_eq!(again.found.iter().sum::<usize>(), 10_000);
    println!(
        "  a look-up: mean {:.2?}, p99 {:.2?}; the first time, with the checksums of its pages {:.2?}",
        again.mean(),
        again.p99(),
        first.mean()
    );
}

fn open(path: &Path) -> (Compiled, Duration) {
    let began = Instant::now();
    let list = Compiled::map(&File::open(path).unwrap()).unwrap();
    (list, began.elapsed())
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    black_box(work());
    began.elapsed()
}

/// The time of each query, and how much it found.
struct Times {
    times: Vec<Duration>,
    found: Vec<usize>,
}

fn each<Q>(queries: &[Q], ask: impl Fn(&Q) -> usize) -> Times {
    let mut times = Times {
        times: Vec::new(),
        found: Vec::new(),
    };
    for query in queries {
        let began = Instant::now();
        times.found.push(black_box(ask(black_box(query))));
        times.times.push(began.elapsed());
    }
    times
}

impl Times {
    /// The share of one query in a batch of so many.
    fn per(&self, batch: u32) -> Self {
        Self {
            times: self.times.iter().map(|time| *time / batch).collect(),
            found: self.found.clone(),
        }
    }

    fn mean(&self) -> Duration {
        self.times.iter().sum::<Duration>() / self.times.len() as u32
    }

    fn p99(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        times[times.len() * 99 / 100]
    }

    fn report(&self, what: &str, plain: &Self) {
        let ratio = plain.mean().as_secs_f64() / self.mean().as_secs_f64();
        println!(
            "  {what}: mean {:.3?}, p99 {:.3?}, {ratio:.1} × as fast as comparing with every entry",
            self.mean(),
            self.p99()
        );
    }
}

fn words(value: &[u8]) -> [u64; 4] {
    std::array::from_fn(|n| u64::from_le_bytes(*value[n * 8..].first_chunk().unwrap()))
}

fn distance(a: &[u64; 4], b: &[u64; 4]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// The most memory that the process had so far.
fn memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!(
            "  at most {} of memory so far",
            line.trim_start_matches("VmHWM:").trim()
        );
    }
}
