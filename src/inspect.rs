//! One image in, one answer out. Inspecting never fails: what went wrong is part of the answer.

mod kept;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::asset::{Asset, MediaKind, PixelState, Problem, ProblemKind};
use crate::error::{Fault, FaultKind, SetupError};
use crate::evidence::Evidence;
use crate::policy::{Checked, Policy, Verdict};
use crate::settings::Settings;
use crate::signals::{self, Compares, Facts, Loaded, Outcome, SignalKind};

use kept::Found;
pub use kept::Kept;

/// How a signal fared with one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalState {
    /// It found something.
    Found,
    /// It found nothing.
    Nothing,
    /// It had nothing to look at; the text says why.
    NotApplicable(&'static str),
    /// It could not look, or not at everything.
    Failed,
    /// The settings gave it nothing to do, or left it out.
    NotUsed,
}

impl SignalState {
    /// The word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Nothing => "nothing",
            Self::NotApplicable(_) => "not-applicable",
            Self::Failed => "failed",
            Self::NotUsed => "not-used",
        }
    }
}

/// All that is known of one image.
#[derive(Debug)]
pub struct Inspection {
    /// Size of the file in bytes; `None` if it could not be read.
    pub bytes: Option<u64>,
    /// Media type by content.
    pub media_type: Option<&'static str>,
    /// What the file holds, by content.
    pub media: Option<MediaKind>,
    /// Width and height as stored, in pixels.
    pub dimensions: Option<(u32, u32)>,
    /// What became of its pixels.
    pub pixels: PixelState,
    /// SHA-256 of the file, in hex.
    pub sha256: Option<String>,
    /// What the policy makes of the evidence.
    pub verdict: Verdict,
    /// What was found, in the order of the signals, then what follows from it.
    pub evidence: Vec<Evidence>,
    /// How each signal fared, in the order of the table.
    pub signals: Vec<(&'static str, SignalState)>,
    /// What kept the image from being checked fully.
    pub faults: Vec<Fault>,
    /// Damage that was met and read past.
    pub notes: Vec<String>,
    /// The other images of the same scan that look alike, where a scan was asked to group them.
    pub group: Option<Group>,
}

/// Images of one scan that look alike, so that one review covers all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Names the group: the first 16 hex digits of the SHA-256 of its first member in the order of the scan.
    pub id: String,
    /// How many images are in it, at least two.
    pub size: u64,
}

impl Inspection {
    /// Judges what was found by a policy.
    pub fn judge_by(&mut self, policy: &Policy) {
        self.verdict = policy.judge(&self.evidence, checked(&self.faults));
    }

    /// Whether the input is some other file than an image or media that are read. Its digests are compared with lists, so
    /// that something may have been found all the same.
    pub fn is_other_file(&self) -> bool {
        checked(&self.faults) == Checked::NoImage
    }

    /// The notes on damage that was met and read past, and then what else there is to note: that a preview was looked at.
    pub fn damage_and_others(&self) -> (&[String], &[String]) {
        let others = usize::from(self.pixels == PixelState::Preview);
        let damage = self.notes.len().saturating_sub(others);
        self.notes.split_at_checked(damage).unwrap_or_default()
    }

    /// Whether the input is video, sound or a document.
    pub fn is_other_media(&self) -> bool {
        matches!(
            self.media,
            Some(MediaKind::Video | MediaKind::Audio | MediaKind::Document)
        )
    }
}

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

    /// Examines one image with every signal but those that compare its prints: they come last.
    fn look(&self, asset: &Asset) -> Found {
        let faults = identify(asset)
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
        Inspection {
            bytes: None,
            media_type: None,
            media: None,
            dimensions: None,
            pixels: PixelState::NotNeeded,
            sha256: None,
            verdict: self.policy.judge(&[], Checked::Partly),
            evidence: Vec::new(),
            signals: Vec::new(),
            faults: vec![fault],
            notes: Vec::new(),
            group: None,
        }
    }
}

/// What a signal's look at one image comes to.
fn settled(outcome: Outcome, asset: &Asset) -> Outcome {
    // What was seen of a file that changes is the word of no file that ever was.
    match asset.fault() {
        Some(fault) => Outcome::Failed(Vec::new(), fault),
        None => outcome,
    }
}

/// The fault of a signal that panicked.
fn broke(name: &str) -> Fault {
    let message =
        format!("the {name} signal broke on this file; please report it with the file's SHA-256");
    Fault::new(FaultKind::Internal, message)
}

/// A fault where the content is nothing that is read here: some other file, or one broken beyond recognition.
fn identify(asset: &Asset) -> Option<Fault> {
    if let Some(format) = asset.format() {
        let message = || {
            format!(
                "this is a {}, which this build does not read",
                format.name()
            )
        };
        return (!format.is_read()).then(|| Fault::new(FaultKind::NotAnImage, message()));
    }
    let expected = MediaKind::expected_of(asset.name());
    let (kind, named) = match expected {
        Some(media) => (
            FaultKind::Malformed,
            format!("it is named like {}, but ", media.name()),
        ),
        None => (FaultKind::NotAnImage, String::new()),
    };
    let content = match expected {
        _ if asset.is_empty() => "the file is empty",
        Some(MediaKind::Video | MediaKind::Audio | MediaKind::Document) => {
            "the content is no format of such files that provscan knows"
        }
        _ => "the content is no image format that provscan knows",
    };
    Some(Fault::new(kind, format!("{named}{content}")))
}

/// Faults where the walk over the file could not see everything.
fn missing(asset: &Asset) -> impl Iterator<Item = Fault> {
    asset
        .container()
        .problems
        .iter()
        .filter_map(|problem| match problem.kind {
            ProblemKind::Damage => None,
            ProblemKind::Cut => Some(Fault::new(
                FaultKind::Malformed,
                format!("it is cut off: {}", problem.message),
            )),
            ProblemKind::Limit => Some(Fault::new(FaultKind::Limit, problem.message.clone())),
        })
}

/// Whether these faults leave something unchecked that should have been checked.
pub(crate) fn is_partly_checked(faults: &[Fault]) -> bool {
    checked(faults) == Checked::Partly
}

/// How far the image was checked.
fn checked(faults: &[Fault]) -> Checked {
    match faults {
        [] => Checked::Fully,
        faults
            if faults
                .iter()
                .all(|fault| fault.kind == FaultKind::NotAnImage) =>
        {
            Checked::NoImage
        }
        _ => Checked::Partly,
    }
}

/// Two signals that fail for the same reason give one fault.
fn add(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

/// Damage that the walk and the metadata readers met, and thumbnails that could not be decoded.
fn notes(asset: &Asset) -> Vec<String> {
    let problems = asset.container().problems.iter();
    let damage = problems.filter(|problem| problem.kind == ProblemKind::Damage);
    let walk =
        damage.map(|problem: &Problem| format!("at byte {}: {}", problem.at, problem.message));
    walk.chain(asset.metadata().problems.iter().cloned())
        .chain(asset.thumbnail_notes())
        .collect()
}
