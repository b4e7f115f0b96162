//! Traces of editing in real files with known truth, and in hostile ones.

use std::collections::BTreeMap;
use std::fs;

use provscan::evidence::Evidence;
use provscan::{Asset, Inspector, Limits, Policy, Settings};
use serde_json::Value;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/marks");
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

/// Of a hundred camera files that nobody edited, so many may be flagged.
const MOST: f64 = 2.0;

fn inspector() -> Inspector {
    let settings = Settings {
        signals: Some(vec!["edit_traces".into()]),
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

fn traces(inspector: &Inspector, name: &str, bytes: Vec<u8>) -> Vec<Evidence> {
    let asset = Asset::new(name, bytes, Limits::default());
    let seen = inspector.inspect(&asset);
    let internal = seen
        .faults
        .iter()
        .find(|fault| fault.kind.as_str() == "internal");
    assert!(internal.is_none(), "{name}: {internal:?}");
    seen.evidence
}

/// What is said of files that stand for a camera's own, by code; and the three edited ones whose thumbnails are old.
#[test]
fn few_untouched_files_are_flagged_and_edited_ones_are_found() {
    let Ok(truth) = fs::read_to_string(format!("{CORPUS}/truth.jsonl")) else {
        return println!("skipped: ../shared/corpus/marks is not there");
    };
    let inspector = inspector();
    let (mut table, mut files) = (BTreeMap::<_, u32>::new(), BTreeMap::<_, u32>::new());
    let mut with_thumbnail = 0;
    for row in truth.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let (file, kind) = (row["file"].as_str().unwrap(), row["kind"].as_str().unwrap());
        let bytes = fs::read(format!("{CORPUS}/{file}")).unwrap();
        let asset = Asset::new(file, bytes.clone(), Limits::default());
        let camera = asset.metadata().exif.text(0x010F).is_some();
        if kind == "none" && camera && !asset.embedded_thumbnails().is_empty() {
            with_thumbnail += 1;
        }
        let kind = if camera && kind == "none" {
            "camera"
        } else {
            kind
        };
        *files.entry(kind.to_owned()).or_default() += 1;
        let found = traces(&inspector, file, bytes);
        for one in &found {
            *table.entry((kind.to_owned(), one.code.name)).or_default() += 1;
        }
        let has = |code: &str| found.iter().any(|one| one.code.name == code);
        let marker = row["marker"].as_str().unwrap();
        if marker.contains("thumbnail differs") {
            let differs = [
                "traces.thumbnail-differs",
                "traces.thumbnail-framed-otherwise",
            ];
            assert!(differs.into_iter().any(has), "{file}");
        }
        if marker.contains("DQT = Adobe") {
            let tables = [
                "traces.adobe-tables",
                "traces.adobe-save-unnamed",
                "traces.photoshop-saved",
            ];
            assert!(tables.into_iter().any(has), "{file}");
        }
    }
    println!("{files:?}\n{:<10} {:<28} {:>6}", "truth", "code", "files");
    for ((kind, code), count) in &table {
        println!("{kind:<10} {code:<28} {count:>6}");
    }
    let flagged = table.get(&("camera".to_owned(), "traces.thumbnail-differs"));
    let flagged =
        f64::from(flagged.copied().unwrap_or(0)) * 100.0 / f64::from(with_thumbnail.max(1));
    println!("{with_thumbnail} camera files with a thumbnail: {flagged:.1} % flagged");
    assert!(flagged <= MOST);
}

/// Thumbnails that point to themselves, past the end, or to pictures of any size; every byte of their description changed.
#[test]
fn no_thumbnail_breaks_anything() {
    let inspector = inspector();
    for name in ["cropped.jpg", "own-thumbnail.jpg"] {
        let bytes = fs::read(format!("{SAMPLES}/edit_traces/{name}")).unwrap();
        let exif = position(&bytes, b"Exif\0\0").unwrap() + 6;
        let directory = position(&bytes, &[0x02, 0x01, 0, 4]).unwrap();
        for offset in [0_u32, 4, 8, directory as u32, u32::MAX, u32::MAX - 600] {
            let mut changed = bytes.clone();
            changed[directory + 8..directory + 12].copy_from_slice(&offset.to_be_bytes());
            assert!(traces(&inspector, name, changed).is_empty(), "{offset}");
        }
        // The thumbnail's own header says that it is huge.
        let small = position(&bytes[exif..], &[0xFF, 0xC0, 0, 17]).unwrap() + exif;
        let mut huge = bytes.clone();
        huge[small + 5..small + 9].copy_from_slice(&[0xFF; 4]);
        assert!(traces(&inspector, name, huge).is_empty());
        for at in (directory - 20)..(directory + 60) {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = value;
                traces(&inspector, name, changed);
            }
        }
    }
}

/// What is missing from a picture was not edited out of it.
#[test]
fn a_picture_that_is_cut_off_is_not_compared() {
    let inspector = inspector();
    let bytes = fs::read(format!("{SAMPLES}/edit_traces/exchanged.jpg")).unwrap();
    assert_eq!(traces(&inspector, "whole.jpg", bytes.clone()).len(), 1);
    for part in [50, 70, 90, 99] {
        let cut = bytes[..bytes.len() * part / 100].to_vec();
        assert!(traces(&inspector, "cut.jpg", cut).is_empty(), "{part} %");
    }
}

/// A thumbnail that is a file with a thumbnail is looked at itself; what it carries is not.
#[test]
fn a_thumbnail_within_a_thumbnail_is_not_looked_for() {
    let outer = fs::read(format!("{SAMPLES}/edit_traces/own-thumbnail.jpg")).unwrap();
    let inner = fs::read(format!("{SAMPLES}/edit_traces/exchanged.jpg")).unwrap();
    let exif = position(&outer, b"Exif\0\0").unwrap() + 6;
    let length_at = exif - 8;
    let length = usize::from(u16::from_be_bytes([outer[length_at], outer[length_at + 1]]));
    let directory = position(&outer, &[0x02, 0x01, 0, 4]).unwrap();
    let end = length_at + length;
    let mut tiff = outer[exif..end].to_vec();
    let at = u32::try_from(tiff.len()).unwrap();
    let place = directory - exif + 8;
    tiff[place..place + 4].copy_from_slice(&at.to_be_bytes());
    let inner_len = u32::try_from(inner.len()).unwrap();
    tiff[place + 12..place + 16].copy_from_slice(&inner_len.to_be_bytes());
    tiff.extend(&inner);
    let segment = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    let bytes = [
        &outer[..length_at],
        &segment,
        b"Exif\0\0",
        &tiff,
        &outer[end..],
    ]
    .concat();
    let found = traces(&inspector(), "nested.jpg", bytes);
    let differs: Vec<&str> = found.iter().map(|one| one.code.name).collect();
    assert_eq!(differs, ["traces.thumbnail-differs"]);
}

fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}
