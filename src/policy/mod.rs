//! From evidence to a verdict: rules, as data.

mod rules;

use std::fmt;
use std::str::FromStr;

use crate::evidence::{Action, Evidence};

pub use rules::{ActionRule, Policy, PolicyError, Rule};

/// The text of the built-in policy.
pub const DEFAULT: &str = include_str!("default.toml");

/// What an image was found to be. Nothing found is [`NoEvidence`](Self::NoEvidence), never "authentic".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Finding {
    /// On a list of known images.
    Known,
    /// Changed after it was signed.
    Tampered,
    /// Made by a generative model.
    AiGenerated,
    /// Edited by one.
    AiEdited,
    /// Something that one made went into it.
    AiIngredient,
    /// Edited by ordinary means.
    Edited,
    /// Captured by a camera.
    Captured,
    /// It is of a kind that may hold something that a model made.
    MayContainAi,
    /// Nothing that decides was found, as far as could be seen.
    NoEvidence,
    /// It could not be checked, or not fully.
    Unchecked,
    /// It is neither an image nor another medium that is read, and nothing that decides was found in it.
    OtherFile,
}

impl Finding {
    /// Every finding with its word, most serious first.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Known, "known"),
        (Self::Tampered, "tampered"),
        (Self::AiGenerated, "ai-generated"),
        (Self::AiEdited, "ai-edited"),
        (Self::AiIngredient, "ai-ingredient"),
        (Self::Edited, "edited"),
        (Self::Captured, "captured"),
        (Self::MayContainAi, "may-contain-ai"),
        (Self::NoEvidence, "no-evidence"),
        (Self::Unchecked, "unchecked"),
        (Self::OtherFile, "other-file"),
    ];

    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(finding, _)| *finding == self)
            .map_or("", |(_, word)| *word)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Finding {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(finding, _)| *finding)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|(_, word)| *word).collect();
                format!(
                    "`{word}` is no verdict; one of {} was expected",
                    known.join(", ")
                )
            })
    }
}

/// What the policy makes of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the image was found to be.
    pub finding: Finding,
    /// What to do.
    pub action: Action,
    /// The codes that caused the finding or the action, each once, in the order of the evidence.
    pub because: Vec<&'static str>,
    /// The action that evidence alone asks for. It is milder than `action` where only a failed check raised that.
    pub action_on_evidence: Action,
}

/// How far an input was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// Every signal looked at all that it looks at.
    Fully,
    /// A signal failed, or the input could not be read.
    Partly,
    /// It is some other file than an image; its digests were compared all the same.
    NoImage,
}

impl Policy {
    /// Judges evidence. Where something could not be checked, nothing passes without a person's look.
    pub fn judge(&self, evidence: &[Evidence], checked: Checked) -> Verdict {
        let met: Vec<Met<'_>> = self
            .rules
            .iter()
            .filter_map(|rule| Met::find(rule, evidence))
            .collect();
        let Some(deciding) = met.first() else {
            return self.judge_nothing(checked);
        };
        let strongest = met
            .iter()
            .map(|met| met.action)
            .max()
            .unwrap_or(deciding.action);
        let causes: Vec<&Evidence> = met
            .iter()
            .enumerate()
            .filter(|(place, met)| {
                *place == 0 || (met.action == strongest && strongest > deciding.action)
            })
            .flat_map(|(_, met)| met.by.iter().copied())
            .collect();
        let unchecked = (checked == Checked::Partly).then_some(self.unchecked);
        Verdict {
            finding: deciding.rule.verdict,
            action: Some(strongest).max(unchecked).unwrap_or(strongest),
            because: codes_in_order(evidence, &causes),
            action_on_evidence: strongest,
        }
    }

    fn judge_nothing(&self, checked: Checked) -> Verdict {
        let (finding, action) = match checked {
            Checked::Fully => (Finding::NoEvidence, self.no_evidence),
            Checked::Partly => (Finding::Unchecked, self.unchecked),
            Checked::NoImage => (Finding::OtherFile, self.not_an_image),
        };
        // What could not be checked has an exit code of its own.
        let action_on_evidence = match checked {
            Checked::Partly => Action::Pass,
            Checked::Fully | Checked::NoImage => action,
        };
        Verdict {
            finding,
            action,
            because: Vec::new(),
            action_on_evidence,
        }
    }
}

