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
pub(crate) fn signed_comment(metadata: &Metadata) -> Option<String> {
    let comment = comment(&Clues::in_metadata(metadata))?;
    let signed = comment.settings.contains_key(SIGNATURE);
    signed.then_some(comment.text)
}

/// Settings as they are written, and as they are read.
struct Comment {
    text: String,
    settings: Object,
    /// What stands beside them, where they stand one level down.
    around: Object,
}

/// The title alone is never enough: people give pictures such titles.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let comment = comment(clues);
    let around = |key| json_text::text(&comment.as_ref()?.around, key);
    let source = source(clues).or_else(|| around("Source").filter(|name| is_source(name)));
    let titles = clues.texts("Title").chain(clues.exif(DOCUMENT_NAME));
    let titled = titles.into_iter().any(|title| title == TITLE);
    let named = named(clues) || around("Software").is_some_and(|name| name == NAME);
    if !named && !(comment.is_some() && (source.is_some() || titled)) {
        return None;
    }
    let of = |key| json_text::text(&comment.as_ref()?.settings, key);
    let request = of("request_type");
    let from = request
        .as_ref()
        .is_some_and(|request| request.contains("Img2Img") || request.contains("Infill"));
    let texts = clues.texts("Description");
    let mut prompts = texts
        .chain(clues.exif(IMAGE_DESCRIPTION))
        .map(str::to_owned);
    let prompt = prompts.next().or_else(|| around("Description"));
    Some(
        Evidence::new(&METADATA, Strength::Declared)
            .with("tool", NAME)
            .with_some("model", source)
            .with_some("sampler", of("sampler"))
            .with_some("steps", of("steps"))
            .with_some("seed", of("seed"))
            .with_some("request", request)
            .with_some("source_image", from.then_some(true))
            .with(
                "names_a_signature",
                signed_comment(clues.metadata).is_some(),
            )
            .with_personal("prompt", prompt.or_else(|| of("prompt")))
            .with_personal("negative_prompt", of("uc")),
    )
}

fn named(clues: &Clues<'_>) -> bool {
    let names = clues.texts("Software").chain(clues.exif(SOFTWARE));
    names.into_iter().any(|name| name.trim() == NAME)
}

/// The model; in EXIF it stands where the software does.
fn source(clues: &Clues<'_>) -> Option<String> {
    let mut names = clues.texts("Source").chain(clues.exif(SOFTWARE));
    names.find(|name| is_source(name)).map(str::to_owned)
}

/// `NovelAI Diffusion V4 37442FCA`, `Stable Diffusion 1D44365E`
fn is_source(name: &str) -> bool {
    let (model, hash) = name.rsplit_once(' ').unwrap_or_default();
    let known = ["Stable Diffusion", "NovelAI Diffusion"];
    let known = known.iter().any(|start| model.starts_with(start));
    known && hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn comment(clues: &Clues<'_>) -> Option<Comment> {
    let mut texts = clues.texts("Comment").chain(clues.user_comments());
    texts.find_map(read)
}

/// Reads settings, which some files hold one level down beside the name of the software.
fn read(text: &str) -> Option<Comment> {
    if !text.contains("steps") {
        return None;
    }
    let outer = json_text::object(text)?;
    let nested = json_text::text(&outer, "Software").is_some_and(|name| name == NAME);
    let (text, settings, around) = match nested {
        true => {
            let text = json_text::text(&outer, "Comment")?;
            (text.clone(), json_text::object(&text)?, outer)
        }
        false => (text.to_owned(), outer, Object::new()),
    };
    let own = settings.contains_key("steps") && json_text::count(&settings, KEYS) >= 2;
    own.then_some(Comment {
        text,
        settings,
        around,
    })
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
            assert_eq!(found.get("names_a_signature"), Some(&true.into()));
            assert_eq!(found.get("source_image"), Some(&true.into()));
            assert_eq!(found.personal.len(), 2);
        }
    }

    #[test]
    fn the_signed_settings_are_handed_on_as_written() {
        assert_eq!(
            signed_comment(&with_text("Comment", COMMENT)).as_deref(),
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
        let source = "NovelAI Diffusion V4 37442FCA";
        let nested = serde_json::json!({"Software": NAME, "Source": source, "Description": "a cat", "Comment": COMMENT});
        let metadata = with_exif(&[("exif", 0x9286, &nested.to_string())]);
        let found = &found(&MARK, &metadata)[0];
        assert_eq!(found.get("model"), Some(&source.into()));
        assert_eq!(found.personal.len(), 2);
        assert_eq!(signed_comment(&metadata).as_deref(), Some(COMMENT));
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
