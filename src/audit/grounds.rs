//! What answers rest on, and how an answer stands in a log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::fingerprints::to_hex;
use crate::inspect::Inspection;
use crate::policy::Policy;
use crate::reports::safe_json;
use crate::settings::Settings;
use crate::sources::Name;

/// Who has images judged.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// A name that was given for it: a service, a person, a job.
    pub actor: Option<String>,
    /// The user of the system.
    pub user: Option<String>,
    /// The machine.
    pub host: Option<String>,
}

/// What answers rest on: who asked, by which program, lists, trust and policy. A log has it once for many answers.
#[derive(Debug, Clone)]
pub struct Grounds(String);

impl Grounds {
    /// Those of an inspector with these settings and this policy, whose text has this digest.
    pub fn of(who: &Who, settings: &Settings, policy: &Policy, policy_sha256: &[u8; 32]) -> Self {
        let lists = settings.lists.iter().map(|list| {
            json!({"name": list.name(), "entries": list.len(), "digest": list.compiled().digest()})
        });
        let trust = settings.trust.lists.iter().map(|list| {
            json!({"list": list.label(), "kind": list.kind.as_str(), "sha256": to_hex(&list.sha256())})
        });
        let fields = [
            (
                "program",
                json!(concat!("provscan ", env!("CARGO_PKG_VERSION"))),
            ),
            ("actor", json!(who.actor)),
            ("user", json!(who.user)),
            ("host", json!(who.host)),
            (
                "policy",
                json!({"name": policy.name, "sha256": to_hex(policy_sha256)}),
            ),
            ("lists", lists.collect()),
            ("trust", trust.collect()),
        ];
        Self(text(&fields))
    }

    /// Its fields as they stand in a record.
    pub(super) fn fields(&self) -> &str {
        &self.0
    }
}

/// The fields of an answer: what it is about, and what was said of it.
pub(super) fn answer(name: Option<&Name>, inspection: &Inspection) -> String {
    let kinds = inspection.faults.iter().map(|fault| fault.kind.as_str());
    let kinds: Vec<&str> = kinds.collect();
    let asked = inspection.request.as_deref();
    let given = asked.and_then(|asked| asked.sha256.as_ref());
    text(&[
        ("name", name.map_or(Value::Null, shown)),
        ("id", json!(name.and_then(Name::id))),
        ("bytes", json!(inspection.bytes)),
        ("sha256", json!(inspection.sha256.as_ref().or(given))),
        (
            "hashes_sha256",
            json!(asked.and_then(|asked| asked.hashes.as_ref())),
        ),
        ("verdict", json!(inspection.verdict.finding.as_str())),
        ("action", json!(inspection.verdict.action.as_str())),
        ("because", json!(inspection.verdict.because)),
        (
            "errors",
            if kinds.is_empty() {
                Value::Null
            } else {
                json!(kinds)
            },
        ),
    ])
}

/// The fields of an answer that was lost: an input was there, and it was not checked.
pub(super) fn lost() -> String {
    text(&[
        ("verdict", json!("unchecked")),
        ("action", json!("review")),
        ("because", json!([])),
        ("errors", json!(["internal"])),
    ])
}

/// A name as records have it: text, or its exact bytes.
fn shown(name: &Name) -> Value {
    match name.as_str() {
        Some(text) => json!(text),
        None => json!({"bytes": STANDARD.encode(name.as_os_str().as_encoded_bytes())}),
    }
}

/// Fields in this order, without those that are not there.
fn text(fields: &[(&str, Value)]) -> String {
    let there = fields.iter().filter(|(_, value)| !value.is_null());
    let fields = there.map(|(key, value)| format!("\"{key}\":{}", safe_json(value.to_string())));
    fields.collect::<Vec<_>>().join(",")
}