/// A rule and the evidence that meets it.
struct Met<'a> {
    rule: &'a Rule,
    by: Vec<&'a Evidence>,
    action: Action,
}

impl<'a> Met<'a> {
    fn find(rule: &'a Rule, evidence: &'a [Evidence]) -> Option<Self> {
        let by: Vec<&Evidence> = evidence.iter().filter(|one| rule.is_met_by(one)).collect();
        let action = by.iter().map(|one| rule.action_for(one)).max()?;
        Some(Self { rule, by, action })
    }
}

/// The codes of the causes, each once, in the order of the evidence.
fn codes_in_order(evidence: &[Evidence], causes: &[&Evidence]) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for one in evidence {
        let is_cause = causes.iter().any(|cause| std::ptr::eq(*cause, one));
        if is_cause && !codes.contains(&one.code.name) {
            codes.push(one.code.name);
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Code, Strength};
    use crate::signals;

    fn found(code: &str, strength: Strength) -> Evidence {
        let (_, code): (_, &'static Code) = signals::code(code).unwrap();
        Evidence::new(code, strength)
    }

    #[test]
    fn nothing_found_is_no_evidence_and_a_failed_check_never_passes() {
        let policy = Policy::default();
        let nothing = policy.judge(&[], Checked::Fully);
        assert_eq!(
            (nothing.finding, nothing.action),
            (Finding::NoEvidence, Action::Pass)
        );
        let failed = policy.judge(&[], Checked::Partly);
        assert_eq!(
            (failed.finding, failed.action),
            (Finding::Unchecked, Action::Review)
        );
        let other = policy.judge(&[], Checked::NoImage);
        assert_eq!(
            (other.finding, other.action),
            (Finding::OtherFile, Action::Pass)
        );
        let captured = policy.judge(&[found("c2pa.captured", Strength::Proven)], Checked::Partly);
        assert_eq!(
            (captured.finding, captured.action),
            (Finding::Captured, Action::Review)
        );
        assert_eq!(captured.action_on_evidence, Action::Pass);
    }

    #[test]
    fn the_first_rule_decides_and_the_strongest_action_holds() {
        let evidence = [
            found("c2pa.malformed", Strength::Declared),
            found("c2pa.ai-generated", Strength::Declared),
        ];
        let verdict = Policy::default().judge(&evidence, Checked::Fully);
        assert_eq!(
            (verdict.finding, verdict.action),
            (Finding::AiGenerated, Action::Review)
        );
        assert_eq!(verdict.because, ["c2pa.malformed", "c2pa.ai-generated"]);
    }

    #[test]
    fn a_list_gets_the_action_it_asks_for() {
        let mut known = found("known.exact", Strength::Proven);
        known.asks_for = Some(Action::Block);
        assert_eq!(
            Policy::default()
                .judge(&[known.clone()], Checked::Fully)
                .action,
            Action::Block
        );
        for mild in [Action::Label, Action::Pass] {
            known.asks_for = Some(mild);
            let verdict = Policy::default().judge(&[known.clone()], Checked::Fully);
            assert_eq!((verdict.finding, verdict.action), (Finding::Known, mild));
        }
        known.asks_for = None;
        assert_eq!(
            Policy::default().judge(&[known], Checked::Fully).action,
            Action::Review
        );
    }

    #[test]
    fn a_hint_is_never_enough_to_block() {
        let mut near = found("known.near", Strength::Hint);
        near.asks_for = Some(Action::Block);
        let verdict = Policy::default().judge(&[near], Checked::Fully);
        assert_eq!(
            (verdict.finding, verdict.action),
            (Finding::NoEvidence, Action::Review)
        );
    }

    #[test]
    fn a_capture_that_nobody_trusted_vouches_for_decides_nothing() {
        let verdict = Policy::default().judge(
            &[found("c2pa.captured", Strength::Declared)],
            Checked::Fully,
        );
        assert_eq!(verdict.finding, Finding::NoEvidence);
    }
}
