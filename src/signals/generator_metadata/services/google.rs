//! Google: the credit lines of Gemini and Imagen, and of the editors in Google Photos and on Pixel phones.

use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[GENERATED, AI_EDITED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const LIMITS: &str = "Anyone can write a credit line, and services that resize images remove it. The watermark in the pixels (SynthID) can be read by Google alone.";

const GENERATED: Code = Code {
    name: "google.ai-generated",
    claim: Claim::AiGenerated,
    summary: "Its credit line is the one that Google's generators write.",
    proves: "That the file says `Made with Google AI` in the field for the credit, and nothing else there.",
    limits: LIMITS,
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const AI_EDITED: Code = Code {
    name: "google.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its credit line is the one that Google's generative editors write.",
    proves: "That the file says `Edited with Google AI` in the field for the credit, and nothing else there.",
    limits: LIMITS,
    error_rate: RATE,
    next: "Label it as declared AI-edited.",
};

/// The whole credit line must be one of these, in XMP or in IPTC-IIM.
const CREDITS: &[(&str, &Code)] = &[
    ("Made with Google AI", &GENERATED),
    ("Edited with Google AI", &AI_EDITED),
];

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let of = |credit: &str| {
        CREDITS
            .iter()
            .find(|(line, _)| line.eq_ignore_ascii_case(credit))
    };
    let (line, code) = clues.credits().find_map(of)?;
    Some(
        Evidence::new(code, Strength::Declared)
            .with("tool", "Google AI")
            .with("credit", *line),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, with_iptc, with_text, with_xmp};
    use super::*;
    use crate::asset::namespace::{DC, IPTC_EXT, PHOTOSHOP};

    #[test]
    fn both_credits_are_read_in_both_places() {
        let made = with_xmp(&[(PHOTOSHOP, "Credit", " made with Google AI")]);
        assert_eq!(codes(&MARK, &made), ["google.ai-generated"]);
        let edited = with_iptc(&[(2, 110, "Edited with Google AI")]);
        assert_eq!(codes(&MARK, &edited), ["google.ai-edited"]);
    }

    #[test]
    fn captions_other_fields_and_other_credits_say_nothing() {
        for (namespace, name, value) in [
            (DC, "description", "Made with Google AI"),
            ("http://example.com/", "Credit", "Made with Google AI"),
            (PHOTOSHOP, "Credit", "Not Made with Google AI"),
            (
                PHOTOSHOP,
                "Credit",
                "Made with Google AI Studio, says the caption",
            ),
            (PHOTOSHOP, "Headline", "Edited with Google AI"),
            (PHOTOSHOP, "Credit", "Google Photos"),
            (IPTC_EXT, "DigitalSourceType", "compositeCapture"),
        ] {
            assert!(
                codes(&MARK, &with_xmp(&[(namespace, name, value)])).is_empty(),
                "{value}"
            );
        }
        assert!(codes(&MARK, &with_iptc(&[(2, 120, "Made with Google AI")])).is_empty());
        assert!(codes(&MARK, &with_text("Comment", "Made with Google AI")).is_empty());
    }
}
