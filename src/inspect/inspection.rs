//! What comes of inspecting one image.

use super::faults::checked;
use crate::asset::{MediaKind, PixelState};
use crate::error::Fault;
use crate::evidence::Evidence;
use crate::fingerprints::Kind;
use crate::policy::{Checked, Policy, Verdict};
use crate::sources::{Id, Name};

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
    /// What ties it to the request that it answers, where there was one.
    pub request: Option<Box<Requested>>,
    /// Where the file was moved to, where that was asked for.
    pub moved_to: Option<Name>,
}

/// What ties an answer to the request that it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requested {
    /// What the caller calls the request.
    pub id: Option<Id>,
    /// The same for every answer to the same request by the same lists, policy and settings, in 64 hex digits.
    pub key: Option<String>,
    /// The kinds of hash that were looked up where there was no image, in their order.
    pub looked_up: Vec<Kind>,
    /// The SHA-256 among them, in hex.
    pub sha256: Option<String>,
    /// A digest of all of them, in hex: the same for the same hashes.
    pub hashes: Option<String>,
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
    /// Of an input of which nothing is known.
    pub(super) fn unknown(verdict: Verdict) -> Self {
        Self {
            bytes: None,
            media_type: None,
            media: None,
            dimensions: None,
            pixels: PixelState::NotNeeded,
            sha256: None,
            verdict,
            evidence: Vec::new(),
            signals: Vec::new(),
            faults: Vec::new(),
            notes: Vec::new(),
            group: None,
            request: None,
            moved_to: None,
        }
    }

    /// The same, with what ties it to its request.
    #[must_use]
    pub fn answering(self, request: Requested) -> Self {
        let named = request != Requested::default();
        Self {
            request: named.then(|| Box::new(request)),
            ..self
        }
    }

    /// Of an input that could not be read.
    pub(crate) fn unread(fault: Fault, policy: &Policy) -> Self {
        Self {
            faults: vec![fault],
            ..Self::unknown(policy.judge(&[], Checked::Partly))
        }
    }

    /// Judges what was found by a policy.
    pub fn judge_by(&mut self, policy: &Policy) {
        self.verdict = policy.judge(&self.evidence, checked(&self.faults));
    }

    /// Whether the input is some other file than an image or media that are read. Its digests are compared with lists, so
    /// that something may have been found all the same.
    pub fn is_other_file(&self) -> bool {
        checked(&self.faults) == Checked::NoImage
    }

    /// Whether no image was seen, only hashes of it.
    pub fn is_of_hashes(&self) -> bool {
        self.bytes.is_none() && !self.signals.is_empty()
    }

    /// The notes on damage that was met and read past, and then what else there is to note: that a preview was looked at, or
    /// only hashes.
    pub fn damage_and_others(&self) -> (&[String], &[String]) {
        let others = usize::from(self.pixels == PixelState::Preview || self.is_of_hashes());
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
