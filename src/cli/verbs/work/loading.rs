//! What a worker judges by, and loading it again when it is another.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use provscan::audit::Auditor;
use provscan::logs;
use provscan::queue::{Judge, Judgement};
use provscan::reload::Seen;
use provscan::{Limits, Settings};

use crate::args::WorkArgs;
use crate::run::engine::{self, Engine};
use crate::verbs::audit;

/// How often to look whether there was a signal.
const LOOK: Duration = Duration::from_millis(100);

/// Loads what a worker judges by.
pub(super) struct Loading<'a> {
    args: &'a WorkArgs,
    /// Shared by all that is loaded, so that the old and the new keep to the same memory.
    limits: Limits,
    files: Vec<PathBuf>,
    seen: Seen,
    /// The log, once it is open, with what answers rest on now.
    auditor: Option<Auditor>,
}

impl<'a> Loading<'a> {
    pub(super) fn new(args: &'a WorkArgs, threads: usize) -> Self {
        Self {
            args,
            limits: args.serving.limits.shared(threads),
            files: engine::files(&args.serving.engine),
            seen: Seen::default(),
            auditor: None,
        }
    }

    pub(super) fn load(&mut self) -> anyhow::Result<Judgement> {
        self.seen.loading(&self.files);
        let serving = &self.args.serving;
        let settings = Settings {
            thorough: self.args.thorough,
            ..serving.settings(self.limits.clone())
        };
        let engine = Engine::load(&serving.engine, settings)?;
        engine.warn_without_lists();
        self.auditor = audit::again(&serving.audit, self.auditor.as_ref(), &engine)?;
        let judgement = Judgement::new(engine.inspector, &engine.settings, &engine.policy);
        Ok(judgement.audited(self.auditor.clone()))
    }

    /// Loads again whenever files changed, or a signal asked for it, until the other end of `working` is gone.
    pub(super) fn keep_up(mut self, judge: &Judge, asked: &AtomicBool, working: &Receiver<()>) {
        let every = self.args.serving.reload_every();
        let mut looked = Instant::now();
        while working.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            let mut wanted = asked.swap(false, Ordering::Relaxed);
            if every.is_some_and(|every| looked.elapsed() >= every) {
                looked = Instant::now();
                wanted |= self.seen.have_changed(&self.files);
            }
            if wanted {
                self.again(judge);
            }
        }
    }

    /// Loads again. What cannot be loaded changes nothing.
    fn again(&mut self, judge: &Judge) {
        let loaded = self.load().map(|judgement| judge.replace(judgement));
        logs::loaded("lists", &loaded.map_err(|error| format!("{error:#}")));
    }
}
