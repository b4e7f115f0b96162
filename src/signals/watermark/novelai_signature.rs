//! NovelAI signs what it makes: the colours of the pixels and the settings, as Python writes these. It is the one offline
//! proof besides content credentials.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use image::DynamicImage;

use super::python_json::{self, Split};
use super::stealth::Hidden;
use crate::asset::Metadata;
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::signals::generator_metadata::is_modest;

/// The signature is that of this picture.
pub(super) const VALID: Code = Code {
    name: "novelai.signature",
    claim: Claim::AiGenerated,
    summary: "NovelAI signed these very pixels and settings.",
    proves: "That the holder of NovelAI's key signed exactly the colours of this picture together with the settings in it (Ed25519, checked here and offline).",
    limits: "Who asked for the picture. What NovelAI made of a picture that was given to it is told apart by the signed settings, as far as these say so. The key is the one that NovelAI published; that it is in nobody else's hands cannot be checked.",
    error_rate: "A signature that fits by accident or is forged without the key: not in practice. No file with a valid signature of NovelAI's was at hand; the check was tried with keys of our own and against 440 texts that Python wrote.",
    next: "Label it as AI-generated, proven.",
};

/// The signature is that of this picture, and the settings say that NovelAI was given one.
pub(super) const OF_EDIT: Code = Code {
    name: "novelai.signature-of-edit",
    claim: Claim::AiEdited,
    summary: "NovelAI signed these very pixels; its settings do not say that it made them from words alone.",
    proves: "That the holder of NovelAI's key signed exactly the colours of this picture together with the settings in it (Ed25519, checked here and offline). `request` is the kind of work that they name: a picture made from another, parts filled in, or one that was enlarged.",
    limits: "How much of the picture is NovelAI's: the one that was given to it may have been a photograph, a drawing or its own work. The key is the one that NovelAI published; that it is in nobody else's hands cannot be checked.",
    error_rate: "A signature that fits by accident or is forged without the key: not in practice. No file with a valid signature of NovelAI's was at hand, so that the kinds of work are those which its settings are known to name.",
    next: "Label it as edited with AI, proven. Ask for the picture that it was made from.",
};

/// The signature is of something else.
pub(super) const BROKEN: Code = Code {
    name: "novelai.signature-mismatch",
    claim: Claim::History,
    summary: "It carries a NovelAI signature, but not of these pixels and settings.",
    proves: "That the settings in it name a signature, and that it is not one of this picture with these settings by NovelAI's published key.",
    limits: "Why: the picture was changed, scaled or compressed since, or the settings were, or they were copied into a picture that NovelAI never saw. None of it says that anyone meant harm.",
    error_rate: "Every signed picture that was changed since gives this, by its nature. 0 of 349 photographs. How often a picture that nobody changed gives it is not known.",
    next: "Take the settings as a text that anyone can have written. Look for the picture as NovelAI gave it out.",
};

/// The public key that NovelAI published with its tool for checking.
const KEY: [u8; 32] = [
    0x63, 0x62, 0x5c, 0x40, 0x03, 0xa1, 0x2f, 0x0c, 0xf0, 0x48, 0x35, 0x09, 0x3c, 0xd8, 0x0b, 0xd3,
    0x89, 0xd2, 0xd1, 0x36, 0xea, 0x9b, 0xb7, 0x12, 0x45, 0xce, 0x31, 0x93, 0x4b, 0xd1, 0x32, 0x27,
];

const USER_COMMENT: u16 = 0x9286;
const FIELD: &str = "signed_hash";

/// What was asked for, and the value for a picture that is made from words; others are `Img2ImgRequest` and such.
const REQUEST: &str = "request_type";
const FROM_WORDS: &str = "PromptGenerateRequest";

/// Most signatures of one file that are checked. Each takes as long as reading all pixels, so that large pictures get fewer.
const MAX_SIGNATURES: usize = 64;
const MIN_SIGNATURES: usize = 4;

/// Bytes that all checks of a file may read.
const MAX_READ: usize = 1 << 29;

/// NovelAI makes far smaller pictures; what is signed is copied.
const MAX_PIXELS: u64 = 64_000_000;

/// What the signatures in a file are worth, if there are any.
pub(super) fn check(
    metadata: &Metadata,
    hidden: &[Hidden],
    image: &DynamicImage,
) -> Option<Evidence> {
    check_by(&KEY, metadata, hidden, image)
}

