use super::*;

/// Rows of a JSON text and what Python's `json.dumps(json.loads(text))` makes of it, or nothing where Python refuses it.
/// `golden.py` beside it writes it; it is the same for Python 3.10 to 3.13.
const GOLDEN: &str = include_str!("golden.jsonl");

fn rewritten(text: &str) -> Option<String> {
    Some(object(&Reader { rest: text }.top()?))
}

#[test]
fn texts_are_those_of_python() {
    let (mut read, mut refused) = (0, 0);
    for line in GOLDEN.lines() {
        let (text, expected): (String, Option<String>) = serde_json::from_str(line).unwrap();
        assert_eq!(rewritten(&text), expected, "{text}");
        match expected {
            Some(_) => read += 1,
            None => refused += 1,
        }
    }
    assert!(read >= 400 && refused >= 30, "{read} {refused}");
}

#[test]
fn a_key_is_taken_out_wherever_it_stands() {
    for text in [
        r#"{"k":"v","a":[1, 2.50],"b":null}"#,
        r#"{"a": [1,2.5], "k" : "v" ,"b": null}"#,
        r#"{"a":[1,2.5],"b":null,"\u006b":"v"}"#,
        r#"{"a":1,"k":"x","b":null,"k":"v","a":[1,2.5]}"#,
    ] {
        let split = split(text, "k").unwrap();
        assert_eq!(split.rest, r#"{"a": [1, 2.5], "b": null}"#, "{text}");
        assert_eq!(split.value, "\"v\"", "{text}");
    }
    assert!(split(r#"{"a":{"k":1}}"#, "k").is_none());
}

#[test]
fn nesting_and_length_are_bounded() {
    let nested = |depth| {
        format!(
            r#"{{"k":1,"a":{}{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert!(split(&nested(MAX_DEPTH), "k").is_some());
    for depth in [MAX_DEPTH + 1, 1_000_000] {
        assert!(split(&nested(depth), "k").is_none());
    }
    let long = format!(r#"{{"k":1,"a":"{}"}}"#, "a".repeat(MAX_LENGTH));
    assert!(split(&long, "k").is_none());
}
