//! `--audit`: no answer is given before its line in the audit log is on the disk. Answers that come close after one another go
//! there together.

use std::io;

use provscan::Inspection;
use provscan::audit::{AuditError, Auditor, Draft};
use provscan::scan::Answer;
use provscan::sources::Name;

use crate::exit::Exit;

/// Answers that wait for the disk are at most so many, and have so many bytes.
const MOST: usize = 1024;
const MOST_BYTES: usize = 4 << 20;

/// What makes a record, with what the log will have of it before.
pub(super) fn with_draft(
    auditor: Option<&Auditor>,
    render: impl Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync + 'static,
) -> impl Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync + 'static {
    let auditor = auditor.cloned();
    move |name: &Name, inspection: &Inspection| {
        let record = render(name, inspection);
        match &auditor {
            None => record,
            Some(auditor) => {
                let draft = auditor.draft(name, inspection);
                let draft = draft.as_str().as_bytes();
                let len = (draft.len() as u64).to_le_bytes();
                [&len, draft, &record].concat()
            }
        }
    }
}

/// A draft, and the record behind it.
fn parted(rendered: &[u8]) -> Option<(Draft, &[u8])> {
    let (len, rest) = rendered.split_first_chunk()?;
    let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
    let (draft, record) = rest.split_at_checked(len)?;
    Some((Draft::from_text(std::str::from_utf8(draft).ok()?), record))
}

/// Answers on their way through the log.
pub(super) struct Auditing {
    auditor: Auditor,
    /// With the exit, if the answers until there were all.
    waiting: Vec<(Answer, Exit)>,
    bytes: usize,
}

impl Auditing {
    pub(super) fn new(auditor: Auditor) -> Self {
        Self {
            auditor,
            waiting: Vec::new(),
            bytes: 0,
        }
    }

    /// Takes an answer in; tells whether so many wait that they should go on.
    pub(super) fn take(&mut self, answer: &Answer, seen: Exit) -> bool {
        let (draft, record) =
            parted(&answer.rendered).unwrap_or_else(|| (self.auditor.lost(), &[]));
        self.auditor.stage(draft);
        let held = Answer {
            rendered: record.to_vec(),
            keep: answer.keep.clone(),
            doubtful: None,
            ..*answer
        };
        self.bytes += held.rendered.len() + held.keep.as_ref().map_or(0, Vec::len);
        self.waiting.push((held, seen));
        self.waiting.len() >= MOST || self.bytes >= MOST_BYTES
    }

    /// Brings what waits to the log, after which it may be given.
    pub(super) fn through(&mut self) -> io::Result<Vec<(Answer, Exit)>> {
        if self.waiting.is_empty() {
            return Ok(Vec::new());
        }
        self.auditor.commit()?;
        self.bytes = 0;
        Ok(std::mem::take(&mut self.waiting))
    }
}

/// Whether an error is that of an audit log, which says itself what it is about.
pub(super) fn is_of_a_log(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|error| error.is::<AuditError>())
}
