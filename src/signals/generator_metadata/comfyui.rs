//! The node graphs of ComfyUI: PNG texts `prompt` and `workflow`, or the EXIF make and model with those words in front.

use serde_json::Value;

use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;
const IMAGE_DESCRIPTION: u16 = 0x010e;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[WORKFLOW],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const WORKFLOW: Code = Code {
    name: "comfyui.workflow",
    claim: Claim::AiGenerated,
    summary: "It carries a ComfyUI graph that samples from a generative model.",
    proves: "That the file holds such a graph; it does not get there by accident.",
    limits: "Anyone can copy a graph into another file, and saving the image elsewhere removes it. How much of the picture the model made is not said.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// Finds a graph with a sampler in it; one that only loads and scales pictures generates nothing.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = ["prompt", "workflow"]
        .into_iter()
        .flat_map(|keyword| clues.texts(keyword));
    let exif = [MAKE, MODEL, IMAGE_DESCRIPTION]
        .into_iter()
        .flat_map(|tag| clues.exif(tag))
        .filter_map(|text| {
            text.strip_prefix("prompt:")
                .or_else(|| text.strip_prefix("workflow:"))
        });
    let sampler = texts.chain(exif).find_map(sampler)?;
    Some(
        Evidence::new(&WORKFLOW, Strength::Declared)
            .with("tool", "ComfyUI")
            .with("sampler_node", sampler),
    )
}

/// The type of the graph's first sampling node.
fn sampler(text: &str) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(graph) => nodes(&graph)
            .into_iter()
            .find(|node| node.contains("Sampler")),
        // Graphs may hold NaN, which is no JSON; two nodes named as only ComfyUI names them are enough.
        Err(_) => {
            let shaped =
                text.trim_start().starts_with('{') && text.matches("\"class_type\"").count() >= 2;
            (shaped && text.contains("KSampler")).then(|| "KSampler".to_owned())
        }
    }
}

/// The node types of a graph in the form for execution (`class_type` and `inputs`) or in that of the editor (`nodes`).
fn nodes(graph: &Value) -> Vec<String> {
    let kind = |node: &Value, key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(list) = graph.get("nodes").and_then(Value::as_array) {
        let editor = graph.get("links").is_some() || graph.get("last_node_id").is_some();
        return if editor {
            list.iter().filter_map(|node| kind(node, "type")).collect()
        } else {
            Vec::new()
        };
    }
    let Some(map) = graph.as_object() else {
        return Vec::new();
    };
    let named: Vec<String> = map
        .values()
        .filter(|node| node.get("inputs").is_some())
        .filter_map(|node| kind(node, "class_type"))
        .collect();
    // At least half of the values must be nodes: a `prompt` key alone may hold any object.
    if named.len() * 2 >= map.len() {
        named
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, with_text};
    use super::*;

    #[test]
    fn both_forms_and_broken_json_are_read() {
        let api = r#"{"3":{"class_type":"KSampler","inputs":{}},"4":{"class_type":"CheckpointLoaderSimple","inputs":{}}}"#;
        let editor =
            r#"{"last_node_id":3,"nodes":[{"id":3,"type":"KSamplerAdvanced"}],"links":[]}"#;
        let nan = r#"{"3":{"class_type":"KSampler","inputs":{"cfg":NaN}},"4":{"class_type":"VAEDecode","inputs":{}}}"#;
        assert_eq!(found(&MARK, &with_text("prompt", api)).len(), 1);
        assert_eq!(found(&MARK, &with_text("workflow", editor)).len(), 1);
        assert_eq!(found(&MARK, &with_text("prompt", nan)).len(), 1);
    }

    #[test]
    fn other_prompts_and_graphs_that_sample_nothing_say_nothing() {
        let upscale = r#"{"1":{"class_type":"LoadImage","inputs":{}},"2":{"class_type":"ImageScale","inputs":{}}}"#;
        for text in [
            "a drawing of a KSampler",
            "{}",
            r#"{"nodes":[{"type":"KSampler"}]}"#,
            upscale,
        ] {
            assert!(
                found(&MARK, &with_text("prompt", text)).is_empty(),
                "{text}"
            );
        }
    }
}
