//! The audit log: what was judged stands in it before anyone hears of it, and no change of it stays unseen.

mod damage;
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use provscan::audit::{
    AuditError, AuditOptions, Auditor, Found, Grounds, Head, Key, Problem, Verifier, Who, head_of,
};
use provscan::sources::{Input, Name};
use provscan::{Inspection, Inspector, Limits, Policy, Settings, scan};

/// A log in a folder that goes away.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self) -> PathBuf {
        self.at("audit.jsonl")
    }
}

fn options() -> AuditOptions<'static> {
    AuditOptions {
        key: None,
        after: None,
        names: true,
        clock: || SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
    }
}

fn grounds(actor: &str) -> Grounds {
    let who = Who {
        actor: Some(actor.to_owned()),
        ..Who::default()
    };
    Grounds::of(&who, &Settings::default(), &Policy::default(), &[7; 32])
}

fn key(byte: u8) -> Key {
    Key::new(vec![byte; 32].into()).unwrap()
}

fn opened(path: &Path) -> Result<Auditor, AuditError> {
    Auditor::open(path, options(), grounds("tests"))
}

/// What is found of an image of these bytes.
fn inspection(bytes: &[u8]) -> Inspection {
    let inspector = Inspector::new(&Settings::default(), Policy::default()).unwrap();
    let input = Input::memory("a.gif", bytes.to_vec());
    scan::inspect(&inspector, input, &Limits::default())
}

fn gif() -> Inspection {
    inspection(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;")
}

/// Adds answers to the log at this path.
fn add(path: &Path, count: usize) {
    let auditor = opened(path).unwrap();
    for number in 0..count {
        let name = Name::new(format!("{number}.gif"));
        auditor.record(&name, &gif()).unwrap();
    }
}

/// What the check says of these files.
fn checked(files: &[&Path], key: Option<Key>, expect: Option<Head>) -> (Found, Vec<Problem>) {
    let mut verifier = Verifier::new(key, expect);
    let mut problems = Vec::new();
    for file in files {
        verifier
            .file(file, &mut |problem| problems.push(problem))
            .unwrap();
    }
    let found = verifier.finish(&mut |problem| problems.push(problem));
    assert_eq!(found.problems, problems.len() as u64);
    (found, problems)
}

fn sound(file: &Path) -> Found {
    let (found, problems) = checked(&[file], None, None);
    assert_eq!(problems, [], "{}", fs::read_to_string(file).unwrap());
    found
}

#[test]
fn a_log_tells_who_what_and_by_which_rules() {
    let place = Place::new();
    let auditor = opened(&place.log()).unwrap();
    auditor.record(&Name::new("a.gif"), &gif()).unwrap();
    let fault = scan::inspect(
        &Inspector::new(&Settings::default(), Policy::default()).unwrap(),
        Input::file("no such file"),
        &Limits::default(),
    );
    auditor.record(&Name::new("no such file"), &fault).unwrap();
    let text = fs::read_to_string(place.log()).unwrap();
    let records: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let types: Vec<&str> = records
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["begin", "settings", "answer", "answer"]);
    let [_, settings, answer, failed] = records.as_slice() else {
        panic!("{text}");
    };
    assert_eq!(settings["actor"], "tests");
    assert_eq!(settings["policy"]["sha256"], "07".repeat(32));
    assert_eq!(answer["settings"], settings["hash"]);
    assert_eq!(answer["time"], "2027-01-15T08:00:00Z");
    assert_eq!(answer["name"], "a.gif");
    assert_eq!(answer["sha256"].as_str(), gif().sha256.as_deref());
    assert_eq!(answer["verdict"], "no-evidence");
    assert_eq!(failed["verdict"], "unchecked");
    assert_eq!(failed["action"], "review");
    assert_eq!(failed["errors"][0], "unreadable");
    assert!(failed.get("sha256").is_none());
    assert_eq!(sound(&place.log()).answers, 2);
}

