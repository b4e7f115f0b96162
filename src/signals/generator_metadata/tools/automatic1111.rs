//! The settings of AUTOMATIC1111's web UI, which Forge, SD.Next and many others write in the same form: PNG text
//! `parameters`, or the EXIF user comment. Its extras tab, which enlarges finished pictures, writes `postprocessing`.

use super::model_name::{model_name, version};
use super::settings_line::{self, Settings};
use super::{Clues, Mark, RATE, draw_things, fooocus, stability_matrix};
use crate::asset::namespace::DC;
use crate::evidence::{Claim, Code, Evidence, Strength};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const WINDOWS_COMMENT: u16 = 0x9c9c;

/// Tools that write this form beside a mark of their own, which names them better.
const OTHERS: [fn(&Clues<'_>) -> bool; 3] =
    [draw_things::wrote, fooocus::wrote, stability_matrix::wrote];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[PARAMETERS, POSTPROCESSING],
    recognise: |clues| {
        let found = [parameters(clues), postprocessing(clues)];
        found.into_iter().flatten().collect()
    },
};

const PARAMETERS: Code = Code {
    name: "automatic1111.parameters",
    claim: Claim::AiGenerated,
    summary: "It carries the generation settings that Stable Diffusion tools write (AUTOMATIC1111 form).",
    proves: "That the file holds a line of such settings with values that fit, among them one that only a model is given.",
    limits: "Anyone can copy such a block into another file, and saving the image elsewhere removes it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const POSTPROCESSING: Code = Code {
    name: "automatic1111.postprocessing",
    claim: Claim::Edited,
    summary: "It carries the settings with which a Stable Diffusion tool enlarged or retouched a finished picture.",
    proves: "That the file holds such settings. They say nothing of what made the picture that was enlarged.",
    limits: "Anyone can write them. A model that enlarges may invent detail, faces above all.",
    error_rate: RATE,
    next: "Look for what else the file says of its origin.",
};

/// Finds the block of settings, and names the tool by what it writes into it.
fn parameters(clues: &Clues<'_>) -> Option<Evidence> {
    let settings = usual(clues).or_else(|| unusual(clues))?;
    if OTHERS.iter().any(|wrote| wrote(clues)) {
        return None;
    }
    let of = |name| settings.get(name);
    let model = of("Model").or_else(|| of("Unet"));
    Some(
        Evidence::new(&PARAMETERS, Strength::Declared)
            .with("tool", tool(&settings))
            .with_some("version", of("Version").as_deref().and_then(version))
            .with_some("model", model.as_deref().map(model_name))
            .with_some("model_hash", of("Model hash"))
            .with_some("sampler", of("Sampler"))
            .with_some("steps", of("Steps"))
            .with_some("seed", of("Seed"))
            .with_some("size", of("Size"))
            .with_personal("prompt", settings.prompt)
            .with_personal("negative_prompt", settings.negative),
    )
}

/// The places where tools put it.
fn usual<'a>(clues: &Clues<'a>) -> Option<Settings<'a>> {
    let texts = ["parameters", "Parameters"]
        .into_iter()
        .flat_map(|keyword| clues.texts(keyword));
    texts
        .chain(clues.user_comments())
        .find_map(settings_line::read)
}

/// The places where other programs move it, or people quote it: there it must be complete.
fn unusual<'a>(clues: &Clues<'a>) -> Option<Settings<'a>> {
    let texts = ["Comment", "Description"]
        .into_iter()
        .flat_map(|keyword| clues.texts(keyword));
    let exif = [IMAGE_DESCRIPTION, WINDOWS_COMMENT]
        .into_iter()
        .flat_map(|tag| clues.exif(tag));
    texts
        .chain(exif)
        .chain(clues.xmp(DC, "description"))
        .filter_map(settings_line::read)
        .find(Settings::is_complete)
}

