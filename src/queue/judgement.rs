//! What requests are judged by: swapped as a whole when lists, trust or policy are others.

use std::sync::{Arc, PoisonError, RwLock};

use crate::asset::Limits;
use crate::audit::Auditor;
use crate::basis::Basis;
use crate::inspect::Inspector;
use crate::policy::Policy;
use crate::settings::Settings;

/// What requests are judged by.
#[derive(Clone)]
pub struct Judgement {
    pub(super) inspector: Arc<Inspector>,
    pub(super) limits: Limits,
    /// A digest of whatever answers depend on.
    pub(super) basis: String,
    pub(super) auditor: Option<Auditor>,
}

impl Judgement {
    /// That of an inspector that was made of these settings and this policy. Settings that follow one another share their
    /// limits, so that both keep to the same memory.
    pub fn new(inspector: Arc<Inspector>, settings: &Settings, policy: &Policy) -> Self {
        Self {
            inspector,
            limits: settings.limits.clone(),
            basis: Basis::of(settings, policy).key(),
            auditor: None,
        }
    }

    /// The same with a log that has every answer before it is published.
    #[must_use]
    pub fn audited(self, auditor: Option<Auditor>) -> Self {
        Self { auditor, ..self }
    }
}

/// The one that counts now. A message keeps the one that it began with.
pub(super) struct Current(RwLock<Arc<Judgement>>);

impl Current {
    pub(super) fn new(judgement: Judgement) -> Self {
        Self(RwLock::new(Arc::new(judgement)))
    }

    pub(super) fn get(&self) -> Arc<Judgement> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set(&self, judgement: Judgement) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(judgement);
    }
}
