//! `content_credentials/`: samples written by hand whose histories are out of the ordinary.

use std::cell::RefCell;

use crate::by_hand::{Assertion, Carrier, Cbor, Check, Manifest, Target, Written, store};
use crate::drawing::{Scene, Subject, scene};
use crate::handmade::{DIFFUSION, EDITOR, manifest, picture, source_type};

/// The manifest of an earlier picture, which is not there, by how it was created.
fn past(name: &str, generator: &str, source_type: &str) -> Manifest {
    let binding = Assertion::hash_of(name.as_bytes());
    manifest(
        name,
        generator,
        vec![binding, Assertion::created(source_type)],
    )
}

fn captured(name: &str) -> Manifest {
    past(name, "Example Camera 1.2", "digitalCapture")
}

/// An action that used these ingredients.
fn action(name: &str, used: &[&Assertion]) -> Cbor {
    let used = used.iter().map(|one| one.uri()).collect();
    Cbor::map([
        ("action", name.into()),
        (
            "parameters",
            Cbor::map([("ingredients", Cbor::Array(used))]),
        ),
    ])
}

/// A picture whose editor opened another one, found this of it, and cropped it.
fn edited(name: &str, scene: Scene, past: &Written, opened: &Target, check: &Check) -> Vec<u8> {
    Carrier::Jpeg(picture(scene)).bound(|binding| {
        let used = Assertion::checked_ingredient(0, "parentOf", "earlier.jpg", opened, check);
        let cropped = Cbor::map([("action", "c2pa.cropped".into())]);
        let done = Assertion::actions(&[action("c2pa.opened", &[&used]), cropped]);
        let own = manifest(name, EDITOR, vec![binding, done, used]);
        store(&[past.clone(), own.write()])
    })
}

/// The editor found that the actions of what it opened do not begin at the beginning.
pub fn malformed_ingredient() -> Vec<u8> {
    let mut past = captured("earlier version of malformed-ingredient.jpg");
    past.assertions[1] = Assertion::actions(&[Cbor::map([("action", "c2pa.edited".into())])]);
    let past = past.write();
    let check = Check {
        failure: &[("assertion.action.malformed", "")],
        ..Check::trusted()
    };
    edited(
        "malformed-ingredient.jpg",
        scene(Subject::Sea, 60),
        &past,
        &past.target,
        &check,
    )
}

/// The editor found that what it opened had been changed after it was signed, and says so.
pub fn altered_ingredient() -> Vec<u8> {
    let past = captured("earlier version of altered-ingredient.jpg").write();
    let check = Check {
        failure: &[(
            "assertion.dataHash.mismatch",
            "/c2pa.assertions/c2pa.hash.data",
        )],
        ..Check::trusted()
    };
    edited(
        "altered-ingredient.jpg",
        scene(Subject::Dunes, 61),
        &past,
        &past.target,
        &check,
    )
}

/// The manifest of what the editor opened, a model's work, was exchanged for that of a capture.
pub fn exchanged_ingredient() -> Vec<u8> {
    let name = "earlier version of exchanged-ingredient.jpg";
    let opened = past(name, DIFFUSION, "trainedAlgorithmicMedia").write();
    let exchanged = captured(name).write();
    edited(
        "exchanged-ingredient.jpg",
        scene(Subject::Fruit, 62),
        &exchanged,
        &opened.target,
        &Check::trusted(),
    )
}

/// It opened a model's work and says that this was a capture.
pub fn capture_over_ai() -> Vec<u8> {
    let past = past(
        "earlier version of capture-over-ai.jpg",
        DIFFUSION,
        "trainedAlgorithmicMedia",
    )
    .write();
    Carrier::Jpeg(picture(scene(Subject::Village, 63))).bound(|binding| {
        let used = Assertion::ingredient(0, "parentOf", "earlier.jpg", &past.target);
        let Cbor::Map(mut opened) = action("c2pa.opened", &[&used]) else {
            unreachable!("an action is a map")
        };
        opened.push(("digitalSourceType".into(), source_type("digitalCapture")));
        let done = Assertion::actions(&[Cbor::Map(opened)]);
        let own = manifest("capture-over-ai.jpg", EDITOR, vec![binding, done, used]);
        store(&[past.clone(), own.write()])
    })
}

