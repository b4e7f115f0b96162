//! One label: a JSON object with the fields of the standard.

use super::super::shapes::{first_object, text_of, whole};
use serde_json::{Map, Value};

/// The name of the label, be it a property, a keyword or a key.
pub(super) const NAME: &str = "AIGC";

/// A label is shorter than this by far; longer texts that only mention the name are not searched.
const MAX_TEXT: usize = 1 << 16;

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

/// What a label says of the content.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Says {
    Generated,
    Possibly,
    Suspected,
    Nothing,
}

pub(super) struct Label {
    fields: Map<String, Value>,
    pub(super) says: Says,
}

impl Label {
    /// The label in a text that is one, with at least so many of the fields.
    pub(super) fn read(text: &str, least: usize) -> Option<Self> {
        let fields = unwrapped(object(text)?);
        let known = FIELDS.iter().filter(|field| fields.contains_key(**field));
        let says = says(&fields);
        (known.count() >= least).then_some(Self { fields, says })
    }

    /// The label in a text that holds it whole, or behind its name.
    pub(super) fn find(text: &str) -> Option<Self> {
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

    /// A label of which each field is a property of its own.
    pub(super) fn of_rows<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let known = rows.filter(|(name, _)| FIELDS.contains(name));
        let fields: Map<String, Value> = known
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let says = says(&fields);
        (fields.len() >= 2).then_some(Self { fields, says })
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        text_of(self.fields.get(field))
    }
}

/// The object at the beginning of a text, also where a program wrote its quotes in a way of its own.
fn object(text: &str) -> Option<Map<String, Value>> {
    first_object(text).or_else(|| {
        let forms = ["&quot;", "\\\"", "'"].into_iter();
        let odd = forms.filter(|form| text.len() <= MAX_TEXT && text.contains(form));
        odd.map(|form| text.replace(form, "\""))
            .find_map(|text| first_object(&text))
    })
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