#[test]
fn many_threads_and_several_writers_share_one_chain() {
    let place = Place::new();
    let writers = [opened(&place.log()).unwrap(), opened(&place.log()).unwrap()];
    thread::scope(|scope| {
        for writer in &writers {
            for thread in 0..4 {
                scope.spawn(move || {
                    for number in 0..25 {
                        let name = Name::new(format!("{thread}-{number}"));
                        writer.record(&name, &gif()).unwrap();
                    }
                });
            }
        }
    });
    let found = sound(&place.log());
    assert_eq!((found.records, found.answers), (1 + 2 + 200, 200));
}

#[test]
fn other_lists_and_policies_are_stated_once() {
    let place = Place::new();
    let old = opened(&place.log()).unwrap();
    let new = old.with(grounds("others")).unwrap();
    for auditor in [&old, &new, &old] {
        auditor.record(&Name::new("a"), &gif()).unwrap();
    }
    let text = fs::read_to_string(place.log()).unwrap();
    assert_eq!(text.matches("\"type\":\"settings\"").count(), 2);
    let stated: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|record| record["type"] == "answer")
        .map(|record| record["settings"].to_string())
        .collect();
    assert_eq!(stated[0], stated[2]);
    assert_ne!(stated[0], stated[1]);
    assert_eq!(sound(&place.log()).answers, 3);
}

#[test]
fn a_log_that_is_put_away_goes_on_in_a_new_file() {
    let place = Place::new();
    let old = place.at("old.jsonl");
    let auditor = opened(&place.log()).unwrap();
    auditor.record(&Name::new("a"), &gif()).unwrap();
    fs::rename(place.log(), &old).unwrap();
    auditor.record(&Name::new("b"), &gif()).unwrap();
    let head = head_of(&old).unwrap();
    let new = sound(&place.log());
    assert_eq!((new.after, new.records), (Some(head), 3));
    let (both, problems) = checked(&[&old, &place.log()], None, None);
    assert_eq!((both.answers, both.after, problems.len()), (2, None, 0));
    let (_, problems) = checked(&[&place.log(), &old], None, None);
    assert!(!problems.is_empty());
    // Whatever is taken off the old one shows now.
    let text = fs::read_to_string(&old).unwrap();
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&old, &text[..last]).unwrap();
    let (_, problems) = checked(&[&old, &place.log()], None, None);
    assert!(problems[0].what.contains("1 records are missing before it"));
    // Somebody begins a new file by hand.
    let third = place.at("third.jsonl");
    let log = place.log();
    let after = AuditOptions {
        after: Some(&log),
        ..options()
    };
    drop(Auditor::open(&third, after, grounds("tests")).unwrap());
    let (_, problems) = checked(&[&log, &third], None, None);
    assert_eq!(problems, []);
}

#[test]
fn a_log_that_is_sealed_cannot_be_written_anew_without_its_key() {
    let place = Place::new();
    let sealed = |byte| AuditOptions {
        key: Some(key(byte)),
        ..options()
    };
    let auditor = Auditor::open(&place.log(), sealed(1), grounds("tests")).unwrap();
    auditor.record(&Name::new("a"), &gif()).unwrap();
    let (found, _) = checked(&[&place.log()], None, None);
    assert!(found.unchecked_seals && found.problems == 0);
    let (found, _) = checked(&[&place.log()], Some(key(1)), None);
    assert!(!found.unchecked_seals && found.problems == 0);
    let (_, problems) = checked(&[&place.log()], Some(key(2)), None);
    assert_eq!(problems.len(), 3);
    let refused = |options| {
        let opened = Auditor::open(&place.log(), options, grounds("tests"));
        opened.unwrap_err().to_string()
    };
    assert!(refused(options()).contains("name it with --audit-key"));
    assert!(refused(sealed(2)).contains("another key"));
    // A chain that is whole in itself, and has no seals.
    let forged = place.at("forged.jsonl");
    add(&forged, 1);
    assert_eq!(sound(&forged).answers, 1);
    let (_, problems) = checked(&[&forged], Some(key(1)), None);
    assert_eq!(problems.len(), 3);
    assert!(Key::new(vec![1; 31].into()).is_err());
}
