//! Proves that every signed sample shows what its name says.

use crate::output::Output;
use crate::signing::context;
use c2pa::{Context, Error, Manifest, Reader};
use serde_json::Value;
use std::io::Cursor;
use std::sync::Arc;

/// What the c2pa crate must say about a file: its state or error, the failure codes, and the digital source types of
/// the active manifest and of those below it.
type Expected = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const EXPECTED: &[Expected] = &[
    ("ai-generated.jpg", "Trusted", &[], &[GENERATED], &[]),
    ("ai-generated.png", "Trusted", &[], &[GENERATED], &[]),
    ("ai-generated.webp", "Trusted", &[], &[GENERATED], &[]),
    ("ai-generated.mp4", "Trusted", &[], &[GENERATED], &[]),
    ("ai-generated.wav", "Trusted", &[], &[GENERATED], &[]),
    ("ai-generated.mp3", "Trusted", &[], &[GENERATED], &[]),
    ("captured.svg", "Trusted", &[], &[CAPTURED], &[]),
    (
        "tampered-content.mp4",
        "Invalid",
        &["assertion.bmffHash.mismatch"],
        &[GENERATED],
        &[],
    ),
    (
        "ai-edited.jpg",
        "Trusted",
        &[],
        &["compositeWithTrainedAlgorithmicMedia"],
        &[CAPTURED],
    ),
    (
        "ai-ingredient.jpg",
        "Trusted",
        &[],
        &["empty"],
        &[GENERATED],
    ),
    ("ai-parent-resized.jpg", "Trusted", &[], &[], &[GENERATED]),
    ("camera-capture.jpg", "Trusted", &[], &[CAPTURED], &[]),
    (
        "edited.jpg",
        "Trusted",
        &[],
        &["humanEdits", "humanEdits"],
        &[CAPTURED],
    ),
    ("do-not-train.jpg", "Trusted", &[], &[CAPTURED], &[]),
    (
        "tampered-content.jpg",
        "Invalid",
        &["assertion.dataHash.mismatch"],
        &[CAPTURED],
        &[],
    ),
    (
        "tampered-manifest.jpg",
        "Invalid",
        &["assertion.hashedURI.mismatch"],
        &[CAPTURED],
        &[],
    ),
    ("malformed-manifest.jpg", "JumbfParseError", &[], &[], &[]),
    (
        "untrusted-signer.jpg",
        "Valid",
        &["signingCredential.untrusted"],
        &[GENERATED],
        &[],
    ),
    ("untrusted-past.jpg", "Trusted", &[], &[], &[GENERATED]),
    ("expired.jpg", "Invalid", EXPIRED, &[GENERATED], &[]),
    (
        "ai-edit-history.jpg",
        "Trusted",
        &[],
        &["compositeWithTrainedAlgorithmicMedia"],
        &[GENERATED, "humanEdits", "humanEdits", CAPTURED],
    ),
    ("composite.jpg", "Trusted", &[], &["composite"], &[]),
    ("training-allowed.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("soft-binding.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("watermarked.jpg", "Trusted", &[], &[GENERATED], &[]),
    ("identity.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("identity-broken.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("bound-in-part.jpg", "Invalid", MISMATCH, &[CAPTURED], &[]),
    (
        "exif-changed-in-unbound-part.jpg",
        "Invalid",
        MISMATCH,
        &[CAPTURED],
        &[],
    ),
    ("exif-left-out.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("picture-left-out.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("exif-differs.jpg", "Trusted", &[], &[CAPTURED], &[]),
    (
        "bad-certificate.jpg",
        "Invalid",
        &["signingCredential.untrusted", "signingCredential.invalid"],
        &[CAPTURED],
        &[],
    ),
    (
        "revoked.jpg",
        "Invalid",
        &["signingCredential.ocsp.revoked"],
        &[CAPTURED],
        &[],
    ),
    (
        "not-checkable.jpg",
        "Invalid",
        &["algorithm.unsupported", "claimSignature.mismatch"],
        &[CAPTURED],
        &[],
    ),
    (
        "malformed.jpg",
        "Invalid",
        &["assertion.action.malformed"],
        &[],
        &[],
    ),
    ("malformed-ingredient.jpg", "Trusted", &[], &[], &[]),
    ("altered-ingredient.jpg", "Trusted", &[], &[], &[CAPTURED]),
    (
        "exchanged-ingredient.jpg",
        "Invalid",
        &["ingredient.manifest.mismatch"],
        &[],
        &[CAPTURED],
    ),
    (
        "capture-over-ai.jpg",
        "Trusted",
        &[],
        &[CAPTURED],
        &[GENERATED],
    ),
    (
        "several-parents.jpg",
        "Invalid",
        &["manifest.multipleParents"],
        &[],
        &[CAPTURED, CAPTURED],
    ),
    (
        "unreferenced-manifest.jpg",
        "Trusted",
        &[],
        &[CAPTURED],
        &[GENERATED],
    ),
    ("update-manifest.jpg", "Trusted", &[], &[], &[CAPTURED]),
    ("redacted.jpg", "Trusted", &[], &[], &[CAPTURED]),
    ("signed-before-action.jpg", "Trusted", &[], &[CAPTURED], &[]),
    ("remote-only.jpg", "RemoteManifestUrl", &[], &[], &[]),
    ("sidecar.jpg", "Trusted", &[], &[GENERATED], &[]),
    (
        "wrong-sidecar.jpg",
        "Invalid",
        &["assertion.dataHash.mismatch"],
        &[GENERATED],
        &[],
    ),
];

/// A certificate out of date counts as untrusted too, even under a trusted root, unless it is on the allowed list.
const EXPIRED: &[&str] = &["signingCredential.untrusted", "signingCredential.expired"];
const MISMATCH: &[&str] = &["assertion.dataHash.mismatch"];
const GENERATED: &str = "trainedAlgorithmicMedia";
const CAPTURED: &str = "digitalCapture";

/// Reads every signed sample and prints what it says.
///
/// # Panics
/// If a sample says anything else than it should.
pub fn check(output: &Output) {
    let context = context(output);
    let mut surprises = 0;
    for &(name, state, failures, active, below) in EXPECTED {
        let found = Finding::read(output, &context, name);
        let expected = Finding {
            state: state.to_owned(),
            failures: failures.iter().map(|&code| code.to_owned()).collect(),
            active: active.iter().map(|&term| term.to_owned()).collect(),
            below: below.iter().map(|&term| term.to_owned()).collect(),
        };
        println!("{name}: {found:?}");
        if found != expected {
            println!("    expected {expected:?}");
            surprises += 1;
        }
    }
    assert_eq!(
        surprises, 0,
        "some samples do not show what their names say"
    );
}

#[derive(Debug, PartialEq, Default)]
struct Finding {
    state: String,
    failures: Vec<String>,
    active: Vec<String>,
    below: Vec<String>,
}

impl Finding {
    fn read(output: &Output, context: &Arc<Context>, name: &str) -> Self {
        let name = format!("content_credentials/{name}");
        let image = Cursor::new(output.read(&name));
        let reader = Reader::from_shared_context(context);
        let sidecar = name.replace(".jpg", ".c2pa");
        let format = name.rsplit_once('.').unwrap().1;
        let read = if sidecar != name && output.path(&sidecar).exists() {
            reader.with_manifest_data_and_stream(&output.read(&sidecar), format, image)
        } else {
            reader.with_stream(format, image)
        };
        match read {
            Ok(reader) => Self::of(&reader),
            Err(error) => Self {
                state: error_name(&error),
                ..Self::default()
            },
        }
    }

    fn of(reader: &Reader) -> Self {
        let active = reader.active_label();
        let mut below: Vec<_> = reader
            .iter_manifests()
            .filter(|manifest| manifest.label() != active)
            .collect();
        below.sort_by_key(|manifest| manifest.label());
        Self {
            state: format!("{:?}", reader.validation_state()),
            failures: failures(reader),
            active: reader
                .active_manifest()
                .map(source_types)
                .unwrap_or_default(),
            below: below.into_iter().flat_map(source_types).collect(),
        }
    }
}

/// The failure codes of the active manifest, then those of its ingredients.
fn failures(reader: &Reader) -> Vec<String> {
    let results = reader.validation_results().unwrap();
    let deltas = results
        .ingredient_deltas()
        .into_iter()
        .flatten()
        .map(|delta| delta.validation_deltas());
    let all = results.active_manifest().into_iter().chain(deltas);
    all.flat_map(|codes| codes.failure())
        .map(|status| status.code().to_owned())
        .collect()
}

fn source_types(manifest: &Manifest) -> Vec<String> {
    let actions = manifest
        .assertions()
        .iter()
        .filter(|assertion| assertion.label().starts_with("c2pa.actions"));
    actions
        .flat_map(|assertion| action_source_types(assertion.value().unwrap()))
        .collect()
}

fn action_source_types(actions: &Value) -> Vec<String> {
    let actions = actions["actions"].as_array().cloned().unwrap_or_default();
    let addresses = actions
        .iter()
        .filter_map(|action| action["digitalSourceType"].as_str());
    addresses
        .filter_map(|address| Some(address.rsplit_once('/')?.1.to_owned()))
        .collect()
}

fn error_name(error: &Error) -> String {
    let shown = format!("{error:?}");
    shown
        .split(['(', ' '])
        .next()
        .unwrap_or_default()
        .to_owned()
}
