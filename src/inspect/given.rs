//! An image of which only hashes are known: the lists are asked, and nothing else can be.

use std::collections::BTreeSet;

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use sha2::{Digest as _, Sha256};

use super::again::again;
use super::faults::add;
use super::found::Found;
use super::inspection::Requested;
use super::{Inspection, Inspector, SignalState};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::{Fingerprint, Kind, SHA256, to_hex};
use crate::lists::MIN_QUALITY;
use crate::prints::Prints;
use crate::signals::Facts;
use crate::sources::Hashes;

/// Why signals that look at images have nothing to say.
const NO_IMAGE: &str = "there is no image, only hashes of it";

impl Inspector {
    /// Compares hashes that somebody else computed with the lists, and judges what they say as it would be of an image. Where no
    /// list can be asked for any of them, the image was not checked.
    pub fn inspect_hashes(&self, hashes: Hashes) -> Inspection {
        self.judge_hashes(hashes, true)
    }

    /// The same of many images at once, which takes far less time: lists have nothing on most, and that is told of many
    /// together.
    pub fn inspect_all_hashes(&self, images: Vec<Hashes>) -> Vec<Inspection> {
        let prints: Vec<&Prints> = images.iter().map(|one| &one.prints).collect();
        let may_be_known = self.may_be_known(&prints);
        let both = images.into_par_iter().zip(may_be_known);
        both.map(|(hashes, may_be_known)| self.judge_hashes(hashes, may_be_known))
            .collect()
    }

    fn judge_hashes(&self, hashes: Hashes, may_be_known: bool) -> Inspection {
        let Hashes { prints, faults } = hashes;
        let mut found = Found {
            faults,
            ..Found::default()
        };
        for (kind, signal) in &self.signals {
            let state = match signal {
                Some(_) => SignalState::NotApplicable(NO_IMAGE),
                None => SignalState::NotUsed,
            };
            found.states.push((kind.name, state));
        }
        let kinds: BTreeSet<Kind> = prints.looked_up().collect();
        match self.incomparable(&kinds) {
            Some(fault) => add(&mut found.faults, fault),
            None => {
                self.look_up(&prints, may_be_known, &mut found);
                if found.evidence.is_empty() && prints.are_poor() {
                    add(&mut found.faults, too_poor());
                }
                found.notes.push(format!(
                    "only hashes are known of it ({}): the lists were asked for these, and no image was seen",
                    words(&kinds)
                ));
            }
        }
        self.conclude(&Facts::default(), &mut found);
        let digest: [u8; 32] = Sha256::digest(prints.to_bytes()).into();
        let mut given = prints.own().fingerprints().iter();
        let sha256 = given.find(|given| given.kind() == SHA256);
        found.judged_by(&self.policy).answering(Requested {
            looked_up: kinds.into_iter().collect(),
            sha256: sha256.map(Fingerprint::hex),
            hashes: Some(to_hex(&digest)),
            ..Requested::default()
        })
    }

    fn look_up(&self, prints: &Prints, may_be_known: bool, found: &mut Found) {
        if let Some((name, signal)) = self.comparing() {
            found.add_compared(name, again(signal, name, prints, may_be_known));
        }
    }

    /// Why these hashes cannot be compared with anything.
    fn incomparable(&self, kinds: &BTreeSet<Kind>) -> Option<Fault> {
        let Some((_, signal)) = self.comparing() else {
            let message = "only hashes are known of it, and there is no list to compare them with; give one with --list";
            return Some(Fault::new(FaultKind::Unsupported, message));
        };
        (!kinds.iter().any(|kind| signal.knows(*kind))).then(|| {
            let message = format!(
                "only hashes are known of it ({}), and no list holds such; give one that does with --list",
                words(kinds)
            );
            Fault::new(FaultKind::Unsupported, message)
        })
    }
}

/// Why hashes of flat or blurred pictures are not compared: too many pictures have the same.
fn too_poor() -> Fault {
    let message = format!(
        "its hashes are of too poor a quality to be compared: below {MIN_QUALITY}, unless a list asks for less; send a digest, such as sha256, or the image"
    );
    Fault::new(FaultKind::Unsupported, message)
}

fn words(kinds: &BTreeSet<Kind>) -> String {
    let words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    words.join(", ")
}
