//! Whether an image is on a list of known images: the same file by digest, or the same picture by perceptual hash.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Outcome, Signal, SignalKind};
use crate::asset::{Asset, Format, PixelError};
use crate::error::{Fault, FaultKind};
use crate::evidence::{Claim, Code, Evidence, Strength};
use crate::fingerprints::pdq::{self, PDQ, PDQ_512};
use crate::fingerprints::{FingerprintError, Kind, compute_all};
use crate::lists::{List, MIN_QUALITY, Match, Query};

/// Most matches on one list that an image's record holds; the nearest are kept.
const MAX_MATCHES: usize = 20;

const EXACT: Code = Code {
    name: "known.exact",
    claim: Claim::Known,
    summary: "This very file is on a list of known images.",
    proves: "The file has the same cryptographic digest as the list's entry: it is the same file, byte for byte.",
    limits: "What the entry is: that is as right as the list. MD5 and SHA-1 collisions can be made on purpose, though not for a file that is already on a list.",
    error_rate: "none in practice: about 1 in 10^38 for the shortest digest (MD5)",
    next: "Follow the rules of the list's owner. The list and the entry are named, so that nobody needs to look at the picture.",
};
const NEAR: Code = Code {
    name: "known.near",
    claim: Claim::Known,
    summary: "The picture is nearly the same as one on a list of known images.",
    proves: "The perceptual hashes differ in no more bits than the list allows: the pictures look alike, after scaling or saving again at most.",
    limits: "That it is the same picture: plain graphics, screenshots of text and pictures made to collide can come near by chance or design.",
    error_rate: "PDQ at 31 bits: 0 of 31.4 million pairs of distinct photographs (nearest: 80 bits). The imghash kinds at their own thresholds: 0 of 4186 pairs. A list may set another threshold, for which no rate is known; the evidence is then a hint above the measured one.",
    next: "Have it compared by someone who may, or follow the rules of the list's owner.",
};

/// The signal's entry in the table.
pub const KIND: SignalKind = SignalKind {
    name: "known_image",
    about: "lists of known images: the same file, or the same picture",
    codes: &[EXACT, NEAR],
    load: |settings| {
        let signal = (!settings.lists.is_empty())
            .then(|| Box::new(KnownImage::new(&settings.lists)) as Box<dyn Signal>);
        Ok(signal)
    },
};

struct KnownImage {
    lists: Vec<Arc<List>>,
    /// The kinds that any list holds.
    kinds: BTreeSet<Kind>,
}

impl KnownImage {
    fn new(lists: &[Arc<List>]) -> Self {
        let kinds = lists
            .iter()
            .flat_map(|list| list.kinds().map(|(kind, _)| kind))
            .collect();
        Self {
            lists: lists.to_vec(),
            kinds,
        }
    }
}

impl KnownImage {
    /// Whether the lists know pictures only, and the file is known to hold none.
    fn has_nothing_for(&self, asset: &Asset) -> bool {
        let holds_none = asset.format().is_some() && !has_picture(asset);
        holds_none && !self.kinds.iter().any(|kind| kind.exact())
    }
}

impl Signal for KnownImage {
    fn examine(&self, asset: &Asset) -> Outcome {
        if self.has_nothing_for(asset) {
            return Outcome::NotApplicable("it holds no picture, and the lists hold no digests");
        }
        let mut hashes = Hashes::of(asset, &self.kinds);
        let mut found: Vec<Evidence> = Vec::new();
        for list in &self.lists {
            found.extend(matches(list, &hashes));
        }
        // The same file says more than the same picture.
        found.sort_by_key(|evidence| std::cmp::Reverse(evidence.strength));
        match hashes.fault.take() {
            Some(fault) => Outcome::Failed(found, fault),
            None => Outcome::from_evidence(found),
        }
    }
}

/// What one list says of the image, nearest first. The list is asked as a whole: no match on another may push it out.
fn matches(list: &List, hashes: &Hashes) -> Vec<Evidence> {
    let mut found = Vec::new();
    for (kind, _) in list.kinds() {
        let queries = hashes.comparable_with(kind);
        let matches = list.find(kind, &queries);
        found.extend(
            matches
                .iter()
                .map(|found| (evidence(list, found), found.distance)),
        );
    }
    found.sort_by_key(|(evidence, distance)| (std::cmp::Reverse(evidence.strength), *distance));
    found.truncate(MAX_MATCHES);
    found.into_iter().map(|(evidence, _)| evidence).collect()
}

