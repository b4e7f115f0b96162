//! The IPTC digital source type in XMP: the standard's own declaration of origin (IPTC Photo Metadata Standard 2025.1).

use super::{Clues, Mark};
use crate::asset::namespace::IPTC_EXT;
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::source_type::{self, Origin};

/// The property, and the spellings of earlier versions that are still written.
const NAMES: &[&str] = &[
    "DigitalSourceType",
    "DigitalSourceFileType",
    "DigitalSourcefileType",
];

const FORGEABLE: &str =
    "Anyone can write or remove it with a metadata editor, and most services strip it.";
const RATE: &str = "0 of 293 unmarked files of a test collection carried it; how often it is written wrongly is not known";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[GENERATED, AI_EDITED, CAPTURED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const GENERATED: Code = Code {
    name: "iptc.ai-generated",
    claim: Claim::AiGenerated,
    summary: "Its metadata declare that a generative model made it (IPTC digital source type).",
    proves: "That the file says so, in the field that the standard has for it.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const AI_EDITED: Code = Code {
    name: "iptc.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its metadata declare that a generative model edited it or made a part of it (IPTC digital source type).",
    proves: "That the file says so, in the field that the standard has for it.",
    limits: FORGEABLE,
    error_rate: RATE,
    next: "Label it as declared AI-edited.",
};
const CAPTURED: Code = Code {
    name: "iptc.captured",
    claim: Claim::Captured,
    summary: "Its metadata declare that it was captured (IPTC digital source type).",
    proves: "That the file says so, in the field that the standard has for it.",
    limits: FORGEABLE,
    error_rate: "not known: nothing keeps anyone from writing it",
    next: "Take it as a claim; look for content credentials.",
};

/// The strongest thing that the declarations say; several may stand in one file.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let written = || NAMES.iter().flat_map(|name| clues.xmp(IPTC_EXT, name));
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
    use super::super::testing::{codes, with_xmp};
    use super::*;

    const NAME: &str = "DigitalSourceType";

    #[test]
    fn the_strongest_declaration_counts() {
        let generated = "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
        let both = [
            (IPTC_EXT, NAME, "digitalCapture"),
            (IPTC_EXT, NAME, generated),
        ];
        assert_eq!(codes(&MARK, &with_xmp(&both)), ["iptc.ai-generated"]);
    }

    #[test]
    fn another_namespace_or_an_innocent_term_says_nothing() {
        for (namespace, term) in [
            ("http://example.com/", "trainedAlgorithmicMedia"),
            (IPTC_EXT, "composite"),
            (IPTC_EXT, "algorithmicallyEnhanced"),
        ] {
            let metadata = with_xmp(&[(namespace, NAME, term)]);
            assert!(codes(&MARK, &metadata).is_empty(), "{namespace} {term}");
        }
    }
}
