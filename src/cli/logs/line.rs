//! One line: what an event says, in the form that was asked for. Whatever is in it, it is one line, and a terminal shows it as
//! text.

use std::fmt::{Debug, Write as _};
use std::time::SystemTime;

use provscan::reports::safe_json;
use provscan::trust::date::Moment;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::args::LogFormat;

/// Longest text of a field, in characters.
const LONGEST: usize = 4096;

/// Events of ours have names; what others say is text.
const OURS: &str = "provscan";

/// Fields, in their order.
pub(super) struct Line(Vec<(&'static str, Value)>);

impl Line {
    /// A line that begins as all do.
    pub(super) fn new(level: Level, event: &str) -> Self {
        let now = Moment::from(SystemTime::now()).to_string();
        let level = level.as_str().to_ascii_lowercase();
        let begin = [("time", now), ("level", level), ("event", event.to_owned())];
        Self(begin.map(|(key, value)| (key, value.into())).to_vec())
    }

    /// The same, with this field.
    pub(super) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((key, value.into()));
        self
    }

    /// What an event says.
    pub(super) fn of(event: &Event<'_>) -> Self {
        let metadata = event.metadata();
        let mut said = Said::default();
        event.record(&mut said);
        let mut line = match metadata.target().starts_with(OURS) {
            true => Self::new(*metadata.level(), &said.message),
            false => Self::new(*metadata.level(), "other")
                .with("from", metadata.target())
                .with("message", said.message),
        };
        line.0.extend(said.fields);
        line
    }

    pub(super) fn text(&self, form: LogFormat) -> String {
        match form {
            LogFormat::Text => self.for_people(),
            LogFormat::Json => self.json(),
        }
    }

    /// `key=value` for each; what holds more than a word is quoted.
    fn for_people(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.0 {
            let gap = if text.is_empty() { "" } else { " " };
            // Text takes everything.
            let _ = match value {
                Value::String(word) if is_word(word) => write!(text, "{gap}{key}={word}"),
                value => write!(text, "{gap}{key}={value}"),
            };
        }
        safe_json(text)
    }

    fn json(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.0 {
            let before = if text.is_empty() { '{' } else { ',' };
            let _ = write!(text, "{before}{}:{value}", Value::from(*key));
        }
        text.push('}');
        safe_json(text)
    }
}

fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.:".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

/// The message of an event, and its other fields.
#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl Said {
    fn add(&mut self, field: &Field, value: Value) {
        self.fields.push((field.name(), value));
    }
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        let value = cut(value.to_owned());
        match field.name() {
            "message" => self.message = value,
            _ => self.add(field, value.into()),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }
}

/// Nobody's text fills the log.
fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\n{\"level\":\"error\"}\r\u{1b}[31m\u{9b}2J\u{202e}\u{2028} \"b\\";

    #[test]
    fn no_field_makes_a_second_line_or_moves_a_terminal() {
        let line = Line::new(Level::INFO, "judged").with("name", HOSTILE);
        for form in [LogFormat::Text, LogFormat::Json] {
            let text = line.text(form);
            assert!(
                text.bytes().all(|byte| (b' '..0x7f).contains(&byte)),
                "{text}"
            );
        }
        let json: Value = serde_json::from_str(&line.text(LogFormat::Json)).unwrap();
        assert_eq!(json["name"], HOSTILE);
        assert_eq!(json["level"], "info");
        let text = line.text(LogFormat::Text);
        assert!(
            text.contains(" level=info event=judged name=\"a\\n"),
            "{text}"
        );
    }

    #[test]
    fn words_stand_as_they_are_and_numbers_are_numbers() {
        let line = Line::new(Level::WARN, "a")
            .with("b", 7)
            .with("c", "")
            .with("d", "x y");
        let text = line.text(LogFormat::Text);
        assert!(
            text.ends_with("Z level=warn event=a b=7 c=\"\" d=\"x y\""),
            "{text}"
        );
        assert_eq!(cut("ä".repeat(LONGEST + 1)).chars().count(), LONGEST + 1);
        assert_eq!(cut("ä".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
