//! What it means to be on a list: its kind decides what is said, and allow lists go first.

use std::sync::Arc;

use provscan::evidence::{Action, Strength};
use provscan::fingerprints::{Fingerprint, Kind, SHA1, compute};
use provscan::lists::formats::Intake as _;
use provscan::lists::{Bloom, Builder, Entry, Guards, List, ListKind, ListOptions, Workspace};
use provscan::policy::Finding;
use provscan::{Inspection, Inspector, Policy, Settings};

use crate::support::{Sample, root};

const PICTURE: &str = "known_image/known-1.png";
const COPY: &str = "known_image/known-1-reencoded.jpg";

fn hash(sample: &str, kind: &str) -> Fingerprint {
    compute(&Sample::open(sample).asset(), kind.parse::<Kind>().unwrap()).unwrap()
}

/// A list of this kind with a hash of the first picture.
fn list(kind: ListKind, hash: Fingerprint) -> Arc<List> {
    let options = ListOptions {
        kind: Some(kind),
        action: Some(Action::Block),
        ..ListOptions::default()
    };
    let name = kind.as_str();
    Arc::new(List::new(name, options, vec![Entry::new(hash, "one")]).unwrap())
}

fn look(lists: Vec<Arc<List>>, sample: &str) -> Inspection {
    let settings = Settings {
        lists,
        signals: Some(vec!["known_image".to_owned()]),
        ..Settings::default()
    };
    let inspector = Inspector::new(&settings, Policy::default()).unwrap();
    inspector.inspect(&Sample::open(sample).asset())
}

fn codes(inspection: &Inspection) -> Vec<&'static str> {
    inspection
        .evidence
        .iter()
        .map(|one| one.code.name)
        .collect()
}

#[test]
fn the_kind_of_a_list_decides_what_is_said() {
    for (kind, code, exact, copy) in [
        (
            ListKind::KnownBad,
            ["known.exact", "known.match"],
            Finding::Known,
            Finding::Known,
        ),
        (
            ListKind::AiGenerated,
            ["known.ai-original"; 2],
            Finding::AiGenerated,
            Finding::AiGenerated,
        ),
        (
            ListKind::Captured,
            ["known.captured-original"; 2],
            Finding::Captured,
            // A copy may have been edited, so that it is no proof.
            Finding::NoEvidence,
        ),
        (
            ListKind::Allow,
            ["known.allowed"; 2],
            Finding::NoEvidence,
            Finding::NoEvidence,
        ),
    ] {
        let seen = look(vec![list(kind, hash(PICTURE, "sha256"))], PICTURE);
        assert_eq!(
            (codes(&seen), seen.verdict.finding),
            (vec![code[0]], exact),
            "{kind}"
        );
        assert_eq!(seen.evidence[0].strength, Strength::Proven);
        let seen = look(vec![list(kind, hash(PICTURE, "pdq"))], COPY);
        assert_eq!(
            (codes(&seen), seen.verdict.finding),
            (vec![code[1]], copy),
            "{kind}"
        );
        assert_eq!(seen.evidence[0].strength, Strength::Measured);
    }
}

#[test]
fn an_allow_list_silences_matches_and_the_record_says_so() {
    let bad = list(ListKind::KnownBad, hash(PICTURE, "pdq"));
    let allowed = list(ListKind::Allow, hash(PICTURE, "pdq"));
    let seen = look(vec![bad.clone(), allowed], COPY);
    assert_eq!(codes(&seen), ["known.suppressed", "known.allowed"]);
    assert_eq!(
        (seen.verdict.finding, seen.verdict.action),
        (Finding::NoEvidence, Action::Pass)
    );
    let said = &seen.evidence[0];
    assert_eq!(said.get("list").unwrap().to_string(), "known-bad");
    assert_eq!(said.get("allowed_by").unwrap().to_string(), "allow");
    assert_eq!(said.get("entry").unwrap().to_string(), "one");

    // That a picture looks like a harmless one does not outweigh that the file is the very one.
    let very = list(ListKind::KnownBad, hash(PICTURE, "md5"));
    let alike = list(ListKind::Allow, hash(PICTURE, "pdq"));
    let seen = look(vec![very, alike], PICTURE);
    assert_eq!(seen.verdict.finding, Finding::Known);
    let same = list(ListKind::Allow, hash(COPY, "sha256"));
    assert_eq!(
        look(vec![bad, same], COPY).verdict.finding,
        Finding::NoEvidence
    );
}

