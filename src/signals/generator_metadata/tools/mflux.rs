//! The settings that mflux writes: JSON with `mflux_version` in the EXIF user comment, and XMP properties of its own.

use super::json_text;
use super::model_name::{model_name, version};
use super::{Clues, Mark, RATE};
use crate::asset::namespace::{DC, XMP};
use crate::evidence::{Claim, Code, Evidence, Strength};
use serde_json::Value;

const NAMESPACE: &str = "http://ns.mflux.ai/1.0/";
const OWN: &str = "mflux_version";

/// Pictures that it started from; their paths are nobody's business.
const SOURCES: &[&str] = &["image_path", "masked_image_path", "image_paths"];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| {
        let found = written(clues).or_else(|| properties(clues));
        found.into_iter().collect()
    },
};

const PARAMETERS: Code = Code {
    name: "mflux.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that mflux writes.",
    proves: "That the file holds such settings; they do not get there by accident.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn written(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = clues.user_comments().chain(clues.texts("parameters"));
    let settings = texts
        .filter(|text| text.contains(OWN))
        .filter_map(json_text::object)
        .find(|settings| settings.contains_key(OWN))?;
    let of = |key| json_text::text(&settings, key);
    // The version alone says nothing of a picture.
    of("model").or_else(|| of("seed"))?;
    let given = |key: &&str| !matches!(settings.get(*key), None | Some(Value::Null));
    let source = SOURCES.iter().any(given);
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", "mflux")
            .with_some("version", of(OWN).as_deref().and_then(version))
            .with_some("model", of("model").as_deref().map(model_name))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("size", json_text::size(&settings, "width", "height"))
            .with_some("source_image", source.then_some(true))
            .with_personal("prompt", of("prompt"))
            .with_personal("negative_prompt", of("negative_prompt")),
    )
}

/// Properties of a namespace that only mflux has.
fn properties(clues: &Clues<'_>) -> Option<Evidence> {
    let of = |name| clues.xmp(NAMESPACE, name).find(|value| !value.is_empty());
    let (model, seed) = (of("model"), of("seed"));
    model.or(seed)?;
    let mut tools = clues.xmp(XMP, "CreatorTool");
    let written = tools.find_map(|tool| tool.strip_prefix("MFLUX "));
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", "mflux")
            .with_some("version", written.and_then(version))
            .with_some("model", model.map(model_name))
            .with_some("steps", of("steps"))
            .with_some("seed", seed)
            .with_personal("prompt", clues.xmp(DC, "description").next()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_xmp};
    use super::*;

    fn comment(text: &str) -> crate::asset::Metadata {
        with_exif(&[("exif", 0x9286, text)])
    }

    #[test]
    fn the_settings_are_read() {
        let text = r#"{"mflux_version": "0.10.0", "model": "dev", "seed": 42, "steps": 20, "prompt": "a cat", "image_path": "/home/a/b.png"}"#;
        let found = &found(&MARK, &comment(text))[0];
        assert_eq!(found.get("version"), Some(&"0.10.0".into()));
        assert_eq!(found.get("source_image"), Some(&true.into()));
    }

    #[test]
    fn the_word_alone_says_nothing() {
        for text in [
            "mflux_version 0.10",
            r#"{"mflux_version": "0.10.0"}"#,
            r#"{"model": "mflux_version", "seed": 1}"#,
        ] {
            assert!(codes(&MARK, &comment(text)).is_empty());
        }
    }

    #[test]
    fn properties_stand_for_the_settings() {
        let found = &found(
            &MARK,
            &with_xmp(&[
                (XMP, "CreatorTool", "MFLUX 0.9.6"),
                (DC, "description", "a cat"),
                (NAMESPACE, "seed", "2"),
                (NAMESPACE, "model", "dev"),
            ]),
        )[0];
        assert_eq!(found.get("version"), Some(&"0.9.6".into()));
        assert_eq!(found.get("model"), Some(&"dev".into()));
        assert_eq!(found.personal.len(), 1);
        for rows in [
            &[(XMP, "CreatorTool", "MFLUX 0.9.6")][..],
            &[(NAMESPACE, "steps", "20")],
            &[("http://example.com/", "seed", "2")],
        ] {
            assert!(codes(&MARK, &with_xmp(rows)).is_empty());
        }
    }
}
