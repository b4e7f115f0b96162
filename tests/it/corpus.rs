//! Real files with known truth, in `../shared/corpus`. Where the folder is not there, the tests say so and check nothing.

mod marks;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use provscan::evidence::Evidence;
use provscan::inspect::Inspection;
use provscan::scan::inspect;
use provscan::sources::{FolderOptions, Input, folder};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspector, Limits, Policy, Settings};
use serde::Deserialize;
use serde_json::Value;

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

/// The codes by which each class of the truth is told. `timeout` is a file that held an older library up; it has none.
const CLASSES: &[(&str, &[&str])] = &[
    ("intact_trusted", &["c2pa.trusted"]),
    (
        "intact_trusted_ingredient_untrusted",
        &["c2pa.trusted", "c2pa.ingredient-untrusted"],
    ),
    ("intact_signer_not_trusted", &["c2pa.untrusted"]),
    ("intact_credential_expired", &["c2pa.expired"]),
    ("content_changed", &["c2pa.content-altered"]),
    ("manifest_tampered", &["c2pa.manifest-altered"]),
    ("ingredient_tampered", &["c2pa.ingredient-altered"]),
    ("malformed", &["c2pa.malformed"]),
    ("unreadable_manifest", &["c2pa.unreadable"]),
    ("remote_manifest_only", &["c2pa.remote-only"]),
    ("no_manifest", &[]),
    ("timeout", &[]),
];

/// States of which a file has one at most, so that a file is not told to be two things.
const STATES: &[&str] = &[
    "c2pa.trusted",
    "c2pa.untrusted",
    "c2pa.expired",
    "c2pa.content-altered",
    "c2pa.bound-in-part",
    "c2pa.unreadable",
    "c2pa.remote-only",
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
    let read = |(name, kind)| {
        let bytes = fs::read(format!("{SHARED}/trust/{name}")).unwrap();
        TrustList::read(name, kind, ListOrigin::User, &bytes).unwrap()
    };
    TrustSettings {
        lists: lists.map(read).into(),
        ..TrustSettings::default()
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
        let (_, codes) = CLASSES.iter().find(|(name, _)| *name == class).unwrap();
        let of_a_model = |e: &&Evidence| e.code.name.starts_with("c2pa.ai-");
        let answers = [
            ("class", true, is_of_class(&seen, codes)),
            (
                "ai",
                row["ai"] == true,
                seen.evidence.iter().any(|e| of_a_model(&e)),
            ),
            (
                "ai-active",
                row["ai_active"] == true,
                seen.evidence
                    .iter()
                    .any(|e| of_a_model(&e) && e.get("steps_back").is_none()),
            ),
            (
                "training",
                row["do_not_train"].is_object(),
                has(&seen, |_, claim| {
                    matches!(claim, "do-not-train" | "training-allowed")
                }),
            ),
            (
                "do-not-train",
                reserves(&row["do_not_train"]),
                has(&seen, |_, claim| claim == "do-not-train"),
            ),
            (
                "soft-binding",
                row["soft_bindings"].is_array(),
                has(&seen, |_, claim| claim == "soft-binding"),
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

/// All the codes of the class and no other state; for a class without codes no manifest at all.
fn is_of_class(seen: &Inspection, codes: &[&str]) -> bool {
    let found: Vec<&str> = seen
        .evidence
        .iter()
        .map(|e| e.code.name)
        .filter(|code| code.starts_with("c2pa."))
        .collect();
    let has_state = codes.iter().any(|code| STATES.contains(code));
    let other = |code: &&&str| has_state && STATES.contains(code) && !codes.contains(code);
    match codes {
        [] => found.is_empty(),
        codes => {
            codes.iter().all(|code| found.contains(code)) && !found.iter().any(|code| other(&code))
        }
    }
}

/// Whether any use is not allowed outright.
fn reserves(do_not_train: &Value) -> bool {
    let manifests = do_not_train
        .as_object()
        .into_iter()
        .flat_map(|all| all.values());
    let mut uses =
        manifests.flat_map(|uses| uses.as_object().into_iter().flat_map(|uses| uses.values()));
    uses.any(|allowed| allowed != "allowed")
}

/// What a file really is, where that is known: no AI image passes for another, and no other passes for AI.
#[test]
fn real_files_come_out_as_what_they_are() {
    let Some(rows) = truth("c2pa") else { return };
    let inspector = inspector();
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| row["real_kind"].is_string()) {
        let file = row["file"].as_str().unwrap();
        let verdict = look(&inspector, format!("{SHARED}/corpus/c2pa/{file}"))
            .verdict
            .finding;
        let kind = row["real_kind"].as_str().unwrap();
        let right = match kind {
            "ai_generated" | "ai_edited" => verdict.as_str() == kind.replace('_', "-"),
            _ => !verdict.as_str().starts_with("ai-") && verdict.as_str() != "tampered",
        };
        println!(
            "{kind:<16} {verdict:<16} {}",
            row["real_vendor"].as_str().unwrap_or_default()
        );
        if !right {
            wrong.push(format!("{file}: {kind} came out as {verdict}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
