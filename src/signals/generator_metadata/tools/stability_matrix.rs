//! What Stability Matrix writes of the pictures that it makes: settings in JSON (PNG text `parameters-json`; in WebP the EXIF
//! description), beside the form of AUTOMATIC1111.

use super::json_text::{self, Object};
use super::model_name::model_name;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const IMAGE_DESCRIPTION: u16 = 0x010e;

/// Keys of its settings; it writes all of them, and four are enough.
const KEYS: &[&str] = &[
    "PositivePrompt",
    "NegativePrompt",
    "Steps",
    "Sampler",
    "CfgScale",
    "Seed",
    "ModelHash",
    "ModelName",
];
const LEAST_KEYS: usize = 4;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "stability-matrix.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that Stability Matrix writes.",
    proves: "That the file holds such settings; they do not get there by accident.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// Whether the settings in a file are those of Stability Matrix.
pub(super) fn wrote(clues: &Clues<'_>) -> bool {
    settings(clues).is_some()
}

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let settings = settings(clues)?;
    let of = |key| json_text::text(&settings, key);
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", "Stability Matrix")
            .with_some("model", of("ModelName").as_deref().map(model_name))
            .with_some("sampler", of("Sampler"))
            .with_some("steps", of("Steps"))
            .with_some("seed", of("Seed"))
            .with_some("size", json_text::size(&settings, "Width", "Height"))
            .with_personal("prompt", of("PositivePrompt"))
            .with_personal("negative_prompt", of("NegativePrompt")),
    )
}

/// The settings, if they made a picture: without steps it was only enlarged.
fn settings(clues: &Clues<'_>) -> Option<Object> {
    let texts = clues.texts("parameters-json");
    texts
        .chain(clues.exif(IMAGE_DESCRIPTION))
        .filter(|text| text.contains("\"PositivePrompt\""))
        .filter_map(json_text::object)
        .find(|settings| {
            let steps = settings.get("Steps").and_then(|steps| steps.as_u64());
            json_text::count(settings, KEYS) >= LEAST_KEYS && steps > Some(0)
        })
}

#[cfg(test)]
mod tests {
    use super::super::automatic1111;
    use super::super::testing::{codes, found, with_exif, with_text, with_texts};
    use super::*;

    const JSON: &str = r#"{"PositivePrompt":"a cat","NegativePrompt":"","Steps":30,"Sampler":"Euler","CfgScale":7,"Seed":1,"Height":896,"Width":640,"ModelName":"C:/Users/jane/example"}"#;

    #[test]
    fn the_settings_are_read_once() {
        let line = "a cat\nSteps: 30, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 640x896";
        let both = with_texts(&[("parameters", line), ("parameters-json", JSON)]);
        let exif = with_exif(&[("0th", IMAGE_DESCRIPTION, JSON)]);
        for metadata in [both, exif] {
            let found = &found(&MARK, &metadata)[0];
            assert_eq!(found.get("size"), Some(&"640x896".into()));
            assert_eq!(found.get("model"), Some(&"example".into()));
            assert_eq!(found.personal.len(), 1);
            assert!(codes(&automatic1111::MARK, &metadata).is_empty());
        }
    }

    #[test]
    fn other_objects_say_nothing() {
        let enlarged = JSON.replace("\"Steps\":30", "\"Steps\":0");
        for text in [
            enlarged.as_str(),
            "{\"PositivePrompt\":1}",
            "PositivePrompt",
        ] {
            assert!(codes(&MARK, &with_text("parameters-json", text)).is_empty());
        }
        assert!(codes(&MARK, &with_text("Comment", JSON)).is_empty());
    }
}