#[test]
fn second_tries_say_what_was_done_and_nearness_is_only_shown() {
    let bad = || vec![list(ListKind::KnownBad, hash(PICTURE, "pdq"))];
    let framed = look(bad(), "known_image/known-1-framed.jpg");
    assert_eq!(codes(&framed), ["known.match"]);
    let transform = framed.evidence[0].get("transform").unwrap().to_string();
    assert_eq!(transform, "trimmed border");
    assert_eq!(framed.verdict.action, Action::Block);

    let frame = look(bad(), "known_image/known-1-second-frame.gif");
    assert_eq!(
        frame.evidence[0].get("transform").unwrap().to_string(),
        "frame 2"
    );

    let near = look(bad(), "known_image/known-1-cropped.jpg");
    assert_eq!(codes(&near), ["known.near"]);
    assert_eq!(near.evidence[0].strength, Strength::Hint);
    assert_eq!(
        (near.verdict.finding, near.verdict.action),
        (Finding::NoEvidence, Action::Review)
    );

    let mut options = ListOptions::default();
    options.set_near("pdq".parse().unwrap(), 0).unwrap();
    let off = List::new(
        "off",
        options,
        vec![Entry::new(hash(PICTURE, "pdq"), "one")],
    )
    .unwrap();
    assert!(
        codes(&look(
            vec![Arc::new(off)],
            "known_image/known-1-cropped.jpg"
        ))
        .is_empty()
    );
}

#[test]
fn turned_pictures_are_looked_for_unless_a_list_wants_none() {
    let turned = "known_image/known-1-rotated.jpg";
    let list = |dihedral| {
        let options = ListOptions {
            dihedral,
            ..ListOptions::default()
        };
        Arc::new(List::new("l", options, vec![Entry::new(hash(PICTURE, "pdq"), "one")]).unwrap())
    };
    assert_eq!(codes(&look(vec![list(None)], turned)), ["known.match"]);
    assert!(codes(&look(vec![list(Some(false))], turned)).is_empty());
}

#[test]
fn a_filter_says_probably_and_names_its_chance() {
    let bytes = std::fs::read(root().join("samples/lists/hashlookup.bloom")).unwrap();
    let mut builder = Builder::new(
        ListOptions::default(),
        Guards::default(),
        Workspace::memory(),
    );
    builder.filter(SHA1, Bloom::parse(&bytes).unwrap()).unwrap();
    let list = List::of(
        "lookup".into(),
        builder.finish().unwrap(),
        ListOptions::default(),
    )
    .unwrap();
    assert_eq!(list.len(), 1);
    let list = Arc::new(list);
    let seen = look(vec![list.clone()], PICTURE);
    assert_eq!(codes(&seen), ["known.probable"]);
    // One in ten thousand is too often for more.
    assert_eq!(
        seen.evidence[0]
            .get("chance_of_mistake")
            .unwrap()
            .to_string(),
        "1.0e-4"
    );
    assert_eq!(seen.evidence[0].strength, Strength::Hint);
    assert!(codes(&look(vec![list], COPY)).is_empty());
}

/// An image of which a list has several digests is on it once.
#[test]
fn several_digests_of_an_image_are_one_finding() {
    let entries = ["md5", "sha1", "sha256"].map(|kind| Entry::new(hash(PICTURE, kind), "one"));
    let list = List::new("l", ListOptions::default(), entries.into()).unwrap();
    let seen = look(vec![Arc::new(list)], PICTURE);
    assert_eq!(codes(&seen), ["known.exact"]);
    assert_eq!(seen.evidence[0].get("hash").unwrap().to_string(), "sha256");
}
