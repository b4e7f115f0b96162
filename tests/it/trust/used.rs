//! Installed lists in use: by `check` and `scan` without a flag, and not with `--no-trust`.

use std::collections::BTreeSet;
use std::process::Command;

use provscan::trust::{Installed, ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspector, Policy, Settings};
use serde_json::Value;

use super::{day, sample, wish};
use crate::support::{Folder, Sample, provscan, run};

const SIGNED: &str = "samples/content_credentials/ai-generated.jpg";

/// The program with these installed lists.
fn with(folder: &Folder) -> Command {
    let mut command = provscan();
    command.env("PROVSCAN_TRUST_DIR", folder.path());
    command
}

/// The code that tells of the signer, and the list that vouches for it, or why none does.
fn signer(command: &mut Command) -> (String, String) {
    let ran = run(command.args(["--format", "jsonl", SIGNED]), b"");
    let record: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    let evidence = record["evidence"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let state = evidence
        .iter()
        .find(|one| !one["detail"]["manifests"].is_null())
        .unwrap();
    (word(&state["code"]), word(&state["detail"]["trust"]))
}

fn installed(origin: ListOrigin, file: &str) -> Folder {
    let folder = Folder::new();
    let files = [sample(file)];
    Installed::at(folder.path())
        .import(&wish(origin, &files, day(0)))
        .unwrap();
    folder
}

#[test]
fn results_tell_by_which_list_a_signer_is_trusted() {
    let cases = [
        (ListOrigin::C2pa, "test-root.pem", "c2pa"),
        (ListOrigin::Interim, "test-root.pem", "interim"),
        (ListOrigin::Interim, "test-signer.pem", "interim"),
        (ListOrigin::User, "test-signer.pem", "user: own"),
    ];
    for (origin, file, label) in cases {
        let folder = installed(origin, file);
        for verb in ["check", "scan"] {
            assert_eq!(
                signer(with(&folder).arg(verb)),
                ("c2pa.trusted".to_owned(), label.to_owned())
            );
        }
    }
}

#[test]
fn the_official_list_is_named_before_others() {
    let folder = installed(ListOrigin::Interim, "test-root.pem");
    let files = [sample("test-root.pem")];
    Installed::at(folder.path())
        .import(&wish(ListOrigin::C2pa, &files, day(0)))
        .unwrap();
    let flags = ["check", "--trust-anchors", "samples/trust/anchors.pem"];
    assert_eq!(signer(with(&folder).args(flags)).1, "c2pa");
}

/// The signing library keeps settings in a set without an order; which list is named must not hang on that.
#[test]
fn the_same_lists_give_the_same_answer_each_time() {
    let root = sample("test-root.pem").1;
    let list = |name, kind, origin| TrustList::read(name, kind, origin, &root).unwrap();
    let stamps = TrustKind::TimeStamp;
    let trust = TrustSettings {
        lists: vec![
            list("a", stamps, ListOrigin::C2paTsa),
            list("b", TrustKind::Signer, ListOrigin::C2pa),
            list("c", TrustKind::Signer, ListOrigin::Interim),
            list("d", stamps, ListOrigin::Interim),
        ],
        ..TrustSettings::default()
    };
    let settings = Settings {
        trust,
        ..Settings::default()
    };
    let asset = Sample::open("content_credentials/ai-ingredient.jpg").asset();
    let seen: BTreeSet<String> = (0..16)
        .map(|_| {
            let inspector = Inspector::new(&settings, Policy::default()).unwrap();
            format!("{:?}", inspector.inspect(&asset).evidence)
        })
        .collect();
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert!(seen.first().unwrap().contains("c2pa.trusted"));
}

#[test]
fn no_trust_uses_neither_installed_lists_nor_the_environment() {
    let folder = installed(ListOrigin::C2pa, "test-root.pem");
    let mut command = with(&folder);
    command.env("PROVSCAN_TRUST_ANCHORS", "samples/trust/anchors.pem");
    for command in [
        command.args(["check", "--no-trust"]),
        provscan().arg("check"),
    ] {
        let (code, trust) = signer(command);
        assert_eq!(code, "c2pa.signer-not-checked");
        assert!(trust.starts_with("not checked"), "{trust}");
    }
}

#[test]
fn a_damaged_installation_stops_a_run_unless_it_is_not_used() {
    let folder = Folder::new();
    folder.put("index.json", "{");
    let ran = run(with(&folder).args(["check", SIGNED]), b"");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err
            .contains("index.json: the index of the installed trust lists is damaged"),
        "{}",
        ran.err
    );
    assert_eq!(
        signer(with(&folder).args(["check", "--no-trust"])).0,
        "c2pa.signer-not-checked"
    );
}
