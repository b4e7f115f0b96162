//! Every code of the signal, with what it proves and what it leaves open.

use crate::evidence::{Claim, Code};

const CRYPTOGRAPHIC: &str =
    "none for the check itself: it is SHA-2 and a digital signature, not a statistic";
const BY_THE_BOOK: &str = "not measured: the file is read by the rules of the standard";
const AS_SIGNED: &str =
    "as reliable as the signer: the check is cryptographic, the statement is the signer's";

pub(super) const TRUSTED: Code = Code {
    name: "c2pa.trusted",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials from a trusted signer.",
    proves: "What the signature binds is unchanged, the manifest is whole, and the signer's certificate leads to a list that you loaded.",
    limits: "That the signer told the truth. A camera can be pointed at a screen, and a listed tool can be fed anything.",
    error_rate: CRYPTOGRAPHIC,
    next: "Read what the credentials say of the origin, and who signed them.",
};
pub(super) const UNTRUSTED: Code = Code {
    name: "c2pa.untrusted",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials, but their signer is on no trust list that you loaded.",
    proves: "The file is what somebody signed.",
    limits: "Who that was: anyone can make a certificate with any name in it.",
    error_rate: CRYPTOGRAPHIC,
    next: "Treat what it says as a claim. If you know the signer, add its root with `provscan trust import` or --trust-anchors.",
};
pub(super) const SIGNER_NOT_CHECKED: Code = Code {
    name: "c2pa.signer-not-checked",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials; their signer was not checked, since no trust list was given.",
    proves: "The file is what somebody signed.",
    limits: "Who that was: without a trust list any name in a certificate is only a name.",
    error_rate: CRYPTOGRAPHIC,
    next: "Install the published trust lists with `provscan trust update` or `provscan trust import` (`provscan trust show` says where they are), or give some with --trust-anchors and --tsa-anchors.",
};
pub(super) const EXPIRED: Code = Code {
    name: "c2pa.expired",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials; the signer's certificate has expired since, and no trusted time-stamp shows when it signed.",
    proves: "The file is byte for byte what was signed: this is not tampering. Real images of large services are like this.",
    limits: "That the signature was made while the certificate was valid.",
    error_rate: CRYPTOGRAPHIC,
    next: "Rely on it as on a label. Look for the same image with a time-stamp if it matters.",
};
pub(super) const REVOKED: Code = Code {
    name: "c2pa.revoked",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials, but the signer's certificate was revoked.",
    proves: "The file is what was signed, and the issuer has withdrawn the certificate.",
    limits: "Whether the signature was made before the key got into other hands.",
    error_rate: CRYPTOGRAPHIC,
    next: "Do not rely on what the credentials say.",
};
pub(super) const BAD_CERTIFICATE: Code = Code {
    name: "c2pa.bad-certificate",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials, signed with a certificate that is not fit for signing them.",
    proves: "The file is what somebody signed.",
    limits: "Who that was. Often a test or home-made certificate.",
    error_rate: CRYPTOGRAPHIC,
    next: "Treat what it says as a claim.",
};
pub(super) const CONTENT_ALTERED: Code = Code {
    name: "c2pa.content-altered",
    claim: Claim::Tampered,
    summary: "The file was changed after it was signed.",
    proves: "The bytes that the signature binds are not the bytes of this file.",
    limits: "What was changed, by whom, and whether the picture looks different: saving it again is enough. If the signer is not trusted, someone may also have put a foreign manifest into it.",
    error_rate: CRYPTOGRAPHIC,
    next: "Look for the original. Do not rely on anything that the credentials say about this file.",
};
pub(super) const MANIFEST_ALTERED: Code = Code {
    name: "c2pa.manifest-altered",
    claim: Claim::AlteredManifest,
    summary: "Its content credentials were themselves changed after signing.",
    proves: "A part of the manifest does not match what was signed, or is missing.",
    limits: "Whether somebody meant to: damage in transit does the same.",
    error_rate: CRYPTOGRAPHIC,
    next: "Do not rely on anything that the credentials say. Look for the original.",
};
pub(super) const INGREDIENT_ALTERED: Code = Code {
    name: "c2pa.ingredient-altered",
    claim: Claim::AlteredManifest,
    summary: "The credentials of something that went into it do not hold.",
    proves: "An ingredient's manifest, or its binding, does not match what was signed.",
    limits: "Whether the image itself was changed: its own credentials are judged apart.",
    error_rate: CRYPTOGRAPHIC,
    next: "Rely on the image's own credentials only, not on its history.",
};
pub(super) const MALFORMED: Code = Code {
    name: "c2pa.malformed",
    claim: Claim::UnreadableCredentials,
    summary: "It carries content credentials that do not follow the standard.",
    proves: "There is a manifest, and validation named what is wrong with it.",
    limits: "Whether the fault is the writer's or somebody's doing.",
    error_rate: BY_THE_BOOK,
    next: "Treat what it says as a claim. The statuses name the rule that was broken.",
};
pub(super) const NOT_CHECKABLE: Code = Code {
    name: "c2pa.not-checkable",
    claim: Claim::UnreadableCredentials,
    summary: "It carries content credentials of which a part could not be checked.",
    proves: "There is a manifest that refers to something out of reach, or uses an algorithm that is not supported.",
    limits: "Everything that hangs on that part.",
    error_rate: BY_THE_BOOK,
    next: "Check it with a newer version, or where the missing part is at hand.",
};
pub(super) const UNREADABLE: Code = Code {
    name: "c2pa.unreadable",
    claim: Claim::UnreadableCredentials,
    summary: "It carries content credentials that cannot be read.",
    proves: "There is something in the place of a manifest.",
    limits: "Everything else: it may be damaged, unfinished, of a draft of the standard, or meant to break readers.",
    error_rate: BY_THE_BOOK,
    next: "Look for another copy of the image.",
};
pub(super) const SIDECAR: Code = Code {
    name: "c2pa.sidecar",
    claim: Claim::Credentials,
    summary: "Its content credentials lie in a file beside it, not in it, so that what they say is declared at most.",
    proves: "That the manifest beside the image was read with it.",
    limits: "Who put it there: anyone can lay a manifest beside a file, and it is lost when one of them is moved.",
    error_rate: BY_THE_BOOK,
    next: "Ask for the image with its credentials embedded if it matters.",
};
pub(super) const SIDECAR_MISMATCH: Code = Code {
    name: "c2pa.sidecar-mismatch",
    claim: Claim::UnreadableCredentials,
    summary: "The manifest beside it is not of this image, or the image was changed since.",
    proves: "The bytes that the manifest beside the image binds are not the bytes of this file.",
    limits: "Which of the two it is: files beside each other are easily mixed up.",
    error_rate: CRYPTOGRAPHIC,
    next: "Find out which file the manifest belongs to before you read anything into it.",
};
pub(super) const LONE_MANIFEST: Code = Code {
    name: "c2pa.lone-manifest",
    claim: Claim::Credentials,
    summary: "It is a manifest without its image.",
    proves: "That such a manifest exists.",
    limits: "Anything about an image: there is none here to compare it with.",
    error_rate: BY_THE_BOOK,
    next: "Put it beside its image, under the same name with the ending .c2pa, and check the image.",
};
pub(super) const REMOTE_ONLY: Code = Code {
    name: "c2pa.remote-only",
    claim: Claim::RemoteCredentials,
    summary: "It says that its content credentials are stored elsewhere; they were not fetched.",
    proves: "The file names an address.",
    limits: "Whether there is a manifest there, and what it says.",
    error_rate: "none: the address stands in the file",
    next: "Fetch the manifest from that address if you trust it, and put it beside the image as a .c2pa file.",
};
pub(super) const AI_GENERATED: Code = Code {
    name: "c2pa.ai-generated",
    claim: Claim::AiGenerated,
    summary: "Its content credentials say that a generative model made it.",
    proves: "If proven: a trusted signer says so, of exactly these bytes. If declared: the file says so.",
    limits: "Whether the signer is right; and where it is declared only, anyone could have written it.",
    error_rate: AS_SIGNED,
    next: "Label it as AI-generated.",
};
pub(super) const AI_EDITED: Code = Code {
    name: "c2pa.ai-edited",
    claim: Claim::AiEdited,
    summary: "Its content credentials say that a generative model edited it.",
    proves: "If proven: a trusted signer says so, of exactly these bytes. If declared: the file says so.",
    limits: "How much was changed: it may be a speck of dust or a face.",
    error_rate: AS_SIGNED,
    next: "Label it as edited with AI. The history may name the original.",
};
pub(super) const AI_INGREDIENT: Code = Code {
    name: "c2pa.ai-ingredient",
    claim: Claim::AiEdited,
    summary: "Its content credentials say that something made by a generative model went into it.",
    proves: "If proven: trusted signers say so, of exactly these bytes. If declared: the file says so.",
    limits: "How much of the picture that is.",
    error_rate: AS_SIGNED,
    next: "Label it as edited with AI.",
};
pub(super) const CAPTURED: Code = Code {
    name: "c2pa.captured",
    claim: Claim::Captured,
    summary: "Its content credentials say that it began as a capture.",
    proves: "If proven: a trusted signer says so. If declared: the file says so.",
    limits: "What was in front of the lens: a screen or a print can be captured too.",
    error_rate: AS_SIGNED,
    next: "Read the rest of the history for what was done to it since.",
};
pub(super) const EDITED: Code = Code {
    name: "c2pa.edited",
    claim: Claim::Edited,
    summary: "Its content credentials say that it was edited by ordinary means.",
    proves: "If proven: a trusted signer says so. If declared: the file says so.",
    limits: "That the list of edits is complete, and how far they change what the picture shows.",
    error_rate: AS_SIGNED,
    next: "Compare with the original if the history names it.",
};
pub(super) const DO_NOT_TRAIN: Code = Code {
    name: "c2pa.do-not-train",
    claim: Claim::DoNotTrain,
    summary: "Its content credentials reserve it from AI training or data mining.",
    proves: "The reservation was signed together with the image.",
    limits: "That the signer holds the rights. It says nothing of the image's origin.",
    error_rate: AS_SIGNED,
    next: "Leave it out of training sets, or ask its owner.",
};

/// Every code of the signal.
pub(super) const ALL: &[Code] = &[
    TRUSTED,
    UNTRUSTED,
    SIGNER_NOT_CHECKED,
    EXPIRED,
    REVOKED,
    BAD_CERTIFICATE,
    CONTENT_ALTERED,
    MANIFEST_ALTERED,
    INGREDIENT_ALTERED,
    MALFORMED,
    NOT_CHECKABLE,
    UNREADABLE,
    SIDECAR,
    SIDECAR_MISMATCH,
    LONE_MANIFEST,
    REMOTE_ONLY,
    AI_GENERATED,
    AI_EDITED,
    AI_INGREDIENT,
    CAPTURED,
    EDITED,
    DO_NOT_TRAIN,
];
