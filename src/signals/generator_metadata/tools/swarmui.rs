//! The settings that SwarmUI writes: JSON with `sui_image_params`.

use super::json_text;
use super::model_name::{model_name, version};
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const MODEL: u16 = 0x0110;
const OWN: &str = "sui_image_params";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "swarmui.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that SwarmUI writes.",
    proves: "That the file holds such settings; they do not get there by accident.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = clues.texts("parameters").chain(clues.user_comments());
    // Old versions put it into the name of the camera.
    let mut likely = texts
        .chain(clues.exif(MODEL))
        .filter(|text| text.contains(OWN));
    let settings = likely.find_map(|text| json_text::inner(&json_text::object(text)?, OWN))?;
    let of = |key| json_text::text(&settings, key);
    let source = settings.contains_key("initimage");
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", "SwarmUI")
            .with_some("version", of("swarm_version").as_deref().and_then(version))
            .with_some("model", of("model").as_deref().map(model_name))
            .with_some("sampler", of("sampler"))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("size", json_text::size(&settings, "width", "height"))
            .with_some("source_image", source.then_some(true))
            .with_personal("prompt", of("prompt"))
            .with_personal("negative_prompt", of("negativeprompt")),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_text};
    use super::*;

    const JSON: &str = r#"{"sui_image_params": {"prompt": "a cat", "model": "/home/jane/example", "seed": 1, "width": 512, "height": 768, "swarm_version": "0.9.3.0"}, "sui_extra_data": {"date": "2024-01-01"}}"#;

    #[test]
    fn the_settings_are_read_in_every_place() {
        for metadata in [
            with_text("parameters", JSON),
            with_exif(&[("exif", 0x9286, JSON)]),
            with_exif(&[("0th", MODEL, JSON)]),
        ] {
            let found = &found(&MARK, &metadata)[0];
            assert_eq!(found.get("size"), Some(&"512x768".into()));
            assert_eq!(found.get("model"), Some(&"example".into()));
            assert_eq!(found.personal.len(), 1);
        }
    }

    #[test]
    fn the_word_or_another_place_says_nothing() {
        for metadata in [
            with_text("parameters", "sui_image_params"),
            with_text("parameters", r#"{"a": "sui_image_params"}"#),
            with_text("parameters", r#"{"sui_image_params": 1}"#),
            with_text("Title", JSON),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
    }
}
