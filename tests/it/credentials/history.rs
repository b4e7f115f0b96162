//! What the manifests of ingredients say of an image, and what they do not.

use serde_json::json;

use super::made::{
    Case, Maker, action, assertion, check, composed, created, look, metadata, on, opened, picture,
    said, source,
};
use crate::support::Sample;

fn photo() -> Vec<u8> {
    Maker::new(&created("computationalCapture"), &[]).sign(&picture())
}

fn made_by_a_model() -> Vec<u8> {
    Maker::new(&created("trainedAlgorithmicMedia"), &[]).sign(&picture())
}

/// A photograph with a part that a model made, by a tool that says this of it.
fn composite(actions: &[serde_json::Value], assertions: &[serde_json::Value]) -> Vec<u8> {
    Maker::new(actions, assertions)
        .uses("parentOf", &photo())
        .uses("componentOf", &made_by_a_model())
        .sign(&picture())
}

const COMPOSITE: &[&str] = &["trusted proven", "ai-ingredient proven", "captured proven"];

#[test]
fn a_photograph_with_a_part_by_a_model_is_no_contradiction() {
    let mut opened_capture = composed();
    opened_capture[0]["digitalSourceType"] = source("digitalCapture").into();
    let placed = [
        action("c2pa.created", "digitalCapture"),
        on("c2pa.placed", "componentOf"),
    ];
    let ingredient = json!({"digital_source_type": source("digitalCapture")});
    let case = |name, image, said| Case {
        name,
        image,
        said,
        verdict: "ai-ingredient",
    };
    check(vec![
        case("opened and placed", composite(&composed(), &[]), COMPOSITE),
        case(
            "metadata says capture",
            composite(&composed(), &[metadata("digitalCapture", true)]),
            COMPOSITE,
        ),
        case(
            "opened a capture",
            composite(&opened_capture, &[]),
            COMPOSITE,
        ),
        case(
            "created a capture and placed a part into it",
            Maker::new(&placed, &[])
                .uses("componentOf", &made_by_a_model())
                .sign(&picture()),
            COMPOSITE,
        ),
        case(
            "its tool says of a parent without credentials that it is a capture",
            Maker::new(&composed(), &[])
                .uses_as("parentOf", &picture(), ingredient)
                .uses("componentOf", &made_by_a_model())
                .sign(&picture()),
            &[
                "trusted proven",
                "ai-ingredient proven",
                "captured declared",
            ],
        ),
    ]);
}

#[test]
fn a_capture_that_began_as_the_work_of_a_model_is_a_contradiction() {
    let actions = [
        on("c2pa.opened", "parentOf"),
        action("c2pa.created", "digitalCapture"),
    ];
    let image = Maker::new(&actions, &[])
        .uses("parentOf", &made_by_a_model())
        .sign(&picture());
    let said = said(&look(image));
    assert!(
        said.contains(&"capture-over-ai declared".to_owned()),
        "{said:?}"
    );
}

#[test]
fn the_order_of_ingredients_does_not_tell_whether_a_model_made_the_image() {
    let made = made_by_a_model();
    let later = Maker::new(&opened(), &[])
        .uses("parentOf", &made)
        .sign(&picture());
    let composed_of = |parts: [(&str, &[u8]); 2]| {
        let maker = Maker::new(&composed(), &[]);
        let maker = parts.iter().fold(maker, |maker, (relationship, image)| {
            maker.uses(relationship, image)
        });
        maker.sign(&picture())
    };
    let case = |name, parts| Case {
        name,
        image: composed_of(parts),
        said: &["trusted proven", "ai-generated proven"],
        verdict: "ai-generated",
    };
    check(vec![
        case("part first", [("componentOf", &made), ("parentOf", &made)]),
        case(
            "parent first",
            [("parentOf", &made), ("componentOf", &made)],
        ),
        case(
            "a part of what the parent began as",
            [("parentOf", &later), ("componentOf", &made)],
        ),
    ]);
}

/// Such a source tells what made the watermark.
#[test]
fn a_watermark_by_a_model_makes_no_photograph_a_work_of_it() {
    let mut actions = opened();
    actions.push(action(
        "c2pa.watermarked.unbound",
        "trainedAlgorithmicMedia",
    ));
    check(vec![Case {
        name: "watermarked",
        image: Maker::new(&actions, &[])
            .uses("parentOf", &photo())
            .sign(&picture()),
        said: &["trusted proven", "captured proven", "watermarked proven"],
        verdict: "captured",
    }]);
}

/// The signer vouches only for what its own tool saw.
#[test]
fn what_a_signer_was_given_is_declared() {
    let allowed = json!({
        "label": "cawg.training-mining", "created": false,
        "data": {"entries": {"cawg.ai_training": {"use": "allowed"}}},
    });
    let given = [allowed, metadata("digitalCapture", false)];
    check(vec![Case {
        name: "gathered",
        image: Maker::new(&created("digitalCreation"), &given).sign(&picture()),
        said: &[
            "trusted proven",
            "captured declared",
            "training-allowed declared",
        ],
        verdict: "no-evidence",
    }]);
}

/// Anyone can cut a manifest out of one file and put it into another.
#[test]
fn a_manifest_in_a_foreign_picture_hints_at_most() {
    let foreign = Sample::open("known_image/similar-not-known.jpg").bytes;
    check(vec![Case {
        name: "grafted",
        image: Maker::new(&created("digitalCapture"), &[])
            .bind(&picture(), &[])
            .within(&foreign),
        said: &["content-altered proven", "captured hint"],
        verdict: "tampered",
    }]);
}

#[test]
fn an_honest_redaction_is_no_change_of_the_manifest() {
    let location = assertion("com.example.location", json!({"where": "here"}));
    let base = Maker::new(&created("computationalCapture"), &[location]).sign(&picture());
    let reader = c2pa::Reader::from_context(c2pa::Context::new())
        .with_stream("image/jpeg", std::io::Cursor::new(&base))
        .unwrap();
    let label = reader.active_label().unwrap();
    let uri = format!("self#jumbf=/c2pa/{label}/c2pa.assertions/com.example.location");
    let case = |name, image, said| Case {
        name,
        image,
        said,
        verdict: "captured",
    };
    check(vec![
        case(
            "by an update",
            Maker::redacting(&uri).update().sign(&base),
            &[
                "trusted proven",
                "captured proven",
                "update-manifest proven",
                "redacted declared",
            ],
        ),
        case(
            "by an edit",
            Maker::redacting(&uri).edit().sign(&base),
            &["trusted proven", "captured proven", "redacted declared"],
        ),
    ]);
}