/// The hashes of one image, as far as the lists need them.
struct Hashes {
    queries: Vec<Query>,
    fault: Option<Fault>,
}

impl Hashes {
    fn of(asset: &Asset, kinds: &BTreeSet<Kind>) -> Self {
        let mut hashes = Self {
            queries: Vec::new(),
            fault: None,
        };
        let is_pdq = |kind: &Kind| *kind == PDQ || *kind == PDQ_512;
        let others: Vec<Kind> = kinds.iter().copied().filter(|kind| !is_pdq(kind)).collect();
        for result in compute_all(asset, &others) {
            match result {
                Ok(fingerprint) => hashes.queries.push(Query {
                    fingerprint,
                    transform: "",
                }),
                Err(error) => hashes.fail(asset, &error),
            }
        }
        // Lists rarely say which of the two references made a `pdq` hash; on large pictures they differ, so both are tried.
        let wants_pdq = kinds.contains(&PDQ);
        let wants_both = wants_pdq && pdq::is_resized(asset);
        for (kind, wanted) in [
            (PDQ, wants_pdq),
            (PDQ_512, wants_both || kinds.contains(&PDQ_512)),
        ] {
            if wanted {
                hashes.add_pdq(asset, kind);
            }
        }
        hashes
    }

    fn add_pdq(&mut self, asset: &Asset, kind: Kind) {
        match pdq::dihedral(asset, kind) {
            Ok(all) => self.queries.extend(
                all.into_iter()
                    .filter(|(_, fingerprint)| {
                        fingerprint
                            .quality()
                            .is_none_or(|quality| quality >= MIN_QUALITY)
                    })
                    .map(|(dihedral, fingerprint)| Query {
                        fingerprint,
                        transform: dihedral.name(),
                    }),
            ),
            Err(error) => self.fail(asset, &error),
        }
    }

    /// Keeps the first thing that went wrong. A picture too small or too large for one kind of hash is no fault.
    fn fail(&mut self, asset: &Asset, error: &FingerprintError) {
        let kind = match error {
            FingerprintError::Unfit(_) => return,
            FingerprintError::Unread(fault) => {
                self.fault.get_or_insert(fault.clone());
                return;
            }
            // There is no picture to compare in other files, in a lone manifest or in a drawing of lines.
            FingerprintError::Pixels(_) if !has_picture(asset) => return,
            FingerprintError::Pixels(PixelError::Unsupported(_)) => FaultKind::Unsupported,
            FingerprintError::Pixels(PixelError::TooLarge(_)) => FaultKind::Limit,
            FingerprintError::Pixels(PixelError::Malformed(_)) => FaultKind::Malformed,
        };
        let message = format!("the picture could not be compared with the lists: {error}");
        self.fault.get_or_insert(Fault::new(kind, message));
    }

    /// The hashes that may be compared with entries of this kind.
    fn comparable_with(&self, kind: Kind) -> Vec<Query> {
        let fits = |query: &&Query| {
            let own = query.fingerprint.kind();
            own == kind || (kind == PDQ && own == PDQ_512)
        };
        self.queries.iter().filter(fits).cloned().collect()
    }
}

/// Whether the format holds a picture of pixels at all.
fn has_picture(asset: &Asset) -> bool {
    asset
        .format()
        .is_some_and(|format| format.is_picture() && format != Format::Svg)
}

fn evidence(list: &List, found: &Match<'_>) -> Evidence {
    let kind = found.query.fingerprint.kind();
    let entry = found.entry;
    let category = entry
        .category
        .as_deref()
        .or(list.options().category.as_deref());
    let measured = kind
        .default_threshold()
        .is_some_and(|threshold| found.distance <= threshold);
    let (code, strength) = match (kind.exact(), measured) {
        (true, _) => (&EXACT, Strength::Proven),
        (false, true) => (&NEAR, Strength::Measured),
        (false, false) => (&NEAR, Strength::Hint),
    };
    let transform = Some(found.query.transform).filter(|name| !matches!(*name, "" | "original"));
    let mut evidence = Evidence::new(code, strength)
        .with("list", list.name())
        .with_some("entry", (!entry.id.is_empty()).then_some(entry.id.as_str()))
        .with_some("category", category)
        .with("hash", kind.to_string())
        .with_some("distance", (!kind.exact()).then_some(found.distance))
        .with_some("threshold", (!kind.exact()).then_some(found.threshold))
        .with_some("transform", transform);
    evidence.asks_for = list.options().action;
    evidence
}
