//! The JSON Schema: real records satisfy it, and its words are those of the code.

mod validate;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use provscan::error::{Fault, FaultKind};
use provscan::evidence::{Action, Claim, Strength};
use provscan::inspect::SignalState;
use provscan::lists::{List, OpenOptions};
use provscan::policy::Finding;
use provscan::reports::{self, Report, ReportOptions, SCHEMA};
use provscan::scan::{Inspecting, ScanOptions, scan};
use provscan::signals;
use provscan::sources::{FolderOptions, Input, Name, folder};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspection, Inspector, Limits, Policy, Settings};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn is_valid(record: &Value) -> Result<(), String> {
    let schema = schema();
    validate::validate(&schema, &schema, record)
}

fn sample(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(path)
}

/// A report over all samples and a few inputs that cannot be read, with a hash list and a trust list.
fn report(format: &str) -> String {
    let settings = Settings {
        lists: vec![Arc::new(
            List::open(&sample("lists/known.csv"), OpenOptions::default()).unwrap(),
        )],
        trust: TrustSettings {
            lists: vec![
                TrustList::open(
                    &sample("trust/anchors.pem"),
                    TrustKind::Signer,
                    ListOrigin::User,
                )
                .unwrap(),
            ],
            ..TrustSettings::default()
        },
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    let report: Arc<dyn Report> = Arc::from((reports::named(format).unwrap().make)(
        ReportOptions::default(),
    ));
    let rendering = Arc::clone(&report);
    let render = move |name: &Name, seen: &Inspection| rendering.record(name, seen);
    let job = Inspecting::new(inspector, Limits::default(), render);
    let options = ScanOptions {
        threads: 2,
        ordered: true,
        ..ScanOptions::default()
    };
    let lost = [
        Input::file("no/such/file.jpg"),
        Input::lost(
            &not_text(),
            Fault::new(FaultKind::Unreadable, "no permission"),
        ),
        Input::memory("-", b"no image".to_vec()),
    ];
    let inputs = folder(&sample(""), FolderOptions::default()).chain(lost);
    let mut out = report.head();
    let mut first = true;
    let summary = scan(Arc::new(job), inputs, &options, |answer, _| {
        if !std::mem::take(&mut first) {
            out.extend(report.separator());
        }
        out.extend(&answer.rendered);
        Ok(())
    })
    .unwrap();
    out.extend(report.tail(&summary));
    String::from_utf8(out).unwrap()
}

/// A path that is not text, where the system has such paths.
fn not_text() -> std::path::PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        std::ffi::OsStr::from_bytes(b"a\xff.jpg").into()
    }
    #[cfg(not(unix))]
    "a.jpg".into()
}

#[test]
fn every_record_of_a_real_scan_is_valid() {
    let lines = report("jsonl");
    let records: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for record in &records {
        is_valid(record).unwrap_or_else(|why| panic!("{why}\n{record}"));
    }
    let (summary, images) = records.split_last().unwrap();
    assert_eq!(summary["type"], "summary");
    assert_eq!(summary["inputs"], images.len());
    let seen: BTreeSet<&str> = images
        .iter()
        .map(|r| r["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(
        seen.len(),
        Finding::ALL.len(),
        "the samples show every verdict"
    );
    #[cfg(unix)]
    assert!(
        images
            .iter()
            .any(|r| r["path"] == json!({"bytes": "Yf8uanBn"}))
    );
}

#[test]
fn the_report_document_is_valid() {
    let document: Value = serde_json::from_str(&report("json")).unwrap();
    is_valid(&document).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(document["type"], "report");
}

#[test]
fn what_is_no_record_is_refused() {
    let lines = report("jsonl");
    let good: Value = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|record| !record["evidence"].as_array().unwrap().is_empty())
        .unwrap();
    is_valid(&good).unwrap();
    let spoiled: [(&str, Value); 8] = [
        ("/verdict", json!("authentic")),
        ("/action", json!("stop")),
        ("/sha256", json!("0f")),
        ("/bytes", json!(-1)),
        ("/path", json!({"bytes": "not base64!"})),
        ("/evidence/0/claim", json!("verified")),
        ("/evidence/0/strength", json!(0.9)),
        ("/evidence/0/detail", json!({"list": null})),
    ];
    for (place, value) in spoiled {
        let mut record = good.clone();
        *record
            .pointer_mut(place)
            .unwrap_or_else(|| panic!("{place}")) = value;
        assert!(is_valid(&record).is_err(), "{place}");
    }
    let mut more = good.clone();
    more["score"] = json!(0.5);
    assert!(is_valid(&more).is_err());
    let mut fewer = good;
    fewer.as_object_mut().unwrap().remove("signals");
    assert!(is_valid(&fewer).is_err());
}

