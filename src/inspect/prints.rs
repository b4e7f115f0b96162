//! Looking up hashes that somebody else computed, where there is no image.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::found::Found;
use super::inspection::{Inspection, Requested};
use super::{Inspector, SignalState};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::pdq::{PDQ, PDQ_512};
use crate::fingerprints::{Fingerprint, Kind};
use crate::prints::{Prints, Source};
use crate::signals::{Facts, Outcome};

/// Why a signal says nothing of a hash.
const NO_IMAGE: &str = "only hashes were looked up, there was no image";

impl Inspector {
    /// What the lists say of hashes alone, judged as it would be of an image.
    ///
    /// Where no list holds hashes of these kinds nothing was compared, and that is a fault.
    pub fn look_up(&self, prints: &Prints) -> Inspection {
        let mut found = Found::default();
        for (kind, signal) in &self.signals {
            let state = match signal {
                Some(_) => SignalState::NotApplicable(NO_IMAGE),
                None => SignalState::NotUsed,
            };
            found.states.push((kind.name, state));
        }
        if let Some(fault) = self.incomparable(prints) {
            found.faults.push(fault);
        } else if let Some((name, signal)) = self.comparing() {
            let compare = || signal.compare(Source::kept(prints));
            match catch_unwind(AssertUnwindSafe(compare)) {
                Ok(compared) => found.add_compared(name, compared),
                Err(_) => {
                    let fault = super::faults::broke(name);
                    found.add(name, Outcome::Failed(Vec::new(), fault));
                }
            }
        }
        self.conclude(&Facts::default(), &mut found);
        found.judged_by(&self.policy).answering(Requested {
            looked_up: given(prints),
            ..Requested::default()
        })
    }

    /// Why these hashes cannot be compared with anything.
    fn incomparable(&self, prints: &Prints) -> Option<Fault> {
        let Some((_, signal)) = self.comparing() else {
            let message = "there is no list to look hashes up in; --list names one";
            return Some(Fault::new(FaultKind::Unsupported, message));
        };
        let held = signal.kinds();
        // The hash of a picture that was resized first is looked up among the others, too.
        let is_held = |kind: &Kind| held.contains(kind) || *kind == PDQ_512 && held.contains(&PDQ);
        if prints.kinds().iter().any(is_held) {
            return None;
        }
        let kinds: Vec<String> = given(prints).iter().map(Kind::to_string).collect();
        let message = format!(
            "no list holds hashes of the kind {}, so nothing was compared",
            kinds.join(" or ")
        );
        Some(Fault::new(FaultKind::Unsupported, message))
    }
}

/// The kinds of the hashes that are there.
fn given(prints: &Prints) -> Vec<Kind> {
    let own = prints.own();
    let full = own.turned().and_then(|turned| turned.full.as_ref());
    let small = own.turned().and_then(|turned| turned.small.as_ref());
    let pdq = full.map(|_| PDQ).into_iter().chain(small.map(|_| PDQ_512));
    let others = own.fingerprints().iter().map(Fingerprint::kind);
    let kinds: BTreeSet<Kind> = others.chain(pdq).collect();
    kinds.into_iter().collect()
}
