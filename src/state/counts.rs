//! What a summary counts of a record, as one number.

use std::time::Duration;

use crate::error::FaultKind;
use crate::evidence::Action;
use crate::inspect::{Inspection, SignalState};
use crate::policy::Finding;
use crate::quarantine;
use crate::scan::Answer;

/// What a summary counts of a record, and what decides whether the record is enough; one number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) finding: Finding,
    pub(super) action: Action,
    pub(super) action_on_evidence: Action,
    /// Something kept it from being checked fully.
    pub(super) failed: bool,
    pub(super) no_image: bool,
    pub(super) other_media: bool,
    /// What kept it from being checked may be gone the next time.
    pub(super) again: bool,
    /// It rests on a perceptual hash of a list, which other images may put into doubt.
    pub(super) doubtful: bool,
    /// How the lists of known images fared.
    pub(super) known: Known,
}

/// The state of the signal that asks the lists, as records have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    NotUsed,
    Nothing,
    NotApplicable,
    Found,
    Failed,
}

/// Every state with its word, in the order of their numbers.
const KNOWN: [(Known, &str); 5] = [
    (Known::NotUsed, "not-used"),
    (Known::Nothing, "nothing"),
    (Known::NotApplicable, "not-applicable"),
    (Known::Found, "found"),
    (Known::Failed, "failed"),
];

impl Known {
    pub(super) fn of(state: SignalState) -> Self {
        match state {
            SignalState::NotUsed => Self::NotUsed,
            SignalState::Nothing => Self::Nothing,
            SignalState::NotApplicable(_) => Self::NotApplicable,
            SignalState::Found => Self::Found,
            SignalState::Failed => Self::Failed,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        KNOWN
            .iter()
            .find(|(known, _)| *known == self)
            .map_or("", |(_, word)| *word)
    }
}

/// The name under which a record has that state.
pub(super) const SIGNAL: &str = crate::signals::known_image::KIND.name;

impl Counts {
    pub(super) fn of(inspection: &Inspection) -> Self {
        let counted = Answer::of(true, inspection, Vec::new());
        let known = inspection.signals.iter().find(|(name, _)| *name == SIGNAL);
        Self {
            finding: counted.finding,
            action: counted.action,
            action_on_evidence: counted.action_on_evidence,
            failed: counted.incomplete,
            no_image: counted.no_image,
            other_media: counted.other_media,
            again: inspection.faults.iter().any(|fault| {
                matches!(
                    fault.kind,
                    FaultKind::Unreadable | FaultKind::Limit | FaultKind::Internal
                )
            }),
            doubtful: inspection.evidence.iter().any(quarantine::is_subject),
            known: known.map_or(Known::NotUsed, |(_, state)| Known::of(*state)),
        }
    }

    /// The answer that they stand for.
    pub(super) fn answer(self, asked_for: bool, bytes: u64, rendered: Vec<u8>) -> Answer {
        Answer {
            rendered,
            bytes,
            finding: self.finding,
            action: self.action,
            action_on_evidence: self.action_on_evidence,
            incomplete: self.failed && (asked_for || !self.no_image),
            no_image: self.no_image,
            other_media: self.other_media,
            doubtful: None,
            keep: None,
            took: Duration::ZERO,
        }
    }

    pub(super) fn pack(self) -> i64 {
        let flags = [
            self.failed,
            self.no_image,
            self.other_media,
            self.again,
            self.doubtful,
        ];
        let flags = flags
            .iter()
            .rev()
            .fold(0, |bits, flag| bits << 1 | i64::from(*flag));
        flags
            | place(Finding::ALL, self.finding) << 8
            | place(Action::ALL, self.action) << 16
            | place(Action::ALL, self.action_on_evidence) << 24
            | place(&KNOWN, self.known) << 32
    }

    pub(super) fn unpack(packed: i64) -> Option<Self> {
        let part = |shift: u32| usize::try_from(packed >> shift & 0xff).ok();
        let flag = |bit: u32| packed >> bit & 1 == 1;
        let counts = Self {
            finding: Finding::ALL.get(part(8)?)?.0,
            action: Action::ALL.get(part(16)?)?.0,
            action_on_evidence: Action::ALL.get(part(24)?)?.0,
            failed: flag(0),
            no_image: flag(1),
            other_media: flag(2),
            again: flag(3),
            doubtful: flag(4),
            known: KNOWN.get(part(32)?)?.0,
        };
        (counts.pack() == packed).then_some(counts)
    }
}

fn place<T: PartialEq>(all: &[(T, &str)], wanted: T) -> i64 {
    let place = all.iter().position(|(one, _)| *one == wanted);
    place
        .and_then(|place| i64::try_from(place).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_one_number_and_no_other_number_is_counts() {
        for (number, (finding, _)) in Finding::ALL.iter().enumerate() {
            let counts = Counts {
                finding: *finding,
                action: Action::Review,
                action_on_evidence: Action::Block,
                failed: number % 2 == 0,
                no_image: number % 3 == 0,
                other_media: number % 5 == 0,
                again: number % 2 == 1,
                doubtful: number % 3 == 1,
                known: KNOWN[number % 5].0,
            };
            assert_eq!(Counts::unpack(counts.pack()), Some(counts));
            for wrong in [-1, counts.pack() | 1 << 40, counts.pack() | 0xff << 8] {
                assert_eq!(Counts::unpack(wrong), None);
            }
        }
    }
}
