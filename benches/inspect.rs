//! One image: what checking it costs beside a bare reader of its manifest, and what each part of that takes.
//!
//! `cargo bench --ignore-rust-version --bench inspect`

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

mod common;

use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use common::{Folder, here, measuring, paired, picture, report, trust};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use provscan::fingerprints::pdq::{PDQ, PDQ_512, dihedral};
use provscan::lists::{List, OpenOptions};
use provscan::{Asset, Inspector, Limits, Policy, Settings};

/// A small image that carries one signed manifest.
const SIGNED: &str = "samples/content_credentials/ai-generated.jpg";

/// Where this is set, the process is the bare reader that `check` is compared with.
const BARE: &str = "PROVSCAN_BENCH_BARE_READER";

fn main() {
    if std::env::var_os(BARE).is_some() {
        return bare_reader();
    }
    divan::main();
    if measuring() {
        println!();
        let public = trust::public();
        if public.is_none() {
            println!("the public trust lists are not here: skipped");
        }
        for (name, flags) in [
            ("one root", Some(trust::samples())),
            ("public lists", public),
        ] {
            if let Some(flags) = flags {
                one_process(name, &flags);
                in_process(name, &flags);
            }
        }
        let bare = std::env::current_exe().unwrap();
        common::credentials::report_all(&|| {
            let mut command = Command::new(&bare);
            command.env(BARE, "1");
            command
        });
    }
}

fn inspector(trust: &[String], lists: Vec<Arc<List>>) -> Inspector {
    let settings = Settings {
        trust: trust::settings(trust),
        lists,
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

fn asset(bytes: &[u8]) -> Asset {
    Asset::new("a.jpg", bytes.to_vec(), Limits::default())
}

/// The other side of [`one_process`]: arguments are a file and trust lists.
fn bare_reader() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let bytes = std::fs::read(&arguments[0]).unwrap();
    let reader = trust::read(&trust::context(&arguments[1..]), &bytes);
    println!("{:?}", reader.map(|reader| reader.validation_state()));
}

/// `provscan check`, process start included, against a process that reads the manifest and nothing else.
fn one_process(name: &str, flags: &[String]) {
    let Some(provscan) = option_env!("CARGO_BIN_EXE_provscan") else {
        return println!("the program was not built (no feature `cli`): skipped");
    };
    let run = |command: &mut Command| {
        let status = command
            .arg(here(SIGNED))
            .args(flags)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{command:?}");
    };
    let bare = std::env::current_exe().unwrap();
    let times = paired(
        60,
        || run(Command::new(provscan).arg("check")),
        || run(Command::new(&bare).env(BARE, "1")),
    );
    report(
        &format!("check of a small signed file, {name}, against a process with a bare reader"),
        &times,
        "2 or less",
    );
}

/// The same without process start and without loading lists.
fn in_process(name: &str, flags: &[String]) {
    let bytes = std::fs::read(here(SIGNED)).unwrap();
    let (inspector, context) = (inspector(flags, Vec::new()), trust::context(flags));
    let times = paired(
        200,
        || inspector.inspect(&asset(&bytes)),
        || trust::read(&context, &bytes).unwrap(),
    );
    report(
        &format!("inspecting it, {name}, against a bare reader"),
        &times,
        "2 or less",
    );
}

#[divan::bench(args = [SIGNED, "samples/content_credentials/edited.jpg", "samples/generator_metadata/comfyui.png", "samples/known_image/known-2.jpg"])]
fn inspect(bencher: Bencher, file: &str) {
    let bytes = std::fs::read(here(file)).unwrap();
    let inspector = inspector(&trust::samples(), Vec::new());
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| inspector.inspect(&asset(black_box(&bytes))));
}

#[divan::bench]
fn load_settings(bencher: Bencher) {
    bencher.bench_local(|| inspector(&trust::samples(), Vec::new()));
}

/// The parts of inspecting a photograph of five megapixels that lists ask to decode.
mod photograph {
    use super::*;
    use provscan::fingerprints::Kind;

    const SAMPLES: u32 = 20;

    static FIVE_MEGAPIXELS: LazyLock<Vec<u8>> =
        LazyLock::new(|| picture::photograph(1, 2592, 1944, 88));

    fn bench<T>(bencher: Bencher, work: impl Fn(&Asset) -> T) {
        let bytes = &*FIVE_MEGAPIXELS;
        bencher
            .counter(BytesCount::of_slice(bytes))
            .with_inputs(|| asset(bytes))
            .bench_local_refs(|asset| {
                work(asset);
            });
    }

    /// With the picture decoded beforehand, and anew each time: an asset computes nothing twice.
    fn bench_decoded<T>(bencher: Bencher, work: impl Fn(&Asset) -> T) {
        let bytes = &*FIVE_MEGAPIXELS;
        let decoded = || {
            let asset = asset(bytes);
            asset.pixels().unwrap();
            asset
        };
        bencher
            .counter(BytesCount::of_slice(bytes))
            .with_inputs(decoded)
            .bench_local_refs(|asset| {
                work(black_box(asset));
            });
    }

    #[divan::bench(sample_count = SAMPLES)]
    fn decoding(bencher: Bencher) {
        bench(bencher, |asset| asset.pixels().is_ok());
    }

    #[divan::bench(sample_count = SAMPLES)]
    fn sha256(bencher: Bencher) {
        bench(bencher, |asset| asset.sha256().map(|digest| digest.len()));
    }

    #[divan::bench(sample_count = SAMPLES)]
    fn walking(bencher: Bencher) {
        bench(bencher, |asset| asset.container().blocks.len());
    }

    #[divan::bench(sample_count = SAMPLES)]
    fn pdq(bencher: Bencher) {
        bench_decoded(bencher, |asset| dihedral(asset, PDQ));
    }

    #[divan::bench(sample_count = SAMPLES)]
    fn pdq_512(bencher: Bencher) {
        bench_decoded(bencher, |asset| dihedral(asset, PDQ_512));
    }

    #[divan::bench(sample_count = SAMPLES)]
    fn without_lists(bencher: Bencher) {
        let inspector = inspector(&[], Vec::new());
        bench(bencher, |asset| inspector.inspect(asset));
    }

    #[divan::bench(sample_count = SAMPLES, args = [1_000, 100_000, 1_000_000])]
    fn with_a_list_of(bencher: Bencher, entries: u64) {
        let folder = Folder::new("inspect");
        let path = folder.file("list.txt", picture::pdq_list(entries).as_bytes());
        let list = List::open(&path, OpenOptions::default()).unwrap();
        assert!(list.kinds().any(|(kind, _): (Kind, u32)| kind == PDQ));
        let inspector = inspector(&[], vec![Arc::new(list)]);
        bench(bencher, |asset| inspector.inspect(asset));
    }
}
