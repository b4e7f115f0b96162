//! Anyone can put the small copy of a listed image into another picture: no list has that picture blocked.

use std::io::Cursor;
use std::sync::Arc;

use provscan::asset::{Asset, Limits};
use provscan::evidence::{Action, Claim, Strength};
use provscan::lists::{List, ListOptions, OpenOptions};
use provscan::{Inspector, Policy, Settings};

use crate::jumbf::{file, jpeg_with, store};
use crate::support::{Sample, root};

/// Looks for what is on a list whose owner wants it blocked.
fn blocking() -> Inspector {
    let options = ListOptions {
        action: Some(Action::Block),
        ..ListOptions::default()
    };
    let known = root().join("samples/lists/known.csv");
    let settings = Settings {
        lists: vec![Arc::new(
            List::open(&known, OpenOptions::wishing(options)).unwrap(),
        )],
        signals: Some(vec!["known_image".to_owned()]),
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

#[test]
fn a_thumbnail_of_a_listed_image_asks_for_a_look_at_most() {
    let listed = Sample::open("known_image/known-2.jpg");
    let mut small = Cursor::new(Vec::new());
    let picture = image::load_from_memory(&listed.bytes).unwrap();
    picture
        .thumbnail_exact(320, 240)
        .write_to(&mut small, image::ImageFormat::Jpeg)
        .unwrap();
    let stranger = Sample::open("known_image/similar-not-known.jpg").bytes;
    let inspector = blocking();
    for label in [
        "c2pa.thumbnail.claim.jpeg",
        "c2pa.thumbnail.ingredient__1.jpeg",
    ] {
        // The very file that is listed, and a copy of it in small.
        for (thumbnail, code) in [
            (&listed.bytes, "known.exact-thumbnail"),
            (small.get_ref(), "known.match-thumbnail"),
        ] {
            let image = jpeg_with(&stranger, &store(&file(label, "image/jpeg", thumbnail)));
            let found = inspector.inspect(&Asset::new("a.jpg", image, Limits::default()));
            let mut hits = found
                .evidence
                .iter()
                .filter(|one| one.claim() == Claim::Known);
            let is_there = found.evidence.iter().any(|one| one.code.name == code);
            assert!(is_there, "{label}: {:?}", found.evidence);
            assert!(
                hits.all(|one| one.strength <= Strength::Measured && one.asks_for.is_none()),
                "{label}: {:?}",
                found.evidence
            );
            assert_eq!(found.verdict.action, Action::Review, "{label} {code}");
        }
    }
    // Of the listed image itself, the list asks what its owner wants.
    let found = inspector.inspect(&listed.asset());
    assert_eq!(found.verdict.action, Action::Block);
}
