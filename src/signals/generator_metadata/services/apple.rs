//! Apple: the credit line that Clean Up in Photos leaves.

use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const CREDIT: &str = "Apple Photos Clean Up";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[AI_EDITED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const AI_EDITED: Code = Code {
    name: "apple.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its credit line is the one that Clean Up in Apple Photos writes.",
    proves: "That the file says `Apple Photos Clean Up` in the field for the credit, and nothing else there.",
    limits: "Anyone can write a credit line. Clean Up also blurs faces for privacy: that something was changed does not say what.",
    error_rate: RATE,
    next: "Label it as declared AI-edited. Ask for the original, which Photos keeps.",
};

/// The whole credit line must be this, in XMP or in IPTC-IIM.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    clues
        .credits()
        .find(|credit| credit.eq_ignore_ascii_case(CREDIT))?;
    Some(
        Evidence::new(&AI_EDITED, Strength::Declared)
            .with("tool", "Apple Photos (Clean Up)")
            .with("credit", CREDIT),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, with_iptc, with_xmp};
    use super::*;
    use crate::asset::namespace::{DC, PHOTOSHOP};

    #[test]
    fn the_credit_is_read_in_both_places() {
        let xmp = with_xmp(&[(PHOTOSHOP, "Credit", CREDIT)]);
        assert_eq!(codes(&MARK, &xmp), ["apple.ai-edited"]);
        let iptc = with_iptc(&[(2, 110, CREDIT)]);
        assert_eq!(codes(&MARK, &iptc), ["apple.ai-edited"]);
    }

    #[test]
    fn captions_and_other_credits_say_nothing() {
        for (namespace, name, value) in [
            (DC, "description", CREDIT),
            (PHOTOSHOP, "Credit", "Apple Photos"),
            (PHOTOSHOP, "Credit", "How to use Apple Photos Clean Up"),
            (PHOTOSHOP, "Source", CREDIT),
        ] {
            assert!(
                codes(&MARK, &with_xmp(&[(namespace, name, value)])).is_empty(),
                "{value}"
            );
        }
        assert!(codes(&MARK, &with_iptc(&[(2, 115, CREDIT)])).is_empty());
    }
}
