//! The identifier of a job that a hosting service puts into PNG files: `hf-job-id`. Users of Higgsfield find it in what they
//! generate there; others take it for Hugging Face's. It names the job and neither a model nor what was done.

use super::shapes::is_uuid;
use super::{Clues, Mark, RATE};
use crate::evidence::{Claim, Code, Evidence, Strength};

/// The mark's entry in the table.
pub(super) const MARK: Mark = Mark {
    codes: &[JOB],
    recognise: |clues| recognise(clues).into_iter().collect(),
};

const JOB: Code = Code {
    name: "hosted-job.hf-job-id",
    claim: Claim::History,
    summary: "It carries the identifier of a job at a service that runs models (hf-job-id).",
    proves: "That the file holds such an identifier. It does not say what the job did, nor which service it was.",
    limits: "Anyone can write it. A job may as well have enlarged or converted a photograph.",
    error_rate: RATE,
    next: "Look for other marks; the service may know the job by its identifier.",
};

fn recognise(clues: &Clues<'_>) -> Option<Evidence> {
    let id = clues.texts("hf-job-id").find(|id| is_uuid(id.trim()))?;
    Some(Evidence::new(&JOB, Strength::Hint).with_personal("job", Some(id.trim())))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, found, with_text};
    use super::*;

    #[test]
    fn the_identifier_is_a_hint_and_hidden() {
        let id = "7c2e6f0a-3d15-4f0e-9b7a-2f1c5d8e9a40";
        let found = &found(&MARK, &with_text("hf-job-id", id))[0];
        assert_eq!(found.strength, Strength::Hint);
        assert!(found.detail.is_empty());
        for (keyword, text) in [("hf-job-id", "12"), ("job-id", id), ("hf-job-id", "")] {
            assert!(codes(&MARK, &with_text(keyword, text)).is_empty());
        }
    }
}
