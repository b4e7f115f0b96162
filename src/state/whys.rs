//! Why signals did not apply, as it was said of an image. A record does not hold it, and some reports show it.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::pack::{Packed, Unpacked};
use crate::inspect::{Inspection, SignalState};

/// Most different reasons that are taken from states, and the longest. The program has a few dozen, so that more come from a
/// state that somebody wrote by hand.
const MOST: usize = 256;
const LONGEST: usize = 300;

/// Reasons that were read.
static READ: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// The reasons of an inspection as bytes.
pub(super) fn pack(inspection: &Inspection) -> Vec<u8> {
    let mut packed = Packed::default();
    for (name, state) in &inspection.signals {
        if let SignalState::NotApplicable(why) = state {
            packed.bytes(name.as_bytes());
            packed.bytes(why.as_bytes());
        }
    }
    packed.0
}

/// Puts the reasons back where a signal still does not apply.
pub(super) fn restore(bytes: &[u8], inspection: &mut Inspection) {
    let mut unpacked = Unpacked(bytes);
    while let (Some(name), Some(why)) = (unpacked.bytes(), unpacked.bytes()) {
        let state = inspection.signals.iter_mut();
        let state = state.map(|(own, state)| (own.as_bytes() == name).then_some(state));
        if let Some(state @ SignalState::NotApplicable(_)) = state.flatten().next()
            && let Some(why) = str::from_utf8(why).ok().and_then(lasting)
        {
            *state = SignalState::NotApplicable(why);
        }
    }
}

/// The same text for as long as the program runs: the vocabulary of signals is made of such.
fn lasting(why: &str) -> Option<&'static str> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(why) = read.get(why) {
        return Some(why);
    }
    let room = read.len() < MOST && why.len() <= LONGEST;
    room.then(|| {
        let why: &'static str = Box::leak(why.to_owned().into_boxed_str());
        read.insert(why);
        why
    })
}
