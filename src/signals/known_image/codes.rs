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
pub(super) const NEAR: Code = Code {
    name: "known.near",
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
pub(super) const NEAR_THUMBNAIL: Code = Code {
    name: "known.near-thumbnail",
    claim: Claim::Known,
    summary: "A thumbnail in its content credentials is nearly the same as a picture on a list of known images.",
    proves: "The file carries a small copy of what looks like the known picture: the original under an AI edit, say. So it is found even where its own pixels no longer look like it.",
    limits: "That the picture itself comes from it: anyone can put any thumbnail into a file, and the picture around it may show something else. Plain graphics and pictures made to collide can come near by chance or design.",
    error_rate: "That of known.near: the hashes and their thresholds are the same. Shrinking a picture to a thumbnail moved its PDQ hash by 20 bits at most in 75 signed files.",
    next: "Have the picture and the thumbnail compared with the listed one by someone who may, or follow the rules of the list's owner.",
};
