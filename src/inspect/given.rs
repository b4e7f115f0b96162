//! An image of which only hashes are known: the lists are asked, and nothing else can be.

use std::collections::BTreeSet;

use super::again::again;
use super::faults::add;
use super::found::Found;
use super::{Inspection, Inspector, SignalState};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::Kind;
use crate::prints::Prints;
use crate::signals::Facts;
use crate::sources::Hashes;

/// Why signals that look at images have nothing to say.
const NO_IMAGE: &str = "there is no image, only hashes of it";

impl Inspector {
    /// Compares hashes that somebody else computed with the lists. Where no list can be asked for any of them, the image was
    /// not checked.
    pub fn inspect_hashes(&self, hashes: Hashes) -> Inspection {
        let mut found = Found {
            faults: hashes.faults,
            ..Found::default()
        };
        for (kind, signal) in &self.signals {
            let state = match signal {
                Some(_) => SignalState::NotApplicable(NO_IMAGE),
                None => SignalState::NotUsed,
            };
            found.states.push((kind.name, state));
        }
        let prints = Prints::given(hashes.fingerprints, None);
        match self.comparing() {
            Some((_, signal)) if prints.kinds().is_disjoint(signal.kinds()) => {
                let message = format!(
                    "only hashes are known of it ({}), and no list holds such; give one that does with --list",
                    words(prints.kinds())
                );
                add(
                    &mut found.faults,
                    Fault::new(FaultKind::Unsupported, message),
                );
            }
            Some((name, signal)) => {
                found.add_compared(name, again(signal, name, &prints, true));
                let kinds = words(prints.kinds());
                let note = format!(
                    "only hashes are known of it ({kinds}): the lists were asked for these, and no image was seen"
                );
                found.notes.push(note);
            }
            None => {
                let message = "only hashes are known of it, and there is no list to compare them with; give one with --list";
                add(
                    &mut found.faults,
                    Fault::new(FaultKind::Unsupported, message),
                );
            }
        }
        self.conclude(&Facts::default(), &mut found);
        found.judged_by(&self.policy)
    }
}

fn words(kinds: &BTreeSet<Kind>) -> String {
    let words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    words.join(", ")
}
