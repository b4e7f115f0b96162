//! The Chinese label of generated content (GB 45438-2025, TC260): a JSON object in XMP, PNG text, EXIF or a JPEG segment.

use super::shapes::{first_object, text_of, whole};
use super::tc260_producers as producers;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};
use serde_json::{Map, Value};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const USER_COMMENT: u16 = 0x9286;
const XP_COMMENT: u16 = 0x9c9c;

/// The name of the label, be it a property, a keyword or a key.
const NAME: &str = "AIGC";

/// A label is shorter than this by far; longer texts that only mention the name are not searched.
const MAX_TEXT: usize = 1 << 16;

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[GENERATED, SUSPECTED],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const GENERATED: Code = Code {
    name: "tc260.ai-generated",
    claim: Claim::AiGenerated,
    summary: "It carries the Chinese label that declares generated content (TC260, GB 45438-2025).",
    proves: "That the file holds the label with the fields of the standard, and that it says generated. The law of China asks providers to write it.",
    limits: "Anyone can write or remove it. A producer's number names a company, not one of its products: the product is a guess from it.",
    error_rate: RATE,
    next: "Label it as declared AI-generated.",
};
const SUSPECTED: Code = Code {
    name: "tc260.ai-suspected",
    claim: Claim::MayContainAi,
    summary: "It carries the Chinese label by which a platform says that it may be generated (TC260, GB 45438-2025).",
    proves: "That the file holds the label, and that it says possibly generated (2) or suspected (3). Platforms write this when a user says so, or when they find signs.",
    limits: "It is a platform's guess, not the word of whoever made it. Anyone can write or remove it.",
    error_rate: "not known: it depends on how a platform looks",
    next: "Look for other marks; take it as a hint that somebody suspected it.",
};

/// The fields of the standard, and of the form that providers wrote before it.
const FIELDS: &[&str] = &[
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
    "ServiceProvider",
    "ServiceUser",
];

/// The strongest label of the file: platforms add theirs to that of the producer.
fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let labels: Vec<Label> = labels(clues).collect();
    let of = |wanted: fn(Says) -> bool| labels.iter().find(|label| wanted(label.says));
    let label = of(|says| says == Says::Generated).or_else(|| of(|says| says != Says::Nothing))?;
    Some(label.evidence())
}

fn labels(clues: &Clues<'_>) -> impl Iterator<Item = Label> {
    // The property is unmistakable, so one field is enough; elsewhere any object may stand.
    let property = clues
        .properties()
        .filter(|row| row.name.eq_ignore_ascii_case(NAME) && is_namespace(&row.namespace))
        .filter_map(|row| Label::read(&row.value, 1));
    let texts = clues.metadata.texts.iter();
    let texts = texts.filter(|text| text.keyword.eq_ignore_ascii_case(NAME));
    let texts = texts.filter_map(|entry| Label::read(&entry.text, 2));
    let tags = [USER_COMMENT, IMAGE_DESCRIPTION, XP_COMMENT].map(|tag| clues.exif(tag));
    let comments = tags.into_iter().flatten().chain(clues.texts("Comment"));
    let comments = comments.filter_map(|text| Label::find(text));
    let segments = clues.segments().filter_map(|(_, body)| segment(body));
    property.chain(texts).chain(comments).chain(segments)
}

/// The URI, or a prefix of that name which the packet declares nowhere: some declare `C260` and use `TC260`.
fn is_namespace(namespace: &str) -> bool {
    namespace.contains("tc260.org.cn/ns/AIGC") || matches!(namespace, "TC260:" | "C260:")
}

/// `AIGC{…}` at the beginning of a JPEG segment, or behind the signature that names its kind.
fn segment(body: &[u8]) -> Option<Label> {
    const HEAD: usize = 64;
    let at = memchr::memmem::find(body.get(..HEAD).unwrap_or(body), b"AIGC")?;
    let text = String::from_utf8_lossy(body.get(at..)?);
    Label::find(&text)
}

/// What a label says of the content.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Generated,
    Possibly,
    Suspected,
    Nothing,
}

struct Label {
    fields: Map<String, Value>,
    says: Says,
}

impl Label {
    /// The label in a text that is one, with at least so many of the fields.
    fn read(text: &str, least: usize) -> Option<Self> {
        let escaped = text
            .contains("&quot;")
            .then(|| text.replace("&quot;", "\""));
        let fields = unwrapped(first_object(escaped.as_deref().unwrap_or(text))?);
        let known = FIELDS.iter().filter(|field| fields.contains_key(**field));
        let says = says(&fields);
        (known.count() >= least).then_some(Self { fields, says })
    }

    /// The label in a text that holds it whole, or behind its name.
    fn find(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return None;
        }
        if text.starts_with('{') {
            return Self::read(text, 2);
        }
        let (_, behind) = text.split_once(NAME)?;
        let behind = behind.trim_start_matches(|c: char| c.is_whitespace() || "\":=\0".contains(c));
        Self::read(behind, 2)
    }

    fn text(&self, field: &str) -> Option<&str> {
        text_of(self.fields.get(field))
    }

    fn evidence(&self) -> Evidence {
        let (code, words) = match self.says {
            Says::Suspected => (&SUSPECTED, "suspected"),
            Says::Possibly => (&SUSPECTED, "possibly generated"),
            Says::Generated | Says::Nothing => (&GENERATED, "generated"),
        };
        let producer = self
            .text("ContentProducer")
            .or_else(|| self.text("ServiceProvider"));
        let propagator = self.text("ContentPropagator");
        let personal = |name: Option<&str>| {
            name.filter(|name| !producers::may_be_shown(name))
                .map(str::to_owned)
        };
        Evidence::new(code, Strength::Declared)
            .with_some("tool", producer.and_then(producers::tool))
            .with("label", words)
            .with_some("producer", producer.and_then(producers::described))
            .with_some("propagator", propagator.and_then(producers::described))
            .with_personal("producer_number", personal(producer))
            .with_personal("propagator_number", personal(propagator))
            .with_personal("produce_id", self.text("ProduceID").map(str::to_owned))
            .with_personal("propagate_id", self.text("PropagateID").map(str::to_owned))
            .with_personal("service_user", self.text("ServiceUser").map(str::to_owned))
    }
}

