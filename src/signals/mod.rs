//! Ways of learning something about an image: one file or folder a signal, and the table that names them all.

pub mod content_credentials;
pub mod edit_traces;
pub mod generator_metadata;
pub mod known_image;
pub mod thumbnails;
pub mod watermark;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::asset::Asset;
use crate::error::{Fault, SetupError};
use crate::evidence::{Code, Evidence};
use crate::fingerprints::Kind;
use crate::prints::{Prints, Source};
use crate::settings::Settings;

/// Every signal, cheapest first: the order in which they run and are shown.
pub static ALL: &[SignalKind] = &[
    generator_metadata::KIND,
    content_credentials::KIND,
    edit_traces::KIND,
    thumbnails::KIND,
    watermark::KIND,
    known_image::KIND,
];

/// A kind of signal: its name, its documentation and how to make one from settings.
#[derive(Clone, Copy)]
pub struct SignalKind {
    /// The name on the command line and in records.
    pub name: &'static str,
    /// One line of what it looks for.
    pub about: &'static str,
    /// Every code it can report.
    pub codes: &'static [Code],
    /// Why the settings may give it nothing to do (`no list was given`); `None` where they always do.
    pub idle: Option<&'static str>,
    /// Makes the signal; `None` when the settings give it nothing to do (no hash list, say).
    pub load: fn(&Settings) -> Result<Loaded, SetupError>,
}

/// A signal made from settings, or nothing where they give it nothing to do.
pub type Loaded = Option<Box<dyn Signal>>;

/// A signal ready to examine images from many threads.
pub trait Signal: Send + Sync {
    /// Tells the asset what it will be asked for, such as [colours](Asset::expect_colours), so that nothing is decoded twice.
    /// Every signal is asked before the first one examines the image; like examining, it must not panic.
    fn prepare(&self, _asset: &Asset) {}

    /// Looks at one image. It must not panic on any bytes; if it does, the caller contains it.
    fn examine(&self, asset: &Asset) -> Outcome;

    /// What follows from what all signals found together, such as that two of them cannot both be right. Asked once all have
    /// examined the image.
    fn conclude(&self, _facts: &Facts, _found: &[Evidence]) -> Vec<Evidence> {
        Vec::new()
    }

    /// The signal as one that looks at nothing but an image's prints, if it is one.
    fn compares(&self) -> Option<&dyn Compares> {
        None
    }
}

/// A signal that compares an image's prints with something that changes more often than images do, such as lists. So it can
/// be asked again without the image.
pub trait Compares: Send + Sync {
    /// The kinds of hash that it asks for.
    fn kinds(&self) -> &BTreeSet<Kind>;

    /// Whether it can say anything of a hash of this kind, also of one that is computed elsewhere.
    fn knows(&self, kind: Kind) -> bool;

    /// What it says of an image.
    fn compare(&self, source: Source<'_>) -> Compared;

    /// Of many images, whether each must be compared; of any other it is known that nothing will be found.
    fn screen(&self, images: &[&Prints]) -> Vec<bool>;

    /// What it says of an image of which that is known.
    fn compare_unknown(&self, source: Source<'_>) -> Compared;
}

/// What came of comparing prints.
#[derive(Debug)]
pub struct Compared {
    /// What was found.
    pub outcome: Outcome,
    /// What is to be noted of the image.
    pub notes: Vec<String>,
}

/// What signals conclude from besides evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The camera that the file's metadata name.
    pub camera: Option<String>,
}

impl Facts {
    /// The facts of an image.
    pub fn of(asset: &Asset) -> Self {
        let camera = asset.metadata().camera();
        Self {
            camera: camera.map(|camera| camera.name()),
        }
    }
}

/// What came of examining one image.
#[derive(Debug)]
pub enum Outcome {
    /// It found something.
    Found(Vec<Evidence>),
    /// It looked at everything it looks at, and found nothing.
    Nothing,
    /// It has nothing to look at in such a file; the text says why.
    NotApplicable(&'static str),
    /// It could not look, or not at everything. What it had found by then is kept.
    Failed(Vec<Evidence>, Fault),
}

impl Outcome {
    /// Evidence, or nothing.
    pub fn from_evidence(evidence: Vec<Evidence>) -> Self {
        if evidence.is_empty() {
            Self::Nothing
        } else {
            Self::Found(evidence)
        }
    }
}

/// The documentation of a code, by name.
pub fn code(name: &str) -> Option<(&'static SignalKind, &'static Code)> {
    BY_NAME.get(name).copied()
}

/// Every code by its name: stored records are read by the million.
static BY_NAME: LazyLock<HashMap<&'static str, (&'static SignalKind, &'static Code)>> =
    LazyLock::new(|| {
        let documented =
            |kind: &'static SignalKind| kind.codes.iter().map(move |code| (kind, code));
        let named = |(kind, code): (_, &'static Code)| (code.name, (kind, code));
        ALL.iter().flat_map(documented).map(named).collect()
    });
