//! In what state content credentials are: integrity, trust and time.

use super::{BY_THE_BOOK, CRYPTOGRAPHIC};
use crate::evidence::{Claim, Code};

pub(in super::super) const TRUSTED: Code = Code {
    name: "c2pa.trusted",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials from a trusted signer.",
    proves: "What the signature binds is unchanged, the manifest is whole, and the signer's certificate leads to a list that you loaded.",
    limits: "That the signer told the truth. A camera can be pointed at a screen, and a listed tool can be fed anything.",
    error_rate: CRYPTOGRAPHIC,
    next: "Read what the credentials say of the origin, and who signed them.",
};

pub(in super::super) const UNTRUSTED: Code = Code {
    name: "c2pa.untrusted",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials, but their signer is on no trust list that you loaded.",
    proves: "What the signature binds is as somebody signed it.",
    limits: "Who that was: anyone can make a certificate with any name in it.",
    error_rate: CRYPTOGRAPHIC,
    next: "Treat what it says as a claim. If you know the signer, add its root with `provscan trust import` or --trust-anchors.",
};

pub(in super::super) const SIGNER_NOT_CHECKED: Code = Code {
    name: "c2pa.signer-not-checked",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials; their signer was not checked, since no trust list was given.",
    proves: "What the signature binds is as somebody signed it.",
    limits: "Who that was: without a trust list any name in a certificate is only a name.",
    error_rate: CRYPTOGRAPHIC,
    next: "Install the published trust lists: `provscan trust show` gives the commands. Or give lists with --trust-anchors and --tsa-anchors.",
};

pub(in super::super) const EXPIRED: Code = Code {
    name: "c2pa.expired",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials; the signer's certificate has expired since, and no trusted time-stamp shows when it signed.",
    proves: "What the signature binds is byte for byte what was signed: this is not tampering. Real images of large services are like this.",
    limits: "That the signature was made while the certificate was valid.",
    error_rate: CRYPTOGRAPHIC,
    next: "Rely on it as on a label. Look for the same image with a time-stamp if it matters.",
};

pub(in super::super) const REVOKED: Code = Code {
    name: "c2pa.revoked",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials, but the signer's certificate was revoked.",
    proves: "What the signature binds is as it was signed, and the issuer has withdrawn the certificate.",
    limits: "Whether the signature was made before the key got into other hands.",
    error_rate: CRYPTOGRAPHIC,
    next: "Do not rely on what the credentials say.",
};

pub(in super::super) const BAD_CERTIFICATE: Code = Code {
    name: "c2pa.bad-certificate",
    claim: Claim::Credentials,
    summary: "It carries intact content credentials, signed with a certificate that is not fit for signing them.",
    proves: "What the signature binds is as somebody signed it.",
    limits: "Who that was. Often a test or home-made certificate.",
    error_rate: CRYPTOGRAPHIC,
    next: "Treat what it says as a claim.",
};

pub(in super::super) const CONTENT_ALTERED: Code = Code {
    name: "c2pa.content-altered",
    claim: Claim::Tampered,
    summary: "The file is not the one that was signed: it was changed since, or the credentials were taken from another file.",
    proves: "The bytes that the signature binds are not the bytes of this file.",
    limits: "Which of the two it is, what was changed and by whom, and whether the picture looks different: saving it again is enough, and anyone can put the credentials of one file into another.",
    error_rate: CRYPTOGRAPHIC,
    next: "Look for the original. Do not rely on anything that the credentials say about this file.",
};

pub(in super::super) const MANIFEST_ALTERED: Code = Code {
    name: "c2pa.manifest-altered",
    claim: Claim::AlteredManifest,
    summary: "Its content credentials are not as they were signed: a part of them was changed, exchanged or taken away.",
    proves: "A part of the manifest does not match what was signed, or is missing.",
    limits: "Whether somebody meant to: damage in transit does the same.",
    error_rate: CRYPTOGRAPHIC,
    next: "Do not rely on anything that the credentials say. Look for the original.",
};

pub(in super::super) const INGREDIENT_ALTERED: Code = Code {
    name: "c2pa.ingredient-altered",
    claim: Claim::AlteredManifest,
    summary: "The credentials of something that went into it do not hold.",
    proves: "An ingredient's manifest, or its binding, does not match what was signed.",
    limits: "Whether the image itself was changed: its own credentials are judged apart.",
    error_rate: CRYPTOGRAPHIC,
    next: "Rely on the image's own credentials only, not on its history.",
};

pub(in super::super) const MALFORMED: Code = Code {
    name: "c2pa.malformed",
    claim: Claim::UnreadableCredentials,
    summary: "It carries content credentials that do not follow the standard.",
    proves: "There is a manifest, and validation named what is wrong with it.",
    limits: "Whether the fault is the writer's or somebody's doing.",
    error_rate: BY_THE_BOOK,
    next: "Treat what it says as a claim. The statuses name the rule that was broken.",
};

pub(in super::super) const NOT_CHECKABLE: Code = Code {
    name: "c2pa.not-checkable",
    claim: Claim::UnreadableCredentials,
    summary: "It carries content credentials of which a part could not be checked.",
    proves: "There is a manifest that refers to something out of reach, or uses an algorithm that is not supported.",
    limits: "Everything that hangs on that part.",
    error_rate: BY_THE_BOOK,
    next: "Check it with a newer version, or where the missing part is at hand.",
};

pub(in super::super) const UNREADABLE: Code = Code {
    name: "c2pa.unreadable",
    claim: Claim::UnreadableCredentials,
    summary: "It carries content credentials that cannot be read.",
    proves: "There is something in the place of a manifest.",
    limits: "Everything else: it may be damaged, unfinished, of a draft of the standard, or meant to break readers.",
    error_rate: BY_THE_BOOK,
    next: "Look for another copy of the image.",
};

