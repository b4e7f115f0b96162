//! What is remembered from one scan to the next: nothing is lost by it, nothing is said twice, and nothing is believed that is
//! not known.

mod appended;
mod hostile;
mod killed;
mod lists;
mod places;
mod reports;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use provscan::state::Stored;

use crate::support::{Folder, NO_TRUST, Ran, provscan, root, run};

/// A folder with copies of samples in `in`, all written long ago.
pub(crate) struct Tree(Folder);

impl Tree {
    /// Copies of the samples in these folders, each so many times.
    fn of(folders: &[&str], copies: usize) -> Self {
        let tree = Self(Folder::new());
        for copy in 0..copies {
            for folder in folders {
                let into = tree.at(&format!("in/{copy}/{folder}"));
                fs::create_dir_all(&into).unwrap();
                for entry in fs::read_dir(root().join("samples").join(folder)).unwrap() {
                    let path = entry.unwrap().path();
                    if path.extension().is_none_or(|ending| ending != "json") {
                        let to = into.join(path.file_name().unwrap());
                        fs::copy(&path, &to).unwrap();
                        age(&to);
                    }
                }
            }
        }
        tree
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.at(name)
    }

    /// Writes a file that looks as if it had been there for long.
    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.at(name), bytes).unwrap();
        age(&self.at(name));
    }

    fn command(&self, words: &str) -> Command {
        let mut command = provscan();
        command
            .current_dir(self.0.path())
            .env("PROVSCAN_TRUST_DIR", root().join(NO_TRUST))
            .args(words.split_whitespace())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &str) -> Ran {
        run(&mut self.command(words), b"")
    }

    /// Runs a scan of `in` as jsonl.
    fn scan(&self, words: &str) -> Ran {
        self.run(&format!("scan in --format jsonl {words}"))
    }

    /// The same with a state that is not there yet.
    fn fresh(&self, words: &str) -> String {
        let ran = self.scan(&format!("--state fresh.state {words}"));
        assert!(ran.code != 2, "{}", ran.err);
        fs::remove_file(self.at("fresh.state")).unwrap();
        ran.out
    }
}

/// Makes a file look as if it had been written long ago.
fn age(path: &Path) {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_577_880_000);
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(long_ago).unwrap();
}

/// What a run says of how many files it read, how many were unchanged, and how many of those were judged again.
fn tally(ran: &Ran) -> [u64; 3] {
    let line = ran.err.lines().find(|line| line.contains(" unchanged"));
    let line = line.unwrap_or_else(|| panic!("no tally: {}", ran.err));
    let words = line.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [read, unchanged] => [read, unchanged, 0],
        _ => numbers.try_into().unwrap(),
    }
}

#[test]
fn files_that_did_not_change_are_not_read_again() {
    let tree = Tree::of(&["plain", "content_credentials", "generator_metadata"], 1);
    let plain = tree.scan("--thorough");
    let first = tree.scan("--state a.state");
    let second = tree.scan("--state a.state");
    assert_eq!((&first.out, first.code), (&plain.out, plain.code));
    assert_eq!((&second.out, second.code), (&plain.out, plain.code));
    let files = first.out.lines().count() as u64 - 1;
    assert_eq!(tally(&first), [files, 0, 0]);
    assert_eq!(tally(&second), [0, files, 0]);
    let mut left: Vec<String> = fs::read_dir(tree.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["a.state", "in"], "nothing is left beside the state");
}

#[test]
fn every_form_of_report_is_the_same_from_a_state() {
    let tree = Tree::of(&["plain", "known_image"], 1);
    tree.scan("--state a.state");
    for form in ["text", "page", "json", "csv", "jsonl"] {
        let plain = tree.run(&format!("scan in --thorough --format {form}"));
        let stored = tree.run(&format!("scan in --format {form} --state a.state"));
        assert_eq!(stored.out, plain.out, "{form}");
        assert_eq!(tally(&stored)[0], 0);
    }
    let plain = tree.scan("--thorough --select no-evidence");
    let stored = tree.scan("--state a.state --select no-evidence");
    assert_eq!(stored.out, plain.out);
}

#[test]
fn what_changed_is_read_again_and_what_only_looks_so_is_not_inspected() {
    let tree = Tree::of(&["plain"], 1);
    let sample = |name: &str| fs::read(root().join("samples").join(name)).unwrap();
    tree.put("in/a.jpg", &sample("content_credentials/edited.jpg"));
    tree.scan("--state a.state");
    // Another content of another length, a manifest beside it, and none any more.
    tree.put(
        "in/a.jpg",
        &sample("content_credentials/camera-capture.jpg"),
    );
    assert_eq!(tally(&tree.scan("--state a.state"))[0], 1);
    tree.put("in/a.c2pa", b"no manifest");
    let ran = tree.scan("--state a.state");
    assert_eq!(tally(&ran)[0], 2);
    assert_eq!(ran.out, tree.fresh(""));
    fs::remove_file(tree.at("in/a.c2pa")).unwrap();
    let ran = tree.scan("--state a.state");
    assert_eq!(tally(&ran)[0], 1);
    assert_eq!(ran.out, tree.fresh(""));
    // The same content with another stamp is read, and not inspected; then the stamp is known.
    fs::copy(tree.at("in/a.jpg"), tree.at("in/copy.jpg")).unwrap();
    fs::rename(tree.at("in/copy.jpg"), tree.at("in/a.jpg")).unwrap();
    assert_eq!(tally(&tree.scan("--state a.state"))[0], 0);
}