/// The same by another key.
fn check_by(
    key: &[u8; 32],
    metadata: &Metadata,
    hidden: &[Hidden],
    image: &DynamicImage,
) -> Option<Evidence> {
    let comments = comments(metadata).chain(hidden.iter().filter_map(Hidden::comment));
    let mut signed: Vec<Signed> = Vec::new();
    for comment in comments.filter(|comment| comment.contains(FIELD)) {
        if signed.len() >= MAX_SIGNATURES {
            break;
        }
        let one = Signed::read(comment);
        signed.extend(one.filter(|one| !signed.contains(one)));
    }
    let first = signed.first()?;
    let mut message = colours(image)?;
    let key = VerifyingKey::from_bytes(key).ok()?;
    let room = MAX_READ.checked_div(message.len()).unwrap_or_default();
    let mut tried = signed.iter().take(room.max(MIN_SIGNATURES));
    let valid = tried.find(|one| one.fits(&key, &mut message));
    Some(match valid {
        Some(valid) => valid.proof(),
        None => first.evidence(&BROKEN, Strength::Hint),
    })
}

/// Whether a comment names a signature, valid or not.
pub(super) fn is_named(metadata: &Metadata) -> bool {
    comments(metadata).any(|comment| comment.contains(FIELD))
}

/// The texts in which settings with a signature stand.
fn comments(metadata: &Metadata) -> impl Iterator<Item = &str> {
    let texts = metadata.texts_named("Comment");
    texts.chain(metadata.exif.texts(USER_COMMENT))
}

/// A comment with its signature.
#[derive(PartialEq, Eq)]
struct Signed {
    signature: Signature,
    /// The settings as they were signed.
    settings: String,
}

impl Signed {
    fn read(comment: &str) -> Option<Self> {
        let Split { rest, value } = match python_json::split(comment, FIELD) {
            Some(split) => split,
            None => nested(comment)?,
        };
        let base64 = value.strip_prefix('"')?.strip_suffix('"')?;
        let signature = STANDARD.decode(base64).ok()?;
        Some(Self {
            signature: Signature::from_slice(&signature).ok()?,
            settings: rest,
        })
    }

    fn fits(&self, key: &VerifyingKey, message: &mut Vec<u8>) -> bool {
        let colours = message.len();
        message.extend_from_slice(self.settings.as_bytes());
        let fits = key.verify_strict(message, &self.signature).is_ok();
        message.truncate(colours);
        fits
    }

    /// What the signed settings say that was asked for.
    fn proof(&self) -> Evidence {
        let settings = serde_json::from_str::<serde_json::Value>(&self.settings).ok();
        let of = |key| settings.as_ref().and_then(|settings| settings.get(key));
        let request = of(REQUEST).and_then(serde_json::Value::as_str);
        let from_words = match request {
            // What else was given stands before it: `VibeTransfer+PromptGenerateRequest`.
            Some(request) => request.rsplit('+').next() == Some(FROM_WORDS),
            // Settings of before there were kinds of requests; what was only enlarged was made in no steps.
            None => of("steps").is_some(),
        };
        let code = if from_words { &VALID } else { &OF_EDIT };
        let evidence = self.evidence(code, Strength::Proven);
        evidence.with_some("request", request)
    }

    fn evidence(&self, code: &'static Code, strength: Strength) -> Evidence {
        Evidence::new(code, strength)
            .with("tool", "NovelAI")
            .with_personal("settings", Some(self.settings.as_str()))
    }
}

/// Some comments hold all texts of the file, the comment proper among them.
fn nested(comment: &str) -> Option<Split> {
    if !is_modest(comment) {
        return None;
    }
    let outer: serde_json::Value = serde_json::from_str(comment).ok()?;
    python_json::split(outer.get("Comment")?.as_str()?, FIELD)
}

/// The colours of the pixels as they are signed: row by row, red, green and blue, without alpha.
fn colours(image: &DynamicImage) -> Option<Vec<u8>> {
    if u64::from(image.width()) * u64::from(image.height()) > MAX_PIXELS {
        return None;
    }
    match image {
        DynamicImage::ImageRgb8(image) => Some(image.as_raw().clone()),
        DynamicImage::ImageRgba8(image) => Some(
            image
                .pixels()
                .flat_map(|pixel| pixel.0.into_iter().take(3))
                .collect(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
