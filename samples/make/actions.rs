//! Assertions of a manifest: the actions it lists, and the reservation of rights.

use serde_json::{Value, json};

const WHEN: &str = "2025-03-01T10:00:00Z";

pub fn created(source_type: &str, agent: &str) -> Value {
    json!({
        "action": "c2pa.created",
        "when": WHEN,
        "softwareAgent": {"name": agent},
        "digitalSourceType": format!("http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}"),
    })
}

pub fn created_blank() -> Value {
    json!({"action": "c2pa.created", "when": WHEN, "digitalSourceType": "http://c2pa.org/digitalsourcetype/empty"})
}

pub fn opened() -> Value {
    json!({"action": "c2pa.opened", "when": WHEN, "parameters": {"ingredientIds": ["parentOf"]}})
}

pub fn placed() -> Value {
    json!({"action": "c2pa.placed", "when": WHEN, "parameters": {"ingredientIds": ["componentOf"]}})
}

pub fn resized() -> Value {
    json!({"action": "c2pa.resized", "when": WHEN})
}

pub fn edit(action: &str, source_type: &str) -> Value {
    json!({
        "action": action,
        "when": WHEN,
        "digitalSourceType": format!("http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}"),
    })
}

pub fn do_not_train() -> (&'static str, Value) {
    let entries = [
        "data_mining",
        "ai_inference",
        "ai_training",
        "ai_generative_training",
    ]
    .map(|entry| (format!("cawg.{entry}"), json!({"use": "notAllowed"})));
    (
        "cawg.training-mining",
        json!({"entries": serde_json::Map::from_iter(entries)}),
    )
}
