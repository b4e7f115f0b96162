//! What InvokeAI writes into PNG texts: `Dream` (version 1), `sd-metadata` (2), `invokeai_metadata`, `invokeai_graph` and
//! `invokeai_workflow` (3 and later).

use super::json_text::{self, Object};
use super::model_name::{model_name, version};
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};
use serde_json::Value;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[METADATA],
    recognise: |clues| {
        let found = newest(clues).or_else(|| second(clues));
        let found = found.or_else(|| first(clues)).or_else(|| graph(clues));
        found.into_iter().collect()
    },
};

const METADATA: Code = Code {
    name: "invokeai.metadata",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that InvokeAI writes.",
    proves: "That the file holds such settings; they do not get there by accident.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn evidence() -> Evidence {
    Evidence::new(&METADATA, Strength::Declared).with("tool", "InvokeAI")
}

/// `{"app_version": …, "generation_mode": "txt2img", "positive_prompt": …, "model": {…}}`; a picture that was only put into
/// its gallery has none of these.
fn newest(clues: &Clues<'_>) -> Option<Evidence> {
    const MADE: &[&str] = &[
        "generation_mode",
        "positive_prompt",
        "scheduler",
        "cfg_scale",
        "steps",
        "model",
    ];
    let mut objects = clues
        .texts("invokeai_metadata")
        .filter_map(json_text::object);
    let settings = objects.find(|object| json_text::count(object, MADE) >= 2)?;
    let of = |key| json_text::text(&settings, key);
    let model = json_text::inner(&settings, "model");
    let model = model.and_then(|model| json_text::first_text(&model, &["model_name", "name"]));
    let mode = of("generation_mode");
    let source = mode.as_deref().is_some_and(works_on_a_picture);
    Some(
        evidence()
            .with_some("version", of("app_version").as_deref().and_then(version))
            .with_some("model", model.as_deref().map(model_name))
            .with_some("sampler", of("scheduler"))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("size", json_text::size(&settings, "width", "height"))
            .with_some("mode", mode)
            .with_some("source_image", source.then_some(true))
            .with_personal("prompt", of("positive_prompt"))
            .with_personal("negative_prompt", of("negative_prompt")),
    )
}

/// `sdxl_img2img`, `inpaint`, …
fn works_on_a_picture(mode: &str) -> bool {
    ["img2img", "inpaint", "outpaint"]
        .iter()
        .any(|word| mode.contains(word))
}

/// `{"app_id": "invoke-ai/InvokeAI", "model_weights": …, "image": {…}}`
fn second(clues: &Clues<'_>) -> Option<Evidence> {
    let mut objects = clues.texts("sd-metadata").filter_map(json_text::object);
    let (outer, image) = objects.find_map(|outer| {
        let image = json_text::inner(&outer, "image")?;
        let app = json_text::text(&outer, "app_id").unwrap_or_default();
        let own = app.eq_ignore_ascii_case("invoke-ai/InvokeAI");
        let made = json_text::count(&image, &["prompt", "steps", "sampler", "seed"]) >= 3;
        (own || made).then_some((outer, image))
    })?;
    let of = |key| json_text::text(&image, key);
    let app = |key| json_text::text(&outer, key);
    let mode = of("type");
    let source = mode.as_deref().is_some_and(works_on_a_picture);
    Some(
        evidence()
            .with_some("version", app("app_version").as_deref().and_then(version))
            .with_some("model", app("model_weights").as_deref().map(model_name))
            .with_some("sampler", of("sampler"))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("size", json_text::size(&image, "width", "height"))
            .with_some("mode", mode)
            .with_some("source_image", source.then_some(true))
            .with_personal("prompt", weighted(&image)),
    )
}

/// The prompt is a text, or a list of texts with their weights.
fn weighted(image: &Object) -> Option<String> {
    let list = match image.get("prompt")? {
        Value::Array(list) => list,
        _ => return json_text::text(image, "prompt"),
    };
    let prompts = list.iter().filter_map(|one| one.get("prompt")?.as_str());
    let prompts: Vec<&str> = prompts.collect();
    (!prompts.is_empty()).then(|| prompts.join("; "))
}

