//! What a compiled list asks for is what a scan does.

use super::desk::{Desk, known, sample};

/// The PDQ hash of the first known picture.
const PDQ: &str = "08bc5d6ab60b28d40c60f32b34d60254c92d5ec23279a1bcc96577bd34fb2f6f";

/// Some bits away from it.
const FAR: &str = "08ba596ab613785c0d60f33a34d61074cc2d5ea2227905d0c827633d3879af0f";

/// What a scan of one sample with these lists says: exit code, verdict, action, and code and strength of each evidence.
fn scan(desk: &Desk, picture: &str, lists: &[&str]) -> (i32, String, String, Vec<String>) {
    let lists: String = lists.iter().map(|list| format!(" --list {list}")).collect();
    let picture = sample(&format!("known_image/{picture}"));
    let ran = desk.run(&format!("scan {picture} --format jsonl{lists}"));
    let record = record(&ran.out, 0);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let evidence = record["evidence"].as_array().unwrap().iter();
    let evidence = evidence.map(|one| format!("{} {}", text(&one["code"]), text(&one["strength"])));
    (
        ran.code,
        text(&record["verdict"]),
        text(&record["action"]),
        evidence.collect(),
    )
}

fn record(out: &str, number: usize) -> serde_json::Value {
    serde_json::from_str(out.lines().nth(number).unwrap()).unwrap()
}

fn said(
    code: i32,
    verdict: &str,
    action: &str,
    evidence: &[&str],
) -> (i32, String, String, Vec<String>) {
    let evidence = evidence.iter().map(|one| (*one).to_owned()).collect();
    (code, verdict.to_owned(), action.to_owned(), evidence)
}

/// A list of one PDQ hash, with more in its line.
fn one(desk: &mut Desk, name: &str, value: &str, more: &str, rules: &str) {
    desk.put(
        "one.jsonl",
        &format!("{{\"type\":\"pdq\",\"value\":\"{value}\",\"id\":\"one\"{more}}}\n"),
    );
    desk.ends(
        0,
        &format!("list import one.jsonl -o {name} --name x {rules}"),
    );
}

