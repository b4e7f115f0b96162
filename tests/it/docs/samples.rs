//! Every sample has a row in `samples/README.md`, and every row its sample.

use std::collections::BTreeSet;

use super::{markdown, read, root};

/// Folders of `samples/` that hold no samples.
const NO_SAMPLES: &[&str] = &["make"];

/// The files of a row's first cell. Later names may leave out what they share with the first: `a.jpg` `.png`, or
/// `known-1-reencoded.jpg` `-resized.jpg`.
fn names(cell: &str) -> Vec<String> {
    let mut last = String::new();
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(|token| {
            let shared = match token.chars().next() {
                Some(short @ ('.' | '-')) => last.rsplit_once(short).map_or("", |(head, _)| head),
                _ => "",
            };
            last = format!("{shared}{token}");
            last.clone()
        })
        .collect()
}

/// The files that the section of a folder has rows for.
fn rows(section: &str) -> BTreeSet<String> {
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once(" |"))
        .flat_map(|(cell, _)| names(&format!("`{cell}")))
        .collect()
}

/// The samples in a folder: neither goldens, which lie beside their samples, nor scripts.
fn files(folder: &str) -> BTreeSet<String> {
    let names: BTreeSet<String> = std::fs::read_dir(root().join("samples").join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let is_golden = |name: &String| {
        name.strip_suffix(".json").is_some_and(|stem| {
            names.contains(stem)
                || names.iter().any(|other| {
                    other != name && other.rsplit_once('.').is_some_and(|(head, _)| head == stem)
                })
        })
    };
    names
        .iter()
        .filter(|name| !is_golden(name) && !name.ends_with(".sh"))
        .cloned()
        .collect()
}

#[test]
fn every_sample_has_a_row_and_every_row_its_sample() {
    let readme = read("samples/README.md");
    let folders = std::fs::read_dir(root().join("samples")).unwrap();
    let mut seen = 0;
    for folder in folders.map(Result::unwrap).filter(|f| f.path().is_dir()) {
        let folder = folder.file_name().into_string().unwrap();
        if NO_SAMPLES.contains(&folder.as_str()) {
            continue;
        }
        let section = markdown::section(&readme, &format!("## {folder}/"));
        assert_eq!(files(&folder), rows(section), "samples/{folder}");
        seen += 1;
    }
    assert!(seen >= 6);
}

#[test]
fn short_names_are_completed() {
    assert_eq!(names("`a.jpg` `.png`"), ["a.jpg", "a.png"]);
    assert_eq!(names("`k-1-a.jpg` `-b.jpg`"), ["k-1-a.jpg", "k-1-b.jpg"]);
    assert_eq!(names("`a.jpg` + `a.c2pa`"), ["a.jpg", "a.c2pa"]);
}
