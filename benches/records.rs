//! Reading stored records, beside reading them as a tree of JSON values: time for one, over the records of all samples.
//!
//! `cargo bench --ignore-rust-version --bench records`

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use provscan::reports::{read_record, record_line};
use provscan::scan::inspect;
use provscan::sources::{FolderOptions, folder};
use provscan::{Inspector, Limits, Policy, Settings};

/// How often all records are read.
const ROUNDS: u32 = 200;

fn main() {
    let inspector = Inspector::new(&Settings::default(), Policy::default()).unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let lines: Vec<Vec<u8>> = folder(&samples, FolderOptions::default())
        .map(|input| {
            let name = input.name.clone();
            record_line(&name, &inspect(&inspector, input, &Limits::default()))
        })
        .collect();
    let bytes: usize = lines.iter().map(Vec::len).sum();
    println!(
        "{} records, {} bytes each",
        lines.len(),
        bytes / lines.len()
    );
    let ours = time(&lines, |line| drop(black_box(read_record(line)).unwrap()));
    let tree = time(&lines, |line| {
        drop(black_box(serde_json::from_slice::<serde_json::Value>(line)).unwrap());
    });
    println!("read back          {ours:>10.2?} a record");
    println!("as a tree of JSON  {tree:>10.2?} a record");
    println!("ratio {:.2}", ours.as_secs_f64() / tree.as_secs_f64());
}

/// The time that one line takes; the best of five tries, since other work on the machine only adds to it.
fn time(lines: &[Vec<u8>], read: impl Fn(&[u8])) -> Duration {
    let attempt = || {
        let began = Instant::now();
        for _ in 0..ROUNDS {
            lines.iter().for_each(|line| read(line));
        }
        began.elapsed() / ROUNDS / u32::try_from(lines.len()).unwrap()
    };
    (0..5).map(|_| attempt()).min().unwrap()
}
