//! The EXIF fields that the reference code of FLUX writes, and code made from it: `AI generated;txt2img;flux`.

use super::model_name::model_name;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;
const SOFTWARE: u16 = 0x0131;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[GENERATED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const GENERATED: Code = Code {
    name: "flux.generated",
    claim: Claim::AiGenerated,
    summary: "Its EXIF software field says that it is AI generated, in the form that the reference code of FLUX writes.",
    proves: "That the file says so, in words that nothing else writes.",
    limits: "Anyone can write or remove it with a metadata editor.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

/// Who writes these fields, as EXIF names the maker.
const MAKERS: &[&str] = &["Black Forest Labs", "Ovis", "Qwen"];

/// What was done, as these programs call it.
const WAYS: &[&str] = &[
    "img2img",
    "inpainting",
    "outpainting",
    "t2i",
    "ti2i",
    "txt2img",
];

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let mut makes = clues.exif(MAKE).map(str::trim);
    let maker = makes.find(|make| MAKERS.contains(make));
    let mut software = clues.exif(SOFTWARE);
    let (way, family) = software.find_map(|text| words(text, maker.is_some()))?;
    let tool = match maker {
        Some("Black Forest Labs") => "FLUX reference code (Black Forest Labs)".to_owned(),
        Some(make) => format!("reference code ({make})"),
        None => format!("reference code ({family})"),
    };
    let source = matches!(way, "img2img" | "ti2i" | "inpainting" | "outpainting");
    Some(
        Evidence::new(&GENERATED, Strength::Declared)
            .with("tool", tool)
            .with_some("model", clues.exif(MODEL).next().map(model_name))
            .with_some("source_image", source.then_some(true))
            .with_personal("prompt", clues.exif(IMAGE_DESCRIPTION).next()),
    )
}

/// The way and the family of models: `AI generated;txt2img;flux`. Where the maker is known, one word is enough
/// (`AI generated;xflux`), and the first two may be missing (`t2i;qwen`).
fn words(text: &str, known: bool) -> Option<(&str, &str)> {
    let text = text.trim();
    let said = text.strip_prefix("AI generated;");
    let (way, family) = match said.unwrap_or(text).split_once(';') {
        Some((way, family)) => (way, family.trim()),
        None => ("", said?),
    };
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let named = family.split(';').all(is_word);
    let whole = match said {
        Some(_) => known || !way.is_empty(),
        None => known && WAYS.contains(&way),
    };
    (named && whole).then_some((way, family))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif};
    use super::*;

    #[test]
    fn the_fields_are_read() {
        let metadata = with_exif(&[
            ("0th", IMAGE_DESCRIPTION, "a cat"),
            ("0th", MAKE, "Black Forest Labs"),
            ("0th", MODEL, "file:///home/jane/flux-dev"),
            ("0th", SOFTWARE, "AI generated;img2img;flux"),
        ]);
        let found = &found(&MARK, &metadata)[0];
        assert_eq!(found.get("model"), Some(&"flux-dev".into()));
        assert_eq!(found.get("source_image"), Some(&true.into()));
        assert_eq!(found.personal.len(), 1);
    }

    #[test]
    fn a_camera_is_no_maker_of_such_code_and_hides_none() {
        let named = |makes: &[&str]| {
            let software = ("0th", SOFTWARE, "AI generated;txt2img;flux");
            let makes = makes.iter().map(|make| ("0th", MAKE, *make));
            let fields: Vec<_> = makes.chain([software]).collect();
            found(&MARK, &with_exif(&fields))[0].get("tool").cloned()
        };
        assert_eq!(named(&["Canon"]), Some("reference code (flux)".into()));
        let both = named(&["Canon", "Qwen"]);
        assert_eq!(both, Some("reference code (Qwen)".into()));
    }

    #[test]
    fn other_words_in_the_field_say_nothing() {
        for software in [
            "AI generated",
            "AI generated;",
            "not AI generated;txt2img;flux",
            "f.lux 4.1",
            "",
        ] {
            assert!(codes(&MARK, &with_exif(&[("0th", SOFTWARE, software)])).is_empty());
        }
    }

    #[test]
    fn a_known_maker_stands_for_the_words_that_are_missing() {
        for (make, software) in [
            ("Black Forest Labs", "AI generated;xflux"),
            ("Black Forest Labs", "AI generated;txt2img;flux;KV-Edit"),
            ("Ovis", "AI generated;txt2img"),
            ("Qwen", "AI generated;t2i;qwen"),
            ("Qwen", "t2i;qwen"),
        ] {
            let fields = |make| with_exif(&[("0th", MAKE, make), ("0th", SOFTWARE, software)]);
            assert_eq!(codes(&MARK, &fields(make)).len(), 1, "{software}");
            let whole = software.matches(';').count() > 1;
            let other = codes(&MARK, &fields("Canon"));
            assert_eq!(other.len(), usize::from(whole), "{software}");
        }
        for software in [
            "AI generated;",
            "AI generated;no; not so",
            "print;qwen",
            "qwen",
            "",
        ] {
            let fields = with_exif(&[("0th", MAKE, "Qwen"), ("0th", SOFTWARE, software)]);
            assert!(codes(&MARK, &fields).is_empty(), "{software}");
        }
    }
}
