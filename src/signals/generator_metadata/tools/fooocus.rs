//! What Fooocus and its descendant Ruined Fooocus write: settings in JSON or in the form of AUTOMATIC1111, and beside them
//! the name of the form (PNG text `fooocus_scheme`, EXIF maker note).

use super::json_text::{self, Object};
use super::model_name::{model_name, version};
use super::settings_line::{self, Settings};
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const SOFTWARE: u16 = 0x0131;
const MAKER_NOTE: u16 = 0x927c;

/// Keys of its JSON, of which some are no other tool's.
const KEYS: &[&str] = &[
    "base_model",
    "adm_guidance",
    "full_prompt",
    "metadata_scheme",
    "refiner_swap_method",
    "sharpness",
    "performance",
    "styles",
    "real_prompt",
    "prompt_expansion",
];
const LEAST_KEYS: usize = 3;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "fooocus.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that Fooocus writes.",
    proves: "That the file holds such settings, or names Fooocus in the field for the software that made it.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// Whether the settings in a file are those of Fooocus.
pub(super) fn wrote(clues: &Clues<'_>) -> bool {
    recognise(clues).is_some()
}

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    if let Some(object) = texts(clues).find_map(json) {
        return Some(from_json(&object, clues));
    }
    let settings = texts(clues).find_map(settings_line::read);
    let version = settings
        .as_ref()
        .and_then(|settings| settings.get("Version"));
    let version = version.filter(|version| version.starts_with("Fooocus"));
    let named = scheme(clues, settings.is_some()) || software(clues).is_some();
    (named || version.is_some()).then(|| from_line(settings.as_ref(), version, clues))
}

/// Where it writes settings; old versions used comments.
fn texts<'a>(clues: &Clues<'a>) -> impl Iterator<Item = &'a str> {
    let texts = clues.texts("parameters").chain(clues.user_comments());
    texts.chain(clues.texts("Comment"))
}

fn json(text: &str) -> Option<Object> {
    let likely = ["base_model", "RuinedFooocus", "adm_guidance"];
    if !likely.iter().any(|word| text.contains(word)) {
        return None;
    }
    let object = json_text::object(text)?;
    let own = json_text::count(&object, KEYS) >= LEAST_KEYS;
    (own || is_ruined(&object)).then_some(object)
}

fn is_ruined(object: &Object) -> bool {
    json_text::text(object, "software").as_deref() == Some("RuinedFooocus")
}

/// Whether the form of the settings is named; the name of the other form counts only beside settings.
fn scheme(clues: &Clues<'_>, settings: bool) -> bool {
    let mut schemes = clues
        .texts("fooocus_scheme")
        .map(|name| (name, true))
        .chain(clues.exif(MAKER_NOTE).map(|name| (name, settings)));
    schemes.any(|(name, sure)| name == "fooocus" || name == "a1111" && sure)
}

fn software<'a>(clues: &Clues<'a>) -> Option<&'a str> {
    let version = |rest: &str| rest.starts_with(|c: char| c == 'v' || c.is_ascii_digit());
    let own = |name: &&str| match name.strip_prefix("Fooocus") {
        Some(rest) => rest.is_empty() || rest.strip_prefix(' ').is_some_and(version),
        None => false,
    };
    clues.exif(SOFTWARE).find(own)
}

fn from_json(object: &Object, clues: &Clues<'_>) -> Evidence {
    let of = |keys: &[&str]| json_text::first_text(object, keys);
    let tool = match is_ruined(object) {
        true => "Ruined Fooocus",
        false => "Fooocus",
    };
    let version = of(&["version"]).or_else(|| software(clues).map(str::to_owned));
    let size = of(&["resolution"]).or_else(|| json_text::size(object, "width", "height"));
    let model = of(&["base_model", "base_model_name"]);
    Evidence::new(&PARAMETERS, Strength::Declared)
        .with("tool", tool)
        .with_some("version", version.as_deref().and_then(number))
        .with_some("model", model.as_deref().map(model_name))
        .with_some("sampler", of(&["sampler", "sampler_name"]))
        .with_some("steps", of(&["steps"]))
        .with_some("seed", of(&["seed"]))
        .with_some("size", size)
        .with_personal("prompt", of(&["prompt", "Prompt"]))
        .with_personal("negative_prompt", of(&["negative_prompt", "Negative"]))
}

