//! xAI's Grok: a signature in the EXIF description, and the id of the image in place of the artist.

use super::shapes::is_uuid;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const ARTIST: u16 = 0x013b;

/// Shorter ones are words; real signatures have several hundred letters.
const MIN_SIGNATURE: usize = 64;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[SIGNATURE],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const SIGNATURE: Code = Code {
    name: "xai.signature",
    claim: Claim::AiGenerated,
    summary: "It carries a signature and an image id in the form that xAI's Grok writes.",
    proves: "That the file holds both, each in the field where Grok puts it; no camera or editor is known to.",
    limits: "The key to check the signature is not public, so it may be copied or made up. Saving the image elsewhere removes it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated. xAI can tell whether the id exists.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    clues
        .exif(IMAGE_DESCRIPTION)
        .find(|text| is_signature(text))?;
    let id = clues
        .exif(ARTIST)
        .map(str::trim)
        .find(|artist| is_uuid(artist))?;
    Some(
        Evidence::new(&SIGNATURE, Strength::Declared)
            .with("tool", "Grok (xAI)")
            .with_personal("image_id", Some(id)),
    )
}

/// `Signature: ` and Base64.
fn is_signature(text: &str) -> bool {
    let Some(signature) = text.trim().strip_prefix("Signature:") else {
        return false;
    };
    let signature = signature.trim();
    let is_base64 =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
    signature.len() >= MIN_SIGNATURE && signature.bytes().all(is_base64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif};
    use super::*;

    const ID: &str = "7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40";

    #[test]
    fn signature_and_id_are_read_together() {
        let signature = format!("Signature: {}==", "aB3+".repeat(40));
        let both = with_exif(&[("0th", IMAGE_DESCRIPTION, &signature), ("0th", ARTIST, ID)]);
        let found = &found(&MARK, &both)[0];
        assert_eq!(found.personal, [("image_id", ID.into())]);
    }

    #[test]
    fn either_alone_or_words_say_nothing() {
        let signature = format!("Signature: {}", "aB3+".repeat(40));
        let words = format!("Signature: {}", "of the architect ".repeat(8));
        for fields in [
            vec![("0th", IMAGE_DESCRIPTION, signature.as_str())],
            vec![("0th", ARTIST, ID)],
            vec![
                ("0th", IMAGE_DESCRIPTION, signature.as_str()),
                ("0th", ARTIST, "A. Painter"),
            ],
            vec![
                ("0th", IMAGE_DESCRIPTION, "Signature: aB3+"),
                ("0th", ARTIST, ID),
            ],
            vec![
                ("0th", IMAGE_DESCRIPTION, words.as_str()),
                ("0th", ARTIST, ID),
            ],
        ] {
            assert!(codes(&MARK, &with_exif(&fields)).is_empty(), "{fields:?}");
        }
    }
}
