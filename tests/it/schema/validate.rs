//! A validator for as much of JSON Schema as the schema uses. A keyword that it does not know fails, so that none is
//! there for show.

use serde_json::Value;

/// Whether `value` satisfies `schema`, which may refer to definitions in `root`; else where and why not.
pub(super) fn validate(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    at("", root, schema, value)
}

fn at(place: &str, root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let keywords = schema.as_object().expect("a schema is an object");
    for (keyword, wanted) in keywords {
        let holds = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                at(place, root, definition(root, wanted), value)?;
                true
            }
            "type" => match wanted {
                Value::Array(types) => types.iter().any(|wanted| is_type(value, wanted)),
                wanted => is_type(value, wanted),
            },
            "enum" => wanted.as_array().expect("words").contains(value),
            "const" => wanted == value,
            "minimum" => value.as_i64() >= wanted.as_i64(),
            "pattern" => fits(wanted.as_str().expect("a pattern"), value),
            "required" => has_all(value, wanted),
            "oneOf" => exactly_one(place, root, wanted, value)?,
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    at(&format!("{place}/{n}"), root, wanted, item)?;
                }
                true
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if let Some(property) = wanted.get(name) {
                        at(&format!("{place}/{name}"), root, property, inner)?;
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if keywords["properties"].get(name).is_none() {
                        let place = format!("{place}/{name}");
                        match wanted {
                            Value::Bool(false) => return Err(format!("{place}: unexpected")),
                            wanted => at(&place, root, wanted, inner)?,
                        }
                    }
                }
                true
            }
            other => panic!("the schema uses `{other}`, which is not checked here"),
        };
        if !holds {
            return Err(format!("{place}: {value} breaks {keyword} {wanted}"));
        }
    }
    Ok(())
}

fn definition<'a>(root: &'a Value, reference: &Value) -> &'a Value {
    let pointer = reference
        .as_str()
        .and_then(|text| text.strip_prefix('#'))
        .expect("a reference within the schema");
    root.pointer(pointer)
        .unwrap_or_else(|| panic!("nothing at {pointer}"))
}

fn is_type(value: &Value, wanted: &Value) -> bool {
    match wanted.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("type {other} is not checked here"),
    }
}

fn has_all(value: &Value, names: &Value) -> bool {
    names
        .as_array()
        .expect("names")
        .iter()
        .all(|name| value.get(name.as_str().expect("a name")).is_some())
}

fn exactly_one(place: &str, root: &Value, choices: &Value, value: &Value) -> Result<bool, String> {
    let failures: Vec<String> = choices
        .as_array()
        .expect("choices")
        .iter()
        .filter_map(|choice| at(place, root, choice, value).err())
        .collect();
    match choices.as_array().map_or(0, Vec::len) - failures.len() {
        1 => Ok(true),
        0 => Err(failures.join("\n")),
        more => Err(format!("{place}: {more} of the choices hold")),
    }
}

/// Patterns of the form `^` (character or `[class]`, then nothing, `*`, `+` or `{n}`) … `$`, in which no part can take
/// what belongs to the next.
fn fits(pattern: &str, value: &Value) -> bool {
    let Some(mut text) = value.as_str() else {
        return false;
    };
    let mut rest = pattern
        .strip_prefix('^')
        .and_then(|p| p.strip_suffix('$'))
        .expect("an anchored pattern");
    while !rest.is_empty() {
        let (class, after) = class(rest);
        let (least, most, after) = times(after);
        let taken = text
            .chars()
            .take_while(|c| is_in(class, *c))
            .take(most)
            .count();
        if taken < least {
            return false;
        }
        text = text.get(taken..).expect("classes are ASCII");
        rest = after;
    }
    text.is_empty()
}

/// The class at the beginning of a pattern, without its brackets or backslash, and what follows.
fn class(pattern: &str) -> (&str, &str) {
    if let Some(inner) = pattern.strip_prefix('[') {
        return inner.split_once(']').expect("a closed class");
    }
    pattern.strip_prefix('\\').unwrap_or(pattern).split_at(1)
}

fn times(pattern: &str) -> (usize, usize, &str) {
    if let Some(rest) = pattern.strip_prefix('*') {
        return (0, usize::MAX, rest);
    }
    if let Some(rest) = pattern.strip_prefix('+') {
        return (1, usize::MAX, rest);
    }
    let Some(rest) = pattern.strip_prefix('{') else {
        return (1, 1, pattern);
    };
    let (number, rest) = rest.split_once('}').expect("a closed count");
    let number = number.parse().expect("a number");
    (number, number, rest)
}

/// Whether a class such as `a-z0-9_` or `.-` holds a character; a hyphen at its end stands for itself.
fn is_in(class: &str, c: char) -> bool {
    let members: Vec<char> = class.chars().collect();
    let mut at = 0;
    while let Some(first) = members.get(at) {
        match (members.get(at + 1), members.get(at + 2)) {
            (Some('-'), Some(last)) => {
                if (*first..=*last).contains(&c) {
                    return true;
                }
                at += 3;
            }
            _ => {
                if *first == c {
                    return true;
                }
                at += 1;
            }
        }
    }
    false
}

#[test]
fn patterns_are_read_as_meant() {
    for (pattern, good, bad) in [
        ("^[0-9a-f]{4}$", "09af", "09ag"),
        ("^[0-9a-f]{4}$", "0000", "00000"),
        ("^[a-z0-9]+\\.[a-z0-9-]+$", "c2pa.ai-edited", "c2paxai"),
        ("^[A-Za-z0-9+/]*[=]*$", "Yf8uanBn", "Yf8*"),
    ] {
        assert!(fits(pattern, &Value::from(good)), "{pattern} {good}");
        assert!(!fits(pattern, &Value::from(bad)), "{pattern} {bad}");
    }
}
