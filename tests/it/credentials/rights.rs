//! An owner's reservation stays with the image, whatever those say who only opened it.

use provscan::evidence::{Strength, Value};
use serde_json::json;

use super::made::{Maker, assertion, created, look, opened, picture};

fn training(allowed: &str) -> serde_json::Value {
    let entries = json!({"entries": {"cawg.ai_training": {"use": allowed}}});
    assertion("cawg.training-mining", entries)
}

#[test]
fn a_reservation_outlives_those_who_only_opened_the_image() {
    let reserved = Maker::new(&created("computationalCapture"), &[training("notAllowed")]);
    let reserved = reserved.sign(&picture());
    let child = |assertions: &[serde_json::Value]| {
        let maker = Maker::new(&opened(), assertions);
        maker.uses("parentOf", &reserved).sign(&picture())
    };
    let update = Maker::new(&[], &[]).update().sign(&reserved);
    for (name, image, steps_back) in [
        ("the owner's own", reserved.clone(), None),
        ("an update", update, Some(1)),
        ("a child without any", child(&[]), Some(1)),
        (
            "a child that allows",
            child(&[training("allowed")]),
            Some(1),
        ),
    ] {
        let found = look(image);
        let evidence = &found.evidence;
        let reservation = evidence
            .iter()
            .find(|one| one.code.name == "c2pa.do-not-train")
            .unwrap_or_else(|| panic!("{name}: {evidence:?}"));
        assert_eq!(reservation.strength, Strength::Proven, "{name}");
        let steps = reservation.get("steps_back").cloned();
        assert_eq!(steps, steps_back.map(Value::Number), "{name}");
        let mut others = evidence.iter();
        assert!(
            others.all(|one| one.code.name != "c2pa.training-allowed"),
            "{name}"
        );
    }
}
