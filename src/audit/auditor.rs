//! Whoever adds answers to a log: many threads at once, which share the time that a disk takes.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::grounds::{self, Grounds};
use super::line::{Head, Key};
use super::log::Log;
use super::{AuditError, head_of};
use crate::fingerprints::to_hex;
use crate::inspect::Inspection;
use crate::sources::Name;
use crate::trust::date::Moment;

/// Tells the time; the library has no clock.
pub type Clock = fn() -> SystemTime;

/// How a log is kept.
#[derive(Debug, Clone)]
pub struct AuditOptions<'a> {
    /// What seals records beside their hashes.
    pub key: Option<Key>,
    /// The log that a new one goes on from.
    pub after: Option<&'a Path>,
    /// Answers tell what inputs are called.
    pub names: bool,
    /// What time it is.
    pub clock: Clock,
}

/// Adds answers to a log. Clones add to the same one.
#[derive(Clone)]
pub struct Auditor {
    shared: Arc<Shared>,
    stated: Arc<Stated>,
}

/// An answer as it will stand in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft(String);

struct Shared {
    log: Mutex<Log>,
    waiting: Mutex<Waiting>,
    names: bool,
    clock: Clock,
}

/// Answers that are not on the disk yet.
#[derive(Default)]
struct Waiting {
    drafts: Vec<(Arc<Stated>, Draft)>,
    /// How many ever came.
    came: u64,
    /// How many of them are on the disk.
    kept: u64,
}

/// What answers rest on, and where a log has it.
struct Stated {
    grounds: Grounds,
    /// The hash of its record, in which file of the log.
    at: Mutex<Option<(u64, [u8; 32])>>,
}

impl Auditor {
    /// Opens a log, or begins one, and states in it what answers rest on.
    ///
    /// # Errors
    /// It cannot be written, is no log, or is damaged at its end; nothing should be answered then.
    pub fn open(
        path: &Path,
        options: AuditOptions<'_>,
        grounds: Grounds,
    ) -> Result<Self, AuditError> {
        let after = options.after.map(head_of).transpose()?;
        let log = Log::open(path, options.key, after.unwrap_or(Head::START))?;
        let shared = Shared {
            log: Mutex::new(log),
            waiting: Mutex::default(),
            names: options.names,
            clock: options.clock,
        };
        let auditor = Self {
            shared: Arc::new(shared),
            stated: Stated::new(grounds),
        };
        auditor.state()?;
        Ok(auditor)
    }

    /// The same log for answers that rest on something else: other lists, another policy.
    ///
    /// # Errors
    /// That could not be written.
    pub fn with(&self, grounds: Grounds) -> Result<Self, AuditError> {
        let auditor = Self {
            shared: Arc::clone(&self.shared),
            stated: Stated::new(grounds),
        };
        auditor.state()?;
        Ok(auditor)
    }

    /// Adds an answer; it may be given once this has returned. Of calls at the same time many wait for the disk together.
    ///
    /// # Errors
    /// It could not be written: the answer must not be given, nor any other from now on.
    pub fn record(&self, name: &Name, inspection: &Inspection) -> Result<(), AuditError> {
        self.stage(self.draft(name, inspection));
        self.commit()
    }

    /// How an answer will stand in the log.
    pub fn draft(&self, name: &Name, inspection: &Inspection) -> Draft {
        let name = self.shared.names.then_some(name);
        self.timed(&grounds::answer(name, inspection))
    }

    /// The same for an input whose answer was lost.
    pub fn lost(&self) -> Draft {
        self.timed(&grounds::lost())
    }

    /// Takes an answer that [`commit`](Self::commit) will bring to the disk; it must not be given before.
    pub fn stage(&self, draft: Draft) {
        let mut waiting = lock(&self.shared.waiting);
        waiting.drafts.push((Arc::clone(&self.stated), draft));
        waiting.came += 1;
    }

    /// Brings all that was staged until now to the disk.
    ///
    /// # Errors
    /// It could not be written: none of these answers must be given, nor any other from now on.
    pub fn commit(&self) -> Result<(), AuditError> {
        let upto = lock(&self.shared.waiting).came;
        // Whoever waits here for another one finds its own answers among those that were written.
        let mut log = lock(&self.shared.log);
        let (drafts, came) = {
            let mut waiting = lock(&self.shared.waiting);
            if waiting.kept >= upto {
                return Ok(());
            }
            (std::mem::take(&mut waiting.drafts), waiting.came)
        };
        let time = self.time();
        log.append(&time, |chain, file| {
            for (stated, draft) in &drafts {
                let settings =
                    stated.in_file(file, &time, |fields| chain.add("settings", fields))?;
                let fields = format!("\"settings\":\"{}\",{}", to_hex(&settings), draft.0);
                chain.add("answer", &fields)?;
            }
            Ok(())
        })?;
        lock(&self.shared.waiting).kept = came;
        Ok(())
    }

    /// Writes down what answers rest on.
    fn state(&self) -> Result<(), AuditError> {
        let time = self.time();
        lock(&self.shared.log).append(&time, |chain, file| {
            self.stated
                .in_file(file, &time, |fields| chain.add("settings", fields))
                .map(drop)
        })
    }

    fn timed(&self, fields: &str) -> Draft {
        Draft(format!("\"time\":\"{}\",{fields}", self.time()))
    }

    fn time(&self) -> String {
        Moment::from((self.shared.clock)()).to_string()
    }
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = lock(&self.shared.log).path().to_owned();
        f.debug_tuple("Auditor").field(&path).finish()
    }
}

impl Draft {
    /// Its text, to be carried along with a rendered answer.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A draft that was carried along.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Stated {
    fn new(grounds: Grounds) -> Arc<Self> {
        Arc::new(Self {
            grounds,
            at: Mutex::default(),
        })
    }

    /// The hash of its record in this file of the log, where it is added if it is not there.
    fn in_file(
        &self,
        file: u64,
        time: &str,
        add: impl FnOnce(&str) -> Result<[u8; 32], String>,
    ) -> Result<[u8; 32], String> {
        let mut at = lock(&self.at);
        if let Some((_, hash)) = at.filter(|(in_file, _)| *in_file == file) {
            return Ok(hash);
        }
        let hash = add(&format!("\"time\":\"{time}\",{}", self.grounds.fields()))?;
        *at = Some((file, hash));
        Ok(hash)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
