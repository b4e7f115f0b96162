//! Inspecting with an eye to later: what is kept of an image, and judging it again from that.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Inspection, Inspector, SignalState, add, broke, checked, settled};
use crate::asset::Asset;
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::fingerprints::Kind;
use crate::prints::{Bytes, KEPT, Prints, PrintsError, Reader, Source};
use crate::signals::{self, Compared, Compares, Facts, Outcome};

/// Changed when older programs could misread what is written.
const VERSION: u8 = 1;

/// What is kept of an image beside its inspection, to judge it again when lists or the policy change.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The hashes that lists may be asked for.
    pub prints: Prints,
    basis: Basis,
}

/// Which part of an inspection stands whatever the lists hold. All of it comes first in the inspection.
#[derive(Debug, Clone, Default, PartialEq)]
struct Basis {
    evidence: usize,
    faults: usize,
    notes: usize,
    facts: Facts,
    /// How signals fared that found something only together with others.
    alone: Vec<(&'static str, SignalState)>,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) evidence: Vec<Evidence>,
    pub(super) states: Vec<(&'static str, SignalState)>,
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<String>,
}

impl Found {
    /// Takes up what came of a signal.
    pub(super) fn add(&mut self, name: &str, outcome: Outcome) {
        let state = match outcome {
            Outcome::Found(found) => {
                self.evidence.extend(found);
                SignalState::Found
            }
            Outcome::Nothing => SignalState::Nothing,
            Outcome::NotApplicable(why) => SignalState::NotApplicable(why),
            Outcome::Failed(found, fault) => {
                self.evidence.extend(found);
                add(&mut self.faults, fault);
                SignalState::Failed
            }
        };
        if let Some(own) = self.states.iter_mut().find(|(own, _)| *own == name) {
            own.1 = state;
        }
    }

    fn add_compared(&mut self, name: &str, compared: Compared) {
        for note in compared.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        self.add(name, compared.outcome);
    }
}

impl Inspector {
    /// Examines one image as [`inspect`](Self::inspect) does, and gives what is to be kept of it; nothing where the image is to
    /// be read again, since it could not be read to its end or a signal broke on it.
    ///
    /// So that other lists find the same as they would in the image, the settings should say that prints are kept.
    pub fn inspect_keeping(&self, asset: &Asset) -> (Inspection, Option<Kept>) {
        self.inspect_and(asset, true)
    }

    pub(super) fn inspect_and(&self, asset: &Asset, keep: bool) -> (Inspection, Option<Kept>) {
        let mut found = self.look(asset);
        let mut basis = Basis::of(&found, Facts::of(asset));
        let prints = self.compare(asset, keep, &mut found);
        let (before, faults) = (found.states.clone(), found.faults.len());
        self.conclude(&basis.facts, &mut found);
        basis.alone = changed(&before, &found.states);
        let broke = found.faults.len() > faults;
        let sha256 = asset.sha256();
        if let Some(fault) = asset.fault() {
            add(&mut found.faults, fault);
        }
        let whole = sha256.is_some() && asset.fault().is_none() && !broke;
        let inspection = Inspection {
            bytes: Some(asset.len()),
            media_type: asset.format().map(|format| format.media_type()),
            media: asset.format().map(|format| format.kind()),
            dimensions: asset.container().dimensions,
            sha256,
            verdict: self.policy.judge(&found.evidence, checked(&found.faults)),
            evidence: found.evidence,
            signals: found.states,
            faults: found.faults,
            notes: found.notes,
            group: None,
        };
        let kept = prints.filter(|_| whole);
        (inspection, kept.map(|prints| Kept { prints, basis }))
    }

    /// Compares an image's prints, if a signal does or they are to be kept.
    fn compare(&self, asset: &Asset, keep: bool, found: &mut Found) -> Option<Prints> {
        let comparing = self.comparing();
        let mut kinds: BTreeSet<Kind> = comparing
            .iter()
            .flat_map(|(_, signal)| signal.kinds().iter().copied())
            .collect();
        if keep {
            kinds.extend(KEPT);
        }
        if kinds.is_empty() && comparing.is_none() {
            return None;
        }
        let compare = || {
            let prints = Prints::begin(asset, kinds);
            let source = Source::of(asset, &prints);
            let compared = comparing.map(|(_, signal)| signal.compare(source));
            (compared, prints)
        };
        let compared = catch_unwind(AssertUnwindSafe(compare));
        let Ok((compared, prints)) = compared else {
            let name = comparing.map_or(signals::known_image::KIND.name, |(name, _)| name);
            found.add(name, Outcome::Failed(Vec::new(), broke(name)));
            return None;
        };
        if let (Some(mut compared), Some((name, _))) = (compared, comparing) {
            compared.outcome = settled(compared.outcome, asset);
            found.add_compared(name, compared);
        }
        let complete = || prints.complete(asset);
        let kept = keep && catch_unwind(AssertUnwindSafe(complete)).is_ok();
        kept.then_some(prints)
    }

    /// Whether what was kept of an image has every kind of hash that the lists hold; else the image is to be read again.
    pub fn can_judge_from(&self, kept: &Kept) -> bool {
        self.comparing()
            .is_none_or(|(_, signal)| signal.kinds().is_subset(kept.prints.kinds()))
    }

    /// Judges an image again of which only an inspection is left and what was kept with it: the same as inspecting it, if only
    /// lists and the policy have changed since, and [`can_judge_from`](Self::can_judge_from) says that it can be done.
    pub fn judge_from(&self, inspection: &Inspection, kept: &Kept) -> Inspection {
        self.judge_with(inspection, kept, self.compared(kept))
    }

    /// What the lists say of what was kept; nothing where none is asked.
    pub(crate) fn compared(&self, kept: &Kept) -> Option<Compared> {
        let (name, signal) = self.comparing()?;
        Some(again(signal, name, &kept.prints))
    }

    /// [`judge_from`](Self::judge_from) with what the lists say, or as if there were none.
    pub(crate) fn judge_with(
        &self,
        inspection: &Inspection,
        kept: &Kept,
        compared: Option<Compared>,
    ) -> Inspection {
        let mut found = kept.basis.found(inspection);
        if let (Some(compared), Some((name, _))) = (compared, self.comparing()) {
            found.add_compared(name, compared);
        }
        self.conclude(&kept.basis.facts, &mut found);
        Inspection {
            bytes: inspection.bytes,
            media_type: inspection.media_type,
            media: inspection.media,
            dimensions: inspection.dimensions,
            sha256: inspection.sha256.clone(),
            verdict: self.policy.judge(&found.evidence, checked(&found.faults)),
            evidence: found.evidence,
            signals: found.states,
            faults: found.faults,
            notes: found.notes,
            group: None,
        }
    }
}

/// What a signal says of prints that were kept.
fn again(signal: &dyn Compares, name: &str, prints: &Prints) -> Compared {
    let compare = || signal.compare(Source::kept(prints));
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(|_| Compared {
        outcome: Outcome::Failed(Vec::new(), broke(name)),
        notes: Vec::new(),
    })
}

/// States as they were before, of those that are others now.
fn changed(
    before: &[(&'static str, SignalState)],
    now: &[(&'static str, SignalState)],
) -> Vec<(&'static str, SignalState)> {
    let both = before.iter().zip(now);
    let changed = both.filter(|(before, now)| before != now);
    changed.map(|(before, _)| *before).collect()
}

impl Basis {
    fn of(found: &Found, facts: Facts) -> Self {
        Self {
            evidence: found.evidence.len(),
            faults: found.faults.len(),
            notes: found.notes.len(),
            facts,
            alone: Vec::new(),
        }
    }

    /// What was found before prints were compared and conclusions drawn.
    fn found(&self, inspection: &Inspection) -> Found {
        let first = |(name, state): &(&'static str, SignalState)| {
            let used = self.alone.iter().find(|(own, _)| own == name);
            let state = match used {
                _ if *name == signals::known_image::KIND.name => SignalState::NotUsed,
                Some((_, alone)) => *alone,
                None => *state,
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
            states: inspection.signals.iter().map(first).collect(),
        }
    }
}

impl Kept {
    /// What is kept as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let basis = &self.basis;
        let mut bytes = Bytes::beginning_with(VERSION);
        for count in [basis.evidence, basis.faults, basis.notes, basis.alone.len()] {
            bytes.number(count);
        }
        for (name, state) in &basis.alone {
            bytes.text(name);
            bytes.byte(u8::from(matches!(state, SignalState::NotApplicable(_))));
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
            alone: reader.several(state)?,
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

/// How a signal fared alone.
fn state(reader: &mut Reader<'_>) -> Option<(&'static str, SignalState)> {
    let name = reader.text()?;
    let kind = signals::ALL.iter().find(|kind| kind.name == name)?;
    let state = match reader.byte()? {
        0 => SignalState::Nothing,
        1 => SignalState::NotApplicable("it has nothing to look at in such a file"),
        _ => return None,
    };
    Some((kind.name, state))
}
