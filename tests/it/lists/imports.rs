//! What an import takes in, under which rules, and what it leaves out.

use super::desk::{Desk, known, table};
use super::verbs::{desk, page};

/// What its owner sends next: `b` has other hashes now, `c` is withdrawn, `d` is new.
const UPDATE: &str = r#"{"type":"md5","value":"0123456789abcdef0123456789abcd22","id":"b"}
{"type":"md5","value":"0123456789abcdef0123456789abcd23","id":"b","category":"A1"}
{"id":"c","withdrawn":true}
{"type":"md5","value":"0123456789abcdef0123456789abcd04","id":"d"}
"#;

#[test]
fn rules_that_are_asked_for_go_before_the_lists_own() {
    let desk = desk();
    desk.ends(0, "list import base.jsonl -o list.pvl --name ours --kind captured --category other --category-name A1=first --threshold pdq=10 --near pdq=0 --min-quality 95");
    let expected = "ours: 4 entries
          3 md5 (equal)
          1 pdq (at most 10 of 256 bits)
          3 in category other
          1 in category A1 (first)
          1 of quality below 95: kept, but never matched
  kind: captured: pictures that a camera took
  turned and mirrored pictures are not looked for
";
    assert_eq!(page(&desk, "list.pvl"), expected);
    for (line, why) in [
        ("--threshold md5=3", "they have no threshold"),
        ("--threshold pdq=257", "larger than the 256 bits"),
        ("--near pdq=300", "larger than the 256 bits"),
        ("--kind dubious", "dubious"),
        ("--action burn", "burn"),
        ("--min-quality 101", "101"),
        ("--category-name A1", "two words with = between"),
        ("--max-repeats many", "many"),
        ("--allow nowhere.csv", "nowhere.csv"),
        ("--format nonsense", "nonsense"),
    ] {
        desk.refuses(&format!("list import base.jsonl -o no.pvl {line}"), why);
    }
    desk.refuses(
        "list import base.jsonl -o no/where.pvl",
        "no/where.pvl: the list could not be written",
    );
    desk.refuses(
        "list import base.jsonl -o .",
        "the list could not be written",
    );
    desk.refuses("list import nowhere.csv -o no.pvl", "nowhere.csv");
    assert!(!desk.at("no.pvl").exists());
}

#[test]
fn an_update_replaces_adds_and_withdraws() {
    let mut desk = desk();
    desk.put("update.jsonl", UPDATE);
    desk.refuses(
        "list import update.jsonl --update -o list.pvl",
        "--update: the list to be updated cannot be used",
    );
    desk.ends(0, "list import base.jsonl -o old.pvl");
    desk.ends(0, "list import base.jsonl -o list.pvl");
    desk.ends(0, "list import update.jsonl --update -o list.pvl");
    let diff = desk.ends(1, "list diff old.pvl list.pvl");
    let expected = "old.pvl → list.pvl
  3 only in the new list (3 md5)
    + d md5
    + b md5
    + b md5 (A1)
  2 only in the old list (2 md5)
    - b md5
    - c md5
";
    assert_eq!(diff.out, expected);
    // Its rules stay, and the same update once more changes nothing.
    assert!(page(&desk, "list.pvl").contains("at most 20 of 256 bits, near up to 50"));
    let once = desk.bytes("list.pvl");
    desk.ends(0, "list import update.jsonl --update -o list.pvl");
    assert!(desk.bytes("list.pvl") == once);
    // What was withdrawn may come back, in a later list of one update, too.
    desk.put("later.jsonl", "{\"id\":\"b\",\"withdrawn\":true}\n{\"type\":\"md5\",\"value\":\"0123456789abcdef0123456789abcd03\",\"id\":\"c\"}\n");
    desk.ends(
        0,
        "list import update.jsonl later.jsonl --update -o list.pvl",
    );
    let diff = desk.ends(1, "list diff old.pvl list.pvl");
    assert!(diff.out.contains("1 only in the new list (1 md5)\n    + d md5\n  1 only in the old list (1 md5)\n    - b md5\n"), "{}", diff.out);
    // A bad line in it, and nothing of it counts.
    let before = desk.bytes("list.pvl");
    desk.put("bad.jsonl", "{\"type\":\"md5\",\"value\":\"0123456789abcdef0123456789abcdef\",\"id\":\"e\"}\n{\"type\":\"md5\",\"value\":\"0123456789abcdef0123456789abcde\"}\n");
    desk.refuses(
        "list import bad.jsonl --update -o list.pvl",
        "bad.jsonl, line 2",
    );
    desk.put(
        "nameless.jsonl",
        "{\"type\":\"md5\",\"value\":\"0123456789abcdef0123456789abcdef\"}\n{\"withdrawn\":true}\n",
    );
    desk.refuses(
        "list import nameless.jsonl --update -o list.pvl",
        "nameless.jsonl, line 2",
    );
    assert!(desk.bytes("list.pvl") == before);
}