/// `v2.5.0`, without the name in front.
fn number(text: &str) -> Option<&str> {
    version(text.trim_start_matches("Fooocus"))
}

fn from_line(
    settings: Option<&Settings<'_>>,
    version: Option<String>,
    clues: &Clues<'_>,
) -> Evidence {
    let of = |name| settings.and_then(|settings| settings.get(name));
    let version = version.or_else(|| software(clues).map(str::to_owned));
    Evidence::new(&PARAMETERS, Strength::Declared)
        .with("tool", "Fooocus")
        .with_some("version", version.as_deref().and_then(number))
        .with_some("model", of("Model").as_deref().map(model_name))
        .with_some("sampler", of("Sampler"))
        .with_some("steps", of("Steps"))
        .with_some("seed", of("Seed"))
        .with_some("size", of("Size"))
        .with_personal("prompt", settings.and_then(|settings| settings.prompt))
        .with_personal("negative_prompt", settings.and_then(|one| one.negative))
}

#[cfg(test)]
mod tests {
    use super::super::automatic1111;
    use super::super::testing::{codes, found, with_exif, with_text, with_texts};
    use super::*;

    const JSON: &str = r#"{"adm_guidance": "(1.5, 0.8, 0.3)", "base_model": "/home/jane/example", "full_prompt": ["a cat"], "prompt": "a cat", "metadata_scheme": "fooocus", "version": "Fooocus v2.5.0"}"#;
    const LINE: &str = "a cat\nNegative prompt: blurry\nSteps: 30, Sampler: DPM++ 2M SDE, Seed: 1, Size: 896x1152, CFG scale: 4, Version: Fooocus v2.5.0";

    #[test]
    fn both_forms_are_read_wherever_they_stand() {
        for metadata in [
            with_texts(&[("parameters", JSON), ("fooocus_scheme", "fooocus")]),
            with_texts(&[("parameters", LINE), ("fooocus_scheme", "a1111")]),
            with_text("parameters", LINE),
            with_text("Comment", JSON),
            with_exif(&[("0th", 0x9286, JSON), ("0th", MAKER_NOTE, "fooocus")]),
            with_exif(&[("0th", SOFTWARE, "Fooocus v2.5.0")]),
        ] {
            let found = &found(&MARK, &metadata)[0];
            assert_eq!(found.get("version"), Some(&"v2.5.0".into()));
            assert!(codes(&automatic1111::MARK, &metadata).is_empty());
        }
    }

    #[test]
    fn ruined_fooocus_names_itself() {
        let text = r#"{"Prompt": "a cat", "steps": 30, "base_model_name": "example", "software": "RuinedFooocus"}"#;
        let found = &found(&MARK, &with_text("parameters", text))[0];
        assert_eq!(found.get("tool"), Some(&"Ruined Fooocus".into()));
    }

    #[test]
    fn other_settings_are_left_to_others() {
        for metadata in [
            with_text("parameters", r#"{"base_model": "bicycle", "steps": 3}"#),
            with_text("parameters", "Steps: 3, Seed: 1, Version: v1.10"),
            with_text("Comment", "made with Fooocus, says base_model"),
            with_exif(&[("exif", MAKER_NOTE, "a1111")]),
            with_exif(&[("0th", SOFTWARE, "Fooocusing 2")]),
            with_exif(&[("0th", SOFTWARE, "GIMP 2.10, after Fooocus v2")]),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
    }
}
