//! The hashes of one file as it is.

use std::collections::BTreeSet;

use super::eight::{Eight, Place, Turned};
use crate::asset::{Asset, PixelError};
use crate::error::Fault;
use crate::fingerprints::pdq::{self, PDQ, PDQ_512, Spectrum};
use crate::fingerprints::{
    Fingerprint, FingerprintError, Kind, compute_all, compute_upright, is_turned,
};
use crate::lists::Query;

/// What was done to a picture that was turned as its metadata say.
const UPRIGHT: &str = "turned upright, as its metadata say";

/// The hashes of one file as it is, and what kept it from being hashed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Look {
    /// The format holds a picture.
    pub(super) is_picture: bool,
    /// All but PDQ.
    pub(super) fingerprints: Vec<Fingerprint>,
    /// Those of the picture turned upright, where its metadata say that it is not, of the kinds that know only one position.
    pub(super) upright: Vec<Fingerprint>,
    pub(super) turned: Option<Turned>,
    /// Why the file could not be read to its end.
    pub(super) unread: Option<Fault>,
    /// Why there are no pixels.
    pub(super) undecoded: Option<PixelError>,
}

impl Look {
    pub(super) fn given(fingerprints: Vec<Fingerprint>, turned: Option<Turned>) -> Self {
        Self {
            is_picture: turned.is_some(),
            fingerprints,
            turned,
            ..Self::default()
        }
    }

    pub(super) fn of(asset: &Asset, kinds: &BTreeSet<Kind>) -> Self {
        let mut look = Self {
            is_picture: asset.has_picture(),
            ..Self::default()
        };
        let others: Vec<Kind> = kinds
            .iter()
            .copied()
            .filter(|kind| kind.computed() && !pdq::is_pdq(kind))
            .collect();
        for result in compute_all(asset, &others) {
            if let Some(fingerprint) = look.note(result) {
                look.fingerprints.push(fingerprint);
            }
        }
        if is_turned(asset) {
            let upright = compute_upright(asset, &others);
            look.upright = upright.into_iter().flatten().collect();
        }
        if kinds.iter().any(pdq::is_pdq) {
            let turned = look.whole(asset, kinds.contains(&PDQ));
            look.turned = Some(turned);
        }
        look
    }

    /// The PDQ hashes. Those at full size of a large picture are left out if only the others are wanted.
    fn whole(&mut self, asset: &Asset, full: bool) -> Turned {
        let large = pdq::is_resized(asset);
        let mut eight = |kind, wanted: bool| {
            let spectrum = wanted.then(|| pdq::frequencies(asset, kind));
            let spectrum: Option<Spectrum> = self.note(spectrum?);
            spectrum.map(|spectrum| Eight::of(&spectrum))
        };
        Turned {
            place: Place::Whole,
            full: eight(PDQ, full || !large),
            small: eight(PDQ_512, large),
            large,
        }
    }

    /// Keeps the first thing that went wrong. A picture too small or too large for one kind of hash is no fault.
    fn note<T>(&mut self, result: Result<T, FingerprintError>) -> Option<T> {
        match result {
            Ok(value) => return Some(value),
            Err(FingerprintError::Unfit(_)) => {}
            Err(FingerprintError::Unread(fault)) => {
                self.unread.get_or_insert(fault);
            }
            Err(FingerprintError::Pixels(error)) => {
                self.undecoded.get_or_insert(error);
            }
        }
        None
    }

    /// Its digests, and its perceptual hashes other than PDQ.
    pub fn fingerprints(&self) -> &[Fingerprint] {
        &self.fingerprints
    }

    /// Its PDQ hashes, where they were asked for.
    pub fn turned(&self) -> Option<&Turned> {
        self.turned.as_ref()
    }

    /// What kept it from being compared with hashes of these kinds. In other files than pictures, in a lone manifest or in a
    /// drawing of lines there is no picture to compare.
    pub fn error(&self, kinds: &BTreeSet<Kind>) -> Option<FingerprintError> {
        let unread = self.unread.clone().map(FingerprintError::Unread);
        let undecoded = self.undecoded.clone().map(FingerprintError::Pixels);
        unread
            .filter(|_| kinds.iter().any(|kind| kind.exact()))
            .or(undecoded.filter(|_| {
                self.is_picture
                    && kinds
                        .iter()
                        .any(|kind| kind.needs_pixels() && kind.computed())
            }))
    }

    /// Why its pixels could not be had, whatever it is.
    pub fn undecoded(&self) -> Option<&PixelError> {
        self.undecoded.as_ref()
    }

    /// Whether there is a hash of one of the kinds that are asked about.
    pub(crate) fn shows_something(&self, wanted: impl Fn(Kind) -> bool) -> bool {
        let others = self.fingerprints.iter();
        let mut others = others.map(Fingerprint::kind);
        others.any(&wanted)
            || self.turned.as_ref().is_some_and(|turned| {
                let pdq = [PDQ, PDQ_512].into_iter();
                pdq.filter(|kind| wanted(*kind))
                    .any(|kind| turned.is_comparable_with(kind))
            })
    }

    /// What is looked up among entries of a kind.
    pub(crate) fn queries(&self, kind: Kind) -> Vec<Query> {
        let others = self.fingerprints.iter();
        let others = others.filter(|one| one.kind() == kind).cloned();
        let upright = self.upright.iter().filter(|one| one.kind() == kind);
        let upright = upright.map(|fingerprint| Query {
            fingerprint: fingerprint.clone(),
            transform: UPRIGHT.to_owned(),
            turned: false,
        });
        let turned = self.turned.iter().flat_map(|turned| turned.queries(kind));
        others
            .map(Query::new)
            .chain(upright)
            .chain(turned)
            .collect()
    }
}
