//! Real files with known truth, in `../shared/corpus`. Where the folder is not there, the tests say so and check nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use provscan::inspect::Inspection;
use provscan::scan::inspect;
use provscan::signals::content_credentials::{TrustKind, TrustList, TrustSettings};
use provscan::sources::{FolderOptions, Input, folder};
use provscan::{Inspector, Limits, Policy, Settings};
use serde::Deserialize;
use serde_json::Value;

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// Status codes that say that the signed bytes are not those of the file.
const ALTERED: &[&str] = &[
    "assertion.dataHash.mismatch",
    "assertion.bmffHash.mismatch",
    "assertion.boxesHash.mismatch",
    "assertion.collectionHash.mismatch",
    "assertion.multiAssetHash.mismatch",
];

/// A disagreement with the truth that is meant.
#[derive(Deserialize)]
struct Exception {
    file: String,
    question: String,
    reason: String,
}

#[derive(Deserialize)]
struct Exceptions {
    exception: Vec<Exception>,
}

/// The rows of a truth file, or a plain word that there are none here.
fn truth(part: &str) -> Option<Vec<Value>> {
    let path = format!("{SHARED}/corpus/{part}/truth.jsonl");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: ../shared/corpus/{part} is not there");
        return None;
    };
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// The lists that the truth was made with.
fn trust() -> TrustSettings {
    let lists = [
        ("C2PA-TRUST-LIST.pem", TrustKind::Signer),
        ("interim/anchors.pem", TrustKind::Signer),
        ("interim/anchors_ct.pem", TrustKind::Signer),
        ("interim/allowed.pem", TrustKind::AllowedSigner),
        ("interim/allowed_ct.pem", TrustKind::AllowedSigner),
        ("C2PA-TSA-TRUST-LIST.pem", TrustKind::TimeStamp),
        // The interim list vouches for time-stamping authorities too.
        ("interim/anchors.pem", TrustKind::TimeStamp),
        ("interim/anchors_ct.pem", TrustKind::TimeStamp),
    ];
    let read = |(name, kind): (&str, TrustKind)| {
        let pem = fs::read_to_string(format!("{SHARED}/trust/{name}")).unwrap();
        TrustList {
            name: name.to_owned(),
            kind,
            pem,
        }
    };
    TrustSettings {
        lists: lists.map(read).into(),
    }
}

pub(crate) fn inspector() -> Inspector {
    let settings = Settings {
        trust: trust(),
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

fn look(inspector: &Inspector, path: impl Into<PathBuf>) -> Inspection {
    inspect(inspector, Input::file(path), &Limits::default())
}

fn has(inspection: &Inspection, wanted: impl Fn(&str, &str) -> bool) -> bool {
    inspection
        .evidence
        .iter()
        .any(|e| wanted(e.code.name, e.claim().as_str()))
}

fn says_ai(inspection: &Inspection) -> bool {
    has(inspection, |_, claim| {
        matches!(claim, "ai-generated" | "ai-edited")
    })
}

#[test]
fn manifests_alteration_and_ai_agree_with_the_truth() {
    let Some(rows) = truth("c2pa") else { return };
    let inspector = inspector();
    let exceptions = include_str!("../corpus-exceptions.toml");
    let exceptions = toml::from_str::<Exceptions>(exceptions).unwrap().exception;
    assert!(
        exceptions
            .iter()
            .all(|exception| exception.reason.len() > 20),
        "an exception needs a reason"
    );

    let mut table: BTreeMap<(&str, bool, bool), u32> = BTreeMap::new();
    let (mut wrong, mut used) = (Vec::new(), 0);
    for row in &rows {
        let file = row["file"].as_str().unwrap();
        let seen = look(&inspector, format!("{SHARED}/corpus/c2pa/{file}"));
        let class = row["class"].as_str().unwrap();
        let statuses = row["failure_codes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let in_file = |code: &str| code.starts_with("c2pa.") && code != "c2pa.remote-only";
        let answers = [
            // A manifest that cannot be read is one all the same.
            (
                "manifest",
                row["has_manifest"] == true || class == "unreadable_manifest",
                has(&seen, |code, _| in_file(code)),
            ),
            (
                "altered",
                statuses.clone().any(|status| ALTERED.contains(&status)),
                has(&seen, |code, _| code == "c2pa.content-altered"),
            ),
            (
                "ai",
                row["ai"] == true,
                has(&seen, |code, claim| {
                    code.starts_with("c2pa.") && claim.starts_with("ai-")
                }),
            ),
        ];
        for (question, expected, found) in answers {
            *table.entry((question, expected, found)).or_default() += 1;
            let meant = exceptions
                .iter()
                .any(|e| e.file == file && e.question == question);
            match (expected == found, meant) {
                (true, false) => {}
                (false, true) => used += 1,
                (false, false) => {
                    wrong.push(format!("{file}: {question} is {expected}, found {found}"))
                }
                (true, true) => wrong.push(format!(
                    "{file}: the exception for {question} is no longer needed"
                )),
            }
        }
    }
    println!(
        "content credentials, {} files\n{:<10} {:>8} {:>8} {:>6}",
        rows.len(),
        "question",
        "truth",
        "found",
        "files"
    );
    for ((question, expected, found), files) in &table {
        println!("{question:<10} {expected:>8} {found:>8} {files:>6}");
    }
    println!("{used} disagreements are listed with a reason in tests/corpus-exceptions.toml");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_unmarked_file_comes_out_as_ai() {
    let Some(rows) = truth("marks") else { return };
    let inspector = inspector();
    let mut table: BTreeMap<(&str, bool), u32> = BTreeMap::new();
    let mut accused = Vec::new();
    for row in &rows {
        let (file, kind) = (row["file"].as_str().unwrap(), row["kind"].as_str().unwrap());
        let found = says_ai(&look(&inspector, format!("{SHARED}/corpus/marks/{file}")));
        *table.entry((kind, found)).or_default() += 1;
        if kind == "none" && found {
            accused.push(file);
        }
    }
    println!(
        "marks, {} files\n{:<10} {:>8} {:>6}",
        rows.len(),
        "truth",
        "found ai",
        "files"
    );
    for ((kind, found), files) in &table {
        println!("{kind:<10} {found:>8} {files:>6}");
    }
    assert!(accused.is_empty(), "wrongly called AI: {accused:?}");
}

#[test]
fn an_expired_credential_of_a_listed_signer_is_not_tampering() {
    let Some(rows) = truth("c2pa") else { return };
    let inspector = inspector();
    let expired = rows
        .iter()
        .filter(|row| row["class"] == "intact_credential_expired");
    for row in expired {
        let file = row["file"].as_str().unwrap();
        let seen = look(&inspector, format!("{SHARED}/corpus/c2pa/{file}"));
        assert!(has(&seen, |code, _| code == "c2pa.expired"), "{file}");
        assert!(
            !has(&seen, |_, claim| claim == "tampered"
                || claim == "altered-manifest"),
            "{file}"
        );
    }
}

#[test]
fn every_file_gives_one_answer_and_none_breaks_a_signal() {
    let corpus = Path::new(SHARED).join("corpus");
    if !corpus.is_dir() {
        return println!("skipped: ../shared/corpus is not there");
    }
    let inspector = inspector();
    for input in folder(&corpus, FolderOptions::default()) {
        let name = input.name.to_text();
        let seen = inspect(&inspector, input, &Limits::default());
        let internal = seen
            .faults
            .iter()
            .find(|fault| fault.kind.as_str() == "internal");
        assert!(internal.is_none(), "{name}: {internal:?}");
    }
}