#[test]
fn the_same_source_makes_the_same_bytes() {
    let mut desk = Desk::new();
    let list = table(1, 5000);
    desk.put("list.csv", &list);
    let mut made = Vec::new();
    for threads in ["1", "2", "7"] {
        let mut command = desk.command("list import list.csv -o list.pvl --quiet");
        let ran = crate::support::run(command.env("RAYON_NUM_THREADS", threads), b"");
        assert_eq!(ran.code, 0);
        made.push(desk.bytes("list.pvl"));
    }
    assert!(made.iter().all(|one| *one == made[0]));
    // Compiled once more it is the same, and a copy of it, too; from standard input it is named by its content or its place.
    desk.ends(0, "list import list.pvl -o again.pvl");
    assert!(desk.bytes("again.pvl") == made[0]);
    // In another order, and with what is withdrawn again, too.
    let mut lines: Vec<&str> = list.lines().collect();
    lines[1..].reverse();
    desk.put("turned.csv", &(lines.join("\n") + "\n"));
    desk.ends(0, "list import turned.csv -o turned.pvl");
    assert!(desk.bytes("turned.pvl") == made[0]);
    desk.put("more.jsonl", "{\"type\":\"md5\",\"value\":\"0123456789abcdef0123456789abcdef\",\"id\":\"e\",\"category\":\"another\"}\n");
    desk.put("less.jsonl", "{\"id\":\"e\",\"withdrawn\":true}\n");
    desk.ends(0, "list import more.jsonl --update -o turned.pvl");
    assert!(desk.bytes("turned.pvl") != made[0]);
    desk.ends(0, "list import less.jsonl --update -o turned.pvl");
    assert!(desk.bytes("turned.pvl") == made[0]);
    let ran = desk.run_with("list import - -o stdin.pvl", &desk.bytes("list.csv"));
    assert_eq!(ran.code, 0);
    assert!(desk.bytes("stdin.pvl") == made[0]);
}

#[test]
fn what_is_doubtful_is_left_out_and_counted() {
    let mut desk = Desk::new();
    let dummy = "e04710e392f4e0f8c2781ef7c10fe507b6f6c21cd69e69ca78ccd74c8719cb32";
    let mut text = String::from("type,value,quality,id,category\n");
    for number in 0..4 {
        text += &format!(
            "pdq,{dummy},100,dummy-{number},\nmd5,0123456789abcdef0123456789abcdef,,same-{number},\n"
        );
    }
    text += &format!(
        "pdq,{:064x},100,zeros,\npdq,{},100,flat,\n",
        0,
        "f".repeat(64)
    );
    text += known().split_once('\n').unwrap().1;
    desk.put("list.csv", &text);
    desk.put(
        "harmless.csv",
        &known()
            .lines()
            .filter(|line| line.starts_with("type") || line.contains("example-1"))
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    desk.ends(
        0,
        "list import list.csv -o list.pvl --max-repeats 3 --allow harmless.csv",
    );
    let expected = "list: 9 entries
          7 md5 (equal)
          2 pdq (at most 31 of 256 bits, near up to 60)
          5 in category example
          4 without a category
          1 left out: a hash of almost only zeros or ones: every flat picture would match it
          1 left out: a hash of zeros, as is written for unreadable files
          2 left out: on the allow list, or within its threshold
          4 left out: the same picture hash on implausibly many entries: a placeholder, or a blank picture (--max-repeats)
  kind: known-bad
  action: review, unless the policy says otherwise
";
    assert_eq!(page(&desk, "list.pvl"), expected);
    desk.ends(0, "list import list.csv -o list.pvl --max-repeats 4");
    assert!(
        page(&desk, "list.pvl").contains(" 8 pdq ") || page(&desk, "list.pvl").contains(" 7 pdq ")
    );
}

#[test]
fn columns_and_bare_hashes_are_read_as_they_are_said_to_be() {
    let mut desk = Desk::new();
    desk.put("table.csv", "Name,Digest,Group\none,0123456789abcdef0123456789abcd01,A1\ntwo,0123456789abcdef0123456789abcd02,B2\n");
    desk.ends(0, "list import table.csv -o table.pvl --column id=Name --column md5=Digest --column category=3");
    assert!(page(&desk, "table.pvl").starts_with("table: 2 entries\n          2 md5 (equal)\n          1 in category A1\n          1 in category B2\n"));
    let ran = desk.ends(
        1,
        "list search 0123456789abcdef0123456789abcd02 --list table.pvl",
    );
    assert_eq!(
        ran.out,
        "1: match: on the list table, entry two, equal md5 (category B2)\n"
    );
    for (columns, why) in [
        ("--column md5=Nowhere", "table.csv"),
        ("--column md5=9", "table.csv"),
        ("--column nonsense=Name", "nonsense"),
        ("--column md5", "two words with = between"),
        ("--column md5=Name", "table.csv, line 2"),
    ] {
        desk.refuses(&format!("list import table.csv -o no.pvl {columns}"), why);
    }
    desk.put("bare.txt", "0123456789abcdef\nfedcba9876543210\n");
    desk.refuses("list import bare.txt -o no.pvl", "bare.txt");
    desk.ends(
        0,
        "list import bare.txt -o bare.pvl --hash-kind imagehash-phash-8",
    );
    assert!(page(&desk, "bare.pvl").contains("2 imagehash-phash-8 (at most 4 of 64 bits)"));
    desk.refuses("list import bare.txt -o no.pvl --hash-kind pdq", "line 1");
    assert!(!desk.at("no.pvl").exists());
}
