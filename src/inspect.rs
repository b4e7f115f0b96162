//! One image in, one answer out. Inspecting never fails: what went wrong is part of the answer.

mod again;
mod faults;
mod found;
mod given;
mod inspection;
mod kept;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::asset::Asset;
use crate::error::{Fault, SetupError};
use crate::fingerprints::Kind;
use crate::policy::Policy;
use crate::prints::{KEPT, Prints, Source};
use crate::settings::Settings;
use crate::signals::{self, Compares, Facts, Loaded, Outcome, SignalKind};

use faults::{add, broke, identify, missing, notes, settled};
use found::Found;
use kept::Basis;

pub(crate) use faults::is_partly_checked;
pub use inspection::{Group, Inspection, Requested, SignalState};
pub use kept::Kept;

/// Signals and a policy, ready for images from many threads. It is immutable: to change lists or settings, make another.
pub struct Inspector {
    /// Every signal of the table, in its order; `None` for those that are not used.
    signals: Vec<(&'static SignalKind, Loaded)>,
    policy: Policy,
    show_personal: bool,
    /// Every picture is decoded, also one that no signal looks at: then it is known of all whether they can be.
    decodes_all: bool,
    /// Hashes of pictures are kept, too, where anything is.
    keeps_pictures: bool,
}

impl Inspector {
    /// Loads the signals that the settings ask for.
    ///
    /// # Errors
    /// A list or certificate that cannot be used, or a signal that does not exist.
    pub fn new(settings: &Settings, policy: Policy) -> Result<Self, SetupError> {
        let load = |kind: &'static SignalKind| {
            let signal = if settings.wants(kind.name) {
                (kind.load)(settings)?
            } else {
                None
            };
            Ok((kind, signal))
        };
        let signals = signals::ALL
            .iter()
            .map(load)
            .collect::<Result<_, SetupError>>()?;
        Ok(Self {
            signals,
            policy,
            show_personal: settings.show_personal,
            decodes_all: settings.thorough || settings.keep_prints,
            keeps_pictures: settings.keep_prints,
        })
    }

    /// Whether no signal has anything to do, so that every image would pass without having been looked at.
    pub fn is_idle(&self) -> bool {
        self.signals.iter().all(|(_, signal)| signal.is_none())
    }

    /// Examines one image with every signal, cheapest first, and judges what they found.
    pub fn inspect(&self, asset: &Asset) -> Inspection {
        self.inspect_and(asset, false).0
    }

    /// Examines one image as [`inspect`](Self::inspect) does, and gives what is to be kept of it; nothing where the image is to
    /// be read again, since it could not be read to its end or a signal broke on it.
    ///
    /// So that other lists find the same as they would in the image, the settings should say that prints are kept.
    pub fn inspect_keeping(&self, asset: &Asset) -> (Inspection, Option<Kept>) {
        self.inspect_and(asset, true)
    }

    fn inspect_and(&self, asset: &Asset, keep: bool) -> (Inspection, Option<Kept>) {
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
            ..found.judged_by(&self.policy)
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

    /// Examines one image with every signal but those that compare its prints: they come last.
    fn look(&self, asset: &Asset) -> Found {
        let other = identify(asset).map(|fault| match asset.is_said_to_be_image() {
            true => fault.of_what_was_asked_for(),
            false => fault,
        });
        let faults = other
            .into_iter()
            .chain(missing(asset))
            .chain(asset.sidecar_fault().cloned())
            .chain(asset.unopened().cloned());
        let mut found = Found {
            faults: faults.collect(),
            ..Found::default()
        };
        self.prepare(asset);
        for (kind, signal) in &self.signals {
            found.states.push((kind.name, SignalState::NotUsed));
            if let Some(signal) = signal.as_ref().filter(|one| one.compares().is_none()) {
                let outcome = catch_unwind(AssertUnwindSafe(|| signal.examine(asset)))
                    .unwrap_or_else(|_| Outcome::Failed(Vec::new(), broke(kind.name)));
                found.add(kind.name, settled(outcome, asset));
            }
        }
        found.notes = notes(asset);
        found
    }

    /// Lets every signal tell what it will ask for. One that breaks here breaks again where it is noted.
    fn prepare(&self, asset: &Asset) {
        let signals = self
            .signals
            .iter()
            .filter_map(|(_, signal)| signal.as_ref());
        for signal in signals {
            let _ = catch_unwind(AssertUnwindSafe(|| signal.prepare(asset)));
        }
    }

    /// The signal that compares prints, with its name, if one is used.
    fn comparing(&self) -> Option<(&'static str, &dyn Compares)> {
        let mut all = self.signals.iter();
        all.find_map(|(kind, signal)| Some((kind.name, signal.as_ref()?.compares()?)))
    }

    /// Lets every signal say what follows from what all of them found.
    fn conclude(&self, facts: &Facts, found: &mut Found) {
        let mut conclusions = Vec::new();
        for ((kind, signal), (_, state)) in self.signals.iter().zip(&mut found.states) {
            let Some(signal) = signal else { continue };
            let concluded =
                catch_unwind(AssertUnwindSafe(|| signal.conclude(facts, &found.evidence)));
            match concluded {
                Ok(concluded) if concluded.is_empty() => {}
                Ok(concluded) => {
                    conclusions.extend(concluded);
                    if *state != SignalState::Failed {
                        *state = SignalState::Found;
                    }
                }
                Err(_) => {
                    add(&mut found.faults, broke(kind.name));
                    *state = SignalState::Failed;
                }
            }
        }
        found.evidence.extend(conclusions);
        for one in &mut found.evidence {
            one.settle_personal(self.show_personal);
        }
    }

    /// Judges an inspection again whose evidence was changed.
    pub(crate) fn judge_again(&self, inspection: &mut Inspection) {
        inspection.judge_by(&self.policy);
    }

    /// The answer for an input that could not be read.
    pub fn unreadable(&self, fault: Fault) -> Inspection {
        Inspection::unread(fault, &self.policy)
    }
}
