//! The program: many at once, stopped at any moment, without room on the disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Place, checked, sound};
use crate::support::{NO_TRUST, Random, root};

/// How often a scan is killed, unless `PROVSCAN_TEST_KILLS` says otherwise.
const KILLS: u64 = 12;

fn provscan(words: &str, place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
    command
        .args(words.split_whitespace())
        .arg(root().join("samples/plain"))
        .env("PROVSCAN_TRUST_DIR", NO_TRUST)
        .current_dir(place.folder.path());
    command
}

fn run(words: &str, place: &Place) -> Output {
    provscan(words, place).output().unwrap()
}

/// Records of this type, by name, without what differs from run to run.
fn answers(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let records = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut answers: Vec<Value> = records.filter(|one| one["type"] == "answer").collect();
    for answer in &mut answers {
        for key in ["seq", "prev", "hash", "time", "settings"] {
            answer.as_object_mut().unwrap().remove(key);
        }
    }
    answers
}

#[test]
fn programs_that_write_at_once_share_one_chain() {
    let place = Place::new();
    let words = "scan --audit audit.jsonl --audit-names --format jsonl --quiet";
    let children: Vec<_> = (0..8)
        .map(|_| {
            let mut command = provscan(words, &place);
            command.stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let found = sound(&place.log());
    let mut counts = BTreeMap::new();
    for answer in answers(&place.log()) {
        *counts.entry(answer.to_string()).or_insert(0) += 1;
    }
    assert!(counts.values().all(|count| *count == 8));
    assert_eq!(found.answers, 8 * counts.len() as u64);
    assert_eq!(found.records, found.answers + 1 + 8);
}

#[test]
fn what_is_remembered_is_put_down_as_what_it_is() {
    let place = Place::new();
    for form in ["jsonl", "csv", "text", "page"] {
        let scan = |log: &str| {
            let words =
                format!("scan --audit {log} --audit-names --format {form} --quiet --state a.state");
            let output = run(&words, &place);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            let found = (output.stdout, answers(&place.at(log)));
            fs::remove_file(place.at(log)).unwrap();
            found
        };
        let (first, again) = (scan("first.jsonl"), scan("again.jsonl"));
        assert!(!first.1.is_empty());
        assert_eq!(first, again);
    }
    let plain = run("scan --format jsonl --quiet", &place);
    let grouped = "scan --format jsonl --quiet --group --audit audit.jsonl";
    let grouped = run(grouped, &place);
    let lines = |output: Output| String::from_utf8(output.stdout).unwrap().lines().count();
    assert_eq!(lines(plain), lines(grouped));
    let log = answers(&place.log());
    assert!(log.iter().all(|answer| answer.get("name").is_none()));
    sound(&place.log());
}

/// The signal that no program can catch is what `Child::kill` sends.
#[test]
fn killed_at_any_moment_nothing_was_given_that_the_log_lacks() {
    let kills = std::env::var("PROVSCAN_TEST_KILLS");
    let kills = kills.map_or(KILLS, |kills| kills.parse().unwrap());
    let place = Place::new();
    let words = "scan --audit audit.jsonl --audit-names --format jsonl --quiet";
    let began = Instant::now();
    assert_eq!(run(words, &place).status.code(), Some(0));
    let whole = began.elapsed().as_micros() as usize;
    let (mut random, mut killed) = (Random::new(11), 0);
    for _ in 0..kills {
        let mut command = provscan(words, &place);
        command.stdout(File::create(place.at("out")).unwrap());
        let mut child = command.spawn().unwrap();
        sleep(Duration::from_micros(random.below(whole) as u64));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        let log = fs::read_to_string(place.log()).unwrap();
        let out = fs::read_to_string(place.at("out")).unwrap();
        for line in out
            .lines()
            .filter(|line| line.contains("\"type\":\"image\""))
        {
            let Ok(record) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            assert!(log.contains(&format!("\"name\":{}", record["path"])));
        }
    }
    println!("{killed} scans were killed");
    assert_eq!(run(words, &place).status.code(), Some(0));
    let found = sound(&place.log());
    println!("{} lines were not finished", found.recoveries);
}

/// A file may become no longer than so many blocks, as if the disk were full.
#[cfg(unix)]
#[test]
fn without_room_for_the_log_no_answer_is_given() {
    let place = Place::new();
    for blocks in [0, 1, 2, 4, 6] {
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {} scan {} --audit-names --audit audit.jsonl --format jsonl --quiet | cat",
            env!("CARGO_BIN_EXE_provscan"),
            root().join("samples/plain").display(),
        );
        let output = Command::new("bash")
            .args(["-o", "pipefail", "-c", &script])
            .env("PROVSCAN_TRUST_DIR", NO_TRUST)
            .current_dir(place.folder.path())
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{blocks}: {told}");
        assert!(
            told.contains("the audit log cannot be written, so no answer is given"),
            "{told}"
        );
        let out = String::from_utf8(output.stdout).unwrap();
        let names: Vec<Value> = answers(&place.log())
            .into_iter()
            .map(|answer| answer["name"].clone())
            .collect();
        for line in out.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            assert!(names.contains(&record["path"]), "{blocks}");
        }
        assert!(names.len() < 16);
        // There is room again, and what was torn is accounted for.
        let words = "scan --audit audit.jsonl --format jsonl --quiet";
        assert_eq!(run(words, &place).status.code(), Some(0));
        sound(&place.log());
        fs::remove_file(place.log()).unwrap();
    }
}

#[test]
fn a_log_that_cannot_be_written_is_told_before_anything_is_judged() {
    let place = Place::new();
    fs::write(place.at("notes"), "notes\n").unwrap();
    fs::write(place.at("short.key"), "secret\n").unwrap();
    for (words, expected) in [
        ("--audit /dev/full", "no regular file"),
        ("--audit no/such/folder", "cannot be opened"),
        ("--audit notes", "no audit log"),
        ("--audit a.jsonl --audit-key short.key", "at least 32 bytes"),
        ("--audit a.jsonl --audit-after notes", "no audit log"),
        ("--audit-names", "--audit <FILE>"),
    ] {
        let output = run(&format!("scan {words} --format jsonl"), &place);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {told}");
        assert!(told.contains(expected), "{words}: {told}");
        assert!(output.stdout.is_empty(), "{words}");
    }
}

#[test]
fn the_log_is_no_input_of_the_scan_that_writes_it() {
    let place = Place::new();
    fs::write(place.at("a.gif"), b"GIF89a\x01\x00\x01\x00\x00\x00\x00;").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
    let output = command
        .args(["scan", ".", "--audit", "audit.jsonl", "--format", "jsonl"])
        .current_dir(place.folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(out.lines().count(), 2, "{out}");
    let head = provscan::audit::head_of(&place.log()).unwrap();
    assert_eq!(checked(&[&place.log()], None, Some(head)).1, []);
}
