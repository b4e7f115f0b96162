//! The audit log: who judged what, when, by which lists and policy, and with what result. JSON Lines that are only ever added
//! to, each chained to the one before by its hash, so that a change, a gap or another order shows.
//!
//! ```text
//! {"seq":7,"prev":"<hash of line 6>","type":"answer",…,"hash":"<SHA-256 of all before ,\"hash\">"}
//! ```
//!
//! An answer counts once [`Auditor::record`] has returned: its line is on the disk then. Several programs may write to one file.

mod auditor;
mod grounds;
mod line;
mod log;
mod tail;
mod verify;

use std::io;
use std::path::{Path, PathBuf};

pub use auditor::{AuditOptions, Auditor, Clock, Draft};
pub use grounds::{Grounds, Who};
pub use line::{Head, Key};
pub use tail::head_of;
pub use verify::{Found, Problem, Verifier};

/// The name and version of the form of a log.
const VERSION: &str = "provscan-audit/1";

/// Longest line that is read or written.
const MAX_LINE: usize = 4 << 20;

/// Why nothing can be added to a log, or why it cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct AuditError {
    path: PathBuf,
    message: String,
}

impl AuditError {
    fn new(path: &Path, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            message: message.into(),
        }
    }

    fn io(path: &Path, what: &str, error: &io::Error) -> Self {
        Self::new(path, format!("{what}: {error}"))
    }
}

impl From<AuditError> for io::Error {
    fn from(error: AuditError) -> Self {
        Self::other(error)
    }
}