pub(in super::super) const SIDECAR: Code = Code {
    name: "c2pa.sidecar",
    claim: Claim::Credentials,
    summary: "Its content credentials lie in a file beside it, not in it, so that what they say is declared at most.",
    proves: "That the manifest beside the image was read with it.",
    limits: "Who put it there: anyone can lay a manifest beside a file, and it is lost when one of them is moved.",
    error_rate: BY_THE_BOOK,
    next: "Ask for the image with its credentials embedded if it matters.",
};

pub(in super::super) const SIDECAR_MISMATCH: Code = Code {
    name: "c2pa.sidecar-mismatch",
    claim: Claim::UnreadableCredentials,
    summary: "The manifest beside it is not of this image, or the image was changed since.",
    proves: "The bytes that the manifest beside the image binds are not the bytes of this file.",
    limits: "Which of the two it is: files beside each other are easily mixed up.",
    error_rate: CRYPTOGRAPHIC,
    next: "Find out which file the manifest belongs to before you read anything into it.",
};

pub(in super::super) const LONE_MANIFEST: Code = Code {
    name: "c2pa.lone-manifest",
    claim: Claim::Credentials,
    summary: "It is a manifest without its image.",
    proves: "That such a manifest exists.",
    limits: "Anything about an image: there is none here to compare it with.",
    error_rate: BY_THE_BOOK,
    next: "Put it beside its image, under the same name with the ending .c2pa, and check the image.",
};

pub(in super::super) const REMOTE_ONLY: Code = Code {
    name: "c2pa.remote-only",
    claim: Claim::RemoteCredentials,
    summary: "It says that its content credentials are stored elsewhere; they were not fetched.",
    proves: "The file names an address.",
    limits: "Whether there is a manifest there, and what it says.",
    error_rate: "none: the address stands in the file",
    next: "Fetch the manifest from that address if you trust it, and put it beside the image as a .c2pa file; a build with network code does so with --online.",
};

pub(in super::super) const BOUND_IN_PART: Code = Code {
    name: "c2pa.bound-in-part",
    claim: Claim::Credentials,
    summary: "Its content credentials bind only a part of the file: what they bind is unchanged, but they leave out more than themselves.",
    proves: "Every byte that the signature binds is as it was signed. What it leaves out stands where metadata do.",
    limits: "Anything about the bytes that are left out, such as the date and place in the EXIF: anyone can have changed them.",
    error_rate: CRYPTOGRAPHIC,
    next: "Rely on the picture as on that of an unknown signer, and on its EXIF not at all.",
};

pub(in super::super) const INGREDIENT_UNTRUSTED: Code = Code {
    name: "c2pa.ingredient-untrusted",
    claim: Claim::History,
    summary: "Something that went into it was signed by someone who is on no trust list that you loaded, or whose certificate had expired.",
    proves: "Validation named the status, now or when the ingredient was taken in.",
    limits: "Whether that signer told the truth: what the image's own signer says of the ingredient is that signer's word.",
    error_rate: CRYPTOGRAPHIC,
    next: "Treat what the history says below that point as a claim.",
};

pub(in super::super) const INGREDIENT_MALFORMED: Code = Code {
    name: "c2pa.ingredient-malformed",
    claim: Claim::History,
    summary: "The credentials of something that went into it do not follow the standard, or could not be checked.",
    proves: "Validation named what is wrong with them.",
    limits: "Whether the fault is the writer's or somebody's doing.",
    error_rate: BY_THE_BOOK,
    next: "Treat what the history says below that point as a claim.",
};

pub(in super::super) const FETCHED: Code = Code {
    name: "c2pa.fetched",
    claim: Claim::Credentials,
    summary: "Its content credentials were fetched from the address that the file names, so that what they say is declared at most.",
    proves: "That a manifest lay at that address when it was checked.",
    limits: "Who put it there: whoever holds the address can replace it.",
    error_rate: BY_THE_BOOK,
    next: "Ask for the image with its credentials embedded if it matters.",
};

pub(in super::super) const REMOTE_MISMATCH: Code = Code {
    name: "c2pa.remote-mismatch",
    claim: Claim::UnreadableCredentials,
    summary: "The manifest at the address that it names is not of this image, or the image was changed since.",
    proves: "The bytes that the fetched manifest binds are not the bytes of this file.",
    limits: "Which of the two it is: services change images and keep the address.",
    error_rate: CRYPTOGRAPHIC,
    next: "Look for the original, and do not read anything into the fetched manifest.",
};

pub(in super::super) const UNBOUND_PARTS: Code = Code {
    name: "c2pa.unbound-parts",
    claim: Claim::History,
    summary: "The signature leaves out parts of the file beyond the credentials themselves.",
    proves: "The manifest names the byte ranges that are not bound.",
    limits: "Whether anything was changed there. Some services leave out metadata on purpose.",
    error_rate: BY_THE_BOOK,
    next: "Do not rely on what stands in those bytes, such as EXIF.",
};

pub(in super::super) const PICTURE_NOT_BOUND: Code = Code {
    name: "c2pa.picture-not-bound",
    claim: Claim::Credentials,
    summary: "Its content credentials leave out bytes of the file that the picture may be made of.",
    proves: "The manifest says which bytes it does not bind, and they are more than metadata. What it binds is unchanged.",
    limits: "What the picture looked like when it was signed: what is left out is anybody's to write.",
    error_rate: BY_THE_BOOK,
    next: "Do not rely on what the credentials say of this picture.",
};
