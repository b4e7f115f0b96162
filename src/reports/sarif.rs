//! SARIF 2.1.0, for programs that collect findings of many tools: one run, a rule for each code, a result for each piece of
//! evidence that decides or asks for an action, and a notification for whatever kept an input from being checked.

mod assembly;

use serde_json::{Value as Json, json};

use super::record::detail;
use super::safe::{safe, safe_json};
use super::{Assembly, Report, ReportKind, ReportOptions};
use crate::error::{Fault, FaultKind};
use crate::evidence::{Action, Code, Evidence};
use crate::inspect::Inspection;
use crate::scan::Summary;
use crate::signals;
use crate::sources::Name;
use assembly::Parts;

pub(super) const KIND: ReportKind = ReportKind {
    name: "sarif",
    about: "SARIF 2.1.0: a result for each piece of evidence that decides or asks for an action",
    make,
};

fn make(_: ReportOptions) -> Box<dyn Report> {
    Box::new(Sarif)
}

struct Sarif;

impl Report for Sarif {
    fn head(&self) -> Vec<u8> {
        let rules: Vec<Json> = signals::ALL
            .iter()
            .flat_map(|kind| kind.codes.iter().map(|code| rule(kind.name, code)))
            .collect();
        let faults: Vec<Json> = FaultKind::ALL
            .iter()
            .map(|(_, word)| json!({"id": word, "name": word}))
            .collect();
        let driver = json!({
            "name": "provscan",
            "version": env!("CARGO_PKG_VERSION"),
            "shortDescription": {"text": env!("CARGO_PKG_DESCRIPTION")},
            "rules": rules,
            "notifications": faults,
        });
        format!(
            "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"columnKind\":\"unicodeCodePoints\",\"results\":[\n"
        )
        .into_bytes()
    }

    /// Three lines: results, the artifact, notifications. Nothing at all where there is nothing to say of an input.
    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        let uri = uri(name);
        let results: Vec<Json> = inspection
            .evidence
            .iter()
            .filter(|evidence| is_result(evidence, inspection))
            .map(|evidence| result(&uri, evidence, inspection))
            .collect();
        if results.is_empty() && inspection.faults.is_empty() {
            return Vec::new();
        }
        let faults: Vec<Json> = inspection
            .faults
            .iter()
            .map(|fault| notification(&uri, fault))
            .collect();
        let parts = [
            joined(&results),
            artifact(&uri, inspection).to_string(),
            joined(&faults),
        ];
        parts.map(safe_json).join("\n").into_bytes()
    }

    /// Everything is in the assembly.
    fn tail(&self, _: &Summary) -> Vec<u8> {
        Vec::new()
    }

    fn assembly(&self) -> Box<dyn Assembly + '_> {
        Box::new(Parts::new(self))
    }
}

fn joined(members: &[Json]) -> String {
    let members: Vec<String> = members.iter().map(Json::to_string).collect();
    members.join(",")
}

fn rule(signal: &str, code: &Code) -> Json {
    let help = format!(
        "What it establishes: {}\n\nWhat it leaves open: {}\n\nHow often it is wrong: {}\n\nWhat you can do: {}",
        code.proves, code.limits, code.error_rate, code.next
    );
    json!({
        "id": code.name,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": code.proves},
        "help": {"text": help},
        "properties": {"signal": signal, "claim": code.claim.as_str(), "tags": [signal, code.claim.as_str()]},
    })
}

/// Whether a piece of evidence decides or asks for an action.
fn is_result(evidence: &Evidence, inspection: &Inspection) -> bool {
    inspection.verdict.because.contains(&evidence.code.name)
        || evidence
            .asks_for
            .is_some_and(|action| action > Action::Pass)
}

fn result(uri: &str, evidence: &Evidence, inspection: &Inspection) -> Json {
    let verdict = &inspection.verdict;
    let action = verdict.action_on_evidence;
    let kind = if action == Action::Pass {
        "informational"
    } else {
        "fail"
    };
    let mut result = json!({
        "ruleId": evidence.code.name,
        "kind": kind,
        "level": level(action),
        "message": {"text": message(evidence)},
        "locations": [location(uri)],
        "properties": {
            "verdict": verdict.finding.as_str(),
            "action": verdict.action.as_str(),
            "strength": evidence.strength.as_str(),
            "detail": detail(evidence),
        },
    });
    let identity = inspection
        .sha256
        .as_ref()
        .map(|sha256| json!({"sha256AndRule/v1": format!("{sha256}:{}", evidence.code.name)}));
    if let (Some(identity), Some(result)) = (identity, result.as_object_mut()) {
        result.insert("partialFingerprints".into(), identity);
    }
    result
}

/// The levels of SARIF; what passes is no failure of any level.
fn level(action: Action) -> &'static str {
    match action {
        Action::Block => "error",
        Action::Review => "warning",
        Action::Label => "note",
        Action::Pass => "none",
    }
}

/// What was found, and for a known image where.
fn message(evidence: &Evidence) -> String {
    let named = |key: &str| {
        evidence
            .get(key)
            .map(|value| safe(&value.to_string()).into_owned())
    };
    match named("list") {
        Some(list) => format!("{} List: {list}.", evidence.code.summary),
        None => evidence.code.summary.to_owned(),
    }
}

fn location(uri: &str) -> Json {
    json!({"physicalLocation": {"artifactLocation": {"uri": uri}}})
}

fn artifact(uri: &str, inspection: &Inspection) -> Json {
    let mut artifact = json!({"location": {"uri": uri}, "roles": ["analysisTarget"]});
    if let Some(artifact) = artifact.as_object_mut() {
        let known = [
            ("length", inspection.bytes.map(Json::from)),
            ("mimeType", inspection.media_type.map(Json::from)),
            (
                "hashes",
                inspection
                    .sha256
                    .as_ref()
                    .map(|hex| json!({"sha-256": hex})),
            ),
        ];
        artifact.extend(
            known
                .into_iter()
                .filter_map(|(key, value)| Some((key.into(), value?))),
        );
    }
    artifact
}

fn notification(uri: &str, fault: &Fault) -> Json {
    // Some other file among images is no failure.
    let level = match fault.kind {
        FaultKind::NotAnImage => "note",
        FaultKind::Internal => "error",
        _ => "warning",
    };
    json!({
        "descriptor": {"id": fault.kind.as_str()},
        "level": level,
        "message": {"text": safe(&fault.message)},
        "locations": [location(uri)],
    })
}

/// A path as a relative reference (RFC 3986), exactly: what has a meaning in a URI, and what is no text, is percent-encoded.
fn uri(name: &Name) -> String {
    let mut uri = String::new();
    for byte in name.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(*byte))
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    match name.as_os_str().as_encoded_bytes().starts_with(b"/") {
        true => format!("file://{uri}"),
        false => uri,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references_that_say_the_same() {
        assert_eq!(
            uri(&Name::new("in/a b#1?é:.jpg")),
            "in/a%20b%231%3F%C3%A9%3A.jpg"
        );
        assert_eq!(uri(&Name::new("/in/a.jpg")), "file:///in/a.jpg");
    }
}
