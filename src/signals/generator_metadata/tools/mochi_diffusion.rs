//! What Mochi Diffusion writes into IPTC fields: its name as the program, and a caption that ends in
//! `Generator: Mochi Diffusion 5.2`.

use super::model_name::{model_name, version};
use super::{Clues, Mark, RATE};
use crate::asset::namespace::DC;
use crate::evidence::{Claim, Code, Evidence, Strength};

const PROGRAM: (u8, u8) = (2, 65);
const CAPTION: (u8, u8) = (2, 120);
const IMAGE_DESCRIPTION: u16 = 0x010e;

const NAME: &str = "Mochi Diffusion";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[METADATA],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const METADATA: Code = Code {
    name: "mochi-diffusion.metadata",
    claim: Claim::AiGenerated,
    summary: "It names Mochi Diffusion as the program that made it, or carries the caption that Mochi Diffusion writes.",
    proves: "That the file says so; neither gets there by accident.",
    limits: "Anyone can write it into another file, and saving the image elsewhere removes it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let caption = iptc(clues, CAPTION)
        .chain(clues.exif(IMAGE_DESCRIPTION))
        .chain(clues.xmp(DC, "description"))
        .find(|text| {
            field(text, "Generator").is_some_and(|generator| generator.starts_with(NAME))
                && (field(text, "Include in Image").is_some() || field(text, "Seed").is_some())
        });
    let named = iptc(clues, PROGRAM).any(|name| name == NAME);
    if caption.is_none() && !named {
        return None;
    }
    let of = |key| field(caption?, key);
    let written = of("Generator").and_then(|generator| generator.strip_prefix(NAME));
    Some(
        Evidence::new(&METADATA, Strength::Declared)
            .with("tool", NAME)
            .with_some("version", written.and_then(version))
            .with_some("model", of("Model").map(model_name))
            .with_some("sampler", of("Scheduler"))
            .with_some("steps", of("Steps"))
            .with_some("seed", of("Seed"))
            .with_personal("prompt", of("Include in Image"))
            .with_personal("negative_prompt", of("Exclude from Image")),
    )
}

fn iptc<'a>(clues: &Clues<'a>, (record, dataset): (u8, u8)) -> impl Iterator<Item = &'a str> {
    let fields = clues.metadata.iptc.iter();
    let wanted = fields.filter(move |one| one.record == record && one.dataset == dataset);
    wanted.map(|one| one.text.trim())
}

/// A field of the caption; they are parted by semicolons, in newer files by line breaks.
fn field<'a>(caption: &'a str, key: &str) -> Option<&'a str> {
    let parted = match caption.starts_with("Metadata Version") {
        true => '\n',
        false => ';',
    };
    let mut pairs = caption
        .split(parted)
        .filter_map(|pair| pair.split_once(':'));
    let (_, value) = pairs.find(|(name, _)| name.trim() == key)?;
    Some(value.trim())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_xmp};
    use super::*;
    use crate::asset::{IptcField, Metadata};

    const OLD: &str = "Include in Image: a cat; Exclude from Image: blurry; Model: /Users/jane/example; Steps: 8; Seed: 42; Generator: Mochi Diffusion 5.2";
    const NEW: &str = "Metadata Version: 2\nInclude in Image: a cat; by the sea\nExclude from Image: blurry\nModel: example\nGenerator: Mochi Diffusion 5.2";

    fn with_iptc((record, dataset): (u8, u8), text: &str) -> Metadata {
        Metadata {
            iptc: vec![IptcField {
                record,
                dataset,
                text: text.into(),
            }],
            ..Metadata::default()
        }
    }

    #[test]
    fn both_forms_of_the_caption_are_read() {
        for metadata in [
            with_iptc(CAPTION, OLD),
            with_iptc(CAPTION, NEW),
            with_xmp(&[(DC, "description", OLD)]),
        ] {
            let found = &found(&MARK, &metadata)[0];
            assert_eq!(found.get("version"), Some(&"5.2".into()));
            assert_eq!(found.get("model"), Some(&"example".into()));
            assert_eq!(found.personal.len(), 2);
        }
        assert_eq!(codes(&MARK, &with_iptc(PROGRAM, NAME)).len(), 1);
    }

    #[test]
    fn words_about_it_say_nothing() {
        for metadata in [
            with_iptc(CAPTION, "I tried Mochi Diffusion today"),
            with_iptc(CAPTION, "Generator: Mochi Diffusion 5.2"),
            with_iptc(CAPTION, "Generator: Honda; Seed: grass"),
            with_iptc(PROGRAM, "Mochi Diffusion Viewer"),
            with_iptc((2, 5), OLD),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
    }
}
