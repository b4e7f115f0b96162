//! The EXIF fields that the reference code of FLUX writes, and code made from it: `AI generated;txt2img;flux`.

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

/// `AI generated;` and two more words: the way, and the family of models.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let (way, family) = clues.exif(SOFTWARE).find_map(|text| {
        let (way, family) = text.strip_prefix("AI generated;")?.split_once(';')?;
        (!way.is_empty() && !family.trim().is_empty()).then_some((way, family.trim()))
    })?;
    let make = clues.exif(MAKE).next();
    let tool = match make {
        Some("Black Forest Labs") => "FLUX reference code (Black Forest Labs)".to_owned(),
        Some(make) => format!("reference code ({make})"),
        None => format!("reference code ({family})"),
    };
    let source = matches!(way, "img2img" | "inpainting" | "outpainting");
    Some(
        Evidence::new(&GENERATED, Strength::Declared)
            .with("tool", tool)
            .with_some("model", clues.exif(MODEL).next())
            .with_some("source_image", source.then_some(true))
            .with_personal("prompt", clues.exif(IMAGE_DESCRIPTION).next()),
    )
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
            ("0th", MODEL, "flux-dev"),
            ("0th", SOFTWARE, "AI generated;img2img;flux"),
        ]);
        let found = &found(&MARK, &metadata)[0];
        assert_eq!(found.get("model"), Some(&"flux-dev".into()));
        assert_eq!(found.get("source_image"), Some(&true.into()));
        assert_eq!(found.personal.len(), 1);
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
}
