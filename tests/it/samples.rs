//! Every sample against its golden record. `UPDATE=1 cargo test` writes the goldens anew: read them as a user would.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provscan::inspect::{Inspection, SignalState};
use provscan::lists::{List, OpenOptions};
use provscan::reports::{self, ReportOptions};
use provscan::scan::inspect;
use provscan::sources::{Input, Name, Place};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspector, Limits, Policy, Settings, signals};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Folders of samples that are images; the others hold what goes with them.
const FOLDERS: &[&str] = &[
    "broken",
    "content_credentials",
    "edit_traces",
    "generator_metadata",
    "known_image",
    "plain",
    "thumbnails",
    "watermark",
];

/// Codes that no sample can show, each with the reason.
const NOT_SAMPLED: &[(&str, &str)] = &[
    (
        "c2pa.signer-not-checked",
        "all samples are checked against the test root; tested by itself below",
    ),
    (
        "c2pa.fetched",
        "needs somewhere to fetch from; tested with a stand-in for the network in credentials.rs",
    ),
    ("c2pa.remote-mismatch", "the same"),
    (
        "c2pa.history",
        "shown only when it is asked for; tests/cli/tree.trycmd asks for it",
    ),
    (
        "c2pa.history-cut",
        "takes more than 500 manifests; tested in credentials.rs with a file made on the spot",
    ),
    (
        "novelai.signature",
        "needs NovelAI's private key; tested beside the code with a key of our own",
    ),
    ("novelai.signature-of-edit", "the same"),
    (
        "known.probable",
        "needs a Bloom filter; tested in lists/meaning.rs",
    ),
    (
        "known.ai-original",
        "needs a list of that kind; tested in lists/meaning.rs",
    ),
    ("known.captured-original", "the same"),
    ("known.allowed", "the same"),
    (
        "traces.two-generators",
        "tested in contradictions.rs: no two marks of services are to be drawn into one file here",
    ),
    ("known.suppressed", "the same"),
    (
        "traces.thumbnail-framed-otherwise",
        "tested in thumbnail/tests.rs: no program that makes samples here writes such a thumbnail",
    ),
];

fn settings() -> Settings {
    let anchors = Path::new(ROOT).join("samples/trust/anchors.pem");
    // The test root stands behind the one who signs time-stamps, too.
    let lists = [TrustKind::Signer, TrustKind::TimeStamp]
        .map(|kind| TrustList::open(&anchors, kind, ListOrigin::User).unwrap());
    let known = Path::new(ROOT).join("samples/lists/known.csv");
    let list = List::open(&known, OpenOptions::default()).unwrap();
    Settings {
        trust: TrustSettings {
            lists: lists.into(),
            ..TrustSettings::default()
        },
        lists: vec![Arc::new(list)],
        ..Settings::default()
    }
}

/// Images among the samples, by their path below the project.
fn samples() -> Vec<String> {
    let mut all = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(format!("{ROOT}/samples/{folder}")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.ends_with(".json") {
                all.push(format!("samples/{folder}/{name}"));
            }
        }
    }
    all.sort();
    all
}

fn look(inspector: &Inspector, sample: &str) -> Inspection {
    let place = Place::File(PathBuf::from(ROOT).join(sample));
    let input = Input::named(Name::new(sample), place).found();
    inspect(inspector, input, &Limits::default())
}

/// The record as people read it: indented, in the order in which it is written.
fn golden(sample: &str, inspection: &Inspection) -> String {
    let report = (reports::named("jsonl").unwrap().make)(ReportOptions::default());
    let record = report.record(&Name::new(sample), inspection);
    indented(std::str::from_utf8(&record).unwrap())
}

/// Indents JSON without reordering it.
fn indented(json: &str) -> String {
    let (mut out, mut depth, mut text, mut escaped) = (String::new(), 0, false, false);
    let mut chars = json.trim().chars().peekable();
    while let Some(c) = chars.next() {
        if text {
            text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            out.push(c);
            continue;
        }
        let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
        match c {
            '{' | '[' => match chars.next_if(|next| matches!(next, '}' | ']')) {
                Some(end) => out.extend([c, end]),
                None => {
                    depth += 1;
                    out += &format!("{c}{}", line(depth));
                }
            },
            '}' | ']' => {
                depth -= 1;
                out += &format!("{}{c}", line(depth));
            }
            ',' => out += &format!(",{}", line(depth)),
            ':' => out += ": ",
            _ => {
                text = c == '"';
                out.push(c);
            }
        }
    }
    out + "\n"
}