#[test]
fn a_change_that_no_stamp_tells_of_is_found_with_verify() {
    let tree = Tree::of(&["plain"], 1);
    tree.put("in/a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;");
    let before = tree.scan("--state a.state").out;
    tree.put("in/a.gif", b"GIF89a\x02\x00\x01\x00\x00\x00\x00;");
    assert_eq!(tree.scan("--state a.state").out, before);
    let verified = tree.scan("--state a.state --verify");
    let told = " compared with the state, 8 unchanged, 1 new or changed";
    assert!(verified.err.contains(told), "{}", verified.err);
    assert_ne!(verified.out, before);
    assert_eq!(verified.out, tree.fresh(""));
}

#[test]
fn another_spelling_of_a_path_is_told() {
    let tree = Tree::of(&["plain"], 1);
    let hint = |ran: &Ran| ran.err.contains("up and ./up are two");
    assert!(!hint(&tree.scan("--state a.state")), "it is the first");
    assert!(hint(&tree.run("scan ./in --state a.state")));
    assert!(!hint(&tree.run("scan ./in --state a.state")));
}

#[test]
fn a_file_that_was_written_just_now_is_not_trusted_to_stay() {
    let tree = Tree::of(&["plain"], 1);
    fs::write(tree.at("in/a.gif"), b"GIF89a\x01\x00\x01\x00\x00\x00\x00;").unwrap();
    tree.scan("--state a.state");
    let modified = fs::metadata(tree.at("in/a.gif"))
        .unwrap()
        .modified()
        .unwrap();
    // The same length in the same tick of the clock.
    fs::write(tree.at("in/a.gif"), b"GIF89a\x02\x00\x01\x00\x00\x00\x00;").unwrap();
    let file = File::options()
        .write(true)
        .open(tree.at("in/a.gif"))
        .unwrap();
    file.set_modified(modified).unwrap();
    let ran = tree.scan("--state a.state");
    assert_eq!(tally(&ran)[0], 1);
    assert_eq!(ran.out, tree.fresh(""));
}

#[test]
fn other_settings_read_the_files_again_and_say_so() {
    let tree = Tree::of(&["generator_metadata"], 1);
    let files = tally(&tree.scan("--state a.state"))[0];
    let ran = tree.scan("--state a.state --show-personal --max-depth 20");
    assert_eq!(tally(&ran)[0], files);
    assert!(
        ran.err.contains(
            "so files are read again: a limit (--max-bytes and its like), --show-personal"
        ),
        "{}",
        ran.err
    );
    assert_eq!(ran.out, tree.fresh("--show-personal --max-depth 20"));
}

#[test]
fn what_could_not_be_read_is_tried_again() {
    let tree = Tree::of(&["plain"], 1);
    let large = vec![b'x'; 3000];
    tree.put("in/large.jpg", &large);
    let words = "in/large.jpg in/nothing.jpg --format jsonl --max-bytes 2000 --state a.state";
    for _ in 0..2 {
        let ran = tree.run(&format!("scan {words}"));
        assert_eq!((ran.code, tally(&ran)), (3, [2, 0, 0]));
    }
}

#[test]
fn what_is_gone_stays_and_is_left_out() {
    let tree = Tree::of(&["plain"], 1);
    let first = tree.scan("--state a.state").out;
    let (gone, _) = first.split_once('\n').unwrap();
    let path: serde_json::Value = serde_json::from_str(gone).unwrap();
    fs::remove_file(tree.at(path["path"].as_str().unwrap())).unwrap();
    let second = tree.scan("--state a.state").out;
    assert!(!second.contains(gone));
    let lines = |all: bool| {
        let mut lines = Vec::new();
        let stored = Stored::open(&tree.at("a.state")).unwrap();
        let each = |record: provscan::state::StoredRecord| {
            lines.extend_from_slice(&record.line);
            Ok(())
        };
        stored.records(None, all, each).unwrap();
        String::from_utf8(lines).unwrap()
    };
    let records = |text: &str| text.rsplit_once("{\"schema\"").unwrap().0.to_owned();
    assert_eq!(lines(false), records(&second));
    assert_eq!(lines(true), records(&first));
}
