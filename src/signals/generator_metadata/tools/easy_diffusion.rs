//! What Easy Diffusion writes: a PNG text for each setting, or one object of them in the EXIF user comment. Other programs on
//! top of diffusers write some of the same keys.

use super::json_text;
use super::model_name::model_name;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

/// The key that no other tool uses, and its title.
const MODEL: &[&str] = &["use_stable_diffusion_model", "Stable Diffusion model"];

/// Whether a value is one that its setting can have.
type Fits = fn(&str) -> bool;

/// Settings, each by its key and its title, of which three must be there without the model. Neither the prompt nor the seed
/// is among them: other programs use such words.
const SETTINGS: &[(&[&str], Fits)] = &[
    (&["negative_prompt", "Negative Prompt"], is_text),
    (&["sampler_name", "Sampler"], is_text),
    (STEPS, is_number),
    (&["guidance_scale", "Guidance Scale"], is_number),
    (&["use_vae_model", "VAE model"], is_text),
];
const STEPS: &[&str] = &["num_inference_steps", "Steps"];
const LEAST: usize = 3;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const PARAMETERS: Code = Code {
    name: "easy-diffusion.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries generation settings key by key, as Easy Diffusion and programs on top of diffusers write them.",
    proves: "That the file holds several such settings; they do not get there by accident.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let text = |key: &'static str, fits: Fits| {
        let text = clues.texts(key).find(|text| fits(text));
        text.map(str::to_owned)
    };
    from_keys(text).or_else(|| {
        let keys = MODEL
            .iter()
            .chain(&["num_inference_steps", "Guidance Scale"]);
        let is_likely = |text: &&str| keys.clone().any(|key| text.contains(key));
        let comments = clues.user_comments().filter(is_likely);
        let mut objects = comments.filter_map(json_text::object);
        objects.find_map(|settings| {
            from_keys(|key, fits| json_text::text(&settings, key).filter(|text| fits(text)))
        })
    })
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok()
}

fn from_keys(of: impl Fn(&'static str, Fits) -> Option<String>) -> Option<Evidence> {
    let that = |keys: &[&'static str], fits| keys.iter().find_map(|key| of(key, fits));
    let first = |keys: &[&'static str]| that(keys, is_text);
    let model = first(MODEL);
    let settings = SETTINGS
        .iter()
        .filter(|(keys, fits)| that(keys, *fits).is_some());
    if model.is_none() && settings.count() < LEAST {
        return None;
    }
    let tool = match model {
        Some(_) => "Easy Diffusion",
        None => "a program on top of diffusers",
    };
    let size = first(&["width", "Width"]).zip(first(&["height", "Height"]));
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", tool)
            .with_some("model", model.as_deref().map(model_name))
            .with_some("sampler", first(&["sampler_name", "Sampler"]))
            .with_some("steps", that(STEPS, is_number))
            .with_some("seed", first(&["seed", "Seed"]))
            .with_some(
                "size",
                size.map(|(width, height)| format!("{width}x{height}")),
            )
            .with_personal("prompt", first(&["prompt", "Prompt"]))
            .with_personal(
                "negative_prompt",
                first(&["negative_prompt", "Negative Prompt"]),
            ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_texts};
    use super::*;

    #[test]
    fn keys_titles_and_objects_are_read() {
        let keys = with_texts(&[
            ("prompt", "a cat"),
            ("use_stable_diffusion_model", "C:\\models\\example.ckpt"),
        ]);
        let titles = with_texts(&[
            ("Stable Diffusion model", "/home/a/example.ckpt"),
            ("Prompt", "a cat"),
        ]);
        let object = r#"{"prompt": "a cat", "use_stable_diffusion_model": "example.ckpt", "num_inference_steps": 20}"#;
        let titled =
            r#"{"Prompt": "a cat", "Stable Diffusion model": "example.ckpt", "Steps": "20"}"#;
        let comment = |text| with_exif(&[("exif", 0x9286, text)]);
        for metadata in [keys, titles, comment(object), comment(titled)] {
            let found = &found(&MARK, &metadata)[0];
            assert_eq!(found.get("model"), Some(&"example.ckpt".into()));
            assert_eq!(found.personal.len(), 1);
        }
    }

    #[test]
    fn a_word_under_another_key_hides_nothing() {
        let model = ("use_stable_diffusion_model", "example.ckpt");
        let texts = with_texts(&[("Steps", "left"), model]);
        assert_eq!(codes(&MARK, &texts).len(), 1);
    }

    #[test]
    fn three_settings_stand_for_the_model() {
        let texts = [
            ("negative_prompt", "blurry"),
            ("num_inference_steps", "20"),
            ("guidance_scale", "7.5"),
        ];
        assert_eq!(codes(&MARK, &with_texts(&texts)).len(), 1);
        assert!(codes(&MARK, &with_texts(&texts[..2])).is_empty());
    }

    #[test]
    fn ordinary_words_say_nothing() {
        for texts in [
            &[("prompt", "please enter name"), ("seed", "sunflower")][..],
            &[
                ("Steps", "left, right"),
                ("Sampler", "drum"),
                ("Guidance Scale", "1:100"),
            ],
            &[
                ("width", "512"),
                ("height", "512"),
                ("prompt", "a cat"),
                ("seed", "1"),
            ],
        ] {
            assert!(codes(&MARK, &with_texts(texts)).is_empty());
        }
        for text in [
            "use_stable_diffusion_model",
            "Stable Diffusion model: none, Guidance Scale: none",
            r#"{"Steps": "20", "Guidance Scale": "1:100"}"#,
            r#"{"Steps": "left, right", "Sampler": "drum", "Guidance Scale": "1:100"}"#,
        ] {
            let comment = with_exif(&[("exif", 0x9286, text)]);
            assert!(codes(&MARK, &comment).is_empty(), "{text}");
        }
    }
}