/// It was opened from two pictures at once.
pub fn several_parents() -> Vec<u8> {
    let one = captured("first parent of several-parents.jpg").write();
    let two = captured("second parent of several-parents.jpg").write();
    Carrier::Jpeg(picture(scene(Subject::Forest, 64))).bound(|binding| {
        let parents = [(0, "one.jpg", &one), (1, "two.jpg", &two)]
            .map(|(nth, title, of)| Assertion::ingredient(nth, "parentOf", title, &of.target));
        let done = Assertion::actions(&[action("c2pa.opened", &[&parents[0]])]);
        let [first, second] = parents;
        let own = manifest(
            "several-parents.jpg",
            EDITOR,
            vec![binding, done, first, second],
        );
        store(&[one.clone(), two.clone(), own.write()])
    })
}

/// A capture with a manifest beside its own that it does not lead to.
pub fn unreferenced() -> Vec<u8> {
    let stranger = past(
        "stranger in unreferenced-manifest.jpg",
        DIFFUSION,
        "trainedAlgorithmicMedia",
    )
    .write();
    Carrier::Jpeg(picture(scene(Subject::Hills, 65))).bound(|binding| {
        let said = vec![binding, Assertion::created("digitalCapture")];
        let own = manifest("unreferenced-manifest.jpg", "Example Camera 1.2", said);
        store(&[stranger.clone(), own.write()])
    })
}

/// A capture, to which a second manifest says that its metadata were edited. What binds the picture was written when the
/// second was not there yet.
pub fn update() -> Vec<u8> {
    let picture = Carrier::Jpeg(picture(scene(Subject::Sea, 66)));
    let taken = RefCell::new(None);
    picture.bound(|binding| {
        let said = vec![binding, Assertion::created("digitalCapture")];
        let capture = manifest("capture in update-manifest.jpg", "Example Camera 1.2", said);
        let written = taken.borrow_mut().insert(capture.write()).clone();
        store(&[written])
    });
    let taken = taken.take().expect("it was just written");
    let used = Assertion::ingredient(0, "parentOf", "capture.jpg", &taken.target);
    let edited = Cbor::map([("action", "c2pa.edited.metadata".into())]);
    let done = Assertion::actions(&[action("c2pa.opened", &[&used]), edited]);
    let own = Manifest {
        kind: b"c2um",
        ..manifest("update-manifest.jpg", EDITOR, vec![done, used])
    };
    picture.with(&store(&[taken, own.write()]))
}

/// The photographer's name was taken out of the manifest of the picture that was opened.
pub fn redacted() -> Vec<u8> {
    const AUTHOR: &str = "org.example.author";
    let mut past = captured("earlier version of redacted.jpg");
    past.assertions
        .push(Assertion::json(AUTHOR, r#"{"name":"Somebody"}"#));
    let whole = past.write();
    past.leave_out = Some(AUTHOR.to_owned());
    let past = Written {
        bytes: past.write().bytes,
        target: whole.target,
    };
    Carrier::Jpeg(picture(scene(Subject::Dunes, 67))).bound(|binding| {
        let gone = format!(
            "self#jumbf=/c2pa/{}/c2pa.assertions/{AUTHOR}",
            past.target.label
        );
        let used = Assertion::ingredient(0, "parentOf", "earlier.jpg", &past.target);
        let redacted = Cbor::map([
            ("action", "c2pa.redacted".into()),
            ("reason", "c2pa.PII.present".into()),
            (
                "parameters",
                Cbor::map([("redacted", gone.as_str().into())]),
            ),
        ]);
        let done = Assertion::actions(&[action("c2pa.opened", &[&used]), redacted]);
        let own = Manifest {
            redacted: vec![gone],
            ..manifest("redacted.jpg", EDITOR, vec![binding, done, used])
        };
        store(&[past.clone(), own.write()])
    })
}
