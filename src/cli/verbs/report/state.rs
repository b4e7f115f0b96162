//! A report of what a state holds, as it was judged or by other lists and another policy.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use provscan::inspect::{Inspector, Kept};
use provscan::lists::List;
use provscan::quarantine::QuarantineOptions;
use provscan::reports::ReplayError;
use provscan::scan::{Answer, Summary};
use provscan::state::{Basis, Judging, Replay, Stored};
use provscan::{Policy, Settings, SetupError};

use super::{Output, broke_off};
use crate::args::ReportArgs;
use crate::run::engine;

/// How states are gone through.
pub(super) struct States {
    lists: Vec<Arc<List>>,
    policy: Policy,
    /// The policy was named for this report.
    named: bool,
    gone: bool,
    /// Records are needed as they are stored.
    as_lines: bool,
    quarantine: QuarantineOptions,
}

/// A state that is reported.
pub(super) struct State {
    path: PathBuf,
    stored: Stored,
}

impl State {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            stored: Stored::open(path)?,
        })
    }
}

impl States {
    pub(super) fn new(args: &ReportArgs) -> anyhow::Result<Self> {
        let lists = match args.lists.is_empty() {
            true => Vec::new(),
            false => engine::lists(&args.lists, &args.threshold, args.keys.keys()?)?,
        };
        let policy = engine::policy_file(args.policy.as_deref());
        Ok(Self {
            lists,
            policy: engine::policy(policy.as_deref())?,
            named: args.policy.is_some(),
            gone: args.gone,
            as_lines: args.format == "jsonl" && args.select.is_empty() && !args.no_other_files,
            quarantine: QuarantineOptions {
                files: (args.quarantine > 0).then_some(args.quarantine),
                ..QuarantineOptions::default()
            },
        })
    }

    /// Hands on every record of a state.
    pub(super) fn replay(
        &self,
        state: &State,
        output: &mut Output<'_>,
    ) -> Result<Summary, ReplayError> {
        let again = self.again(&state.stored).map_err(io::Error::other)?;
        let judging = match &again {
            Some((inspector, basis)) => Judging::Again(inspector, basis, &self.policy),
            None if self.named => Judging::By(&self.policy),
            None => Judging::AsStored(&self.policy),
        };
        let group = output.groups();
        let how = Replay {
            judging,
            gone: self.gone,
            quarantine: self.quarantine,
            as_stored: group || self.as_lines,
            keep: group,
            render: output.render(),
        };
        let part = state
            .stored
            .replay(&how, |answer| output.take(answer, || kept(answer)))?;
        broke_off(&state.path, part.broken.as_deref());
        let doubted = !part.summary.quarantined.is_empty();
        if doubted && again.is_none() && !self.named && !state.stored.was_judged_by(&self.policy) {
            eprintln!(
                "provscan: {}: the scan had another policy than this report, by which what was set aside is judged; name it with --policy",
                state.path.display()
            );
        }
        Ok(part.summary)
    }

    /// What judges the records of a state by the lists that were named.
    fn again(&self, stored: &Stored) -> Result<Option<(Inspector, Basis)>, SetupError> {
        if self.lists.is_empty() {
            return Ok(None);
        }
        let settings = stored.as_scanned(Settings {
            lists: self.lists.clone(),
            ..Settings::default()
        });
        let basis = Basis::of(&settings, &self.policy);
        Ok(Some((
            Inspector::new(&settings, self.policy.clone())?,
            basis,
        )))
    }
}

/// What was kept of the image that an answer is of.
fn kept(answer: &Answer) -> Option<Kept> {
    Kept::from_bytes(answer.keep.as_deref()?).ok()
}
