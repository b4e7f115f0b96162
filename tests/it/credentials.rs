//! Content credentials in unusual places and of unusual kinds: none may be passed over, none may hide another, and none may
//! be taken for more or for worse than it is.

mod compressed;
mod grafted_thumbnails;
mod history;
mod made;
mod rights;
mod unbound;
mod unlisted_clock;

use std::sync::Arc;

use provscan::asset::{Asset, Limits, Sidecar};
use provscan::error::FaultKind;
use provscan::evidence::Strength;
use provscan::remote::{Remote, RemoteError};
use provscan::{Inspection, Inspector, Policy, Settings};

use crate::asset::build;
use crate::support::jumbf::{Assertion, Carrier, Cbor, Manifest, Seal, Written, store};
use crate::support::{Sample, anchors, inspector};

fn codes(asset: &Asset) -> Vec<&'static str> {
    let found = inspector(&["content_credentials"]).inspect(asset);
    found.evidence.iter().map(|one| one.code.name).collect()
}

/// The library reads an APP11 segment whatever its marker says, so a changed marker must not hide the manifest.
#[test]
fn a_changed_segment_marker_hides_no_manifest() {
    let mut bytes = Sample::open("content_credentials/ai-generated.jpg").bytes;
    let at = bytes
        .windows(2)
        .position(|two| two == [0xff, 0xeb])
        .unwrap()
        + 4;
    assert_eq!(&bytes[at..at + 2], b"JP");
    bytes[at..at + 2].copy_from_slice(b"XX");
    let asset = Asset::new("a.jpg", bytes, Limits::default());
    assert!(
        codes(&asset).contains(&"c2pa.ai-generated"),
        "{:?}",
        codes(&asset)
    );
}

/// JUMBF carries other things than manifests, 360-degree metadata for one.
#[test]
fn foreign_jumbf_hides_no_sidecar() {
    let image = Sample::open("content_credentials/sidecar.jpg").bytes;
    let manifest = Sample::open("content_credentials/sidecar.c2pa").bytes;
    let description = [
        b"\0\0\0\x1djumdjson\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71".as_slice(),
        b"\x03xyz\0",
    ]
    .concat();
    let length = u32::try_from(description.len() + 8).unwrap();
    let boxes = [&length.to_be_bytes()[..], b"jumb", &description].concat();
    let body = [b"JP\0\x01\0\0\0\x01".as_slice(), &boxes].concat();
    let segment = [
        &[0xff, 0xeb][..],
        &u16::try_from(body.len() + 2).unwrap().to_be_bytes(),
        &body,
    ]
    .concat();
    let bytes = [&image[..2], &segment, &image[2..]].concat();
    let sidecar = Sidecar {
        name: "a.c2pa".into(),
        bytes: manifest.into(),
    };
    let asset = Asset::new("a.jpg", bytes, Limits::default()).with_sidecar(Some(sidecar));
    let found = codes(&asset);
    assert!(
        found.iter().any(|code| code.starts_with("c2pa.sidecar")),
        "{found:?}"
    );
}

/// A network on which there is nothing but this, at any address.
#[derive(Debug)]
struct Only(Result<Vec<u8>, RemoteError>);

impl Remote for Only {
    fn fetch(&self, url: &str, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
        assert_eq!(url, "https://example.com/manifests/remote-only.c2pa");
        assert!(max_bytes > 0);
        self.0.clone()
    }
}

/// What is said of a sample where this lies at the address that it names.
fn fetching(sample: &str, answer: Result<Vec<u8>, RemoteError>) -> Inspection {
    let settings = Settings {
        trust: anchors(),
        remote: Some(Arc::new(Only(answer))),
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    inspector.inspect(&Sample::open(sample).asset())
}

fn codes_of(found: &Inspection) -> Vec<&'static str> {
    found.evidence.iter().map(|one| one.code.name).collect()
}

fn proves_nothing(found: &Inspection) {
    let mut evidence = found.evidence.iter();
    assert!(evidence.all(|one| one.strength != Strength::Proven));
}

const REMOTE_ONLY: &str = "content_credentials/remote-only.jpg";

#[test]
fn a_fetched_manifest_of_this_image_is_read_and_proves_nothing() {
    let bytes = Sample::open(REMOTE_ONLY).bytes;
    let said = vec![
        Assertion::hash_of(&bytes),
        Assertion::created("trainedAlgorithmicMedia"),
    ];
    let manifest = store(&[Manifest::new("1", said).write()]);
    let found = fetching(REMOTE_ONLY, Ok(manifest));
    assert_eq!(
        codes_of(&found),
        [
            "c2pa.trusted",
            "c2pa.fetched",
            "c2pa.ai-generated",
            "c2pa.asset-signals"
        ]
    );
    proves_nothing(&found);
    assert_eq!(found.verdict.finding.as_str(), "ai-generated");
    assert!(found.faults.is_empty());
}

#[test]
fn a_fetched_manifest_of_another_image_says_nothing_of_this_one() {
    let other = Sample::open("content_credentials/sidecar.c2pa").bytes;
    let found = fetching(REMOTE_ONLY, Ok(other));
    assert_eq!(codes_of(&found), ["c2pa.remote-mismatch", "c2pa.fetched"]);
    proves_nothing(&found);
    assert_eq!(found.verdict.finding.as_str(), "unchecked");
}

