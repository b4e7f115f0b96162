//! What the verbs for lists do, and the words that they say it in; no hash is ever among them.

use super::desk::{Desk, known, table};

/// A list with rules of its own.
const BASE: &str = r#"{"list":"partners","category":"general","categories":{"A1":"the worst"},"threshold":{"pdq":20},"near":{"pdq":50},"min_quality":40,"dihedral":false,"action":"block"}
{"type":"md5","value":"0123456789abcdef0123456789abcd01","id":"a","category":"A1"}
{"type":"pdq","value":"08bc5d6ab60b28d40c60f32b34d60254c92d5ec23279a1bcc96577bd34fb2f6f","id":"a","quality":90,"source":"hotline","date":"2026-01-02"}
{"type":"md5","value":"0123456789abcdef0123456789abcd02","id":"b"}
{"type":"md5","value":"0123456789abcdef0123456789abcd03","id":"c"}
"#;

/// What its owner sends next: `b` has other hashes now, `c` is withdrawn, `d` is new.
const UPDATE: &str = r#"{"type":"md5","value":"0123456789abcdef0123456789abcd22","id":"b"}
{"type":"md5","value":"0123456789abcdef0123456789abcd23","id":"b","category":"A1"}
{"id":"c","withdrawn":true}
{"type":"md5","value":"0123456789abcdef0123456789abcd04","id":"d"}
"#;

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.put("base.jsonl", BASE);
    desk.put("update.jsonl", UPDATE);
    desk
}

