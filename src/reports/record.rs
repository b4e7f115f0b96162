//! The record `provscan/1`: the contract with everything downstream. `schema.json` beside this file is its JSON Schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::ser::Serializer;

use crate::asset::PixelState;
use crate::evidence::{Action, Evidence, Value};
use crate::fingerprints::Kind;
use crate::inspect::{Inspection, SignalState};
use crate::policy::Finding;
use crate::reports::safe::safe_json;
use crate::scan::Summary;
use crate::sources::{Id, Name};

/// The JSON Schema of every record.
pub const SCHEMA: &str = include_str!("schema.json");

/// The name and version of the contract.
pub(crate) const VERSION: &str = "provscan/1";

/// One input.
#[derive(Serialize)]
pub(super) struct ImageRecord<'a> {
    schema: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Id>,
    path: Path<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    looked_up: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pixels: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    verdict: &'static str,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_on_evidence: Option<&'static str>,
    because: &'a [&'static str],
    evidence: Vec<EvidenceRecord<'a>>,
    signals: Signals<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorRecord<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<Path<'a>>,
}

#[derive(Serialize)]
struct GroupRecord<'a> {
    id: &'a str,
    size: u64,
}

/// A path: text where it is text, else its exact bytes.
#[derive(Serialize)]
#[serde(untagged)]
enum Path<'a> {
    Text(&'a str),
    Bytes { bytes: String },
}

#[derive(Serialize)]
pub(super) struct EvidenceRecord<'a> {
    code: &'static str,
    signal: &'static str,
    claim: &'static str,
    strength: &'static str,
    summary: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    asks_for: Option<&'static str>,
    #[serde(skip_serializing_if = "Detail::is_empty")]
    detail: Detail<'a>,
}

#[derive(Serialize)]
pub(super) struct ErrorRecord<'a> {
    kind: &'static str,
    message: &'a str,
}

/// Particulars in the order in which the signal gave them.
struct Detail<'a>(&'a [(&'static str, Value)]);

/// One particular.
struct Particular<'a>(&'a Value);

impl Detail<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, Particular(value))))
    }
}

impl Serialize for Particular<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i64(*number),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Texts(texts) => serializer.collect_seq(texts),
            Value::Record(fields) => Detail(fields).serialize(serializer),
            Value::Records(records) => serializer.collect_seq(records.iter().map(Particular)),
        }
    }
}

/// The particulars of a piece of evidence, to be serialised.
pub(super) fn detail(evidence: &Evidence) -> impl Serialize + '_ {
    Detail(&evidence.detail)
}

/// The evidence of a record, as JSON by itself.
#[cfg(feature = "parquet")]
pub(super) fn evidence_json(inspection: &Inspection) -> String {
    let records: Vec<_> = inspection.evidence.iter().map(evidence).collect();
    safe_json(serde_json::to_string(&records).unwrap_or_default())
}

/// How each signal fared, as JSON by itself.
#[cfg(feature = "parquet")]
pub(super) fn signals_json(inspection: &Inspection) -> String {
    serde_json::to_string(&Signals(&inspection.signals)).unwrap_or_default()
}

struct Signals<'a>(&'a [(&'static str, SignalState)]);

impl Serialize for Signals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, state)| (name, state.as_str())))
    }
}

impl<'a> ImageRecord<'a> {
    pub(super) fn new(name: &'a Name, inspection: &'a Inspection) -> Self {
        let request = inspection.request.as_deref();
        let looked_up = request.map_or(&[][..], |request| &request.looked_up);
        Self {
            schema: VERSION,
            r#type: "image",
            id: name
                .id()
                .or(request.and_then(|request| request.id.as_ref())),
            path: path(name),
            looked_up: looked_up.iter().map(Kind::to_string).collect(),
            bytes: inspection.bytes,
            media_type: inspection.media_type,
            width: inspection.dimensions.map(|(width, _)| width),
            height: inspection.dimensions.map(|(_, height)| height),
            pixels: telling(inspection.pixels),
            sha256: inspection.sha256.as_deref(),
            verdict: inspection.verdict.finding.as_str(),
            action: inspection.verdict.action.as_str(),
            action_on_evidence: milder(inspection),
            because: &inspection.verdict.because,
            evidence: evidences(inspection),
            signals: Signals(&inspection.signals),
            errors: errors(inspection),
            notes: &inspection.notes,
            group: inspection.group.as_ref().map(|group| GroupRecord {
                id: &group.id,
                size: group.size,
            }),
            key: request.and_then(|request| request.key.as_deref()),
            moved_to: inspection.moved_to.as_ref().map(path),
        }
    }
}

