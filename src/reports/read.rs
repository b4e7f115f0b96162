//! Records read back: a line of `jsonl` becomes the answer that it was written from.
//!
//! What a record does not hold is not known any more: what was kept back as personal, why a signal did not
//! apply, and in a summary what only exit codes need.

mod keys;
mod values;
mod vocabulary;
mod wire;

use std::ffi::OsString;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::safe;
use crate::asset::{Format, PixelState};
use crate::error::Fault;
use crate::evidence::{Action, Evidence};
use crate::inspect::{self, Group, Inspection, Requested};
use crate::policy::Verdict;
use crate::quarantine::Quarantined;
use crate::scan::Summary;
use crate::sources::Name;
use wire::{EvidenceWire, GroupWire, PathWire, QuarantinedWire, Type, Wire};

/// The longest line that is read, in bytes: far longer than any record.
pub const MAX_LINE: usize = 64 << 20;

/// What one line of `jsonl` says.
#[derive(Debug)]
pub enum Line {
    /// The record of one input.
    Image(Name, Box<Inspection>),
    /// The end of a scan. What its record does not hold is left at its default: `other_files_asked_for`, `other_media` and
    /// `strongest`.
    Summary(Summary),
}

/// Why a line is no record that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is longer than any record.
    #[error(
        "the line is longer than {MAX_LINE} bytes, which no record is; is this a report in the form jsonl?"
    )]
    TooLong,
    /// It ends before the record does.
    #[error("the record is cut off")]
    Cut,
    /// It is no record, or one that says what is not understood.
    #[error("column {column}: {message}")]
    Content {
        /// Counted from 1, in bytes.
        column: usize,
        /// What is wrong, safe to show.
        message: String,
    },
    /// A record without something that every record has.
    #[error("the record has no `{0}`")]
    Missing(&'static str),
    /// A field that holds what it cannot.
    #[error("`{field}` is not {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// What stands there in a record.
        expected: &'static str,
    },
}

/// Reads one line of `jsonl`, with or without its end. Written again, it is the same line.
///
/// # Errors
/// The line is no record of `provscan/1`, or one that only a newer version understands.
pub fn read_record(line: &[u8]) -> Result<Line, RecordError> {
    if line.len() > MAX_LINE {
        return Err(RecordError::TooLong);
    }
    let wire: Wire<'_> = serde_json::from_slice(line).map_err(|error| content(&error))?;
    match wire.r#type.0 {
        Type::Image => image(wire),
        Type::Summary => summary(wire).map(Line::Summary),
    }
}

/// What the JSON reader says, without the line, which is always the first here.
fn content(error: &serde_json::Error) -> RecordError {
    if error.is_eof() {
        return RecordError::Cut;
    }
    let whole = error.to_string();
    let message = whole
        .rsplit_once(" at line ")
        .map_or(whole.as_str(), |(message, _)| message);
    // It may quote what stands there, which may be long and is not ours.
    let mut message: String = message.chars().take(300).collect();
    if error.is_syntax() {
        message = format!(
            "this is no JSON ({message}); a stored scan is what `scan` writes in the form jsonl"
        );
    }
    RecordError::Content {
        column: error.column(),
        message: safe(&message).into_owned(),
    }
}

