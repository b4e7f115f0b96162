//! The PNG texts that the generating scripts of sd-scripts (kohya) write, one for each setting.

use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

/// Settings that are numbers; all are written, and all must be there beside the prompt.
const NUMBERS: [&str; 3] = ["seed", "steps", "scale"];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "sd-scripts.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries generation settings key by key, as the scripts of sd-scripts write them.",
    proves: "That the file holds all of these settings, with numbers where numbers belong.",
    limits: "Anyone can write them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let of = |key: &'static str| clues.texts(key).find(|text| !text.trim().is_empty());
    let prompt = of("prompt")?;
    // Newer scripts name no sampler, but always what it was told to leave out.
    let sampler = of("sampler");
    let negative = of("negative-prompt");
    let is_number = |text: &&str| text.trim().parse::<f64>().is_ok();
    let number = |key: &'static str| clues.texts(key).find(is_number);
    if !NUMBERS.into_iter().all(|key| number(key).is_some()) || sampler.or(negative).is_none() {
        return None;
    }
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", "sd-scripts")
            .with_some("sampler", sampler)
            .with_some("steps", number("steps"))
            .with_some("seed", number("seed"))
            .with_personal("prompt", Some(prompt))
            .with_personal("negative_prompt", negative),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, with_texts};
    use super::*;

    const TEXTS: [(&str, &str); 5] = [
        ("prompt", "a cat"),
        ("seed", "1"),
        ("sampler", "ddim"),
        ("steps", "50"),
        ("scale", "7.5"),
    ];

    #[test]
    fn all_settings_must_be_there() {
        assert_eq!(codes(&MARK, &with_texts(&TEXTS)), ["sd-scripts.parameters"]);
        for left_out in 0..TEXTS.len() {
            let mut texts = TEXTS.to_vec();
            texts.remove(left_out);
            assert!(codes(&MARK, &with_texts(&texts)).is_empty(), "{left_out}");
        }
    }

    #[test]
    fn a_word_under_the_same_key_hides_no_number() {
        let texts = [&[("steps", "left, right"), ("prompt", "")][..], &TEXTS].concat();
        assert_eq!(codes(&MARK, &with_texts(&texts)), ["sd-scripts.parameters"]);
    }

    #[test]
    fn words_where_numbers_belong_say_nothing() {
        let mut texts = TEXTS;
        texts[4] = ("scale", "1:100");
        assert!(codes(&MARK, &with_texts(&texts)).is_empty());
    }
}
