//! Exit codes: what a script needs to know of the answer.

use std::io;
use std::process::ExitCode;

use provscan::evidence::Action;
use provscan::scan::Summary;

use crate::logs;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was checked and nothing reached `--fail-on`.
    Clear = 0,
    /// At least one image reached it.
    Flagged = 1,
    /// Wrong usage or set-up, or the results could not be written.
    Setup = 2,
    /// Nothing reached it, but some inputs could not be checked, or not fully.
    Incomplete = 3,
    /// Interrupted before every input was checked: what a shell says of a program that ended by control-C.
    Interrupted = 130,
}

impl Exit {
    /// The exit of a scan. Only evidence reaches `--fail-on`; what could not be checked has a code of its own.
    pub(crate) fn of(summary: &Summary, fail_on: Option<Action>) -> Self {
        if summary.interrupted {
            return Self::Interrupted;
        }
        Self::of_stored(summary, fail_on)
    }

    /// The exit of a report: nobody interrupted that, but what an interrupted scan did not check is not checked.
    pub(crate) fn of_stored(summary: &Summary, fail_on: Option<Action>) -> Self {
        let flagged = fail_on.is_some_and(|least| summary.strongest >= Some(least));
        match (flagged, summary.interrupted || summary.incomplete > 0) {
            (true, _) => Self::Flagged,
            (false, false) => Self::Clear,
            (false, true) => Self::Incomplete,
        }
    }
}

/// The process's exit code; an error is told on standard error first. A reader that stopped reading is no error.
pub(crate) fn code(result: anyhow::Result<Exit>) -> ExitCode {
    let exit = result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            return Exit::Clear;
        }
        // Where nobody can be told, the exit code still tells.
        logs::fail(format_args!("{error:#}"));
        Exit::Setup
    });
    ExitCode::from(exit as u8)
}

/// Whether the reader of our output went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    })
}
