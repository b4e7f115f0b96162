//! JSON Lines: a record a line, then a summary.

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
        let mut line = to_json(&ImageRecord::new(name, inspection));
        line.push(b'\n');
        line
    }

    fn tail(&self, summary: &Summary) -> Vec<u8> {
        let mut line = to_json(&SummaryRecord::new(summary));
        line.push(b'\n');
        line
    }
}
