//! Reports of states: the same bytes as the scan wrote, or would write with other lists, and groups of images that look alike.

use std::fs;

use provscan::state::{Basis, Keeper};
use provscan::{Policy, Settings};

use super::lists::with_lists;
use super::{Tree, tally};
use crate::support::Ran;

const FORMS: [&str; 7] = ["text", "page", "json", "jsonl", "csv", "sarif", "html"];

/// Paths out of their order, one of them twice, one that is not there, and one that is no image and was asked for.
const PATHS: &str =
    "in/0/plain in/notes.txt in/0/known_image in/0/broken in/no-such.jpg in/notes.txt";

/// The first line in which two runs differ, so that a failure is not pages long.
fn same(one: &Ran, other: &Ran, what: &str) {
    let mut lines = one.out.lines().zip(other.out.lines());
    let differing = lines.find(|(one, other)| one != other);
    assert_eq!(differing, None, "{what}");
    assert!(one.out == other.out, "{what}: one is longer");
    assert_eq!(one.code, other.code, "{what}");
}

fn tree() -> Tree {
    let tree = Tree::of(&["plain", "known_image", "broken"], 1);
    tree.put("in/notes.txt", b"some text");
    tree
}

#[test]
fn a_report_of_a_state_is_that_of_its_scan() {
    let tree = tree();
    for form in FORMS {
        let scan = tree.run(&format!("scan {PATHS} --state a.state --format {form}"));
        let report = tree.run(&format!("report a.state --format {form}"));
        assert!(!scan.out.is_empty());
        same(&report, &scan, form);
        assert_eq!(report.err, "", "{form}");
    }
    let words = "--select no-evidence --format csv";
    let scan = tree.run(&format!("scan {PATHS} --state a.state {words}"));
    let report = tree.run(&format!("report a.state {words}"));
    same(&report, &scan, "the last scan");
}

#[test]
fn a_report_is_in_the_order_of_the_last_scan() {
    let tree = tree();
    tree.run(&format!("scan {PATHS} --state a.state"));
    fs::remove_file(tree.at("in/0/plain/camera.jpg")).unwrap_or_default();
    tree.put(
        "in/0/known_image/new.gif",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    );
    let scan = tree.scan("in/0/plain --state a.state");
    let report = tree.run("report a.state --format jsonl");
    same(&report, &scan, "the last scan");
}

#[test]
fn a_report_by_other_lists_is_that_of_a_scan_with_them() {
    let tree = with_lists();
    tree.put("in/notes.txt", b"some text");
    tree.scan("in/notes.txt --state a.state --list camera.pvl");
    let cases = [
        "--list all.pvl",
        "--list all.pvl --quarantine 1",
        "--list all.pvl --list fine.pvl",
        "--list files.pvl --policy strict.toml",
        "--list all.pvl --threshold pdq=60",
    ];
    let fresh = cases.map(|words| tree.scan(&format!("in/notes.txt --thorough {words}")));
    let page = tree.run("scan in in/notes.txt --thorough --list all.pvl --format page");
    fs::remove_dir_all(tree.at("in")).unwrap();
    for (words, fresh) in cases.iter().zip(fresh) {
        let report = tree.run(&format!("report a.state --format jsonl {words}"));
        same(&report, &fresh, words);
    }
    let report = tree.run("report a.state --list all.pvl --format page");
    same(&report, &page, "as pages");
}

#[test]
fn a_policy_alone_leaves_what_was_found() {
    let tree = with_lists();
    tree.scan("--state a.state --list all.pvl");
    let strict = tree.scan("--thorough --list all.pvl --policy strict.toml");
    let report = tree.run("report a.state --format jsonl --policy strict.toml");
    same(&report, &strict, "another policy");
}

#[test]
fn hashes_that_were_not_kept_are_an_error() {
    let tree = with_lists();
    let made = tree.run("hash in --kind imghash-gradient-8-lanczos3 --format csv");
    tree.put("other.csv", made.out.as_bytes());
    tree.scan("--state a.state");
    let ran = tree.run("report a.state --list other.csv -o other.html --format html");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("scan the files again"), "{}", ran.err);
    assert!(!tree.at("other.html").exists());
}

#[test]
fn what_is_gone_is_reported_if_asked_for() {
    let tree = tree();
    let all = tree.scan("--state a.state");
    fs::remove_dir_all(tree.at("in/0/broken")).unwrap();
    let left = tree.scan("--state a.state");
    let report = tree.run("report a.state --format jsonl");
    same(&report, &left, "without what is gone");
    let report = tree.run("report a.state --format jsonl --gone");
    same(&report, &all, "with what is gone");
}

#[test]
fn a_scan_that_did_not_end_is_said() {
    let tree = tree();
    let scan = tree.scan("--state a.state --fail-on never");
    let basis = Basis::of(&Settings::default(), &Policy::default());
    drop(Keeper::open(&tree.at("a.state"), &basis).unwrap());
    let report = tree.run("report a.state --format jsonl --fail-on never");
    assert_eq!(report.code, 3);
    assert!(
        report.err.contains("did not come to its end"),
        "{}",
        report.err
    );
    let records = scan.out.lines().count();
    let lines: Vec<&str> = report.out.lines().collect();
    assert_eq!(lines.len(), records + 1);
    assert_eq!(
        lines[..records - 1],
        scan.out.lines().collect::<Vec<_>>()[..records - 1]
    );
    assert!(lines[records - 1].contains(r#""path":"a.state""#));
    fs::remove_file(tree.at("a.state")).unwrap();
    drop(Keeper::open(&tree.at("a.state"), &basis).unwrap());
    let report = tree.run("report a.state");
    assert_eq!(report.code, 3, "{}", report.out);
}

#[test]
fn groups_are_the_same_with_a_state_and_of_one() {
    let tree = Tree::of(&["plain", "known_image", "broken"], 2);
    let plain = tree.scan("--group");
    assert!(plain.out.contains(r#""group":"#));
    let mut read = Vec::new();
    for turn in 0..2 {
        let scan = tree.scan("--group --state a.state");
        same(&scan, &plain, &format!("turn {turn}"));
        read.push(tally(&scan)[0]);
        let report = tree.run("report a.state --group --format jsonl");
        same(&report, &plain, "a report");
    }
    assert!(
        read[1] < read[0] / 2,
        "{read:?}: what is broken is tried again, and nothing else"
    );
    for words in [
        "--format csv",
        "--format html",
        "--format text --select no-evidence",
    ] {
        let plain = tree.run(&format!("scan in --group {words}"));
        for again in ["scan in --group --state a.state", "report a.state --group"] {
            same(&tree.run(&format!("{again} {words}")), &plain, words);
        }
    }
    let records = tree.run("report a.state --format jsonl").out;
    assert!(!records.contains(r#""group":"#));
    let ran = tree.run("scan in --group --state a.state --append --format jsonl -o b.jsonl");
    assert_eq!(ran.code, 2, "{}", ran.err);
}