/// All evidence.
pub(super) fn evidences(inspection: &Inspection) -> Vec<EvidenceRecord<'_>> {
    inspection.evidence.iter().map(evidence).collect()
}

/// All that kept it from being checked.
pub(super) fn errors(inspection: &Inspection) -> Vec<ErrorRecord<'_>> {
    let records = inspection.faults.iter().map(|fault| ErrorRecord {
        kind: fault.kind.as_str(),
        message: &fault.message,
    });
    records.collect()
}

/// The action that evidence alone asks for, where a failed check raised it. Where no evidence decides, it asks for nothing.
fn milder(inspection: &Inspection) -> Option<&'static str> {
    let verdict = &inspection.verdict;
    let raised = !verdict.because.is_empty() && verdict.action_on_evidence != verdict.action;
    raised.then(|| verdict.action_on_evidence.as_str())
}

/// The word for what became of the pixels, where a reader has to know.
pub(super) fn telling(state: PixelState) -> Option<&'static str> {
    state.is_telling().then(|| state.as_str())
}

fn path(name: &Name) -> Path<'_> {
    match name.as_str() {
        Some(text) => Path::Text(text),
        None => Path::Bytes {
            bytes: STANDARD.encode(name.as_os_str().as_encoded_bytes()),
        },
    }
}

fn evidence(evidence: &Evidence) -> EvidenceRecord<'_> {
    EvidenceRecord {
        code: evidence.code.name,
        signal: crate::signals::code(evidence.code.name).map_or("", |(kind, _)| kind.name),
        claim: evidence.claim().as_str(),
        strength: evidence.strength.as_str(),
        summary: evidence.code.summary,
        asks_for: evidence.asks_for.map(Action::as_str),
        detail: Detail(&evidence.detail),
    }
}

/// The end of a stream.
#[derive(Serialize)]
pub(super) struct SummaryRecord {
    schema: &'static str,
    r#type: &'static str,
    inputs: u64,
    bytes: u64,
    incomplete: u64,
    other_files: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    interrupted: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quarantined: Vec<QuarantinedRecord>,
    verdicts: Counts,
    actions: Counts,
}

/// Counts by word, in the order of the vocabulary.
struct Counts(Vec<(&'static str, u64)>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(word, count)| (word, count)))
    }
}

impl SummaryRecord {
    pub(super) fn new(summary: &Summary) -> Self {
        Self {
            schema: VERSION,
            r#type: "summary",
            inputs: summary.inputs,
            bytes: summary.bytes,
            incomplete: summary.incomplete,
            other_files: summary.other_files,
            interrupted: summary.interrupted,
            quarantined: summary
                .quarantined
                .iter()
                .map(|one| QuarantinedRecord {
                    list: one.list.clone(),
                    entry: one.entry.clone(),
                    hash: one.hash.clone(),
                    files: one.files,
                    set_aside: one.set_aside,
                })
                .collect(),
            verdicts: Counts(
                Finding::ALL
                    .iter()
                    .map(|(finding, word)| (*word, summary.count(*finding)))
                    .collect(),
            ),
            actions: Counts(
                Action::ALL
                    .iter()
                    .map(|(action, word)| {
                        (
                            *word,
                            summary.actions.get(action).copied().unwrap_or_default(),
                        )
                    })
                    .collect(),
            ),
        }
    }
}

/// An entry of a list that was set aside.
#[derive(Serialize)]
struct QuarantinedRecord {
    list: String,
    entry: String,
    hash: String,
    files: u64,
    set_aside: u64,
}

/// A record as JSON on one line. Serialising these types to memory does not fail.
pub(crate) fn to_json(record: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_string(record).unwrap_or_default();
    safe_json(json).into_bytes()
}
