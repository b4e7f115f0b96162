//! A tree in lines: what was made from what.

use super::safe;
use crate::evidence::Value;

type Field = (&'static str, Value);

/// Deepest level that is drawn; the signal that makes trees bounds them too.
const MAX_DEPTH: usize = 100;

/// The lines of a tree whose entries hold what they were made from under `made_from`.
pub(super) fn lines(root: &[Field]) -> Vec<String> {
    let mut lines = Vec::new();
    draw(root, ("", ""), 0, &mut lines);
    lines
}

/// Draws one entry: `before` stands before its first line, `below` before the rest.
fn draw(entry: &[Field], (before, below): (&str, &str), depth: usize, lines: &mut Vec<String>) {
    let children = match get(entry, "made_from") {
        Some(Value::Records(children)) if depth < MAX_DEPTH => children.as_slice(),
        _ => &[],
    };
    let bar = if children.is_empty() { "   " } else { "│  " };
    lines.push(format!("{before}{}", title(entry)));
    for fact in facts(entry) {
        lines.push(format!("{below}{bar}{fact}"));
    }
    for (place, child) in children.iter().enumerate() {
        let last = place + 1 == children.len();
        let (arm, stem) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        if let Value::Record(child) = child {
            let (before, below) = (format!("{below}{arm}"), format!("{below}{stem}"));
            draw(child, (&before, &below), depth + 1, lines);
        }
    }
}

fn get<'a>(entry: &'a [Field], key: &str) -> Option<&'a Value> {
    entry
        .iter()
        .find(|(own, _)| *own == key)
        .map(|(_, value)| value)
}

fn text(entry: &[Field], key: &str) -> Option<String> {
    get(entry, key).map(|value| safe(&value.to_string()).into_owned())
}

/// How it came in, what it is called, and who says so.
fn title(entry: &[Field]) -> String {
    let relation = match text(entry, "relation").as_deref() {
        Some("parentOf") => "made from: ",
        Some("componentOf") => "with a part: ",
        Some("inputTo") => "given as input: ",
        _ => "",
    };
    let name = ["ingredient", "title", "manifest", "manifest_not_shown"]
        .iter()
        .find_map(|key| text(entry, key))
        .unwrap_or_else(|| "without a name".to_owned());
    let again = get(entry, "shown_above").map_or("", |_| " (its history is drawn above)");
    format!("{relation}{name}{again}")
}

/// What is known of it, a line each.
fn facts(entry: &[Field]) -> Vec<String> {
    let mut facts = Vec::new();
    let signer = text(entry, "signer").map(|signer| {
        let vouched = get(entry, "vouched_for") == Some(&Value::Flag(true));
        let word = if vouched {
            "trusted"
        } else {
            "not trusted, or not shown to be"
        };
        let when = text(entry, "signed_at")
            .map(|when| format!(", {when}"))
            .unwrap_or_default();
        format!("signed by {signer} ({word}){when}")
    });
    facts.extend(signer);
    facts.extend(text(entry, "made_with").map(|tool| format!("made with {tool}")));
    if let Some(Value::Records(actions)) = get(entry, "actions") {
        facts.extend(actions.iter().filter_map(|action| match action {
            Value::Record(action) => Some(done(action)),
            _ => None,
        }));
    }
    let names: Vec<String> = ["inceptions", "transformations"]
        .iter()
        .filter_map(|key| text(entry, key))
        .collect();
    if !names.is_empty() {
        facts.push(format!("signals: {}", names.join(", ")));
    }
    for (key, words) in [
        ("source_type", "source type"),
        ("provenance", "provenance"),
        ("statuses", "against it"),
    ] {
        facts.extend(text(entry, key).map(|value| format!("{words}: {value}")));
    }
    facts
}

/// `c2pa.created (trainedAlgorithmicMedia) by GPT-4o: says …`
fn done(action: &[Field]) -> String {
    let mut line = text(action, "action").unwrap_or_default();
    line += &text(action, "source_type")
        .map(|term| format!(" ({term})"))
        .unwrap_or_default();
    line += &text(action, "tool")
        .map(|tool| format!(" by {tool}"))
        .unwrap_or_default();
    line += &text(action, "says")
        .map(|says| format!(": {says}"))
        .unwrap_or_default();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_drawn_with_its_branches() {
        let leaf = |name: &str| {
            Value::Record(vec![
                ("relation", "componentOf".into()),
                ("ingredient", name.into()),
            ])
        };
        let parent = Value::Record(vec![
            ("relation", "parentOf".into()),
            ("ingredient", "b.jpg".into()),
            ("signer", "Somebody".into()),
            ("made_from", Value::Records(vec![leaf("d.jpg")])),
        ]);
        let root = [
            ("title", Value::from("a.jpg")),
            (
                "made_from",
                Value::Records(vec![parent, leaf("c\u{1b}.jpg")]),
            ),
        ];
        let expected = [
            "a.jpg",
            "├─ made from: b.jpg",
            "│  │  signed by Somebody (not trusted, or not shown to be)",
            "│  └─ with a part: d.jpg",
            "└─ with a part: c",
        ];
        for (line, expected) in lines(&root).iter().zip(expected) {
            assert!(line.starts_with(expected), "{line}");
        }
        assert!(!lines(&root).concat().contains('\u{1b}'));
    }
}
