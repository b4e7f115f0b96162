//! Other lists and another policy: what was stored is judged again, and comes out as if it had been scanned with them.

use std::sync::Arc;

use provscan::lists::{List, OpenOptions};
use provscan::state::{Basis, Stored};
use provscan::{Inspector, Policy, Settings};

use super::{Tree, tally};

const FOLDERS: [&str; 6] = [
    "plain",
    "broken",
    "known_image",
    "thumbnails",
    "watermark",
    "content_credentials",
];

/// Every how many lines of a list one is taken, with the header.
fn every(text: &str, step: usize) -> String {
    let lines = text.lines().enumerate();
    let taken = lines.filter(|(number, _)| *number == 0 || number % step == 0);
    taken.map(|(_, line)| format!("{line}\n")).collect()
}

/// A tree with lists of hashes of its own pictures: all, and some for other ends.
pub(super) fn with_lists() -> Tree {
    let tree = Tree::of(&FOLDERS, 1);
    let pdq = tree.run("hash in --format csv").out;
    let md5 = tree.run("hash in --kind md5 --format csv").out;
    for (name, kind, text) in [
        ("all", "known-bad", pdq.clone()),
        ("fine", "allow", every(&pdq, 9)),
        ("camera", "captured", every(&pdq, 5)),
        ("model", "ai-generated", every(&pdq, 7)),
        ("files", "known-bad", every(&md5, 2)),
    ] {
        tree.put(&format!("{name}.csv"), text.as_bytes());
        let ran = tree.run(&format!(
            "list import {name}.csv -o {name}.pvl --name {name} --kind {kind} --quiet"
        ));
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    tree.put(
        "strict.toml",
        b"name = \"strict\"\nno_evidence = \"label\"\n[[rule]]\nclaim = \"known\"\nverdict = \"known\"\naction = \"block\"\n",
    );
    tree
}

#[test]
fn other_lists_over_what_was_stored_say_what_a_scan_says() {
    let tree = with_lists();
    let files = tally(&tree.scan("--state a.state"))[0];
    let again = files - tally(&tree.scan("--state a.state"))[1];
    for words in [
        "--list all.pvl",
        "--list all.pvl --quarantine 1",
        "--list all.pvl --list fine.pvl",
        "--list files.pvl",
        "--list model.pvl --list camera.pvl",
        "--list all.pvl --threshold pdq=60",
        "--list all.pvl --policy strict.toml",
        "--policy strict.toml",
        "--list all.pvl --without known_image",
        "",
    ] {
        let stored = tree.scan(&format!("--state a.state {words}"));
        assert_eq!(tally(&stored)[0], again, "{words}: files were read again");
        assert_eq!(stored.out, tree.fresh(words), "{words}");
        assert_eq!(
            stored.out,
            tree.scan(&format!("--thorough {words}")).out,
            "{words}"
        );
        let warm = tree.scan(&format!("--state a.state {words}"));
        assert_eq!((&warm.out, tally(&warm)[2]), (&stored.out, 0), "{words}");
    }
}

#[test]
fn a_kind_of_hash_that_was_not_kept_is_computed_from_the_file() {
    let tree = with_lists();
    let files = tally(&tree.scan("--state a.state"))[0];
    let kind = "imghash-gradient-8-lanczos3";
    let other = tree.run(&format!("hash in --kind {kind} --format csv")).out;
    tree.put("other.csv", other.as_bytes());
    let words = "--list other.csv --state a.state";
    let ran = tree.scan(words);
    assert_eq!(tally(&ran)[0], files);
    assert!(ran.err.contains("had not been kept"), "{}", ran.err);
    assert_eq!(ran.out, tree.fresh("--list other.csv"));
    let spare = tree.scan("--state b.state --no-fingerprints --list files.pvl");
    assert_eq!(spare.out, tree.scan("--list files.pvl").out);
    let all = tree.scan("--state b.state --no-fingerprints --list all.pvl");
    assert_eq!(tally(&all)[0], files);
    assert_eq!(all.out, tree.scan("--list all.pvl").out);
}

#[test]
fn a_state_is_judged_by_other_lists_without_the_files() {
    let tree = with_lists();
    tree.scan("--state a.state");
    let list = List::open(&tree.at("all.pvl"), OpenOptions::default()).unwrap();
    let settings = Settings {
        lists: vec![Arc::new(list)],
        keep_prints: true,
        ..Settings::default()
    };
    let basis = Basis::of(&settings, &Policy::default());
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let fresh = tree.fresh("--list all.pvl");
    std::fs::remove_dir_all(tree.at("in")).unwrap();
    let (mut lines, mut summary) = (Vec::new(), provscan::scan::Summary::default());
    let stored = Stored::open(&tree.at("a.state")).unwrap();
    let each = |record: provscan::state::StoredRecord| {
        record.count(&mut summary);
        lines.extend_from_slice(&record.line);
        Ok(())
    };
    stored
        .records(Some((&inspector, &basis)), false, each)
        .unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines, fresh.rsplit_once("{\"schema\"").unwrap().0);
    assert_eq!(summary.inputs, lines.lines().count() as u64);
}