/// `"a prompt" -s 50 -S 123 -W 512 -H 512 -C 7.5 -A k_lms`
fn first(clues: &Clues<'_>) -> Option<Evidence> {
    let (prompt, flags) = clues.texts("Dream").find_map(|text| {
        let (prompt, flags) = text.trim().strip_prefix('"')?.rsplit_once('"')?;
        let flags: Vec<&str> = flags.split_whitespace().flat_map(flag_and_value).collect();
        let has = |flag| number(&flags, flag).is_some();
        (has("-s") && (has("-S") || has("-C"))).then_some((prompt, flags))
    })?;
    let of = |flag| number(&flags, flag);
    let size = of("-W").zip(of("-H"));
    Some(
        evidence()
            .with_some("sampler", after(&flags, "-A"))
            .with_some("steps", of("-s"))
            .with_some("seed", of("-S"))
            .with_some(
                "size",
                size.map(|(width, height)| format!("{width}x{height}")),
            )
            .with_personal("prompt", Some(prompt)),
    )
}

/// The oldest form has no blank between them: `-s50`.
fn flag_and_value(word: &str) -> impl Iterator<Item = &str> {
    let glued = word.split_at_checked(2).filter(|(flag, value)| {
        matches!(*flag, "-s" | "-S" | "-W" | "-H" | "-C") && value.parse::<f64>().is_ok()
            || *flag == "-A" && !value.is_empty()
    });
    let (first, second) = match glued {
        Some((flag, value)) => (flag, Some(value)),
        None => (word, None),
    };
    std::iter::once(first).chain(second)
}

/// The word behind a flag.
fn after<'a>(flags: &[&'a str], flag: &str) -> Option<&'a str> {
    let mut rest = flags.iter().skip_while(|word| **word != flag);
    rest.nth(1).copied()
}

fn number<'a>(flags: &[&'a str], flag: &str) -> Option<&'a str> {
    after(flags, flag).filter(|word| word.parse::<f64>().is_ok())
}

/// Only the graph is left: it counts if a step of it takes noise away, which is how its models make pictures.
fn graph(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = ["invokeai_graph", "invokeai_workflow", "invokeai"];
    let mut likely = texts
        .into_iter()
        .flat_map(|keyword| clues.texts(keyword))
        .filter(|text| text.contains("denoise") || text.contains("\"t2l\""));
    likely.find_map(json_text::object).map(|_| evidence())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_text, with_texts};
    use super::*;

    #[test]
    fn every_version_is_read() {
        let newest = r#"{"app_version":"5.4.2","generation_mode":"sdxl_img2img","positive_prompt":"a cat","width":512,"height":768,"model":{"name":"//server/jane/example"}}"#;
        let second = r#"{"app_id":"invoke-ai/InvokeAI","model_weights":"example","image":{"prompt":[{"prompt":"a cat","weight":1.0}],"width":512,"height":768,"type":"img2img"}}"#;
        let first = r#""a cat [dogs]" -s 50 -S 123 -W 512 -H 768 -C 7.5 -A k_lms"#;
        let oldest = r#""a cat" -s50 -S123 -W512 -H768 -C7.5 -Ak_lms"#;
        for (keyword, text) in [
            ("invokeai_metadata", newest),
            ("sd-metadata", second),
            ("Dream", first),
            ("Dream", oldest),
        ] {
            let found = &found(&MARK, &with_text(keyword, text))[0];
            assert_eq!(found.get("size"), Some(&"512x768".into()), "{keyword}");
            assert_eq!(found.personal.len(), 1, "{keyword}");
            let source = found.get("source_image").is_some();
            assert_eq!(source, keyword != "Dream");
        }
        let graph = r#"{"nodes":{"a":{"type":"flux_denoise"}},"edges":[]}"#;
        assert_eq!(codes(&MARK, &with_text("invokeai_graph", graph)).len(), 1);
        let two = with_texts(&[("Dream", first), ("sd-metadata", second)]);
        assert_eq!(codes(&MARK, &two).len(), 1);
    }

    #[test]
    fn near_misses_say_nothing() {
        for (keyword, text) in [
            ("Dream", "I had a dream"),
            ("Dream", r#""a cat" said -s loudly"#),
            ("Dream", r#""a cat" -s 50"#),
            ("Dream", r#""a cat" -s50"#),
            ("Dream", r#""a cat" -sleep -Sheep -Cows"#),
            ("Dream", "a cat -s50 -S123 -C7.5"),
            ("sd-metadata", r#"{"image":{"prompt":"cat"}}"#),
            ("sd-metadata", "SD card 3"),
            ("invokeai_metadata", "{}"),
            ("invokeai_metadata", r#"{"app_version":"5.4"}"#),
            ("invokeai_graph", r#"{"nodes":{"a":{"type":"img_resize"}}}"#),
            ("invokeai_workflow", "denoise"),
        ] {
            assert!(codes(&MARK, &with_text(keyword, text)).is_empty(), "{text}");
        }
    }
}