fn image(wire: Wire<'_>) -> Result<Line, RecordError> {
    let name = name(wire.path.ok_or(RecordError::Missing("path"))?)?;
    let finding = wire.verdict.ok_or(RecordError::Missing("verdict"))?.0;
    let action = wire.action.ok_or(RecordError::Missing("action"))?.0;
    let because = wire.because.ok_or(RecordError::Missing("because"))?;
    let evidence = wire.evidence.ok_or(RecordError::Missing("evidence"))?;
    let signals = wire.signals.ok_or(RecordError::Missing("signals"))?;
    let format: Option<Format> = wire.media_type.map(|format| format.0);
    let faults: Vec<Fault> = wire
        .errors
        .into_iter()
        .map(|error| Fault::new(error.kind.0, error.message))
        .collect();
    let request = Requested {
        id: wire.id,
        key: wire.key.map(key).transpose()?,
        looked_up: wire.looked_up.into_iter().map(|kind| kind.0).collect(),
        ..Requested::default()
    };
    let undecided = because.is_empty() && inspect::is_partly_checked(&faults);
    let unstated = if undecided { Action::Pass } else { action };
    Ok(Line::Image(
        name,
        Box::new(
            Inspection {
                bytes: wire.bytes,
                media_type: format.map(Format::media_type),
                media: format.map(Format::kind),
                dimensions: wire.width.zip(wire.height),
                // Of pixels that were decoded, and of those that nobody asked for, a record says nothing.
                pixels: wire.pixels.map_or(PixelState::NotNeeded, |state| state.0),
                sha256: wire.sha256.map(sha256).transpose()?,
                verdict: Verdict {
                    finding,
                    action,
                    because: because.into_iter().map(|code| code.0.name).collect(),
                    action_on_evidence: wire.action_on_evidence.map_or(unstated, |action| action.0),
                },
                evidence: evidence.into_iter().map(one).collect(),
                signals: signals
                    .0
                    .into_iter()
                    .map(|(s, state)| (s.0.name, state.0))
                    .collect(),
                faults,
                notes: wire.notes,
                group: wire.group.map(group).transpose()?,
                request: None,
                moved_to: wire.moved_to.map(self::name).transpose()?,
            }
            .answering(request),
        ),
    ))
}

fn name(path: PathWire<'_>) -> Result<Name, RecordError> {
    match path {
        PathWire::Text(text) => Ok(Name::new(text.into_owned())),
        PathWire::Bytes(encoded) => {
            let bytes = STANDARD.decode(encoded.as_bytes()).ok().and_then(exact);
            bytes.map(Name::new).ok_or(RecordError::Field {
                field: "path",
                expected: "a path: its bytes are not base64, or no path of this system",
            })
        }
    }
}

#[cfg(unix)]
fn exact(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn exact(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

fn sha256(hex: String) -> Result<String, RecordError> {
    match is_hex(&hex, 64) {
        true => Ok(hex),
        false => Err(RecordError::Field {
            field: "sha256",
            expected: "64 hex digits in lower case",
        }),
    }
}

fn key(hex: String) -> Result<String, RecordError> {
    match is_hex(&hex, 64) {
        true => Ok(hex),
        false => Err(RecordError::Field {
            field: "key",
            expected: "64 hex digits in lower case",
        }),
    }
}

fn group(wire: GroupWire) -> Result<Group, RecordError> {
    match is_hex(&wire.id, 16) {
        true => Ok(Group {
            id: wire.id,
            size: wire.size,
        }),
        false => Err(RecordError::Field {
            field: "group.id",
            expected: "16 hex digits in lower case",
        }),
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn one(wire: EvidenceWire) -> Evidence {
    Evidence {
        detail: wire
            .detail
            .0
            .into_iter()
            .map(|(key, value)| (key.0, value.0))
            .collect(),
        asks_for: wire.asks_for.map(|action| action.0),
        ..Evidence::new(wire.code.0, wire.strength.0)
    }
}

fn summary(wire: Wire<'_>) -> Result<Summary, RecordError> {
    let findings = wire.verdicts.ok_or(RecordError::Missing("verdicts"))?;
    let actions = wire.actions.ok_or(RecordError::Missing("actions"))?;
    Ok(Summary {
        inputs: wire.inputs.ok_or(RecordError::Missing("inputs"))?,
        bytes: wire.bytes.ok_or(RecordError::Missing("bytes"))?,
        incomplete: wire.incomplete.ok_or(RecordError::Missing("incomplete"))?,
        other_files: wire
            .other_files
            .ok_or(RecordError::Missing("other_files"))?,
        findings: counts(findings),
        actions: counts(actions),
        quarantined: wire.quarantined.into_iter().map(quarantined).collect(),
        interrupted: wire.interrupted,
        ..Summary::default()
    })
}

/// Counts as a scan makes them: what did not occur is not there.
fn counts<T: Ord>(
    wire: values::Pairs<vocabulary::Word<T>, u64>,
) -> std::collections::BTreeMap<T, u64> {
    let occurring = wire.0.into_iter().filter(|(_, count)| *count > 0);
    occurring.map(|(word, count)| (word.0, count)).collect()
}

fn quarantined(wire: QuarantinedWire) -> Quarantined {
    Quarantined {
        list: wire.list,
        entry: wire.entry,
        hash: wire.hash,
        files: wire.files,
        set_aside: wire.set_aside,
    }
}

#[cfg(test)]
mod tests;