/// The object itself, or what stands in it under the label's name, be it an object or its text.
fn unwrapped(mut object: Map<String, Value>) -> Map<String, Value> {
    let name = object
        .keys()
        .find(|key| key.eq_ignore_ascii_case(NAME))
        .cloned();
    match name.and_then(|name| object.remove(&name)) {
        Some(Value::Object(inner)) => inner,
        Some(Value::String(text)) => first_object(&text).unwrap_or(object),
        _ => object,
    }
}

fn says(fields: &Map<String, Value>) -> Says {
    match fields.get("Label").map(whole) {
        Some(Some(1)) => Says::Generated,
        Some(Some(2)) => Says::Possibly,
        Some(Some(3)) => Says::Suspected,
        Some(_) => Says::Nothing,
        // The older form has no label: a provider of generated content names itself, its user, and the content.
        None => {
            let has = |field| fields.contains_key(field);
            let older =
                has("ServiceProvider") && has("ServiceUser") && (has("ContentId") || has("Time"));
            if older {
                Says::Generated
            } else {
                Says::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, codes_in, found, with_exif, with_text, with_xmp};
    use super::*;
    use crate::asset::namespace::{DC, TC260};

    const LABEL: &str = r#"{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"abc","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}"#;

    #[test]
    fn all_six_forms_are_read() {
        let wrapped = format!(r#"{{"AIGC": {LABEL}}}"#);
        let older =
            r#"{"ServiceProvider":"腾讯云","ServiceUser":"1","Time":"2025","ContentId":"2"}"#;
        let escaped = LABEL.replace('"', "&quot;");
        for metadata in [
            with_xmp(&[(TC260, NAME, LABEL)]),
            with_xmp(&[("TC260:", NAME, LABEL)]),
            with_xmp(&[(TC260, NAME, &escaped)]),
            with_text("AIGC", LABEL),
            with_text("aigc", &wrapped),
            with_exif(&[("exif", USER_COMMENT, &wrapped)]),
            with_exif(&[("exif", USER_COMMENT, &format!("AIGC{LABEL}"))]),
            with_exif(&[("0th", IMAGE_DESCRIPTION, older)]),
            with_text("Comment", &format!("AIGC:{LABEL}\0")),
        ] {
            assert_eq!(codes(&MARK, &metadata), ["tc260.ai-generated"]);
        }
        for head in ["", "JFIF\0x", "\0\0"] {
            let body = format!("{head}AIGC{LABEL}trailing");
            let length = (body.len() as u16 + 2).to_be_bytes();
            let file = [
                b"\xff\xd8\xff\xeb".as_slice(),
                &length,
                body.as_bytes(),
                b"\xff\xd9",
            ]
            .concat();
            assert_eq!(codes_in(&MARK, &file), ["tc260.ai-generated"]);
        }
    }

    #[test]
    fn the_values_of_the_label_are_told_apart() {
        for (value, code) in [
            (r#""1""#, Some("tc260.ai-generated")),
            ("1", Some("tc260.ai-generated")),
            (r#""2""#, Some("tc260.ai-suspected")),
            ("3", Some("tc260.ai-suspected")),
            (r#""0""#, None),
            ("null", None),
            (r#""none""#, None),
            ("4", None),
        ] {
            let text = format!(r#"{{"Label":{value},"ProduceID":""}}"#);
            let found = codes(&MARK, &with_text("AIGC", &text));
            assert_eq!(found.first().copied(), code, "{value}");
        }
    }

    #[test]
    fn companies_are_named_and_ids_are_not_shown() {
        let found = &found(&MARK, &with_text("AIGC", LABEL))[0];
        assert_eq!(found.get("tool"), Some(&"Doubao (ByteDance)".into()));
        assert_eq!(
            found.get("producer"),
            Some(&"91110102MACQD9K640 (Doubao)".into())
        );
        assert_eq!(found.personal, [("produce_id", "abc".into())]);
    }

    #[test]
    fn other_objects_and_mentions_say_nothing() {
        let one_field = r#"{"Label":"1"}"#;
        for metadata in [
            with_text("AIGC", one_field),
            with_text("AIGC", "Label 1, ContentProducer me"),
            with_text("Description", LABEL),
            with_exif(&[("exif", USER_COMMENT, one_field)]),
            with_exif(&[(
                "exif",
                USER_COMMENT,
                r#"{"ServiceProvider":"a","ServiceUser":"b"}"#,
            )]),
            with_exif(&[(
                "0th",
                IMAGE_DESCRIPTION,
                "a talk on AIGC labels: ContentProducer, ProduceID",
            )]),
            with_xmp(&[(DC, "description", LABEL)]),
            with_xmp(&[("http://example.com/AIGC/", NAME, LABEL)]),
            with_xmp(&[(TC260, NAME, "yes")]),
            with_xmp(&[(TC260, NAME, "{}")]),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
    }
}
