//! Importing a large VICS hash set, beside only parsing its JSON: time, and the most memory that it took.
//!
//! `cargo bench --ignore-rust-version --bench import [-- MEDIA]`; a million media unless something else is said.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use provscan::lists::formats::Source;
use provscan::lists::{Builder, Compiled, Guards, ListOptions, Lock, Workspace, save, take_in};
use serde::de::IgnoredAny;

fn main() {
    let mut wanted = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok());
    let media: u64 = wanted.next().unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("vics.json");
    write(&text, media);
    let size = std::fs::metadata(&text).unwrap().len() as f64 / 1e6;
    println!(
        "VICS 2.0, {media} media, {size:.0} MB of JSON; {} of memory before",
        memory()
    );

    let target = folder.path().join("vics.pvl");
    let began = Instant::now();
    let file = File::open(&text).unwrap();
    let mut source = Source::file(&file, &text).unwrap();
    let workspace = Workspace::in_folder(folder.path());
    let mut builder = Builder::new(ListOptions::default(), Guards::default(), workspace);
    take_in(&mut source, None, &Default::default(), &mut builder).unwrap();
    let read = began.elapsed().as_secs_f64();
    save(builder, &Lock::Open, &target).unwrap();
    let whole = began.elapsed().as_secs_f64();
    let most = memory();
    println!(
        "  imported in {whole:.2} s, {:.0} MB/s; {read:.2} s of it reading, {:.0} MB/s; at most {most} of memory",
        size / whole,
        size / read
    );

    let began = Instant::now();
    let reader = BufReader::with_capacity(256 << 10, File::open(&text).unwrap());
    let _: IgnoredAny = serde_json::from_reader(reader).unwrap();
    let parsed = began.elapsed().as_secs_f64();
    println!(
        "  only parsing the JSON takes {parsed:.2} s, {:.0} MB/s: importing takes {:.2} times as long",
        size / parsed,
        whole / parsed
    );
    let list = Compiled::map(&File::open(&target).unwrap()).unwrap();
    assert_eq!(list.entries().count() as u64, media * 2);
}

/// Invented values, as exports of hash sets have them.
fn write(path: &Path, media: u64) {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    let context =
        "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media";
    write!(out, "{{\"@odata.context\":\"{context}\",\"value\":[").unwrap();
    for number in 0..media {
        let comma = if number > 0 { "," } else { "" };
        let mixed = |salt: u64| {
            (number + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(31)
                .wrapping_mul(salt | 1)
        };
        let (md5, sha1) = (mixed(0xbf58_476d_1ce4_e5b9), mixed(0x94d0_49bb_1331_11eb));
        write!(
            out,
            "{comma}\n {{\"MediaID\":{number},\"Category\":{},\"MD5\":\"{md5:016X}{sha1:016X}\",\"SHA1\":\"{sha1:016X}{md5:016X}{:08X}\",\
             \"MediaSize\":{},\"DateUpdated\":\"2026-06-07T02:31:49.8300Z\",\"IsPrecategorized\":\"true\",\"VictimIdentified\":false,\
             \"Series\":\"\",\"Tags\":\"\",\"Comments\":null,\"MimeType\":\"image/jpeg\",\"MediaFiles\":[{{\"FileName\":\"{number}.jpg\",\"FilePath\":\"a/b\"}}]}}",
            number % 5,
            number as u32,
            number % 900_000
        )
        .unwrap();
    }
    write!(out, "]}}").unwrap();
    out.flush().unwrap();
}

/// The most memory that the process had so far.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("?").trim().to_owned()
}
