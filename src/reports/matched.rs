//! What lists say of hashes that somebody asked about: an answer of the service.

use serde::Serialize;

use super::record::{self, ErrorRecord, EvidenceRecord, to_json};
use crate::inspect::Inspection;
use crate::sources::Id;

/// Hashes of one image, and what the lists have of it.
#[derive(Serialize)]
struct MatchRecord<'a> {
    schema: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Id>,
    verdict: &'static str,
    action: &'static str,
    because: &'a [&'static str],
    evidence: Vec<EvidenceRecord<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorRecord<'a>>,
}

/// What was found by hashes alone, as one line with its end, with the caller's id.
pub fn match_line(id: Option<&Id>, inspection: &Inspection) -> Vec<u8> {
    let mut line = to_json(&MatchRecord {
        schema: record::VERSION,
        r#type: "match",
        id,
        verdict: inspection.verdict.finding.as_str(),
        action: inspection.verdict.action.as_str(),
        because: &inspection.verdict.because,
        evidence: record::evidences(inspection),
        errors: record::errors(inspection),
    });
    line.push(b'\n');
    line
}
