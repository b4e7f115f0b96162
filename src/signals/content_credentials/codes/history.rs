//! Rights, names, lookup keys, and what is odd about a history.

use super::{AS_SIGNED, BY_THE_BOOK, CRYPTOGRAPHIC};
use crate::evidence::{Claim, Code};

pub(in super::super) const DO_NOT_TRAIN: Code = Code {
    name: "c2pa.do-not-train",
    claim: Claim::DoNotTrain,
    summary: "Its content credentials reserve it from AI training or data mining.",
    proves: "The reservation was signed together with the image.",
    limits: "That the signer holds the rights. It says nothing of the image's origin.",
    error_rate: AS_SIGNED,
    next: "Leave it out of training sets, or ask its owner.",
};

pub(in super::super) const UNREFERENCED_MANIFEST: Code = Code {
    name: "c2pa.unreferenced-manifest",
    claim: Claim::History,
    summary: "It carries manifests that nothing in its history refers to.",
    proves: "They lie in the manifest store, and no manifest that leads to the image names them.",
    limits: "What they are for: no honest program is known to leave them there.",
    error_rate: "seen on none of 42 genuine files, and on 4 of 182 files of which all 4 were made to be malformed",
    next: "Read nothing into what they say.",
};

pub(in super::super) const UPDATE_MANIFEST: Code = Code {
    name: "c2pa.update-manifest",
    claim: Claim::History,
    summary: "Its newest manifest adds to an earlier one without binding the picture anew.",
    proves: "The manifest is of the kind that changes metadata only; the earlier one binds the picture.",
    limits: "Who made the picture: ask the earlier manifest.",
    error_rate: BY_THE_BOOK,
    next: "Look at the history with --tree.",
};

pub(in super::super) const REDACTED: Code = Code {
    name: "c2pa.redacted",
    claim: Claim::History,
    summary: "Something was taken out of the credentials of what it was made from.",
    proves: "The manifest names the assertions that were removed; the standard allows it, to protect people.",
    limits: "What they said.",
    error_rate: BY_THE_BOOK,
    next: "Ask the signer if it matters.",
};

pub(in super::super) const SEVERAL_PARENTS: Code = Code {
    name: "c2pa.several-parents",
    claim: Claim::History,
    summary: "Its history names more than one parent for one image.",
    proves: "A manifest lists several ingredients as the image's earlier state.",
    limits: "Which of them it was.",
    error_rate: BY_THE_BOOK,
    next: "Read the history with care: the standard allows one parent.",
};

pub(in super::super) const HISTORY_CUT: Code = Code {
    name: "c2pa.history-cut",
    claim: Claim::History,
    summary: "Its history is longer than what is followed.",
    proves: "There are more manifests than any honest history is known to have.",
    limits: "What the rest says.",
    error_rate: BY_THE_BOOK,
    next: "Look at the file with a person's eyes.",
};

pub(in super::super) const TRAINING_ALLOWED: Code = Code {
    name: "c2pa.training-allowed",
    claim: Claim::TrainingAllowed,
    summary: "Its content credentials allow AI training or data mining.",
    proves: "The permission was signed together with the image.",
    limits: "That the signer holds the rights. It says nothing of the image's origin.",
    error_rate: AS_SIGNED,
    next: "Keep the record of it with the image.",
};

pub(in super::super) const IDENTITY: Code = Code {
    name: "c2pa.identity",
    claim: Claim::Identity,
    summary: "Someone is named as standing behind it, in an identity assertion of the Creator Assertions Working Group.",
    proves: "The manifest names someone; `verified` says how far the signature behind the name was checked.",
    limits: "That the named one made the picture; and where the signature was not checked, anything at all. It never changes whether the image is intact.",
    error_rate: AS_SIGNED,
    next: "Ask the named one.",
};

pub(in super::super) const IDENTITY_BROKEN: Code = Code {
    name: "c2pa.identity-broken",
    claim: Claim::Identity,
    summary: "The identity assertion in its content credentials does not verify.",
    proves: "The named one's signature does not fit this manifest, or is damaged.",
    limits: "Why. It says nothing of the image itself, whose own credentials are judged apart.",
    error_rate: CRYPTOGRAPHIC,
    next: "Do not rely on the name.",
};

pub(in super::super) const SOFT_BINDING: Code = Code {
    name: "c2pa.soft-binding",
    claim: Claim::SoftBinding,
    summary: "It names a watermark or fingerprint by which its content credentials can be found again.",
    proves: "The manifest gives the algorithm and the value.",
    limits: "That the pixels hold it: nothing was looked for in them, and a value can be copied.",
    error_rate: AS_SIGNED,
    next: "Look the value up with the algorithm's owner if you need the original manifest.",
};

pub(in super::super) const WATERMARKED: Code = Code {
    name: "c2pa.watermarked",
    claim: Claim::SoftBinding,
    summary: "Its content credentials say that a watermark was put into it.",
    proves: "An action of its history says so.",
    limits: "That the watermark is there, and whose it is.",
    error_rate: AS_SIGNED,
    next: "Look for the watermark with its owner's detector.",
};