fn tool(settings: &Settings<'_>) -> &'static str {
    let version = settings.get("Version").unwrap_or_default();
    let app = settings.get("App").unwrap_or_default();
    let numbered = |prefix| {
        let number = version.strip_prefix(prefix);
        number.is_some_and(|number: &str| number.starts_with(|c: char| c.is_ascii_digit()))
    };
    match version.as_str() {
        _ if app == "SD.Next" => "SD.Next",
        _ if version.starts_with("stable-diffusion.cpp") => "stable-diffusion.cpp",
        "ComfyUI" => "ComfyUI",
        "neo" => "Stable Diffusion WebUI Forge Neo",
        _ if numbered("f") && version.contains("RC-latest") => "Stable Diffusion WebUI reForge",
        _ if numbered("f") => "Stable Diffusion WebUI Forge",
        _ if settings.has("Civitai resources") => "Civitai",
        _ => "Stable Diffusion WebUI (AUTOMATIC1111 form)",
    }
}

/// Finds what the extras tab writes.
fn postprocessing(clues: &Clues<'_>) -> Option<Evidence> {
    let texts = ["postprocessing", "extras"]
        .into_iter()
        .flat_map(|keyword| clues.texts(keyword));
    let mut worked = texts.filter(|text| text.trim_start().starts_with("Postprocess "));
    let text = worked.next()?;
    let of = |name: &str| {
        let pairs = text.split(',').filter_map(|pair| pair.split_once(':'));
        let mut named = pairs.filter(|(key, _)| key.trim() == name);
        named.next().map(|(_, value)| value.trim().to_owned())
    };
    Some(
        Evidence::new(&POSTPROCESSING, Strength::Declared)
            .with("tool", "Stable Diffusion WebUI (AUTOMATIC1111 form)")
            .with_some("upscaler", of("Postprocess upscaler"))
            .with_some("scale", of("Postprocess upscale by")),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_text, with_xmp};
    use super::*;
    use crate::asset::namespace::EXIF;

    const BLOCK: &str = "a lighthouse at dusk\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: example, Version: f2.0.1v1.10.1";

    #[test]
    fn the_block_is_read() {
        let found = &found(&MARK, &with_text("parameters", BLOCK))[0];
        assert_eq!(found.get("model"), Some(&"example".into()));
        assert_eq!(
            found.get("tool"),
            Some(&"Stable Diffusion WebUI Forge".into())
        );
        assert_eq!(found.get("prompt"), None);
        let prompts = [
            ("prompt", "a lighthouse at dusk".into()),
            ("negative_prompt", "blurry".into()),
        ];
        assert_eq!(found.personal, prompts);
    }

    #[test]
    fn folders_of_a_computer_are_left_out() {
        let text = "Steps: 9, Sampler: Euler, Seed: 1, Model: C:\\Users\\jane.doe\\example.ckpt, Version: v1.10.1 /home/anna/webui";
        let found = &found(&MARK, &with_text("parameters", text))[0];
        assert_eq!(found.get("model"), Some(&"example.ckpt".into()));
        assert_eq!(found.get("version"), Some(&"v1.10.1".into()));
    }

    #[test]
    fn each_tool_is_told_by_what_it_writes() {
        for (settings, tool) in [
            (
                "Version: v1.10.1",
                "Stable Diffusion WebUI (AUTOMATIC1111 form)",
            ),
            (
                "Version: f1.7.0-v1.10.1RC-latest-2255-g2b54f24a",
                "Stable Diffusion WebUI reForge",
            ),
            ("Version: neo", "Stable Diffusion WebUI Forge Neo"),
            ("App: SD.Next, Version: f8b73cb", "SD.Next"),
            ("Version: stable-diffusion.cpp", "stable-diffusion.cpp"),
            (
                "Civitai resources: [{\"type\":\"checkpoint\",\"weight\":1}]",
                "Civitai",
            ),
            (
                "Version: fast",
                "Stable Diffusion WebUI (AUTOMATIC1111 form)",
            ),
        ] {
            let text = format!("Steps: 9, Sampler: Euler, Seed: 1, {settings}");
            let found = &found(&MARK, &with_text("parameters", &text))[0];
            assert_eq!(found.get("tool"), Some(&tool.into()), "{settings}");
        }
    }

    #[test]
    fn it_is_found_where_other_programs_move_it() {
        for metadata in [
            with_exif(&[("0th", 0x9286, BLOCK)]),
            with_exif(&[("exif", 0x9286, BLOCK)]),
            with_exif(&[("0th", 0x010e, BLOCK)]),
            with_text("Comment", BLOCK),
            with_xmp(&[(EXIF, "UserComment", BLOCK)]),
            with_xmp(&[(DC, "description", BLOCK)]),
        ] {
            assert_eq!(codes(&MARK, &metadata), ["automatic1111.parameters"]);
        }
        let quoted = "Write Steps: 20, Sampler: Euler a into the box";
        assert!(codes(&MARK, &with_text("Description", quoted)).is_empty());
        assert!(codes(&MARK, &with_text("Title", BLOCK)).is_empty());
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
    }

    #[test]
    fn enlarging_is_editing() {
        let text = "Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+";
        let metadata = with_text("postprocessing", text);
        assert_eq!(codes(&MARK, &metadata), ["automatic1111.postprocessing"]);
        let found = &found(&MARK, &metadata)[0];
        assert_eq!(found.get("upscaler"), Some(&"R-ESRGAN 4x+".into()));
        for (keyword, text) in [
            ("postprocessing", "sharpened, then cropped"),
            ("Comment", text),
        ] {
            assert!(codes(&MARK, &with_text(keyword, text)).is_empty());
        }
    }
}
