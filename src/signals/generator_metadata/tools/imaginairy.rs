//! The EXIF fields that imaginAIry writes: its name as the software, the prompt as the description.

use super::model_name::model_name;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const SOFTWARE: u16 = 0x0131;
const NAME: &str = "Imaginairy / Stable Diffusion";

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[SOFTWARE_NAMED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const SOFTWARE_NAMED: Code = Code {
    name: "imaginairy.software",
    claim: Claim::AiGenerated,
    summary: "Its EXIF software field names imaginAIry and a Stable Diffusion model.",
    proves: "That the file says so, in words that nothing else writes.",
    limits: "Anyone can write or remove it with a metadata editor.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let mut names = clues.exif(SOFTWARE);
    let model = names.find_map(|name| name.strip_prefix(NAME))?.trim();
    Some(
        Evidence::new(&SOFTWARE_NAMED, Strength::Declared)
            .with("tool", "imaginAIry")
            .with_some(
                "model",
                Some(model_name(model)).filter(|model| !model.is_empty()),
            )
            .with_personal("prompt", clues.exif(IMAGE_DESCRIPTION).next()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif};
    use super::*;

    #[test]
    fn only_its_own_name_counts() {
        let metadata = with_exif(&[
            ("0th", IMAGE_DESCRIPTION, "a cat"),
            (
                "0th",
                SOFTWARE,
                "Imaginairy / Stable Diffusion /home/jane/v1.4",
            ),
        ]);
        let found = &found(&MARK, &metadata)[0];
        assert_eq!(found.get("model"), Some(&"v1.4".into()));
        assert_eq!(found.personal.len(), 1);
        for software in [
            "Imaginairy",
            "imaginary / Stable Diffusion",
            "Stable Diffusion",
        ] {
            assert!(codes(&MARK, &with_exif(&[("0th", SOFTWARE, software)])).is_empty());
        }
    }
}
