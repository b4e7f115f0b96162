//! Loading again what changed. What there was stays where the new cannot be used.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::service::Service;

/// What is loaded, each as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Lists, trust and policy.
    Judgement,
    /// Tokens: they change also where a list cannot be used.
    Tokens,
}

impl What {
    pub(super) const ALL: [Self; 2] = [Self::Judgement, Self::Tokens];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Judgement => "lists",
            Self::Tokens => "tokens",
        }
    }
}

/// How loading went until now.
#[derive(Debug, Default)]
pub(super) struct Reloads(Mutex<BTreeMap<What, Tries>>);

#[derive(Debug, Default)]
struct Tries {
    good: u64,
    bad: u64,
    /// Why the last one failed.
    failed: Option<String>,
}

impl Reloads {
    pub(super) fn note(&self, what: What, error: Option<&String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = all.entry(what).or_default();
        match error {
            Some(_) => tries.bad += 1,
            None => tries.good += 1,
        }
        tries.failed = error.cloned();
    }

    /// How often each was loaded, with how that went.
    pub(super) fn counts(&self) -> Vec<(&'static str, &'static str, u64)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let each = all.iter().flat_map(|(what, tries)| {
            let what = what.as_str();
            [(what, "ok", tries.good), (what, "failed", tries.bad)]
        });
        each.collect()
    }

    /// Of each, why the last try failed, if it did.
    pub(super) fn failed(&self) -> Vec<(&'static str, Option<String>)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let each = all.iter();
        each.map(|(what, tries)| (what.as_str(), tries.failed.clone()))
            .collect()
    }
}

/// What tells of a file that it changed: when it was written, and its length.
type Stamps = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Looks after the files that things were loaded from.
#[derive(Default)]
pub(super) struct Looking(BTreeMap<What, Seen>);

#[derive(Default)]
struct Seen {
    /// At the last time that it was loaded, just before.
    loaded: Stamps,
    /// At the last look, where that was otherwise: a file that is still being written changes again.
    changing: Option<Stamps>,
}

impl Looking {
    /// Loads everything.
    ///
    /// # Errors
    /// One of them could not be.
    pub(super) fn load_all(&mut self, service: &Service) -> Result<(), String> {
        let results = What::ALL.map(|what| self.load(service, what));
        results.into_iter().collect()
    }

    /// Loads what changed, and has stayed so since the last look.
    pub(super) fn look(&mut self, service: &Service) {
        for what in What::ALL {
            let now = stamps(files(service, what));
            let seen = self.0.entry(what).or_default();
            if now == seen.loaded {
                seen.changing = None;
            } else if seen.changing.as_ref() == Some(&now) {
                // It is logged, counted, and told by /readyz.
                let _ = self.load(service, what);
            } else {
                seen.changing = Some(now);
            }
        }
    }

    fn load(&mut self, service: &Service, what: What) -> Result<(), String> {
        if what == What::Tokens && service.options.tokens.is_none() {
            return Ok(());
        }
        // Before: what changes meanwhile is seen by the next look.
        let seen = self.0.entry(what).or_default();
        seen.loaded = stamps(files(service, what));
        seen.changing = None;
        service.reload(what)
    }
}

fn files(service: &Service, what: What) -> &[PathBuf] {
    match what {
        What::Judgement => &service.options.files,
        What::Tokens => service.options.tokens.as_slice(),
    }
}

/// The stamps of files, and of what lies in folders.
fn stamps(files: &[PathBuf]) -> Stamps {
    let mut stamps = Stamps::new();
    for file in files {
        stamps.insert(file.clone(), stamp(file));
        let within = fs::read_dir(file).into_iter().flatten().flatten();
        stamps.extend(within.map(|entry| (entry.path(), stamp(&entry.path()))));
    }
    stamps
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
