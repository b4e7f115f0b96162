//! The hashes of one picture that the lists may hold.

use std::collections::BTreeSet;

use crate::asset::{Asset, Format, PixelError};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::pdq::{self, Dihedral, PDQ, PDQ_512};
use crate::fingerprints::{FingerprintError, Kind, compute_all};
use crate::lists::Query;

/// The hashes of one image, as far as the lists need them.
pub(super) struct Hashes {
    queries: Vec<Query>,
    /// The first thing that went wrong.
    pub(super) error: Option<FingerprintError>,
}

impl Hashes {
    pub(super) fn of(asset: &Asset, kinds: &BTreeSet<Kind>) -> Self {
        let mut hashes = Self {
            queries: Vec::new(),
            error: None,
        };
        let is_pdq = |kind: &Kind| *kind == PDQ || *kind == PDQ_512;
        let others: Vec<Kind> = kinds.iter().copied().filter(|kind| !is_pdq(kind)).collect();
        for result in compute_all(asset, &others) {
            match result {
                Ok(fingerprint) => hashes.queries.push(Query::new(fingerprint)),
                Err(error) => hashes.fail(asset, error),
            }
        }
        // Lists rarely say which of the two references made a `pdq` hash; on large pictures they differ, so both are tried.
        let wants_pdq = kinds.contains(&PDQ);
        let wants_both = wants_pdq && pdq::is_resized(asset);
        for (kind, wanted) in [
            (PDQ, wants_pdq),
            (PDQ_512, wants_both || kinds.contains(&PDQ_512)),
        ] {
            if wanted {
                hashes.add_pdq(asset, kind);
            }
        }
        hashes
    }

    /// The hashes of the parts of a picture that may be what it was before somebody framed it.
    pub(super) fn trimmed(_asset: &Asset, _whole: &Self) -> Self {
        Self {
            queries: Vec::new(),
            error: None,
        }
    }

    fn add_pdq(&mut self, asset: &Asset, kind: Kind) {
        match pdq::dihedral(asset, kind) {
            Ok(all) => self
                .queries
                .extend(all.into_iter().map(|(dihedral, fingerprint)| Query {
                    fingerprint,
                    transform: dihedral.name().to_owned(),
                    turned: dihedral != Dihedral::Original,
                })),
            Err(error) => self.fail(asset, error),
        }
    }

    /// Whether there is a hash of what the picture shows.
    pub(super) fn have_picture(&self) -> bool {
        self.queries
            .iter()
            .any(|query| query.fingerprint.kind().needs_pixels())
    }

    /// Keeps the first thing that went wrong. A picture too small or too large for one kind of hash is no fault, and in
    /// other files, in a lone manifest or in a drawing of lines there is no picture to compare.
    fn fail(&mut self, asset: &Asset, error: FingerprintError) {
        let counts = match &error {
            FingerprintError::Unfit(_) => false,
            FingerprintError::Unread(_) => true,
            FingerprintError::Pixels(_) => has_picture(asset),
        };
        if counts {
            self.error.get_or_insert(error);
        }
    }

    /// What kept the picture of this name from being compared.
    pub(super) fn fault(&self, name: &str) -> Option<Fault> {
        let error = self.error.as_ref()?;
        let kind = match error {
            FingerprintError::Unfit(_) => return None,
            FingerprintError::Unread(fault) => return Some(fault.clone()),
            FingerprintError::Pixels(PixelError::Unsupported(_)) => FaultKind::Unsupported,
            FingerprintError::Pixels(PixelError::TooLarge(_)) => FaultKind::Limit,
            FingerprintError::Pixels(PixelError::Malformed(_)) => FaultKind::Malformed,
        };
        let message = format!("{name} could not be compared with the lists: {error}");
        Some(Fault::new(kind, message))
    }

    /// The hashes that may be compared with entries of this kind.
    pub(super) fn comparable_with(&self, kind: Kind) -> Vec<Query> {
        let fits = |query: &&Query| {
            let own = query.fingerprint.kind();
            own == kind || (kind == PDQ && own == PDQ_512)
        };
        self.queries.iter().filter(fits).cloned().collect()
    }
}

/// Whether the format holds a picture of pixels at all.
pub(super) fn has_picture(asset: &Asset) -> bool {
    asset
        .format()
        .is_some_and(|format| format.is_picture() && format != Format::Svg)
}
