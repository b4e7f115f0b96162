//! Inspecting with an eye to later: what is kept of an image, and judging it again from that.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{Inspection, Inspector, SignalState, add, broke, checked, settled};
use crate::asset::{Asset, PixelState};
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
    /// Which signals of the table had nothing to look at, as bits: they may find something all the same, together with others.
    not_applicable: usize,
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

    pub(super) fn add_compared(&mut self, name: &str, compared: Compared) {
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
        let basis = Basis::of(&found, Facts::of(asset));
        let prints = self.compare(asset, keep, &mut found);
        if self.decodes_all && asset.has_picture() {
            // Whoever needs the picture says so; here it counts whether it can be had.
            let _ = catch_unwind(AssertUnwindSafe(|| asset.luma().is_ok()));
        }
        let faults = found.faults.len();
        self.conclude(&basis.facts, &mut found);
        let broke = found.faults.len() > faults;
        let sha256 = asset.sha256();
        if let Some(fault) = asset.fault() {
            add(&mut found.faults, fault);
        }
        found.notes.extend(asset.preview_note());
        let whole = sha256.is_some() && asset.fault().is_none() && !broke;
        let inspection = Inspection {
            bytes: Some(asset.len()),
            media_type: asset.format().map(|format| format.media_type()),
            media: asset.format().map(|format| format.kind()),
            dimensions: asset.container().dimensions,
            pixels: asset.pixel_state(),
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
            let kept = KEPT
                .iter()
                .filter(|kind| self.keeps_pictures || kind.exact());
            kinds.extend(kept);
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
        self.judge_with(inspection, kept, self.compared(kept, true))
    }

    /// Judges many images again, each as [`judge_from`](Self::judge_from) does. Some thousand at a time are far faster than one
    /// by one: lists have nothing on most, and that is told of many at once.
    pub fn judge_all_from(&self, images: &[(Inspection, Kept)]) -> Vec<Inspection> {
        let kept: Vec<&Kept> = images.iter().map(|(_, kept)| kept).collect();
        let compared = self.compared_all(&kept);
        let images = images.par_iter().zip(compared);
        images
            .map(|((inspection, kept), compared)| self.judge_with(inspection, kept, compared))
            .collect()
    }

    /// What the lists say of what was kept, if they may know it; nothing where none is asked.
    pub(crate) fn compared(&self, kept: &Kept, may_be_known: bool) -> Option<Compared> {
        let (name, signal) = self.comparing()?;
        Some(again(signal, name, &kept.prints, may_be_known))
    }

    /// Which of many images the lists may have something on. They have nothing on the others.
    pub(crate) fn may_be_known(&self, kept: &[&Kept]) -> Vec<bool> {
        let Some((_, signal)) = self.comparing() else {
            return vec![false; kept.len()];
        };
        let prints: Vec<&Prints> = kept.iter().map(|one| &one.prints).collect();
        let screen = || signal.screen(&prints);
        // A search that breaks breaks for each of them, and is told of each.
        catch_unwind(AssertUnwindSafe(screen)).unwrap_or_else(|_| vec![true; kept.len()])
    }

    /// The same of many images at once, which takes far less time.
    pub(crate) fn compared_all(&self, kept: &[&Kept]) -> Vec<Option<Compared>> {
        let Some((name, signal)) = self.comparing() else {
            return kept.iter().map(|_| None).collect();
        };
        let both = kept.par_iter().zip(self.may_be_known(kept));
        both.map(|(kept, may_be_known)| Some(again(signal, name, &kept.prints, may_be_known)))
            .collect()
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
        if inspection.pixels == PixelState::Preview {
            found.notes.extend(inspection.notes.last().cloned());
        }
        Inspection {
            bytes: inspection.bytes,
            media_type: inspection.media_type,
            media: inspection.media,
            dimensions: inspection.dimensions,
            pixels: inspection.pixels,
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
pub(super) fn again(signal: &dyn Compares, name: &str, prints: &Prints, must: bool) -> Compared {
    let compare = || match must {
        true => signal.compare(Source::kept(prints)),
        false => signal.compare_unknown(Source::kept(prints)),
    };
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(|_| Compared {
        outcome: Outcome::Failed(Vec::new(), broke(name)),
        notes: Vec::new(),
    })
}

impl Basis {
    fn of(found: &Found, facts: Facts) -> Self {
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
    fn found(&self, inspection: &Inspection) -> Found {
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
