//! Puts a log together: results go out as they come, artifacts and notifications stand behind them.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde_json::json;
use tempfile::SpooledTempFile;

use super::Sarif;
use crate::reports::{Assembly, Report};
use crate::scan::Summary;

/// SARIF keeps artifacts and notifications apart from results, so they wait, in memory up to
/// here and then in a file without a name.
const IN_MEMORY: usize = 1 << 20;

/// Members of an array that is written later.
struct Later {
    members: SpooledTempFile,
    any: bool,
}

impl Default for Later {
    fn default() -> Self {
        Self {
            members: SpooledTempFile::new(IN_MEMORY),
            any: false,
        }
    }
}

impl Later {
    fn add(&mut self, members: &[u8]) -> io::Result<()> {
        if members.is_empty() {
            return Ok(());
        }
        if std::mem::replace(&mut self.any, true) {
            self.members.write_all(b",\n")?;
        }
        self.members.write_all(members)
    }

    fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.members.seek(SeekFrom::Start(0))?;
        let mut piece = vec![0; 1 << 16];
        loop {
            match self.members.read(&mut piece)? {
                0 => return Ok(()),
                read => out.write_all(piece.get(..read).unwrap_or_default())?,
            }
        }
    }
}

/// The parts of a log, on their way to their places.
pub(super) struct Parts<'a> {
    report: &'a Sarif,
    results: u64,
    artifacts: Later,
    /// Which artifacts there are, by their hashes: SARIF wants each once, and stored scans that are joined may overlap.
    seen: HashSet<u64>,
    notifications: Later,
}

impl<'a> Parts<'a> {
    pub(super) fn new(report: &'a Sarif) -> Self {
        Self {
            report,
            results: 0,
            artifacts: Later::default(),
            seen: HashSet::new(),
            notifications: Later::default(),
        }
    }
}

impl Assembly for Parts<'_> {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.report.head())
    }

    fn add(&mut self, record: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let mut parts = record.split(|byte| *byte == b'\n');
        let mut next = || parts.next().unwrap_or_default();
        let (results, artifact, notifications) = (next(), next(), next());
        if !results.is_empty() {
            if self.results > 0 {
                out.write_all(b",\n")?;
            }
            self.results += 1;
            out.write_all(results)?;
        }
        if self.seen.insert(xxhash_rust::xxh3::xxh3_64(artifact)) {
            self.artifacts.add(artifact)?;
        }
        self.notifications.add(notifications)
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n],\"artifacts\":[\n")?;
        self.artifacts.write(out)?;
        let successful = summary.incomplete == 0 && !summary.interrupted;
        write!(
            out,
            "\n],\"invocations\":[{{\"executionSuccessful\":{successful},\"toolExecutionNotifications\":[\n"
        )?;
        self.notifications.write(out)?;
        let totals = json!({"inputs": summary.inputs, "incomplete": summary.incomplete, "otherFiles": summary.other_files});
        writeln!(out, "\n]}}],\"properties\":{totals}}}]}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_written_in_its_order() {
        let mut later = Later::default();
        let long = vec![b'7'; IN_MEMORY];
        for members in [&b"1"[..], b"", &long, b"3"] {
            later.add(members).unwrap();
        }
        let mut out = Vec::new();
        later.write(&mut out).unwrap();
        assert_eq!(out, [b"1,\n", &long[..], b",\n3"].concat());
    }
}
