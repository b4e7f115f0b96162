//! What content credentials say of the origin.

use super::AS_SIGNED;
use crate::evidence::{Claim, Code};

pub(in super::super) const AI_GENERATED: Code = Code {
    name: "c2pa.ai-generated",
    claim: Claim::AiGenerated,
    summary: "Its content credentials say that a generative model made it.",
    proves: "If proven: a trusted signer says so, of exactly these bytes. If declared: the file says so.",
    limits: "Whether the signer is right; and where it is declared only, anyone could have written it.",
    error_rate: AS_SIGNED,
    next: "Label it as AI-generated.",
};

pub(in super::super) const AI_EDITED: Code = Code {
    name: "c2pa.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its content credentials say that a generative model edited it.",
    proves: "If proven: a trusted signer says so, of exactly these bytes. If declared: the file says so.",
    limits: "How much was changed: it may be a speck of dust or a face.",
    error_rate: AS_SIGNED,
    next: "Label it as edited with AI. The history may name the original.",
};

pub(in super::super) const AI_INGREDIENT: Code = Code {
    name: "c2pa.ai-ingredient",
    claim: Claim::AiIngredient,
    summary: "Its content credentials say that something made by a generative model went into it.",
    proves: "If proven: trusted signers say so, of exactly these bytes. If declared: the file says so.",
    limits: "How much of the picture that is.",
    error_rate: AS_SIGNED,
    next: "Label it as holding a part made with AI. Its history names the part.",
};

pub(in super::super) const CAPTURED: Code = Code {
    name: "c2pa.captured",
    claim: Claim::Captured,
    summary: "Its content credentials say that it began as a capture.",
    proves: "If proven: a trusted signer says so. If declared: the file says so.",
    limits: "What was in front of the lens: a screen or a print can be captured too.",
    error_rate: AS_SIGNED,
    next: "Read the rest of the history for what was done to it since.",
};

pub(in super::super) const EDITED: Code = Code {
    name: "c2pa.edited",
    claim: Claim::Edited,
    summary: "Its content credentials say that it was edited by ordinary means.",
    proves: "If proven: a trusted signer says so. If declared: the file says so.",
    limits: "That the list of edits is complete, and how far they change what the picture shows.",
    error_rate: AS_SIGNED,
    next: "Compare with the original if the history names it.",
};

pub(in super::super) const MAY_CONTAIN_AI: Code = Code {
    name: "c2pa.may-contain-ai",
    claim: Claim::MayContainAi,
    summary: "Its content credentials say that it is of a kind that may hold something made by a generative model, such as a composite or a capture of a screen.",
    proves: "If proven: a trusted signer says so, of exactly these bytes. If declared: the file says so.",
    limits: "Whether a model had any part in it: most composites and screen captures hold nothing of the kind.",
    error_rate: AS_SIGNED,
    next: "Read the history for what went into it.",
};

pub(in super::super) const ASSET_SIGNALS: Code = Code {
    name: "c2pa.asset-signals",
    claim: Claim::History,
    summary: "What its content credentials say of how it began and what was done to it, in the words of the C2PA Asset Signals Rubric.",
    proves: "The names follow from the actions and ingredients that the manifests list, by the rubric's own rules.",
    limits: "That the lists are complete or true.",
    error_rate: AS_SIGNED,
    next: "Give these names to systems that know the rubric.",
};

pub(in super::super) const HISTORY: Code = Code {
    name: "c2pa.history",
    claim: Claim::History,
    summary: "The history that its content credentials tell: what it was made from, by whom and with what.",
    proves: "The manifests say so; each names how far its own signature holds.",
    limits: "That the history is complete or true.",
    error_rate: AS_SIGNED,
    next: "Follow it down to the point from which you need to know the image.",
};

pub(in super::super) const CAPTURE_OVER_AI: Code = Code {
    name: "c2pa.capture-over-ai",
    claim: Claim::Contradiction,
    summary: "Its content credentials claim a capture, but what they say it was made from was made or edited by a generative model.",
    proves: "Both statements stand in the manifests that lead to this image.",
    limits: "Which of the two is wrong.",
    error_rate: AS_SIGNED,
    next: "Do not rely on the claim of a capture. Look at the history with --tree.",
};

pub(in super::super) const EXIF_DIFFERS: Code = Code {
    name: "c2pa.exif-differs",
    claim: Claim::Contradiction,
    summary: "The EXIF in the file is not the EXIF that was signed.",
    proves: "The signed metadata and the file's own differ in the fields named.",
    limits: "Why: some programs write the two differently, and some change EXIF after signing where the signature leaves it out.",
    error_rate: "not measured: of the genuine files at hand one alone carries signed EXIF, and it agrees",
    next: "Rely on the signed values, not on those in the file.",
};

pub(in super::super) const SIGNED_BEFORE_ACTION: Code = Code {
    name: "c2pa.signed-before-action",
    claim: Claim::Contradiction,
    summary: "It was signed before the time at which it says that it was made or edited.",
    proves: "The time-stamp is earlier than the time of an action by more than a day.",
    limits: "Which clock was wrong.",
    error_rate: "not measured: seen on none of the 8 files at hand whose time of signing is vouched for",
    next: "Do not rely on the times that it gives.",
};
