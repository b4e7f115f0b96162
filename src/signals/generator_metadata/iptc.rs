//! The IPTC digital source type in XMP: the standard's own declaration of origin (IPTC Photo Metadata Standard 2025.1).

use crate::asset::Metadata;
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::source_type::{self, Origin};

const EXTENSION: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";

/// The property, and the spellings of earlier versions that are still written.
const NAMES: &[&str] = &[
    "DigitalSourceType",
    "DigitalSourceFileType",
    "DigitalSourcefileType",
];

const FORGEABLE: &str =
    "Anyone can write or remove it with a metadata editor, and most services strip it.";
const RATE: &str = "0 of 293 unmarked files of a test collection carried it; how often it is written wrongly is not known";

pub(super) const GENERATED: Code = Code {
    name: "iptc.ai-generated",
    claim: Claim::AiGenerated,
    summary: "Its metadata declare that a generative model made it (IPTC digital source type).",
    proves: "That the file says so, in the field that the standard has for it.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
pub(super) const AI_EDITED: Code = Code {
    name: "iptc.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its metadata declare that a generative model edited it or made a part of it (IPTC digital source type).",
    proves: "That the file says so, in the field that the standard has for it.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Label it as declared AI-edited.",
};
pub(super) const CAPTURED: Code = Code {
    name: "iptc.captured",
    claim: Claim::Captured,
    summary: "Its metadata declare that it was captured (IPTC digital source type).",
    proves: "That the file says so, in the field that the standard has for it.",
    limits: FORGEABLE,
    error_rate: "not known: nothing keeps anyone from writing it",
    next: "Take it as a claim; look for content credentials.",
};

/// The strongest thing that the declarations say; several may stand in one file.
pub(super) fn recognise(metadata: &Metadata) -> Option<Evidence> {
    let written = || {
        NAMES
            .iter()
            .flat_map(|name| metadata.xmp_values(EXTENSION, name))
    };
    let rows = [
        (Origin::Generated, &GENERATED),
        (Origin::PartlyGenerated, &AI_EDITED),
        (Origin::Captured, &CAPTURED),
    ];
    rows.into_iter().find_map(|(wanted, code)| {
        let declared = written().find(|value| source_type::origin(value) == Some(wanted))?;
        Some(
            Evidence::new(code, Strength::Declared)
                .with("source_type", source_type::term(declared)),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::{XmpPacket, XmpProperty};

    fn declaring(namespace: &str, values: &[&str]) -> Metadata {
        let mut packet = XmpPacket::default();
        for value in values {
            packet.properties.push(XmpProperty {
                namespace: namespace.into(),
                name: "DigitalSourceType".into(),
                value: (*value).into(),
            });
        }
        Metadata {
            xmp: vec![packet],
            ..Metadata::default()
        }
    }

    #[test]
    fn the_strongest_declaration_counts() {
        let both = declaring(
            EXTENSION,
            &[
                "digitalCapture",
                "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            ],
        );
        assert_eq!(recognise(&both).unwrap().code.name, "iptc.ai-generated");
    }

    #[test]
    fn another_namespace_or_an_innocent_term_says_nothing() {
        assert!(
            recognise(&declaring(
                "http://example.com/",
                &["trainedAlgorithmicMedia"]
            ))
            .is_none()
        );
        assert!(
            recognise(&declaring(
                EXTENSION,
                &["composite", "algorithmicallyEnhanced"]
            ))
            .is_none()
        );
    }
}