/// A page on a list, without its digest.
fn page(desk: &Desk, list: &str) -> String {
    let ran = desk.ends(0, &format!("list info {list}"));
    ran.out
        .lines()
        .filter(|line| !line.contains("digest"))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn digest(desk: &Desk, list: &str) -> String {
    let ran = desk.ends(0, &format!("list verify {list}"));
    ran.out.split("digest: ").nth(1).unwrap().trim().to_owned()
}

#[test]
fn info_tells_what_a_list_is_and_asks_for() {
    let desk = desk();
    let imported = desk.ends(0, "list import base.jsonl -o list.pvl");
    assert_eq!(imported.out, "");
    assert_eq!(imported.err, desk.ends(0, "list info list.pvl").out);
    let expected = "partners: 4 entries
          3 md5 (equal)
          1 pdq (at most 20 of 256 bits, near up to 50)
          3 in category general
          1 in category A1 (the worst)
  kind: known-bad
  action: block
  turned and mirrored pictures are not looked for
";
    assert_eq!(page(&desk, "list.pvl"), expected);
    // The text that it was made from says the same.
    assert_eq!(page(&desk, "base.jsonl"), expected);
}

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
fn a_diff_names_what_changed_and_no_hash() {
    let mut desk = desk();
    desk.ends(0, "list import base.jsonl -o list.pvl");
    let same = desk.ends(0, "list diff base.jsonl list.pvl");
    assert_eq!(same.out, "base.jsonl → list.pvl\n  no difference\n");
    desk.put("rules.jsonl", &BASE.replace("\"pdq\":20", "\"pdq\":21"));
    let rules = desk.ends(1, "list diff list.pvl rules.jsonl");
    assert_eq!(
        rules.out,
        "list.pvl → rules.jsonl\n  what the list is or asks for has changed; `provscan list info` shows both\n"
    );
    desk.put(
        "other.jsonl",
        &BASE.replace("\"category\":\"A1\"", "\"category\":\"B2\""),
    );
    let other = desk.ends(1, "list diff list.pvl other.jsonl");
    assert_eq!(
        other.out,
        "list.pvl → other.jsonl\n  1 only in the new list (1 md5)\n    + a md5 (B2)\n  1 only in the old list (1 md5)\n    - a md5 (A1)\n"
    );
    // Many differences are counted, and not all named.
    desk.put("many.csv", &table(3, 2500));
    desk.put(
        "few.csv",
        "type,value,quality,id,category\nmd5,0123456789abcdef0123456789abcd01,,,\n",
    );
    let many = desk.ends(1, "list diff few.csv many.csv");
    assert!(
        many.out
            .contains("2500 only in the new list (1250 md5, 1250 pdq)")
    );
    assert!(many.out.contains("    + … and 1500 more\n"));
    assert!(
        many.out
            .contains("    - without an id that can be shown md5\n")
    );
}

#[test]
fn a_merge_holds_what_each_list_holds() {
    let mut desk = desk();
    desk.put("few.csv", "type,value,quality,id,category\nmd5,0123456789abcdef0123456789abcd01,,a,A1\nmd5,0123456789abcdef0123456789abcd77,,z,\n");
    desk.ends(0, "list merge base.jsonl few.csv -o merged.pvl");
    let expected = "partners: 5 entries
          4 md5 (equal)
          1 pdq (at most 20 of 256 bits, near up to 50)
          1 in category A1 (the worst)
          3 in category general
          1 without a category
  kind: known-bad
  action: block
  turned and mirrored pictures are not looked for
";
    assert_eq!(page(&desk, "merged.pvl"), expected);
    // Compiled or not, and merged once more.
    desk.ends(0, "list import few.csv -o few.pvl --name few");
    desk.ends(0, "list import base.jsonl -o base.pvl");
    desk.ends(0, "list merge base.pvl few.pvl few.csv -o again.pvl");
    desk.ends(0, "list diff merged.pvl again.pvl");
    desk.refuses("list merge base.pvl -o no.pvl", "2");
    desk.ends(0, "list merge base.pvl base.jsonl -o same.pvl");
    assert!(desk.bytes("same.pvl") == desk.bytes("base.pvl"));
}

#[test]
fn every_form_that_is_written_is_read_back() {
    let mut desk = desk();
    desk.put(
        "known.csv",
        &(known()
            + "pdq,f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22,77,far,\n"),
    );
    for list in ["known.csv", "base.jsonl"] {
        desk.ends(0, &format!("list import {list} -o list.pvl"));
        for (form, all) in [
            ("jsonl", true),
            ("csv", list == "known.csv"),
            ("text", false),
            ("sums", false),
            ("hashdeep", false),
            ("threatexchange", false),
            ("vics", false),
        ] {
            let out = desk.ends(0, &format!("list export list.pvl --format {form} -o first"));
            assert_eq!(out.out, "");
            desk.ends(0, "list import first -o first.pvl --name list");
            desk.ends(
                0,
                &format!("list export first.pvl --format {form} -o second"),
            );
            desk.ends(0, "list import second -o second.pvl --name list");
            assert_eq!(
                digest(&desk, "first.pvl"),
                digest(&desk, "second.pvl"),
                "{form}"
            );
            if all {
                desk.ends(0, "list import list.pvl -o named.pvl --name list");
                let diff = desk.run("list diff named.pvl first.pvl");
                assert_eq!(diff.code, 0, "{form}: {}", diff.out);
            }
        }
    }
    desk.refuses("list export list.pvl --format bloom -o no", "bloom");
    desk.refuses(
        "list export list.pvl -o no/where",
        "no/where: the list could not be written",
    );
}

/// What `--format` can hold goes to standard output only when it is asked for: the one place where hashes are printed.
#[test]
fn an_export_without_a_file_goes_to_standard_output() {
    let desk = desk();
    let ran = crate::support::run(&mut desk.command("list export base.jsonl"), b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("{\"list\":\"partners\""), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 5);
}

#[test]
fn a_search_says_where_a_hash_is_and_how_near() {
    let desk = desk();
    let (md5, pdq) = (
        "0123456789abcdef0123456789abcd01",
        "08bc5d6ab60b28d40c60f32b34d60254c92d5ec23279a1bcc96577bd34fb2f6f",
    );
    let off = |digits: &str| format!("{}{digits}", &pdq[..64 - digits.len()]);
    desk.ends(0, "list import base.jsonl -o list.pvl");
    for (hash, code, says) in [
        (
            md5,
            1,
            "match: on the list partners, entry a, equal md5 (category the worst)",
        ),
        (
            pdq,
            1,
            "match: on the list partners, entry a, pdq, 0 bits away (category general, from hotline, 2026-01-02)",
        ),
        (
            &off("0000"),
            1,
            "match: on the list partners, entry a, pdq, 11 bits away (category general, from hotline, 2026-01-02)",
        ),
        (
            &off("00000000000000"),
            1,
            "near: on the list partners, entry a, pdq, 37 bits away (category general, from hotline, 2026-01-02)",
        ),
        (
            &off("000000000000000000000000000000"),
            0,
            "on none of the lists",
        ),
        (
            "0123456789ABCDEF0123456789ABCD02",
            1,
            "match: on the list partners, entry b, equal md5 (category general)",
        ),
        (
            "0123456789abcdef0123456789abcdff",
            0,
            "on none of the lists",
        ),
    ] {
        for list in ["list.pvl", "base.jsonl"] {
            let ran = desk.ends(code, &format!("list search {hash} --list {list}"));
            assert_eq!(ran.out, format!("1: {says}\n"));
        }
        let named = if hash.len() == 32 { "md5" } else { "pdq" };
        let ran = desk.ends(code, &format!("list search {named}:{hash} --list list.pvl"));
        assert_eq!(ran.out, format!("1: {says}\n"));
        let ran = desk.ends(
            code,
            &format!("list search --kind {named} {hash} --list list.pvl"),
        );
        assert_eq!(ran.out, format!("1: {says}\n"));
    }
    let ran = desk.run_with(
        "list search - --list list.pvl",
        format!("{md5}\n\npdq {pdq}\n md5:{md5} \n").as_bytes(),
    );
    assert_eq!(ran.code, 1);
    let numbers: Vec<&str> = ran.out.lines().map(|line| &line[..9]).collect();
    assert_eq!(numbers, ["1: match:", "2: match:", "3: match:"]);
    for (hash, why) in [
        (&md5[1..], "the length of no kind"),
        (
            &format!("md5:{}", &md5[1..]),
            "31 hex digits, a md5 hash has 32",
        ),
        // Of a kind that is not on the list, and no hash of it.
        (
            &format!("sha256:{md5}"),
            "32 hex digits, a sha256 hash has 64",
        ),
        ("md5:xyzw6789abcdef0123456789abcdef01", "hash 1"),
        (&format!("nonsense:{md5}"), "nonsense"),
    ] {
        desk.refuses(&format!("list search {hash} --list list.pvl"), why);
    }
    desk.refuses(&format!("list search {md5}"), "--list");
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

#[test]
fn a_list_is_not_put_where_it_would_do_harm() {
    let mut desk = Desk::new();
    desk.put("list.csv", &table(3, 20));
    desk.refuses(
        "list import list.csv -o list.csv",
        "this is the list that is read",
    );
    desk.put("empty.csv", "type,value,id\n");
    desk.refuses(
        "list import empty.csv -o new.pvl",
        "no entry was found in it",
    );
    desk.refuses("list info empty.csv", "no entry was found in it");
    std::fs::create_dir(desk.at("folder")).unwrap();
    desk.refuses("list import list.csv -o folder", "this is a folder");
    #[cfg(unix)]
    {
        desk.refuses(
            "list import list.csv -o /dev/null",
            "this is a device or a pipe",
        );
        std::os::unix::fs::symlink("real.pvl", desk.at("link.pvl")).unwrap();
        desk.ends(0, "list import list.csv -o real.pvl");
        desk.ends(0, "list import list.csv -o link.pvl --name other");
        assert!(desk.at("link.pvl").symlink_metadata().unwrap().is_symlink());
        assert!(
            desk.ends(0, "list info real.pvl")
                .out
                .starts_with("other: ")
        );
    }
    desk.ends(0, "list import list.csv -o allowed.pvl --kind allow");
    desk.refuses("list merge allowed.pvl list.csv -o both.pvl", "--kind");
    let told = desk.ends(0, "list export allowed.pvl --format csv -o back.csv");
    assert!(
        told.err.contains("cannot say that it is of the kind allow"),
        "{}",
        told.err
    );
}
