//! What an answer means, in the words of a page: the verdict, what it leaves open, and what can be done.

use crate::error::FaultKind;
use crate::evidence::{Claim, Evidence, Strength};
use crate::inspect::Inspection;
use crate::policy::Finding;

/// What the verdict says, and on whose word.
pub(super) fn meaning(inspection: &Inspection) -> String {
    let strength = deciding(inspection).map(|evidence| evidence.strength).max();
    match inspection.verdict.finding {
        Finding::Known if deciding(inspection).all(|evidence| evidence.get("in").is_some()) => {
            "it carries a small copy of an image that is on a list of known images.".into()
        }
        Finding::Known => "it is on a list of known images.".into(),
        Finding::Tampered => {
            "it, or its content credentials, was changed after it was signed.".into()
        }
        Finding::AiGenerated => said("a generative model made it", strength),
        Finding::AiEdited => said(
            "a generative model edited it or made a part of it",
            strength,
        ),
        Finding::AiIngredient => said(
            "something that a generative model made went into it",
            strength,
        ),
        Finding::MayContainAi => format!(
            "it is of a kind that may hold something made by a generative model, or may not; {}.",
            voucher(strength)
        ),
        Finding::Edited => format!("it was edited by ordinary means; {}.", voucher(strength)),
        Finding::Captured => format!("it was captured by a camera; {}.", voucher(strength)),
        Finding::NoEvidence if inspection.evidence.is_empty() => {
            "nothing was found that says what it is.".into()
        }
        Finding::NoEvidence => "something was found, but nothing that decides what it is.".into(),
        Finding::Unchecked if strength.is_some() => {
            "its content credentials cannot be read or relied on.".into()
        }
        Finding::Unchecked => "it could not be checked, or not fully.".into(),
        Finding::OtherFile => "it is neither an image nor another medium that is read.".into(),
    }
}

/// What is said, by whom: first of all, that it is said.
fn said(what: &str, strength: Option<Strength>) -> String {
    match strength {
        Some(Strength::Proven) => format!("{what}; a trusted signer says so."),
        Some(Strength::Measured) => format!("its pixels carry a mark which says that {what}."),
        _ => format!("the file declares that {what}; this is not proven."),
    }
}

/// Who says so.
fn voucher(strength: Option<Strength>) -> &'static str {
    match strength {
        Some(Strength::Proven) => "a trusted signer says so",
        Some(Strength::Measured) => "the file's own parts show it",
        _ => "this is declared, not proven",
    }
}

/// The strongest evidence; of equals the first.
pub(super) fn strongest<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Option<&'a Evidence> {
    evidence.reduce(|best, one| match one.strength > best.strength {
        true => one,
        false => best,
    })
}

/// The evidence that the page says most about: the first that decides, or else the strongest.
pub(super) fn foremost(inspection: &Inspection) -> Option<&Evidence> {
    deciding(inspection)
        .next()
        .or_else(|| strongest(inspection.evidence.iter()))
}

/// The evidence that the verdict rests on.
fn deciding(inspection: &Inspection) -> impl Iterator<Item = &Evidence> {
    inspection
        .evidence
        .iter()
        .filter(|evidence| inspection.verdict.because.contains(&evidence.code.name))
}

/// Most texts on what is left open; a page with more is not read.
const MAX_LIMITS: usize = 3;

/// What the verdict leaves open, each thing once.
pub(super) fn limits(inspection: &Inspection) -> Vec<&'static str> {
    let mut limits = Vec::new();
    for evidence in deciding(inspection) {
        if !limits.contains(&evidence.code.limits) && limits.len() < MAX_LIMITS {
            limits.push(evidence.code.limits);
        }
    }
    if limits.is_empty() {
        limits.extend(foremost(inspection).map(|evidence| evidence.code.limits));
        limits.push(nothing_decided(inspection));
    }
    limits
}

/// What is left open where no evidence decides.
fn nothing_decided(inspection: &Inspection) -> &'static str {
    match inspection.verdict.finding {
        Finding::Unchecked | Finding::OtherFile => "Anything about what could not be checked.",
        _ if inspection.is_other_media() => {
            "That it is genuine. Credentials are easily lost: most services strip them, and a recording of the screen has none. Neither pictures nor sound were looked at, only the credentials."
        }
        _ => {
            "That the image is genuine. Marks and credentials are easily lost: most services strip them, and a screenshot has none."
        }
    }
}

/// What a person can do, most important first, each thing once.
pub(super) fn next(inspection: &Inspection) -> Vec<&'static str> {
    // Credentials that fall short of proof say how they could come nearer to it.
    let short = |evidence: &&Evidence| {
        matches!(
            evidence.claim(),
            Claim::Credentials | Claim::RemoteCredentials
        ) && evidence.strength < Strength::Proven
    };
    let mut steps: Vec<&str> = deciding(inspection)
        .chain(inspection.evidence.iter().filter(short))
        .map(|evidence| evidence.code.next)
        .collect();
    steps.extend(inspection.faults.iter().map(|fault| way_out(fault.kind)));
    if inspection.verdict.finding == Finding::NoEvidence {
        steps.extend(foremost(inspection).map(|evidence| evidence.code.next));
        steps.push("Look for other copies: one nearer to its source may still carry something.");
    }
    // One that only says more than another takes its place.
    let all = steps.clone();
    steps.retain(|step| {
        !all.iter()
            .any(|other| other != step && other.starts_with(step))
    });
    let mut seen = Vec::new();
    steps.retain(|step| {
        !seen.contains(step) && {
            seen.push(step);
            true
        }
    });
    steps
}

/// What can be done about a fault.
pub(super) fn way_out(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Unreadable => {
            "Check the name and the permissions; for a folder, use `provscan scan`."
        }
        FaultKind::NotAnImage => "If it should be an image, get another copy.",
        FaultKind::Malformed => "Get an undamaged copy.",
        FaultKind::Limit => {
            "Raise the limit that was reached, if you know where the file comes from."
        }
        FaultKind::Unsupported => {
            "Look at the picture with another program, or check a copy in another format."
        }
        FaultKind::Internal => "Report it: this is a fault of provscan, not of the file.",
    }
}
