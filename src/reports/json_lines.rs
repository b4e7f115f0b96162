//! JSON Lines: a record a line, then a summary.

use serde::Serialize;

use super::record::{ImageRecord, SummaryRecord, to_json};
use super::{Report, ReportKind};
use crate::inspect::Inspection;
use crate::scan::Summary;
use crate::sources::Name;

pub(super) const KIND: ReportKind = ReportKind {
    name: "jsonl",
    about: "JSON Lines: one record a line, then a summary",
    make: |_| Box::new(JsonLines),
};

struct JsonLines;

impl Report for JsonLines {
    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        record_line(name, inspection)
    }

    fn tail(&self, summary: &Summary) -> Vec<u8> {
        summary_line(summary)
    }
}

/// One input's record, as one line with its end. [`read_record`](super::read_record) reads it back.
pub fn record_line(name: &Name, inspection: &Inspection) -> Vec<u8> {
    line(&ImageRecord::new(name, inspection))
}

/// The summary, as one line with its end.
pub fn summary_line(summary: &Summary) -> Vec<u8> {
    line(&SummaryRecord::new(summary))
}

fn line(record: &impl Serialize) -> Vec<u8> {
    let mut line = to_json(record);
    line.push(b'\n');
    line
}
