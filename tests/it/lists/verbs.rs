//! What the verbs for lists do, and the words that they say it in; no hash is ever among them.

use super::desk::{Desk, known, table};

/// A list with rules of its own.
const BASE: &str = r#"{"list":"partners","category":"general","categories":{"A1":"the worst"},"threshold":{"pdq":20},"near":{"pdq":50},"min_quality":40,"dihedral":false,"action":"block"}
{"type":"md5","value":"0123456789abcdef0123456789abcd01","id":"a","category":"A1"}
{"type":"pdq","value":"08bc5d6ab60b28d40c60f32b34d60254c92d5ec23279a1bcc96577bd34fb2f6f","id":"a","quality":90,"source":"hotline","date":"2026-01-02"}
{"type":"md5","value":"0123456789abcdef0123456789abcd02","id":"b"}
{"type":"md5","value":"0123456789abcdef0123456789abcd03","id":"c"}
"#;

pub(super) fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.put("base.jsonl", BASE);
    desk
}

/// A page on a list, without its digest.
pub(super) fn page(desk: &Desk, list: &str) -> String {
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
