//! What a scan hands on of one input.

use std::time::Duration;

use crate::evidence::Action;
use crate::inspect::Inspection;
use crate::policy::Finding;
use crate::sources::Name;

/// One image's answer, rendered, and what a summary counts of it.
#[derive(Debug)]
pub struct Answer {
    /// What the report made of it.
    pub rendered: Vec<u8>,
    /// Bytes of the input.
    pub bytes: u64,
    /// What it was found to be.
    pub finding: Finding,
    /// The action that the policy asks for.
    pub action: Action,
    /// The action that evidence alone asks for.
    pub action_on_evidence: Action,
    /// It could not be checked, or not fully, though it is an image or somebody asked for it.
    pub incomplete: bool,
    /// It is some other file.
    pub no_image: bool,
    /// It is video, sound or a document, which was checked as far as such files can be.
    pub other_media: bool,
    /// What was found, where it may have to be judged again.
    pub doubtful: Option<Box<Doubtful>>,
    /// What is to be remembered of it, for whoever keeps a state of the scan; it is the word of this image alone, before
    /// anything that other images have to say about it.
    pub keep: Option<Vec<u8>>,
    /// How long a worker was at it.
    pub took: Duration,
}

/// An inspection that rests on a perceptual hash of a list, which other images may put into doubt.
#[derive(Debug)]
pub struct Doubtful {
    /// The input's name.
    pub name: Name,
    /// Somebody asked for it by name.
    pub asked_for: bool,
    /// What was found.
    pub inspection: Inspection,
}

impl Answer {
    /// What a summary counts of an inspection, with the bytes that a report made of it.
    pub fn of(asked_for: bool, inspection: &Inspection, rendered: Vec<u8>) -> Self {
        Self {
            rendered,
            bytes: inspection.bytes.unwrap_or_default(),
            finding: inspection.verdict.finding,
            action: inspection.verdict.action,
            action_on_evidence: inspection.verdict.action_on_evidence,
            no_image: inspection.is_other_file(),
            other_media: inspection.is_other_media() && !inspection.is_other_file(),
            incomplete: is_incomplete(asked_for, inspection),
            doubtful: None,
            keep: None,
            took: Duration::ZERO,
        }
    }

    /// For an image of no bytes in which nothing was found, with what a report made of it.
    pub fn nothing(rendered: Vec<u8>) -> Self {
        Self {
            rendered,
            bytes: 0,
            finding: Finding::NoEvidence,
            action: Action::Pass,
            action_on_evidence: Action::Pass,
            incomplete: false,
            no_image: false,
            other_media: false,
            doubtful: None,
            keep: None,
            took: Duration::ZERO,
        }
    }

    /// For an input whose answer could not be made: it is counted, and never as a success.
    pub(crate) fn lost() -> Self {
        Self {
            finding: Finding::Unchecked,
            action: Action::Review,
            incomplete: true,
            ..Self::nothing(Vec::new())
        }
    }
}

/// Whether an input should have been checked and was not, or not fully. Other files that lie in a folder of images are
/// no failure; one that somebody asked for is.
fn is_incomplete(asked_for: bool, inspection: &Inspection) -> bool {
    let failed = !inspection.faults.is_empty() || inspection.verdict.finding == Finding::Unchecked;
    failed && (asked_for || !inspection.is_other_file())
}
