//! Apps of ByteDance: a JSON object in the EXIF comment or description that says with what an image was exported.

use super::shapes::{first_object, text_of, whole};
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};
use serde_json::{Map, Value};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const USER_COMMENT: u16 = 0x9286;

/// Apps by the word that stands for them. That one of these exported an image is no sign of a model.
const PRODUCTS: &[(&str, &str)] = &[
    ("dreamina", "Dreamina (ByteDance)"),
    ("doubao", "Doubao (ByteDance)"),
    ("xinghui", "Xinghui (ByteDance)"),
    ("jimeng", "Jimeng (ByteDance)"),
    ("aweme", "Douyin (ByteDance)"),
];

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[GENERATED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const GENERATED: Code = Code {
    name: "bytedance.ai-generated",
    claim: Claim::AiGenerated,
    summary: "The record that an app of ByteDance left says that it exported or labelled generated content.",
    proves: "That the file holds such a record, with a generation as its kind of export or a label of generated content.",
    limits: "Anyone can write such a record, and saving the image elsewhere removes it. The form is not published: what the labels mean is known from files only.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let comments = clues
        .exif(USER_COMMENT)
        .chain(clues.exif(IMAGE_DESCRIPTION));
    comments.chain(clues.texts("Comment")).find_map(generated)
}

fn generated(text: &str) -> Option<Evidence> {
    // Most comments are no JSON at all, and most JSON is not of this kind.
    if !(text.contains("\"aigc_") || text.contains("\"exportType\"")) {
        return None;
    }
    let record = Record(first_object(text)?);
    let label = record.label()?;
    Some(
        Evidence::new(&GENERATED, Strength::Declared)
            .with("tool", record.tool())
            .with("says", label)
            .with_personal("item_id", record.item().map(str::to_owned)),
    )
}

struct Record(Map<String, Value>);

impl Record {
    /// A value of the record itself or of its part `data`.
    fn value(&self, key: &str) -> Option<&Value> {
        let data = self.0.get("data").and_then(Value::as_object);
        self.0.get(key).or_else(|| data?.get(key))
    }

    fn product(&self) -> Option<&str> {
        let info = self
            .value("aigc_info")
            .and_then(|info| info.get("source_info"));
        text_of(self.value("product")).or_else(|| text_of(info))
    }

    /// What it says of a generation, if it does: the app alone says nothing.
    fn label(&self) -> Option<&'static str> {
        let product = self.product().unwrap_or_default().to_ascii_lowercase();
        let exported = text_of(self.value("exportType")) == Some("generation");
        let info = self.value("aigc_info");
        let kind = info
            .and_then(|info| info.get("aigc_label_type"))
            .and_then(whole);
        let aweme = info
            .and_then(|info| info.get("aigc_type"))
            .or_else(|| self.value("aigc_type"));
        let labelled =
            matches!(kind, Some(1 | 2)) || product == "aweme" && aweme.and_then(whole) == Some(1);
        if product == "dreamina" && exported {
            Some("exported as a generation")
        } else {
            labelled.then_some("labelled as generated content")
        }
    }

    fn tool(&self) -> &'static str {
        let product = self.product().unwrap_or_default();
        let known = PRODUCTS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(product));
        known.map_or("an app of ByteDance", |(_, name)| name)
    }

    fn item(&self) -> Option<&str> {
        text_of(self.0.get("trace_info")?.get("originItemId"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_exif, with_xmp};
    use super::*;
    use crate::asset::namespace::DC;

    fn comment(text: &str) -> crate::asset::Metadata {
        with_exif(&[("exif", USER_COMMENT, text)])
    }

    #[test]
    fn generations_and_labels_are_read() {
        let dreamina = r#"{"aigc_info":{"aigc_label_type":0,"source_info":"dreamina"},"data":{"os":"web","product":"dreamina","exportType":"generation","pictureId":"0"},"trace_info":{"originItemId":"123"}}"#;
        let found = &found(&MARK, &comment(dreamina))[0];
        assert_eq!(found.get("tool"), Some(&"Dreamina (ByteDance)".into()));
        assert_eq!(found.personal, [("item_id", "123".into())]);
        for text in [
            r#"{"product":"dreamina","exportType":"generation"}"#,
            r#"{"aigc_info":{"aigc_label_type":1}}"#,
            r#"{"data":{"product":"lv"},"aigc_info":{"aigc_label_type":"2"}}"#,
            r#"{"data":{"product":"aweme","aigc_info":{"aigc_type":1}}}"#,
        ] {
            assert_eq!(
                codes(&MARK, &comment(text)),
                ["bytedance.ai-generated"],
                "{text}"
            );
        }
    }

    #[test]
    fn an_app_alone_says_nothing() {
        for text in [
            r#"{"data":{"product":"dreamina","exportType":"edit"}}"#,
            r#"{"product":"lv","exportType":"generation"}"#,
            r#"{"aigc_info":{"aigc_label_type":0},"data":{"product":"retouch"}}"#,
            r#"{"aigc_info":{"aigc_label_type":true}}"#,
            r#"{"product":"doubao"}"#,
            r#"the record {"aigc_info":{"aigc_label_type":1}} means"#,
            r#"{"aigc_info":{"aigc_label_type":1}"#,
        ] {
            assert!(codes(&MARK, &comment(text)).is_empty(), "{text}");
        }
        let caption = r#"{"aigc_info":{"aigc_label_type":1}}"#;
        assert!(codes(&MARK, &with_xmp(&[(DC, "description", caption)])).is_empty());
    }
}
