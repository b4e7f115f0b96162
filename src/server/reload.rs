//! Loading again what changed. What there was stays where the new cannot be used.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::service::Service;
use crate::reload::Seen;

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

/// Looks after the files that things were loaded from.
#[derive(Default)]
pub(super) struct Looking(BTreeMap<What, Seen>);

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
            let seen = self.0.entry(what).or_default();
            if seen.have_changed(files(service, what)) {
                // It is logged, counted, and told by /readyz.
                let _ = self.load(service, what);
            }
        }
    }

    fn load(&mut self, service: &Service, what: What) -> Result<(), String> {
        if what == What::Tokens && service.options.tokens.is_none() {
            return Ok(());
        }
        let seen = self.0.entry(what).or_default();
        seen.loading(files(service, what));
        service.reload(what)
    }
}

fn files(service: &Service, what: What) -> &[PathBuf] {
    match what {
        What::Judgement => &service.options.files,
        What::Tokens => service.options.tokens.as_slice(),
    }
}