#[test]
fn what_was_fetched_and_is_no_manifest_cannot_be_read() {
    let found = fetching(REMOTE_ONLY, Ok(b"<html>not found</html>".to_vec()));
    assert_eq!(codes_of(&found), ["c2pa.unreadable"]);
    proves_nothing(&found);
}

#[test]
fn a_fetch_that_fails_is_a_fault_and_leaves_the_address() {
    let gone = RemoteError("example.com does not answer".into());
    let found = fetching(REMOTE_ONLY, Err(gone));
    assert_eq!(codes_of(&found), ["c2pa.remote-only"]);
    proves_nothing(&found);
    let [fault] = found.faults.as_slice() else {
        panic!("{:?}", found.faults)
    };
    assert_eq!(fault.kind, FaultKind::Unreadable);
    assert!(fault.to_string().contains("example.com does not answer"));
}

#[test]
fn nothing_is_fetched_for_an_image_that_carries_its_own() {
    let asked = RemoteError("nobody may ask".into());
    for sample in ["ai-generated.jpg", "tampered-content.jpg", "sidecar.jpg"] {
        let found = fetching(&format!("content_credentials/{sample}"), Err(asked.clone()));
        assert!(found.faults.is_empty(), "{sample}");
    }
}

/// What cannot be bound can be changed by anyone: the change is no tampering, and the file is not what a signer vouches for.
#[test]
fn a_change_in_what_was_never_bound_is_neither_tampering_nor_trusted() {
    let [before, after] = ["bound-in-part.jpg", "exif-changed-in-unbound-part.jpg"].map(|name| {
        let sample = Sample::open(&format!("content_credentials/{name}"));
        (
            sample.bytes.clone(),
            inspector(&[]).inspect(&sample.asset()),
        )
    });
    assert_ne!(before.0, after.0);
    for (_, found) in [before, after] {
        assert!(codes_of(&found).contains(&"c2pa.bound-in-part"));
        assert!(!codes_of(&found).contains(&"c2pa.trusted"));
        assert_ne!(found.verdict.finding.as_str(), "tampered");
        proves_nothing(&found);
    }
}

fn by_hand(build: impl Fn(Assertion) -> Vec<u8>) -> Inspection {
    let bytes = Carrier::Jpeg(build::jpeg(&[])).bound(build);
    inspector(&["content_credentials"]).inspect(&Asset::new("by-hand", bytes, Limits::default()))
}

/// The register of such algorithms grows, and the library knows the one that it was built with.
#[test]
fn a_watermark_that_is_not_in_the_register_makes_no_image_less_intact() {
    let found = by_hand(|binding| {
        let block = Cbor::map([("scope", Cbor::Map(Vec::new())), ("value", "1".into())]);
        let value = Cbor::map([
            ("alg", "com.example.watermark.9".into()),
            ("pad", Cbor::Bytes(Vec::new())),
            ("blocks", Cbor::Array(vec![block])),
        ]);
        let watermark = Assertion::cbor("c2pa.soft-binding", &value);
        let said = vec![binding, Assertion::created("digitalCapture"), watermark];
        store(&[Manifest::new("1", said).write()])
    });
    assert_eq!(
        codes_of(&found),
        [
            "c2pa.trusted",
            "c2pa.captured",
            "c2pa.soft-binding",
            "c2pa.asset-signals"
        ]
    );
    assert_eq!(found.evidence[0].strength, Strength::Proven);
}

/// Nobody has looked at such a signature: that it does not fit is not known.
#[test]
fn a_signature_by_an_unknown_algorithm_is_not_checkable_and_no_tampering() {
    let found = by_hand(|binding| {
        let mut own = Manifest::new("1", vec![binding, Assertion::created("digitalCapture")]);
        own.seal = Seal {
            algorithm: -65_535,
            ..Seal::of("test-signer")
        };
        store(&[own.write()])
    });
    assert!(codes_of(&found).contains(&"c2pa.not-checkable"));
    assert_eq!(found.verdict.finding.as_str(), "unchecked");
    proves_nothing(&found);
}

#[test]
fn a_history_of_more_manifests_than_are_followed_is_cut_and_says_so() {
    const PARTS: usize = 500;
    let found = by_hand(|binding| {
        let part = |number: usize| {
            let made = vec![Assertion::created("digitalCapture")];
            Manifest::new(&number.to_string(), made).write()
        };
        let mut all: Vec<Written> = (0..PARTS).map(part).collect();
        let uses = all.iter().enumerate();
        let uses =
            uses.map(|(nth, one)| Assertion::ingredient(nth, "componentOf", "part", &one.target));
        let own = [binding, Assertion::created("digitalCapture")];
        let own = Manifest::new(&PARTS.to_string(), own.into_iter().chain(uses).collect());
        all.push(own.write());
        store(&all)
    });
    assert!(
        codes_of(&found).contains(&"c2pa.history-cut"),
        "{:?}",
        codes_of(&found)
    );
}
