//! The parameter text of AUTOMATIC1111's web UI, which Forge, SD.Next and many services write too: PNG text `parameters`,
//! or the EXIF user comment in other formats.

use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const USER_COMMENT: u16 = 0x9286;

/// Settings of which at least one must stand beside the steps: the key alone is a common word.
const SETTINGS: &[&str] = &["Sampler", "CFG scale", "Seed", "Size", "Model hash"];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "automatic1111.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that Stable Diffusion tools write (AUTOMATIC1111 form).",
    proves: "That the file holds a complete block of such settings; it does not get there by accident.",
    limits: "Anyone can copy such a block into another file, and saving the image elsewhere removes it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// Finds the block, behind a gate: a number of steps and one more setting.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = clues.texts("parameters");
    let comments = clues.exif(USER_COMMENT);
    let settings = texts.chain(comments).find_map(settings)?;
    let of = |name: &str| {
        settings
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", tool(of("Version").as_deref()))
            .with_some("version", of("Version"))
            .with_some("model", of("Model"))
            .with_some("sampler", of("Sampler"))
            .with_some("size", of("Size")),
    )
}

/// The settings line as keys and values, if the text has one.
fn settings(text: &str) -> Option<Vec<(&str, &str)>> {
    let line = text
        .lines()
        .rev()
        .find(|line| is_settings_line(line.trim_start()))?;
    let pairs: Vec<(&str, &str)> = line
        .split(", ")
        .filter_map(|pair| pair.trim().split_once(": "))
        .collect();
    pairs
        .iter()
        .any(|(key, _)| SETTINGS.contains(key))
        .then_some(pairs)
}

/// `Steps: 28, …`
fn is_settings_line(line: &str) -> bool {
    line.strip_prefix("Steps: ")
        .and_then(|rest| rest.split_once(','))
        .is_some_and(|(steps, _)| !steps.is_empty() && steps.bytes().all(|b| b.is_ascii_digit()))
}

/// Forge marks its versions with an `f`.
fn tool(version: Option<&str>) -> &'static str {
    match version {
        Some(version) if version.starts_with('f') => "Stable Diffusion WebUI Forge",
        _ => "Stable Diffusion WebUI (AUTOMATIC1111 form)",
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, with_text};
    use super::*;

    const BLOCK: &str = "a lighthouse at dusk\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: example, Version: f2.0.1v1.10.1";

    #[test]
    fn the_block_is_read() {
        let found = &found(&MARK, &with_text("parameters", BLOCK))[0];
        assert_eq!(found.get("model"), Some(&"example".into()));
        assert_eq!(
            found.get("tool"),
            Some(&"Stable Diffusion WebUI Forge".into())
        );
    }

    #[test]
    fn the_key_or_the_word_steps_alone_says_nothing() {
        for text in [
            "exposure 1/60, f/8",
            "Steps: 3, then turn left",
            "Steps: many, Sampler: none",
            "",
        ] {
            assert!(
                found(&MARK, &with_text("parameters", text)).is_empty(),
                "{text}"
            );
        }
        assert!(found(&MARK, &with_text("Description", BLOCK)).is_empty());
    }
}