#[test]
fn every_sample_gives_its_golden_record() {
    let inspector = Inspector::new(&settings(), Policy::default()).unwrap();
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for sample in samples() {
        let record = golden(&sample, &look(&inspector, &sample));
        let path = format!("{ROOT}/{sample}.json");
        if update {
            fs::write(&path, record).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != record {
            wrong.push(format!("{sample}.json expected, but found\n{record}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n`UPDATE=1 cargo test` accepts this",
        wrong.join("\n")
    );
}

#[test]
fn every_golden_record_has_its_sample() {
    for folder in FOLDERS {
        for entry in fs::read_dir(format!("{ROOT}/samples/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            let of = path
                .extension()
                .is_some_and(|ending| ending == "json")
                .then(|| path.with_extension(""));
            assert!(
                of.as_ref().is_none_or(|of| of.exists()),
                "{} has no sample",
                path.display()
            );
        }
    }
}

#[test]
fn every_signal_has_a_sample_that_finds_and_plain_finds_nothing() {
    let inspector = Inspector::new(&settings(), Policy::default()).unwrap();
    let mut found = BTreeSet::new();
    for sample in samples() {
        let seen = look(&inspector, &sample);
        let finders = seen
            .signals
            .iter()
            .filter(|(_, state)| *state == SignalState::Found);
        let finders: Vec<&str> = finders.map(|(name, _)| *name).collect();
        if sample.starts_with("samples/plain/") {
            assert!(finders.is_empty(), "{sample}: {finders:?}");
            assert_eq!(seen.verdict.finding.as_str(), "no-evidence", "{sample}");
        }
        found.extend(finders);
    }
    let all: BTreeSet<&str> = signals::ALL.iter().map(|kind| kind.name).collect();
    assert_eq!(found, all);
}

#[test]
fn every_code_has_a_sample_or_a_reason() {
    let inspector = Inspector::new(&settings(), Policy::default()).unwrap();
    let seen: BTreeSet<&str> = samples()
        .iter()
        .flat_map(|sample| {
            look(&inspector, sample)
                .evidence
                .into_iter()
                .map(|e| e.code.name)
        })
        .collect();
    for code in signals::ALL.iter().flat_map(|kind| kind.codes) {
        let excused = NOT_SAMPLED.iter().any(|(name, _)| *name == code.name);
        assert_ne!(
            seen.contains(code.name),
            excused,
            "{}: neither sampled nor excused, or both",
            code.name
        );
    }
}

#[test]
fn without_a_trust_list_signers_are_not_checked_and_nothing_is_proven() {
    let settings = Settings {
        trust: TrustSettings::default(),
        ..settings()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let seen = look(&inspector, "samples/content_credentials/ai-generated.jpg");
    let codes: Vec<&str> = seen.evidence.iter().map(|e| e.code.name).collect();
    assert_eq!(
        codes,
        [
            "c2pa.signer-not-checked",
            "c2pa.ai-generated",
            "c2pa.asset-signals"
        ]
    );
    assert!(
        seen.evidence
            .iter()
            .all(|e| e.strength.as_str() == "declared")
    );
}

#[test]
fn a_trusted_signer_does_not_vouch_for_what_somebody_else_said_before() {
    let inspector = Inspector::new(&settings(), Policy::default()).unwrap();
    let seen = look(&inspector, "samples/content_credentials/untrusted-past.jpg");
    let strength = |code| {
        seen.evidence
            .iter()
            .find(|e| e.code.name == code)
            .map(|e| e.strength.as_str())
    };
    assert_eq!(strength("c2pa.trusted"), Some("proven"));
    assert_eq!(strength("c2pa.ai-generated"), Some("declared"));
}

#[test]
fn a_root_for_time_stamps_vouches_for_no_signer() {
    let mut settings = settings();
    for list in &mut settings.trust.lists {
        list.kind = TrustKind::TimeStamp;
    }
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let seen = look(&inspector, "samples/content_credentials/ai-generated.jpg");
    assert!(
        seen.evidence
            .iter()
            .all(|e| e.strength.as_str() == "declared")
    );
    assert!(seen.evidence.iter().all(|e| e.code.name != "c2pa.trusted"));
}

#[test]
fn the_samples_are_small() {
    let bytes: u64 = samples()
        .iter()
        .map(|sample| fs::metadata(format!("{ROOT}/{sample}")).unwrap().len())
        .sum();
    assert!(bytes < 8 << 20, "{bytes} bytes");
}
