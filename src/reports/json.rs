//! One JSON document: all records, then the summary.

use super::record::{ImageRecord, SummaryRecord, to_json};
use super::{Report, ReportKind};
use crate::inspect::Inspection;
use crate::scan::Summary;
use crate::sources::Name;

pub(super) const KIND: ReportKind = ReportKind {
    name: "json",
    about: "one JSON document with every record and a summary",
    make: |_| Box::new(Json),
};

struct Json;

impl Report for Json {
    fn head(&self) -> Vec<u8> {
        b"{\"schema\":\"provscan/1\",\"type\":\"report\",\"records\":[\n".to_vec()
    }

    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        to_json(&ImageRecord::new(name, inspection))
    }

    fn separator(&self) -> &'static [u8] {
        b",\n"
    }

    fn tail(&self, summary: &Summary) -> Vec<u8> {
        let mut tail = b"\n],\"summary\":".to_vec();
        tail.extend(to_json(&SummaryRecord::new(summary)));
        tail.extend(b"}\n");
        tail
    }
}
