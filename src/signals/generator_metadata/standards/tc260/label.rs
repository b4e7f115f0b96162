//! One label: a JSON object with the fields of the standard.

use super::super::shapes::{first_object, text_of, whole};
use serde_json::{Map, Value};

/// The name of the label, be it a property, a keyword or a key.
pub(super) const NAME: &str = "AIGC";

/// A label is shorter than this by far; longer texts that only mention the name are not searched.
const MAX_TEXT: usize = 1 << 16;

/// A second name of the label stands no further behind the first.
const MAX_HEAD: usize = 16;

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
    /// The label in a text that stands where only labels do, with at least so many of the fields.
    pub(super) fn read(text: &str, least: usize) -> Option<Self> {
        Self::of_object(text, least, true)
    }

    /// `named` tells whether something around the object calls it a label.
    fn of_object(text: &str, least: usize, named: bool) -> Option<Self> {
        let (fields, wrapped) = unwrapped(object(text)?);
        let known = FIELDS.iter().filter(|field| fields.contains_key(**field));
        let says = says(&fields, named || wrapped);
        (known.count() >= least).then_some(Self { fields, says })
    }

    /// The label in a text that is nothing else: it begins with the object or with the label's name. Texts that explain
    /// labels hold examples further on.
    pub(super) fn find(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let is_blank = |c: char| c.is_whitespace() || "\"'\0".contains(c);
        let text = text.trim_matches(is_blank);
        Self::of_object(text, 2, false).or_else(|| {
            let named = text.trim_start_matches(|c| is_blank(c) || c == '{');
            let begins = named.starts_with(NAME);
            begins.then(|| Self::behind_name(named)).flatten()
        })
    }

    /// The label behind its name, which some write twice.
    fn behind_name(text: &str) -> Option<Self> {
        let names = text.match_indices(NAME);
        let near = names.take_while(|(at, _)| *at <= MAX_HEAD);
        near.filter_map(|(at, name)| text.get(at + name.len()..))
            .map(|rest| {
                rest.trim_start_matches(|c: char| c.is_whitespace() || "\"':=\0".contains(c))
            })
            .find_map(|rest| Self::of_object(rest, 2, true))
    }

    /// A label of which each field is a property of its own.
    pub(super) fn of_rows<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let known = rows.filter(|(name, _)| FIELDS.contains(name));
        let fields: Map<String, Value> = known
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let says = says(&fields, false);
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

/// The object itself, or what stands in it under the label's name, be it an object or its text; and whether it stood so.
fn unwrapped(mut object: Map<String, Value>) -> (Map<String, Value>, bool) {
    let name = object
        .keys()
        .find(|key| key.eq_ignore_ascii_case(NAME))
        .cloned();
    match name.and_then(|name| object.remove(&name)) {
        Some(Value::Object(inner)) => (inner, true),
        Some(Value::String(text)) => match first_object(&text) {
            Some(inner) => (inner, true),
            None => (object, false),
        },
        _ => (object, false),
    }
}

fn says(fields: &Map<String, Value>, named: bool) -> Says {
    match fields.get("Label").map(whole) {
        Some(Some(1)) => Says::Generated,
        Some(Some(2)) => Says::Possibly,
        Some(Some(3)) => Says::Suspected,
        Some(_) => Says::Nothing,
        // The older form has no label: a provider of generated content names itself, its user, and the content. Other
        // services, be it for heating, have a provider, a user and a time, too.
        None => {
            let has = |field| fields.contains_key(field);
            let older = has("ServiceProvider")
                && has("ServiceUser")
                && (has("ContentId") || named && has("Time"));
            if older {
                Says::Generated
            } else {
                Says::Nothing
            }
        }
    }
}
