//! The Chinese label of generated content (GB 45438-2025, TC260): a JSON object in XMP, PNG text, EXIF or a JPEG segment.

mod label;
mod producers;

use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};
use label::{Label, NAME, Says};

const IMAGE_DESCRIPTION: u16 = 0x010e;
const USER_COMMENT: u16 = 0x9286;
const XP_COMMENT: u16 = 0x9c9c;

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
    let rows = clues
        .properties()
        .filter(|row| is_namespace(&row.namespace));
    let fields = Label::of_rows(rows.map(|row| (row.name.as_str(), row.value.as_str())));
    let texts = clues.metadata.texts.iter();
    let texts = texts.filter(|text| text.keyword.eq_ignore_ascii_case(NAME));
    let texts = texts.filter_map(|entry| Label::read(&entry.text, 2));
    let tags = [USER_COMMENT, IMAGE_DESCRIPTION, XP_COMMENT].map(|tag| clues.exif(tag));
    let comments = tags.into_iter().flatten().chain(clues.texts("Comment"));
    let comments = comments.filter_map(Label::find);
    let segments = clues.segments().filter_map(|(_, body)| segment(body));
    property
        .chain(fields)
        .chain(texts)
        .chain(comments)
        .chain(segments)
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

impl Label {
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

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, codes_in, found, with_exif, with_text, with_xmp};
    use super::*;
    use crate::asset::namespace::{DC, TC260};

    const LABEL: &str = r#"{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"abc","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}"#;

    #[test]
    fn all_seven_forms_are_read() {
        let wrapped = format!(r#"{{"AIGC": {LABEL}}}"#);
        let older =
            r#"{"ServiceProvider":"腾讯云","ServiceUser":"1","Time":"2025","ContentId":"2"}"#;
        let older_by_time = r#"{"ServiceProvider":"a","ServiceUser":"b","Time":"2025"}"#;
        let escaped = LABEL.replace('"', "&quot;");
        for metadata in [
            with_xmp(&[(TC260, NAME, LABEL)]),
            with_xmp(&[("TC260:", NAME, LABEL)]),
            with_xmp(&[(TC260, NAME, &escaped)]),
            with_xmp(&[(TC260, "Label", "1"), (TC260, "ProduceID", "abc")]),
            with_text("AIGC", LABEL),
            with_text("aigc", &wrapped),
            with_exif(&[("exif", USER_COMMENT, &wrapped)]),
            with_exif(&[("exif", USER_COMMENT, &format!("AIGC{LABEL}"))]),
            with_exif(&[("0th", IMAGE_DESCRIPTION, older)]),
            with_text("Comment", &format!("AIGC:{LABEL}\0")),
            with_text("AIGC", older_by_time),
            with_exif(&[("0th", IMAGE_DESCRIPTION, &format!("\"AIGC\": {LABEL}"))]),
            with_exif(&[("0th", IMAGE_DESCRIPTION, &format!("{{AIGC: {LABEL}}}"))]),
            with_text("Comment", &format!("AIGC v AIGC{LABEL}")),
            with_text("AIGC", &LABEL.replace('"', "'")),
            with_text("AIGC", &LABEL.replace('"', "\\\"")),
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
    fn names_of_persons_are_not_shown() {
        let text = r#"{"Label":"1","ContentProducer":"jane.doe@example.com","ContentPropagator":"Jane Doe"}"#;
        let found = &found(&MARK, &with_text("AIGC", text))[0];
        for key in ["tool", "producer", "propagator"] {
            assert_eq!(found.get(key), None, "{key}");
        }
        let personal = [
            ("producer_number", "jane.doe@example.com".into()),
            ("propagator_number", "Jane Doe".into()),
        ];
        assert_eq!(found.personal, personal);
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
                r#"{"ServiceProvider":"ACME Heating","ServiceUser":"technician 4","Time":"2024-05-01"}"#,
            )]),
            with_text(
                "Comment",
                &format!("The law asks providers to write AIGC: {LABEL}"),
            ),
            with_text(
                "Comment",
                &format!("AIGC labels are written so: AIGC{LABEL}"),
            ),
            with_exif(&[(
                "0th",
                IMAGE_DESCRIPTION,
                "a talk on AIGC labels: ContentProducer, ProduceID",
            )]),
            with_xmp(&[(DC, "description", LABEL)]),
            with_xmp(&[("http://example.com/AIGC/", NAME, LABEL)]),
            with_xmp(&[(TC260, NAME, "yes")]),
            with_xmp(&[(TC260, "Label", "1")]),
            with_xmp(&[(TC260, "Label", "0"), (TC260, "ProduceID", "abc")]),
            with_xmp(&[(DC, "Label", "1"), (DC, "ProduceID", "abc")]),
            with_xmp(&[(TC260, NAME, "{}")]),
        ] {
            assert!(codes(&MARK, &metadata).is_empty());
        }
        // A segment of content credentials that quotes the label.
        let quoted = [
            b"JP\0\x01\0\0\0\x01\0\0\0\x40jumb".as_slice(),
            b"AIGC",
            LABEL.as_bytes(),
        ]
        .concat();
        let length = (quoted.len() as u16 + 2).to_be_bytes();
        let file = [
            b"\xff\xd8\xff\xeb".as_slice(),
            &length,
            &quoted,
            b"\xff\xd9",
        ]
        .concat();
        assert!(codes_in(&MARK, &file).is_empty());
    }
}
