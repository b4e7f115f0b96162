//! What is kept of an image with an eye to later: its prints, and which part of its inspection stands whatever lists hold.

use super::SignalState;
use super::found::Found;
use super::inspection::Inspection;
use crate::prints::{Bytes, Prints, PrintsError, Reader};
use crate::signals::{self, Facts};

/// Changed when older programs could misread what is written.
const VERSION: u8 = 1;

/// What is kept of an image beside its inspection, to judge it again when lists or the policy change.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The hashes that lists may be asked for.
    pub prints: Prints,
    pub(super) basis: Basis,
}

/// Which part of an inspection stands whatever the lists hold. All of it comes first in the inspection.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Basis {
    evidence: usize,
    faults: usize,
    notes: usize,
    pub(super) facts: Facts,
    /// Which signals of the table had nothing to look at, as bits: they may find something all the same, together with others.
    not_applicable: usize,
}

impl Basis {
    pub(super) fn of(found: &Found, facts: Facts) -> Self {
        Self {
            evidence: found.evidence.len(),
            faults: found.faults.len(),
            notes: found.notes.len(),
            facts,
            not_applicable: not_applicable(&found.states),
        }
    }

    /// How a signal fared that found nothing alone.
    fn quiet(&self, name: &str) -> SignalState {
        match place_in_table(name).is_some_and(|place| self.not_applicable >> place & 1 == 1) {
            true => SignalState::NotApplicable("it has nothing to look at in such a file"),
            false => SignalState::Nothing,
        }
    }

    /// What was found before prints were compared and conclusions drawn.
    pub(super) fn found(&self, inspection: &Inspection) -> Found {
        let evidence = inspection.evidence.iter().take(self.evidence);
        let found_alone: Vec<&str> = evidence
            .filter_map(|one| signals::code(one.code.name))
            .map(|(kind, _)| kind.name)
            .collect();
        let alone = |(name, state): &(&'static str, SignalState)| {
            let state = match state {
                _ if *name == signals::known_image::KIND.name => SignalState::NotUsed,
                SignalState::Found if !found_alone.contains(name) => self.quiet(name),
                state => *state,
            };
            (*name, state)
        };
        Found {
            evidence: inspection
                .evidence
                .iter()
                .take(self.evidence)
                .cloned()
                .collect(),
            faults: inspection
                .faults
                .iter()
                .take(self.faults)
                .cloned()
                .collect(),
            notes: inspection.notes.iter().take(self.notes).cloned().collect(),
            states: inspection.signals.iter().map(alone).collect(),
        }
    }
}

fn place_in_table(name: &str) -> Option<usize> {
    signals::ALL.iter().position(|kind| kind.name == name)
}

fn not_applicable(states: &[(&'static str, SignalState)]) -> usize {
    let states = states.iter();
    let idle = states.filter(|(_, state)| matches!(state, SignalState::NotApplicable(_)));
    let places = idle.filter_map(|(name, _)| place_in_table(name));
    places.fold(0, |bits, place| bits | 1 << place)
}

impl Kept {
    /// What is kept as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let basis = &self.basis;
        let mut bytes = Bytes::beginning_with(VERSION);
        for number in [
            basis.evidence,
            basis.faults,
            basis.notes,
            basis.not_applicable,
        ] {
            bytes.number(number);
        }
        bytes.number(usize::from(basis.facts.camera.is_some()));
        bytes.text(basis.facts.camera.as_deref().unwrap_or_default());
        bytes.append(self.prints.to_bytes());
        bytes.done()
    }

    /// What was kept.
    ///
    /// # Errors
    /// The bytes are something else, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PrintsError> {
        let mut reader = Reader::of(bytes, VERSION)?;
        let basis = Basis::read(&mut reader).ok_or(PrintsError::Damaged)?;
        let prints = Prints::from_bytes(reader.rest())?;
        Ok(Self { prints, basis })
    }
}

impl Basis {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            evidence: reader.number()?,
            faults: reader.number()?,
            notes: reader.number()?,
            not_applicable: reader.number()?,
            facts: Facts {
                camera: match (reader.number()?, reader.text()?) {
                    (0, "") => None,
                    (1, camera) => Some(camera.to_owned()),
                    _ => return None,
                },
            },
        })
    }
}
