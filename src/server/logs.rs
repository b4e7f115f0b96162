//! What is told of requests and reloads: a line each, without names of files, hashes or tokens.

use std::time::SystemTime;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answered::Exchange;
use super::refusal::Refused;
use super::reload::What;
use crate::trust::date::Moment;

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// `key=value`, for people.
    Text,
    /// An object a line.
    Json,
}

/// Where lines go. It is called from threads that must not wait.
pub struct Log {
    form: LogForm,
    sink: Box<dyn Fn(String) + Send + Sync>,
}

impl Log {
    /// Lines of this form, each without its end, are given to `sink`.
    pub fn new(form: LogForm, sink: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self {
            form,
            sink: Box::new(sink),
        }
    }

    /// Tells of something that happened.
    pub(super) fn event(&self, level: &str, event: &str, fields: Value) {
        let mut line = Map::new();
        let now = Moment::from(SystemTime::now()).to_string();
        line.insert("time".to_owned(), now.into());
        line.insert("level".to_owned(), level.into());
        line.insert("event".to_owned(), event.into());
        if let Value::Object(fields) = fields {
            line.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        (self.sink)(match self.form {
            LogForm::Json => Value::Object(line).to_string(),
            LogForm::Text => text(&line),
        });
    }

    /// Tells of a request and its answer.
    pub(super) fn answered(&self, exchange: &Exchange<'_>) {
        let status = exchange.response.status();
        let judged = exchange.judged();
        let one = match judged {
            [one] => Some(one),
            _ => None,
        };
        let refused = exchange.response.extensions().get::<Refused>();
        let fields = json!({
            "method": exchange.method.as_str(),
            "path": exchange.path(),
            "status": status.as_u16(),
            "ms": (exchange.took.as_secs_f64() * 1e6).round() / 1e3,
            "client": exchange.peer.map(|peer| peer.ip().to_string()),
            "token": exchange.token,
            "bytes": one.and_then(|one| one.bytes),
            "verdict": one.map(|one| one.finding.as_str()),
            "action": one.map(|one| one.action.as_str()),
            "hashes": (judged.len() > 1).then_some(judged.len()),
            "why": refused.map(|refused| refused.0.as_str()),
        });
        self.event(level(status), "request", fields);
    }

    /// Tells that something was loaded, or not.
    pub(super) fn reloaded(&self, what: What, result: &Result<(), String>) {
        let level = if result.is_ok() { "info" } else { "error" };
        let kept = result.is_err().then_some("what was loaded before stays");
        self.event(
            level,
            "loaded",
            json!({"what": what.as_str(), "ok": result.is_ok(), "why": result.as_ref().err(), "kept": kept}),
        );
    }
}

fn level(status: StatusCode) -> &'static str {
    match status.as_u16() {
        500.. => "error",
        400.. => "warn",
        _ => "info",
    }
}

/// `key=value` for each; what holds more than a word is quoted.
fn text(line: &Map<String, Value>) -> String {
    let fields = line.iter().map(|(key, value)| match value {
        Value::String(word) if !word.is_empty() && word.bytes().all(is_plain) => {
            format!("{key}={word}")
        }
        value => format!("{key}={value}"),
    });
    let fields: Vec<String> = fields.collect();
    fields.join(" ")
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-_.:".contains(&byte)
}