#[test]
fn an_allow_list_silences_others_and_says_so() {
    let mut desk = Desk::new();
    desk.put("bad.csv", &known());
    desk.ends(
        0,
        "list import bad.csv -o good.pvl --name good --kind allow",
    );
    desk.ends(
        0,
        "list import bad.csv -o bad.pvl --name bad --action block",
    );
    let same = |strength: &str| format!("known.suppressed {strength}");
    let bad = scan(&desk, "known-1.png", &["bad.pvl"]);
    assert_eq!(
        (bad.0, bad.1.as_str(), bad.2.as_str()),
        (1, "known", "block")
    );
    for lists in [["bad.pvl", "good.pvl"], ["good.pvl", "bad.pvl"]] {
        let (code, verdict, action, evidence) = scan(&desk, "known-1.png", &lists);
        assert_eq!(
            (code, verdict.as_str(), action.as_str()),
            (0, "no-evidence", "pass")
        );
        assert!(evidence.contains(&same("proven")), "{evidence:?}");
        let (code, _, _, evidence) = scan(&desk, "known-1-reencoded.jpg", &lists);
        assert_eq!(code, 0);
        assert!(evidence.contains(&same("measured")), "{evidence:?}");
    }
    // That two pictures look alike does not outweigh that a file is the very one.
    desk.put(
        "looks.csv",
        &known()
            .lines()
            .filter(|line| !line.starts_with("md5"))
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    desk.ends(0, "list import looks.csv -o looks.pvl --kind allow");
    let (code, verdict, action, _) = scan(&desk, "known-1.png", &["bad.pvl", "looks.pvl"]);
    assert_eq!(
        (code, verdict.as_str(), action.as_str()),
        (1, "known", "block")
    );
}

#[test]
fn a_list_of_originals_says_what_they_are() {
    let mut desk = Desk::new();
    one(&mut desk, "ai.pvl", PDQ, "", "--kind ai-generated");
    one(&mut desk, "camera.pvl", PDQ, "", "--kind captured");
    let ai = scan(&desk, "known-1-reencoded.jpg", &["ai.pvl"]);
    assert_eq!(
        ai,
        said(0, "ai-generated", "label", &["known.ai-original measured"])
    );
    // The same picture may be an edited copy of what a camera captured; the same file is none.
    let camera = scan(&desk, "known-1-reencoded.jpg", &["camera.pvl"]);
    assert_eq!(
        camera,
        said(
            0,
            "no-evidence",
            "pass",
            &["known.captured-original measured"]
        )
    );
    desk.put(
        "exact.csv",
        &known()
            .lines()
            .filter(|line| !line.starts_with("pdq"))
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    desk.ends(0, "list import exact.csv -o camera.pvl --kind captured");
    let camera = scan(&desk, "known-1.png", &["camera.pvl"]);
    assert_eq!(
        camera,
        said(0, "captured", "pass", &["known.captured-original proven"])
    );
}

#[test]
fn distances_are_the_lists_and_the_entrys_own() {
    let mut desk = Desk::new();
    let nothing = said(0, "no-evidence", "pass", &[]);
    let near = said(1, "no-evidence", "review", &["known.near hint"]);
    // Beyond what was measured a match is for a person to look at, whatever the list asks for.
    let wide = said(1, "no-evidence", "review", &["known.match hint"]);
    for (more, rules, expected) in [
        ("", "", &near),
        ("", "--near pdq=0", &nothing),
        ("", "--near pdq=41", &nothing),
        ("", "--near pdq=42", &near),
        ("", "--threshold pdq=42", &wide),
        (
            ",\"threshold\":42,\"action\":\"block\"",
            "--near pdq=0",
            &wide,
        ),
        (",\"threshold\":41", "--near pdq=0", &nothing),
        (
            ",\"threshold\":10",
            "--threshold pdq=60 --near pdq=0",
            &nothing,
        ),
    ] {
        one(&mut desk, "far.pvl", FAR, more, rules);
        assert_eq!(
            &scan(&desk, "known-1-reencoded.jpg", &["far.pvl"]),
            expected,
            "{more} {rules}"
        );
    }
    for (more, rules, action) in [
        ("", "", "review"),
        ("", "--action block", "block"),
        (",\"action\":\"block\"", "", "block"),
        // The entry's own takes the place of the list's, also where it is milder.
        (",\"action\":\"label\"", "--action block", "label"),
    ] {
        one(&mut desk, "same.pvl", PDQ, more, rules);
        let (_, verdict, asked, _) = scan(&desk, "known-1-reencoded.jpg", &["same.pvl"]);
        assert_eq!(
            (verdict.as_str(), asked.as_str()),
            ("known", action),
            "{more} {rules}"
        );
    }
    one(&mut desk, "poor.pvl", PDQ, ",\"quality\":49", "");
    assert_eq!(scan(&desk, "known-1-reencoded.jpg", &["poor.pvl"]), nothing);
    one(
        &mut desk,
        "poor.pvl",
        PDQ,
        ",\"quality\":49",
        "--min-quality 49",
    );
    assert_eq!(scan(&desk, "known-1-reencoded.jpg", &["poor.pvl"]).0, 1);
}

#[test]
fn turned_pictures_are_looked_for_unless_the_list_does_not_want_it() {
    let mut desk = Desk::new();
    one(&mut desk, "list.pvl", PDQ, "", "");
    let found = scan(&desk, "known-1-rotated.jpg", &["list.pvl"]);
    assert_eq!(found, said(1, "known", "review", &["known.match measured"]));
    one(&mut desk, "list.pvl", PDQ, "", "--no-dihedral");
    let found = scan(&desk, "known-1-rotated.jpg", &["list.pvl"]);
    assert_eq!(found, said(0, "no-evidence", "pass", &[]));
    assert_eq!(scan(&desk, "known-1-reencoded.jpg", &["list.pvl"]).0, 1);
}

#[test]
fn records_say_what_categories_mean() {
    let mut desk = Desk::new();
    for (more, rules, category) in [
        (",\"category\":\"1\"", "--category-name 1=first", "first"),
        (",\"category\":\"2\"", "--category-name 1=first", "2"),
        ("", "--category 1 --category-name 1=first", "first"),
    ] {
        one(&mut desk, "list.pvl", PDQ, more, rules);
        let picture = sample("known_image/known-1-reencoded.jpg");
        let ran = desk.ends(1, &format!("scan {picture} --list list.pvl --format jsonl"));
        assert_eq!(
            record(&ran.out, 0)["evidence"][0]["detail"]["category"],
            category
        );
    }
}
