//! Every code of the signal, with what it proves and what it leaves open.

use crate::evidence::{Claim, Code};

pub(super) const EXACT: Code = Code {
    name: "known.exact",
    claim: Claim::Known,
    summary: "This very file is on a list of known images.",
    proves: "The file has the same cryptographic digest as the list's entry: it is the same file, byte for byte.",
    limits: "What the entry is: that is as right as the list. MD5 and SHA-1 collisions can be made on purpose, though not for a file that is already on a list.",
    error_rate: "none in practice: about 1 in 10^38 for the shortest digest (MD5)",
    next: "Follow the rules of the list's owner. The list and the entry are named, so that nobody needs to look at the picture.",
};
pub(super) const MATCH: Code = Code {
    name: "known.match",
    claim: Claim::Known,
    summary: "The picture is nearly the same as one on a list of known images.",
    proves: "The perceptual hashes differ in no more bits than the list allows: the pictures look alike, after scaling or saving again at most.",
    limits: "That it is the same picture: plain graphics, screenshots of text and pictures made to collide can come near by chance or design.",
    error_rate: "PDQ at 31 bits: 0 of 31.4 million pairs of distinct photographs (nearest: 80 bits). The imghash kinds at their own thresholds: 0 of 4186 pairs. A list may set another threshold, for which no rate is known; the evidence is then a hint above the measured one.",
    next: "Have it compared by someone who may, or follow the rules of the list's owner.",
};
pub(super) const EXACT_THUMBNAIL: Code = Code {
    name: "known.exact-thumbnail",
    claim: Claim::Known,
    summary: "A thumbnail in its content credentials is, byte for byte, on a list of known images.",
    proves: "The file carries the listed file, as the thumbnail of an image in its history.",
    limits: "That the picture itself comes from it: anyone can put any thumbnail into a file, and the picture around it may show something else. What the entry is: that is as right as the list.",
    error_rate: "none in practice: about 1 in 10^38 for the shortest digest (MD5)",
    next: "Follow the rules of the list's owner: the file carries the known picture, whatever else it shows.",
};
pub(super) const MATCH_THUMBNAIL: Code = Code {
    name: "known.match-thumbnail",
    claim: Claim::Known,
    summary: "A thumbnail in its content credentials is nearly the same as a picture on a list of known images.",
    proves: "The file carries a small copy of what looks like the known picture: the original under an AI edit, say. So it is found even where its own pixels no longer look like it.",
    limits: "That the picture itself comes from it: anyone can put any thumbnail into a file, and the picture around it may show something else. Plain graphics and pictures made to collide can come near by chance or design.",
    error_rate: "That of known.match: the hashes and their thresholds are the same. Shrinking a picture to a thumbnail moved its PDQ hash by 20 bits at most in 75 signed files.",
    next: "Have the picture and the thumbnail compared with the listed one by someone who may, or follow the rules of the list's owner.",
};
pub(super) const NEAR: Code = Code {
    name: "known.near",
    claim: Claim::Known,
    summary: "The picture resembles one on a list of known images, at a distance that is no match.",
    proves: "The hashes differ in more bits than a match allows, and in fewer than distinct photographs were ever seen to: a crop, a frame or a text over the known picture does that.",
    limits: "That it is the same picture. Screenshots of text, and of the same program, come this near to each other by chance.",
    error_rate: "PDQ from 32 to 60 bits: 0 of 9.1 million pairs of a photograph and another one that was changed (nearest: 66 bits); of pairs of text screenshots, about 1 in 100. ROBUSTNESS.md has the table.",
    next: "Have it compared by someone who may. It is for a person to decide; nothing is blocked for it.",
};
pub(super) const PROBABLE: Code = Code {
    name: "known.probable",
    claim: Claim::Known,
    summary: "A filter made from a list of known files probably holds this very file.",
    proves: "All bits that the file's digest sets are set in the filter: the file is on the list that it was made from, but for the chance that the evidence names.",
    limits: "Which entry it is: a filter names none. What the list is: that is as right as its owner.",
    error_rate: "The evidence gives it: what the filter promises, or what its bits show if that is worse.",
    next: "Look the file's digest up in the list that the filter was made from.",
};
pub(super) const AI_ORIGINAL: Code = Code {
    name: "known.ai-original",
    claim: Claim::AiGenerated,
    summary: "It is on a list of pictures that a generative model made.",
    proves: "The file or its picture is the same as one that the list's owner recorded as made by a model, exactly or by perceptual hash; the detail says which.",
    limits: "Whether the record is right: that is as right as the list. A perceptual match may be an edited copy.",
    error_rate: "That of known.exact or known.match, for the same hashes and thresholds.",
    next: "Label it as made with AI, with the list as the source.",
};
pub(super) const CAPTURED_ORIGINAL: Code = Code {
    name: "known.captured-original",
    claim: Claim::Captured,
    summary: "It is on a list of pictures that a camera captured.",
    proves: "The file or its picture is the same as one that the list's owner recorded as captured, exactly or by perceptual hash; the detail says which.",
    limits: "Whether the record is right: that is as right as the list. A perceptual match may be an edited copy of the original.",
    error_rate: "That of known.exact or known.match, for the same hashes and thresholds.",
    next: "Compare it with the owner's original where a small change would matter.",
};
pub(super) const ALLOWED: Code = Code {
    name: "known.allowed",
    claim: Claim::Allowed,
    summary: "It is on an allow list: somebody looked at it and found it harmless.",
    proves: "The file or its picture is the same as one on the allow list, exactly or by perceptual hash; the detail says which.",
    limits: "That it is harmless: that is as right as the list. It is no sign that it is genuine.",
    error_rate: "That of known.exact or known.match, for the same hashes and thresholds.",
    next: "Nothing, unless the allow list itself is in doubt.",
};
pub(super) const SUPPRESSED: Code = Code {
    name: "known.suppressed",
    claim: Claim::Allowed,
    summary: "A list of known images has it, and so has an allow list, which goes first.",
    proves: "The match that is named was found, and an allow list holds the same picture: the same file, or, where the match itself rests on a perceptual hash, one that looks the same.",
    limits: "Which of the two lists is right.",
    error_rate: "That of known.exact or known.match, for the same hashes and thresholds.",
    next: "Where both lists are yours, take the entry off one of them.",
};
pub(super) const ALL: &[Code] = &[
    EXACT,
    MATCH,
    NEAR,
    PROBABLE,
    EXACT_THUMBNAIL,
    MATCH_THUMBNAIL,
    AI_ORIGINAL,
    CAPTURED_ORIGINAL,
    ALLOWED,
    SUPPRESSED,
];
