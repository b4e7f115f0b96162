//! What NovelAI writes: PNG texts `Software`, `Source` and `Comment` (settings in JSON), or the same in EXIF. Its newer
//! settings are signed; here they are only read.

use super::json_text::{self, Object};
use super::{Clues, Mark, RATE};
use crate::asset::Metadata;
use crate::evidence::{Claim, Code, Evidence, Strength};

const DOCUMENT_NAME: u16 = 0x010d;
const IMAGE_DESCRIPTION: u16 = 0x010e;
const SOFTWARE: u16 = 0x0131;

const NAME: &str = "NovelAI";
const TITLE: &str = "AI generated image";
const SIGNATURE: &str = "signed_hash";

/// Keys of its settings beside `steps`, of which two must be there.
const KEYS: &[&str] = &[
    "sampler",
    "scale",
    "uc",
    "seed",
    "noise_schedule",
    "v4_prompt",
    SIGNATURE,
];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[METADATA],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const METADATA: Code = Code {
    name: "novelai.metadata",
    claim: Claim::AiGenerated,
    summary: "It carries the metadata that NovelAI writes.",
    proves: "That the file names NovelAI and holds its settings; neither gets there by accident. That settings are signed does not say that the signature is right.",
    limits: "Anyone can copy them into another file, and saving the image elsewhere removes them.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// The settings that carry a signature, as they are written.
pub(crate) fn signed_comment(metadata: &Metadata) -> Option<&str> {
    let texts = metadata.texts_named("Comment");
    let mut signed = texts.filter(|text| text.contains(SIGNATURE));
    signed.find(|text| settings(text).is_some_and(|found| found.contains_key(SIGNATURE)))
}

/// The title alone is never enough: people give pictures such titles.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let comment = clues
        .texts("Comment")
        .chain(clues.user_comments())
        .find_map(settings);
    let named = software(clues);
    let source = source(clues);
    let titled = clues
        .texts("Title")
        .chain(clues.exif(DOCUMENT_NAME))
        .any(|title| title == TITLE);
    if !named && !(comment.is_some() && (source.is_some() || titled)) {
        return None;
    }
    let of = |key| json_text::text(comment.as_ref()?, key);
    let signed = signed_comment(clues.metadata).is_some() || of(SIGNATURE).is_some();
    let request = of("request_type");
    let worked = ["Img2Img", "Infill"];
    let from = |request: &String| worked.iter().any(|word| request.contains(word));
    let from = request.as_ref().is_some_and(from);
    let description = clues
        .texts("Description")
        .chain(clues.exif(IMAGE_DESCRIPTION));
    let prompt = description.map(str::to_owned).next();
    Some(
        Evidence::new(&METADATA, Strength::Declared)
            .with("tool", NAME)
            .with_some("model", source)
            .with_some("sampler", of("sampler"))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("request", request)
            .with_some("source_image", from.then_some(true))
            .with("signed", signed)
            .with_personal("prompt", prompt.or_else(|| of("prompt")))
            .with_personal("negative_prompt", of("uc")),
    )
}

fn software(clues: &Clues<'_>) -> bool {
    let names = clues.texts("Software").chain(clues.exif(SOFTWARE));
    names.into_iter().any(|name| name.trim() == NAME)
}

/// `NovelAI Diffusion V4 37442FCA`, `Stable Diffusion 1D44365E`; in EXIF it stands where the software does.
fn source<'a>(clues: &Clues<'a>) -> Option<&'a str> {
    let mut names = clues.texts("Source").chain(clues.exif(SOFTWARE));
    names.find(|name| {
        let (model, hash) = name.rsplit_once(' ').unwrap_or_default();
        let known = ["Stable Diffusion", "NovelAI Diffusion"];
        let known = known.iter().any(|start| model.starts_with(start));
        known && hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The settings, which some files hold one level down beside the name of the software.
fn settings(text: &str) -> Option<Object> {
    if !text.contains("steps") {
        return None;
    }
    let object = json_text::object(text)?;
    let object = match json_text::text(&object, "Software") {
        Some(name) if name == NAME => json_text::inner(&object, "Comment")?,
        _ => object,
    };
    let own = object.contains_key("steps") && json_text::count(&object, KEYS) >= 2;
    own.then_some(object)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_text, with_texts};
    use super::*;

    const COMMENT: &str = r#"{"steps": 28, "sampler": "k_euler", "seed": 1, "scale": 5.0, "uc": "blurry", "request_type": "Img2ImgRequest", "signed_hash": "AAAA"}"#;

    #[test]
    fn texts_and_exif_are_read() {
        let source = "NovelAI Diffusion V4 37442FCA";
        let texts = with_texts(&[
            ("Title", TITLE),
            ("Description", "a cat"),
            ("Software", NAME),
            ("Source", source),
            ("Comment", COMMENT),
        ]);
        let exif = with_exif(&[
            ("0th", DOCUMENT_NAME, TITLE),
            ("0th", IMAGE_DESCRIPTION, "a cat"),
            ("0th", SOFTWARE, source),
            ("exif", 0x9286, COMMENT),
        ]);
        for metadata in [texts, exif] {
            let found = &found(&MARK, &metadata)[0];
            assert_eq!(found.get("model"), Some(&source.into()));
            assert_eq!(found.get("signed"), Some(&true.into()));
            assert_eq!(found.get("source_image"), Some(&true.into()));
            assert_eq!(found.personal.len(), 2);
        }
    }

    #[test]
    fn the_signed_settings_are_handed_on_as_written() {
        assert_eq!(
            signed_comment(&with_text("Comment", COMMENT)),
            Some(COMMENT)
        );
        let unsigned = COMMENT.replace("signed_hash", "hash");
        assert_eq!(signed_comment(&with_text("Comment", &unsigned)), None);
        assert_eq!(
            signed_comment(&with_text("Comment", "steps, signed_hash")),
            None
        );
    }

    #[test]
    fn settings_may_stand_one_level_down() {
        let nested = serde_json::json!({"Software": NAME, "Comment": COMMENT}).to_string();
        let metadata = with_exif(&[("exif", 0x9286, &nested), ("0th", DOCUMENT_NAME, TITLE)]);
        assert_eq!(codes(&MARK, &metadata), ["novelai.metadata"]);
    }

    #[test]
    fn the_title_or_the_settings_alone_say_nothing() {
        for metadata in [
            with_text("Title", TITLE),
            with_texts(&[("Title", TITLE), ("Comment", "28 steps down the pier")]),
            with_text("Comment", COMMENT),
            with_text("Source", "Stable Diffusion 1D44365E"),
            with_text("Software", "NovelAImer 3"),
            with_text("Source", "NovelAI Diffusion"),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
    }
}
