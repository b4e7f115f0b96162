//! What many answers come to.

use std::collections::BTreeMap;

use super::Answer;
use crate::evidence::Action;
use crate::policy::Finding;
use crate::quarantine::Quarantined;

/// What a whole scan came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Inputs.
    pub inputs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Inputs that could not be checked, or not fully.
    pub incomplete: u64,
    /// Inputs that are no images, nor other media that are read, whatever was found in them.
    pub other_files: u64,
    /// Those of them that somebody asked for; they count as incomplete.
    pub other_files_asked_for: u64,
    /// Inputs that are video, sound or documents, and were checked as such.
    pub other_media: u64,
    /// Inputs by finding.
    pub findings: BTreeMap<Finding, u64>,
    /// Inputs by action.
    pub actions: BTreeMap<Action, u64>,
    /// The strongest action that evidence asked for.
    pub strongest: Option<Action>,
    /// Entries of lists that matched implausibly much and were set aside.
    pub quarantined: Vec<Quarantined>,
    /// Somebody stopped the scan before every input was begun.
    pub interrupted: bool,
}

impl Summary {
    /// Counts one more.
    pub fn add(&mut self, answer: &Answer) {
        self.inputs += 1;
        self.bytes += answer.bytes;
        self.incomplete += u64::from(answer.incomplete);
        self.other_files += u64::from(answer.no_image);
        self.other_files_asked_for += u64::from(answer.no_image && answer.incomplete);
        self.other_media += u64::from(answer.other_media);
        *self.findings.entry(answer.finding).or_default() += 1;
        *self.actions.entry(answer.action).or_default() += 1;
        self.strongest = self.strongest.max(Some(answer.action_on_evidence));
    }

    /// Of so many that have the same answer.
    #[cfg(feature = "sqlite")]
    pub(crate) fn of_many(answer: &Answer, count: u64) -> Self {
        let mut one = Self::default();
        if count > 0 {
            one.add(answer);
        }
        let times = |number: u64| number.saturating_mul(count);
        Self {
            inputs: times(one.inputs),
            bytes: times(one.bytes),
            incomplete: times(one.incomplete),
            other_files: times(one.other_files),
            other_files_asked_for: times(one.other_files_asked_for),
            other_media: times(one.other_media),
            findings: one.findings.into_keys().map(|key| (key, count)).collect(),
            actions: one.actions.into_keys().map(|key| (key, count)).collect(),
            strongest: one.strongest,
            ..Self::default()
        }
    }

    /// Adds what another scan came to.
    pub fn join(&mut self, other: Self) {
        self.inputs += other.inputs;
        self.bytes += other.bytes;
        self.incomplete += other.incomplete;
        self.other_files += other.other_files;
        self.other_files_asked_for += other.other_files_asked_for;
        self.other_media += other.other_media;
        for (finding, count) in other.findings {
            *self.findings.entry(finding).or_default() += count;
        }
        for (action, count) in other.actions {
            *self.actions.entry(action).or_default() += count;
        }
        self.strongest = self.strongest.max(other.strongest);
        self.quarantined.extend(other.quarantined);
        self.interrupted |= other.interrupted;
    }

    /// How many were found to be this.
    pub fn count(&self, finding: Finding) -> u64 {
        self.findings.get(&finding).copied().unwrap_or_default()
    }
}
