//! Shapes of values that several marks share.

use serde_json::{Deserializer, Map, Value};

use super::json_text::is_modest;

/// A JSON object larger than this is no label.
const MAX_OBJECT: usize = 1 << 20;

/// The JSON object at the beginning of a text; what follows it is not looked at.
pub(super) fn first_object(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if !text.starts_with('{') || text.len() > MAX_OBJECT || !is_modest(text) {
        return None;
    }
    match Deserializer::from_str(text).into_iter().next() {
        Some(Ok(Value::Object(object))) => Some(object),
        _ => None,
    }
}

/// A whole number, be it written as one or as a text.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            number
                .as_f64()
                .filter(|n| n.fract() == 0.0)
                .map(|n| n as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text that is not empty.
pub(super) fn text_of(value: Option<&Value>) -> Option<&str> {
    let text = value?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// `7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40`
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_may_be_followed_by_anything() {
        assert!(first_object("{\"a\": 1}\0\0 rest").is_some());
        assert!(first_object("see {\"a\": 1}").is_none());
        assert!(first_object("[1]").is_none());
        assert!(first_object(&"{\"a\":".repeat(100_000)).is_none());
    }

    #[test]
    fn numbers_and_uuids_are_told_from_other_texts() {
        assert_eq!(whole(&Value::from("2")), Some(2));
        assert_eq!(whole(&Value::from(1.0)), Some(1));
        assert_eq!(whole(&Value::from("two")), None);
        assert!(is_uuid("7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40"));
        assert!(!is_uuid("7c2e6f0a-3d15-4f0e-9b7a_2f1c5d8e9a40"));
    }
}