fn words<T: Copy>(all: &[(T, &'static str)]) -> Vec<&'static str> {
    all.iter().map(|(_, word)| *word).collect()
}

fn fault_words() -> Vec<&'static str> {
    use FaultKind::*;
    let all = [
        Unreadable,
        NotAnImage,
        Malformed,
        Limit,
        Unsupported,
        Internal,
    ];
    // A new kind does not compile here, so that it is not forgotten above.
    all.iter()
        .map(|kind| match kind {
            Unreadable | NotAnImage | Malformed | Limit | Unsupported | Internal => kind.as_str(),
        })
        .collect()
}

fn state_words() -> Vec<&'static str> {
    use SignalState::*;
    let all = [Found, Nothing, NotApplicable(""), Failed, NotUsed];
    all.iter()
        .map(|state| match state {
            Found | Nothing | NotApplicable(_) | Failed | NotUsed => state.as_str(),
        })
        .collect()
}

#[test]
fn the_words_of_the_schema_are_those_of_the_code() {
    let schema = schema();
    for (name, expected) in [
        ("verdict", words(Finding::ALL)),
        ("action", words(Action::ALL)),
        ("claim", words(Claim::ALL)),
        ("strength", words(Strength::ALL)),
        ("error_kind", fault_words()),
        ("signal_state", state_words()),
    ] {
        assert_eq!(schema["$defs"][name]["enum"], json!(expected), "{name}");
    }
    let summary = &schema["$defs"]["summary"]["properties"];
    for (name, expected) in [
        ("verdicts", words(Finding::ALL)),
        ("actions", words(Action::ALL)),
    ] {
        assert_eq!(summary[name]["required"], json!(expected), "{name}");
        let counted: BTreeSet<&str> = summary[name]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(counted, expected.into_iter().collect(), "{name}");
    }
}

#[test]
fn every_code_is_unique_documented_and_well_named() {
    let mut names = BTreeSet::new();
    let code_form = &schema()["$defs"]["code"];
    for kind in signals::ALL {
        assert!(!kind.about.is_empty(), "{}", kind.name);
        assert!(!kind.codes.is_empty(), "{} reports no code", kind.name);
        for code in kind.codes {
            assert!(names.insert(code.name), "{} occurs twice", code.name);
            validate::validate(code_form, code_form, &json!(code.name)).unwrap();
            for (field, text) in [
                ("summary", code.summary),
                ("proves", code.proves),
                ("limits", code.limits),
                ("error_rate", code.error_rate),
                ("next", code.next),
            ] {
                assert!(!text.trim().is_empty(), "{}: no {field}", code.name);
            }
            assert!(code.summary.ends_with('.'), "{}: summary", code.name);
            let all = [code.summary, code.proves, code.limits, code.next].join(" ");
            assert!(
                !all.contains("authentic"),
                "{} promises too much",
                code.name
            );
        }
    }
    let kinds: BTreeSet<&str> = signals::ALL.iter().map(|kind| kind.name).collect();
    assert_eq!(kinds.len(), signals::ALL.len());
}
