//! What was found of an image so far, while signals look at it.

use super::faults::{add, checked};
use super::{Inspection, SignalState};
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::policy::Policy;
use crate::signals::{Compared, Outcome};

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) evidence: Vec<Evidence>,
    pub(super) states: Vec<(&'static str, SignalState)>,
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<String>,
}

impl Found {
    /// Takes up what came of a signal.
    pub(super) fn add(&mut self, name: &str, outcome: Outcome) {
        let state = match outcome {
            Outcome::Found(found) => {
                self.evidence.extend(found);
                SignalState::Found
            }
            Outcome::Nothing => SignalState::Nothing,
            Outcome::NotApplicable(why) => SignalState::NotApplicable(why),
            Outcome::Failed(found, fault) => {
                self.evidence.extend(found);
                add(&mut self.faults, fault);
                SignalState::Failed
            }
        };
        if let Some(own) = self.states.iter_mut().find(|(own, _)| *own == name) {
            own.1 = state;
        }
    }

    /// Takes up what came of comparing prints.
    pub(super) fn add_compared(&mut self, name: &str, compared: Compared) {
        for note in compared.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        self.add(name, compared.outcome);
    }
    /// What all of it comes to; of the file itself nothing is said yet.
    pub(super) fn judged_by(self, policy: &Policy) -> Inspection {
        let verdict = policy.judge(&self.evidence, checked(&self.faults));
        Inspection {
            evidence: self.evidence,
            signals: self.states,
            faults: self.faults,
            notes: self.notes,
            ..Inspection::unknown(verdict)
        }
    }
}
