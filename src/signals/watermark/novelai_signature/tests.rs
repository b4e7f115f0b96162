use super::*;
use crate::asset::{ExifField, TextEntry};
use ed25519_dalek::{Signer, SigningKey};
use image::{Rgb, RgbImage, Rgba, RgbaImage};

const SETTINGS: &str =
    r#"{"prompt": "a lighthouse, caf\u00e9", "steps": 28, "scale": 5.0, "seed": 123, "uc": ""}"#;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn picture() -> RgbImage {
    RgbImage::from_fn(16, 9, |x, y| Rgb([x as u8, y as u8, 200]))
}

/// Settings with a signature of them and the picture, at their end.
fn signed(picture: &RgbImage, settings: &str) -> String {
    let message = [picture.as_raw().as_slice(), settings.as_bytes()].concat();
    let signature = STANDARD.encode(key().sign(&message).to_bytes());
    let fields = settings.strip_suffix('}').unwrap();
    format!("{fields}, \"signed_hash\": \"{signature}\"}}")
}

/// The settings with a signature of them and the picture, after their first field.
fn comment(picture: &RgbImage) -> String {
    let message = [picture.as_raw().as_slice(), SETTINGS.as_bytes()].concat();
    let signature = STANDARD.encode(key().sign(&message).to_bytes());
    let (first, rest) = SETTINGS.split_once(", \"steps\"").unwrap();
    format!("{first}, \"signed_hash\": \"{signature}\", \"steps\"{rest}")
}

fn with_text(text: &str) -> Metadata {
    Metadata {
        texts: vec![TextEntry {
            keyword: "Comment".into(),
            text: text.into(),
        }],
        ..Metadata::default()
    }
}

fn checked(metadata: &Metadata, image: impl Into<DynamicImage>) -> Option<&'static str> {
    let key = key().verifying_key().to_bytes();
    let found = check_by(&key, metadata, &[], &image.into())?;
    Some(found.code.name)
}

#[test]
fn the_picture_that_was_signed_is_proven() {
    let comment = comment(&picture());
    assert_eq!(checked(&with_text(&comment), picture()), Some(VALID.name));
    let compact = comment.replace(": ", ":").replace("\\u00e9", "é");
    assert_eq!(checked(&with_text(&compact), picture()), Some(VALID.name));
    let outer = serde_json::json!({"Software": "NovelAI", "Comment": comment}).to_string();
    assert_eq!(checked(&with_text(&outer), picture()), Some(VALID.name));
    let mut exif = Metadata::default();
    exif.exif.fields.push(ExifField {
        ifd: "exif",
        tag: USER_COMMENT,
        text: comment,
    });
    assert_eq!(checked(&exif, picture()), Some(VALID.name));
}

#[test]
fn alpha_is_not_signed() {
    let metadata = with_text(&comment(&picture()));
    let with_alpha = RgbaImage::from_fn(16, 9, |x, y| Rgba([x as u8, y as u8, 200, x as u8]));
    assert_eq!(checked(&metadata, with_alpha), Some(VALID.name));
}

#[test]
fn one_level_or_letter_that_differs_is_a_mismatch() {
    let comment = comment(&picture());
    let mut other = picture();
    other.put_pixel(3, 3, Rgb([0, 0, 0]));
    assert_eq!(checked(&with_text(&comment), other), Some(BROKEN.name));
    let changed = comment.replace("lighthouse", "Lighthouse");
    assert_eq!(checked(&with_text(&changed), picture()), Some(BROKEN.name));
    // The same bytes in another shape are another picture to look at, but the same to the signature.
    let novelai = check(&with_text(&comment), &[], &picture().into()).unwrap();
    assert_eq!(novelai.code.name, BROKEN.name, "NovelAI's key is not ours");
    assert_eq!(novelai.strength, Strength::Hint);
}

#[test]
fn one_valid_signature_of_several_is_enough() {
    let mut metadata = with_text(&comment(&RgbImage::new(16, 9)));
    metadata.texts.extend(with_text(&comment(&picture())).texts);
    assert_eq!(checked(&metadata, picture()), Some(VALID.name));
}

#[test]
fn many_false_signatures_hide_no_valid_one() {
    let mut metadata = Metadata::default();
    for shade in 0..20 {
        let other = RgbImage::from_pixel(16, 9, Rgb([shade; 3]));
        metadata.texts.extend(with_text(&comment(&other)).texts);
        metadata.texts.extend(with_text(&comment(&other)).texts);
    }
    metadata.texts.extend(with_text(&comment(&picture())).texts);
    assert_eq!(checked(&metadata, picture()), Some(VALID.name));
}

#[test]
fn what_was_made_from_a_picture_is_an_edit() {
    for (fields, code) in [
        (
            r#""request_type": "PromptGenerateRequest", "steps": 28"#,
            VALID,
        ),
        (r#""steps": 28"#, VALID),
        (r#""request_type": "Img2ImgRequest", "steps": 28"#, OF_EDIT),
        (
            r#""request_type": "NativeInfillingRequest", "steps": 28"#,
            OF_EDIT,
        ),
        (r#""request_type": "UpscaleRequest""#, OF_EDIT),
        (
            r#""request_type": "VibeTransfer+PromptGenerateRequest""#,
            VALID,
        ),
        (r#""request_type": "VibeTransfer+Img2ImgRequest""#, OF_EDIT),
        (r#""scale": 4"#, OF_EDIT),
    ] {
        let settings = format!("{{\"prompt\": \"a cat\", {fields}}}");
        let metadata = with_text(&signed(&picture(), &settings));
        assert_eq!(checked(&metadata, picture()), Some(code.name), "{fields}");
    }
}

#[test]
fn without_a_signature_nothing_is_said() {
    for text in [
        SETTINGS,
        "signed_hash",
        r#"{"signed_hash": 5}"#,
        r#"{"signed_hash": "AAAA"}"#,
        r#"{"signed_hash": "not base64, but as long as a signature is, which is eighty-eight characters, or so"}"#,
        r#"{"a": {"signed_hash": "x"}}"#,
        r#"["signed_hash"]"#,
    ] {
        assert_eq!(checked(&with_text(text), picture()), None, "{text}");
    }
    let grey = DynamicImage::new_luma8(16, 9);
    assert_eq!(checked(&with_text(&comment(&picture())), grey), None);
}

#[test]
fn the_key_is_the_published_one() {
    assert_eq!(
        STANDARD.encode(KEY),
        "Y2JcQAOhLwzwSDUJPNgL04nS0Tbqm7cSRc4xk0vRMic="
    );
    assert!(VerifyingKey::from_bytes(&KEY).is_ok());
}
