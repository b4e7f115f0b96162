//! Parquet: a row an input, in columns, for databases and data frames.
//!
//! Rows wait until there are enough for a group, so that what is in memory is bounded however many there are.

mod columns;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::named::{claim_generator, listed, tool};
use super::record::{evidence_json, signals_json, telling};
use super::{Assembly, Report, ReportKind, ReportOptions};
use crate::inspect::{Inspection, SignalState};
use crate::scan::Summary;
use crate::sources::Name;
use columns::Columns;

pub(super) const KIND: ReportKind = ReportKind {
    name: "parquet",
    about: "a Parquet table: one row an input, its evidence as JSON",
    make,
};

fn make(_: ReportOptions) -> Box<dyn Report> {
    Box::new(Table)
}

/// Most rows of a group.
const MOST_ROWS: usize = 50_000;

/// Most bytes of rows that wait, as rendered.
const MOST_BYTES: usize = 32 << 20;

/// What the columns are called, in their order: those of CSV, and the evidence.
const SCHEMA: &str = "message provscan {
    required binary path (UTF8);
    required binary verdict (UTF8);
    required binary action (UTF8);
    required group because (LIST) { repeated group list { required binary element (UTF8); } }
    optional binary strength (UTF8);
    optional binary media_type (UTF8);
    optional int64 width;
    optional int64 height;
    optional int64 bytes;
    optional binary sha256 (UTF8);
    required group errors (LIST) { repeated group list { required binary element (UTF8); } }
    optional binary group (UTF8);
    optional int64 group_size;
    required binary evidence (UTF8);
    optional binary pixels (UTF8);
    required group list (LIST) { repeated group list { required binary element (UTF8); } }
    required group entry (LIST) { repeated group list { required binary element (UTF8); } }
    optional int64 distance;
    optional binary tool (UTF8);
    optional binary claim_generator (UTF8);
    required binary signals (UTF8);
    required binary not_applicable (UTF8);
}";

/// One input, on its way from where it is rendered to where the table is put together.
#[derive(Serialize, Deserialize)]
struct Row {
    path: String,
    verdict: String,
    action: String,
    because: Vec<String>,
    strength: Option<String>,
    media_type: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    bytes: Option<i64>,
    sha256: Option<String>,
    errors: Vec<String>,
    group: Option<String>,
    group_size: Option<i64>,
    evidence: String,
    pixels: Option<String>,
    /// Of each match on a list, as its entry.
    list: Vec<String>,
    entry: Vec<String>,
    /// The least of all matches.
    distance: Option<i64>,
    tool: Option<String>,
    claim_generator: Option<String>,
    signals: String,
    not_applicable: String,
}

impl Row {
    fn new(name: &Name, inspection: &Inspection) -> Self {
        let verdict = &inspection.verdict;
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let listed = listed(inspection);
        let deciding = inspection.evidence.iter();
        let strength = deciding
            .filter(|one| verdict.because.contains(&one.code.name))
            .map(|one| one.strength)
            .max();
        Self {
            path: name.to_text(),
            verdict: verdict.finding.to_string(),
            action: verdict.action.to_string(),
            because: verdict
                .because
                .iter()
                .map(|&code| code.to_owned())
                .collect(),
            strength: strength.map(|strength| strength.to_string()),
            media_type: inspection.media_type.map(str::to_owned),
            width: inspection.dimensions.map(|(width, _)| width.into()),
            height: inspection.dimensions.map(|(_, height)| height.into()),
            bytes: inspection.bytes.map(number),
            sha256: inspection.sha256.clone(),
            errors: inspection
                .faults
                .iter()
                .map(|fault| fault.message.clone())
                .collect(),
            group: inspection.group.as_ref().map(|group| group.id.clone()),
            group_size: inspection.group.as_ref().map(|group| number(group.size)),
            evidence: evidence_json(inspection),
            pixels: telling(inspection.pixels).map(str::to_owned),
            list: listed.iter().map(|one| one.list.to_owned()).collect(),
            entry: listed.iter().map(|one| one.entry.to_owned()).collect(),
            distance: listed.iter().filter_map(|one| one.distance).min(),
            tool: tool(inspection).map(str::to_owned),
            claim_generator: claim_generator(inspection).map(str::to_owned),
            signals: signals_json(inspection),
            not_applicable: reasons(inspection),
        }
    }
}

/// Why signals did not apply, as JSON.
fn reasons(inspection: &Inspection) -> String {
    let reason = |(name, state): &(&'static str, SignalState)| match state {
        SignalState::NotApplicable(why) => Some(((*name).to_owned(), Json::from(*why))),
        _ => None,
    };
    let all: Map<String, Json> = inspection.signals.iter().filter_map(reason).collect();
    Json::from(all).to_string()
}

struct Table;

impl Report for Table {
    fn record(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        // Serialising this type to memory does not fail.
        serde_json::to_vec(&Row::new(name, inspection)).unwrap_or_default()
    }

    /// The footer is in the assembly; a row for totals would be taken for an input.
    fn tail(&self, _: &Summary) -> Vec<u8> {
        Vec::new()
    }

    fn assembly(&self) -> Box<dyn Assembly + '_> {
        Box::new(Groups::default())
    }
}

#[derive(Default)]
struct Groups {
    written: Written,
    /// There from the beginning to the end of the report.
    table: Option<SerializedFileWriter<Written>>,
    columns: Columns,
    rows: usize,
    bytes: usize,
}

impl Groups {
    /// Writes the rows that wait.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        let columns = std::mem::take(&mut self.columns);
        (self.rows, self.bytes) = (0, 0);
        let Some(table) = &mut self.table else {
            return Ok(());
        };
        let mut group = table.next_row_group()?;
        columns.write(&mut group)?;
        group.close()?;
        Ok(())
    }
}

impl Assembly for Groups {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let schema = parse_message_type(SCHEMA).map_err(io::Error::other)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let table =
            SerializedFileWriter::new(self.written.clone(), Arc::new(schema), Arc::new(properties));
        self.table = Some(table.map_err(io::Error::other)?);
        self.written.pass_on(out)
    }

    fn add(&mut self, record: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let row: Row = serde_json::from_slice(record)?;
        self.columns.add(row);
        self.rows += 1;
        self.bytes += record.len();
        if self.rows < MOST_ROWS && self.bytes < MOST_BYTES {
            return Ok(());
        }
        self.write_group().map_err(io::Error::other)?;
        self.written.pass_on(out)
    }

    fn end(&mut self, _: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group().map_err(io::Error::other)?;
        }
        if let Some(table) = self.table.take() {
            table.close().map_err(io::Error::other)?;
        }
        self.written.pass_on(out)
    }
}

/// Bytes on their way from the table's writer, which wants to own where it writes to.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn pass_on(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
