//! What Draw Things writes: its name as the software, and JSON with the keys `c`, `uc`, `steps`, `sampler`, `scale`.

use super::json_text::{self, Object};
use super::model_name::model_name;
use super::{Clues, Mark, RATE};
use crate::asset::namespace::XMP;
use crate::evidence::{Claim, Code, Evidence, Strength};

const SOFTWARE: u16 = 0x0131;
const NAME: &str = "Draw Things";

/// Keys beside `c` (the prompt), `steps` and `sampler`, of which two must be there if the software is not named.
const KEYS: &[&str] = &[
    "uc",
    "scale",
    "seed",
    "size",
    "model",
    "strength",
    "seed_mode",
];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "draw-things.parameters",
    claim: Claim::AiGenerated,
    summary: "It names Draw Things as the software that made it, or carries the generation settings that Draw Things writes.",
    proves: "That the file says so; neither gets there by accident.",
    limits: "Anyone can write it into another file, and saving the image elsewhere removes it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// Whether a file names Draw Things or holds its settings.
pub(super) fn wrote(clues: &Clues<'_>) -> bool {
    recognise(clues).is_some()
}

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = clues.texts("Comment").chain(clues.user_comments());
    let settings = texts.filter_map(settings).next();
    if settings.is_none() && !named(clues) {
        return None;
    }
    let of = |key| json_text::text(settings.as_ref()?, key);
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", NAME)
            .with_some("model", of("model").as_deref().map(model_name))
            .with_some("sampler", of("sampler"))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("size", of("size"))
            .with_personal("prompt", of("c"))
            .with_personal("negative_prompt", of("uc")),
    )
}

fn named(clues: &Clues<'_>) -> bool {
    let names = clues.texts("Software").chain(clues.exif(SOFTWARE));
    names
        .chain(clues.xmp(XMP, "CreatorTool"))
        .any(|name| name.trim() == NAME)
}

fn settings(text: &str) -> Option<Object> {
    if !text.contains("\"sampler\"") || !text.contains("\"c\"") {
        return None;
    }
    let object = json_text::object(text)?;
    let own = ["c", "steps", "sampler"];
    (json_text::count(&object, &own) == own.len() && json_text::count(&object, KEYS) >= 2)
        .then_some(object)
}

#[cfg(test)]
mod tests {
    use super::super::automatic1111;
    use super::super::testing::{codes, found, with_exif, with_text, with_texts, with_xmp};
    use super::*;
    use crate::asset::namespace::EXIF;

    const JSON: &str = r#"{"c":"a cat","uc":"blurry","steps":20,"sampler":"Euler a","scale":7.5,"seed":42,"size":"512x512","model":"example.ckpt","strength":1}"#;

    #[test]
    fn the_name_or_the_settings_are_enough() {
        for metadata in [
            with_text("Software", NAME),
            with_text("Comment", JSON),
            with_xmp(&[(EXIF, "UserComment", JSON)]),
            with_xmp(&[(XMP, "CreatorTool", NAME)]),
            with_exif(&[("0th", SOFTWARE, NAME)]),
        ] {
            assert_eq!(codes(&MARK, &metadata), ["draw-things.parameters"]);
        }
        // Its description holds the settings in the form of AUTOMATIC1111.
        let line = "a cat\nSteps: 20, Sampler: Euler a, Guidance Scale: 7.5, Seed: 42, Size: 512x512, Model: example.ckpt";
        let both = with_texts(&[("Description", line), ("Comment", JSON)]);
        assert!(codes(&automatic1111::MARK, &both).is_empty());
        let found = &found(&MARK, &both)[0];
        assert_eq!(found.get("model"), Some(&"example.ckpt".into()));
        assert_eq!(found.personal.len(), 2);
    }

    #[test]
    fn similar_words_say_nothing() {
        for metadata in [
            with_text("Software", "Draw Things Together 3"),
            with_text("Comment", r#"{"c": 1, "sampler": "drum"}"#),
            with_text("Comment", r#"{"c": 1, "steps": 16, "sampler": "drum"}"#),
            with_text("Description", JSON),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
    }
}
