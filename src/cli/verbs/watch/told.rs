//! What the log tells of files that were judged.

use provscan::logs::{may_name, millis};
use provscan::reports::{Line, read_record};
use provscan::scan::Answer;
use tracing::info;

/// Tells of an answer.
pub(crate) fn judged(answer: &Answer) {
    info!(
        ms = millis(answer.took),
        bytes = answer.bytes,
        verdict = answer.finding.as_str(),
        action = answer.action.as_str(),
        name = name(&answer.rendered),
        "judged"
    );
}

/// The name in a record, where it may be told.
fn name(record: &[u8]) -> Option<String> {
    if !may_name() {
        return None;
    }
    match read_record(record).ok()? {
        Line::Image(name, _) => Some(name.to_text()),
        Line::Summary(_) => None,
    }
}
