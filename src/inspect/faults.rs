//! What kept an image from being checked fully, and damage that did not.

use crate::asset::{Asset, MediaKind, Problem, ProblemKind};
use crate::error::{Fault, FaultKind};
use crate::policy::Checked;
use crate::signals::Outcome;

/// What a signal's look at one image comes to.
pub(super) fn settled(outcome: Outcome, asset: &Asset) -> Outcome {
    // What was seen of a file that changes is the word of no file that ever was.
    match asset.fault() {
        Some(fault) => Outcome::Failed(Vec::new(), fault),
        None => outcome,
    }
}

/// The fault of a signal that panicked.
pub(super) fn broke(name: &str) -> Fault {
    let message =
        format!("the {name} signal broke on this file; please report it with the file's SHA-256");
    Fault::new(FaultKind::Internal, message)
}

/// A fault where the content is nothing that is read here: some other file, or one broken beyond recognition.
pub(super) fn identify(asset: &Asset) -> Option<Fault> {
    if let Some(format) = asset.format() {
        let message = || {
            format!(
                "this is a {}, which this build does not read",
                format.name()
            )
        };
        return (!format.is_read()).then(|| Fault::new(FaultKind::NotAnImage, message()));
    }
    let expected = MediaKind::expected_of(asset.name());
    let (kind, named) = match expected {
        Some(media) => (
            FaultKind::Malformed,
            format!("it is named like {}, but ", media.name()),
        ),
        None => (FaultKind::NotAnImage, String::new()),
    };
    let content = match expected {
        _ if asset.is_empty() => "the file is empty",
        Some(MediaKind::Video | MediaKind::Audio | MediaKind::Document) => {
            "the content is no format of such files that provscan knows"
        }
        _ => "the content is no image format that provscan knows",
    };
    Some(Fault::new(kind, format!("{named}{content}")))
}

/// Faults where the walk over the file could not see everything.
pub(super) fn missing(asset: &Asset) -> impl Iterator<Item = Fault> {
    asset
        .container()
        .problems
        .iter()
        .filter_map(|problem| match problem.kind {
            ProblemKind::Damage => None,
            ProblemKind::Cut => Some(Fault::new(
                FaultKind::Malformed,
                format!("it is cut off: {}", problem.message),
            )),
            ProblemKind::Limit => Some(Fault::new(FaultKind::Limit, problem.message.clone())),
        })
}

/// Whether these faults leave something unchecked that should have been checked.
pub(crate) fn is_partly_checked(faults: &[Fault]) -> bool {
    checked(faults) == Checked::Partly
}

/// How far the image was checked.
pub(super) fn checked(faults: &[Fault]) -> Checked {
    match faults {
        [] => Checked::Fully,
        faults
            if faults
                .iter()
                .all(|fault| fault.kind == FaultKind::NotAnImage) =>
        {
            Checked::NoImage
        }
        _ => Checked::Partly,
    }
}

/// Two signals that fail for the same reason give one fault.
pub(super) fn add(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

/// Damage that the walk and the metadata readers met, and thumbnails that could not be decoded.
pub(super) fn notes(asset: &Asset) -> Vec<String> {
    let problems = asset.container().problems.iter();
    let damage = problems.filter(|problem| problem.kind == ProblemKind::Damage);
    let walk =
        damage.map(|problem: &Problem| format!("at byte {}: {}", problem.at, problem.message));
    walk.chain(asset.metadata().problems.iter().cloned())
        .chain(asset.thumbnail_notes())
        .collect()
}
