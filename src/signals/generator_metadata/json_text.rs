//! Objects in JSON that stand in metadata: of bounded length, and with the numbers that only Python writes.

use serde_json::{Map, Value};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Graphs of thousands of nodes stay below this; what is longer is not read.
const MAX_LENGTH: usize = 4 << 20;

/// Most values, and most objects among them: a value takes a hundred bytes in memory, an object some seven hundred. The
/// largest real graphs have a tenth.
const MAX_VALUES: usize = 400_000;
const MAX_OBJECTS: usize = 100_000;

/// Whether what this text may hold fits into some tens of megabytes.
pub(crate) fn is_modest(text: &str) -> bool {
    let objects = memchr::memchr_iter(b'{', text.as_bytes()).count();
    let values = memchr::memchr3_iter(b',', b':', b'[', text.as_bytes()).count();
    objects <= MAX_OBJECTS && values <= MAX_VALUES
}

/// The object that a text is, if it is one. The depth is bounded by the parser.
pub(super) fn object(text: &str) -> Option<Object> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    if !text.starts_with('{') || text.len() > MAX_LENGTH || !is_modest(text) {
        return None;
    }
    let read = |text: &str| serde_json::from_str::<Object>(text).ok();
    read(text).or_else(|| read(&without_nan(text)?))
}

/// The object under a key, be it there as an object or as a text that holds one.
pub(super) fn inner(object: &Object, key: &str) -> Option<Object> {
    match object.get(key)? {
        Value::Object(inner) => Some(inner.clone()),
        Value::String(text) => self::object(text),
        _ => None,
    }
}

/// The value under a key as text, if it is a text that says something or a number.
pub(super) fn text(object: &Object, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The first of these keys that holds text or a number.
pub(super) fn first_text(object: &Object, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| text(object, key))
}

/// How many of these keys the object has.
pub(super) fn count(object: &Object, keys: &[&str]) -> usize {
    keys.iter().filter(|key| object.contains_key(**key)).count()
}

/// `512x768`, from two keys.
pub(super) fn size(object: &Object, width: &str, height: &str) -> Option<String> {
    let number = |key| object.get(key).and_then(Value::as_u64);
    Some(format!("{}x{}", number(width)?, number(height)?))
}

/// Python's JSON writer leaves NaN and Infinity as they are, which no JSON reader takes; `null` says as much.
fn without_nan(text: &str) -> Option<String> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut put = |piece: &str, quoted: bool| match quoted {
        true => out.push_str(piece),
        false => out.push_str(
            &piece
                .replace("-Infinity", "null")
                .replace("Infinity", "null")
                .replace("NaN", "null"),
        ),
    };
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => {
                put(text.get(from..at)?, quoted);
                (from, quoted) = (at, !quoted);
            }
            _ => {}
        }
    }
    put(text.get(from..)?, quoted);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_only_python_writes_are_read_past() {
        let found = object(r#"{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \" NaN"}"#).unwrap();
        assert!(found["a"].is_null() && found["b"][1].is_null());
        assert_eq!(text(&found, "c").unwrap(), "NaN \" NaN");
    }

    #[test]
    fn what_is_no_object_or_too_much_is_not_read() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_LENGTH));
        for text in ["", "[1]", "\"a\"", "{", "{\"a\":NaN", &deep, &long] {
            assert!(object(text).is_none());
        }
        assert!(object("\u{feff} {}\0").is_some());
    }

    #[test]
    fn an_object_may_stand_in_a_text() {
        let outer = object(r#"{"a": "{\"b\": 1}", "c": {"b": 2}, "d": 3}"#).unwrap();
        let b = |key| inner(&outer, key).and_then(|inner| text(&inner, "b"));
        assert_eq!(
            (b("a").as_deref(), b("c").as_deref()),
            (Some("1"), Some("2"))
        );
        assert!(b("d").is_none());
    }
}
