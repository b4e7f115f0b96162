//! The hashes of one picture that the lists may hold.

use std::collections::BTreeSet;

use image::DynamicImage;

use crate::asset::{Asset, Format, PixelError};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::pdq::{self, Dihedral, PDQ, PDQ_512, Pdq, Spectrum};
use crate::fingerprints::trims::{Trim, candidates};
use crate::fingerprints::{Fingerprint, FingerprintError, Kind, Raster, compute_all};
use crate::lists::Query;

/// Most frames of an animation that are looked up.
const MAX_FRAMES: usize = 64;

/// Frames within this distance of one before show the same, and are not looked up again.
const SAME_FRAME: u32 = 16;

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
    pub(super) fn trimmed(asset: &Asset, kinds: &BTreeSet<Kind>) -> Self {
        let mut hashes = Self {
            queries: Vec::new(),
            error: None,
        };
        let wanted = [PDQ, PDQ_512].map(|kind| kinds.contains(&kind));
        if let (true, Ok(raster)) = (wanted.contains(&true), asset.luma()) {
            for trim in candidates(&raster) {
                let large = trim.width.max(trim.height) > 512;
                hashes.add_trimmed(PDQ, &raster, &trim);
                if large || !kinds.contains(&PDQ) {
                    hashes.add_trimmed(PDQ_512, &raster, &trim);
                }
            }
        }
        hashes
    }

    /// All eight hashes of a part of a picture; one too small to be hashed has none.
    fn add_trimmed(&mut self, kind: Kind, raster: &Raster<'_>, trim: &Trim) {
        for (dihedral, fingerprint) in pdq::trimmed(raster, trim, kind).unwrap_or_default() {
            self.push(fingerprint, dihedral, trim.name);
        }
    }

    /// A hash of a part of a picture, under its name.
    fn push(&mut self, fingerprint: Fingerprint, dihedral: Dihedral, place: &str) {
        let turned = dihedral != Dihedral::Original;
        self.queries.push(Query {
            fingerprint,
            transform: match turned {
                true => format!("{place}, {}", dihedral.words()),
                false => place.to_owned(),
            },
            turned,
        });
    }

    fn add_pdq(&mut self, asset: &Asset, kind: Kind) {
        match pdq::dihedral(asset, kind) {
            Ok(all) => self
                .queries
                .extend(all.into_iter().map(|(dihedral, fingerprint)| Query {
                    fingerprint,
                    transform: dihedral.words().to_owned(),
                    turned: dihedral != Dihedral::Original,
                })),
            Err(error) => self.fail(asset, error),
        }
    }

    /// The hashes of an animation's later frames, as far as they show something else than those before.
    pub(super) fn of_frames(asset: &Asset, kinds: &BTreeSet<Kind>) -> Self {
        let mut hashes = Self {
            queries: Vec::new(),
            error: None,
        };
        if kinds.iter().any(|kind| *kind == PDQ || *kind == PDQ_512) {
            let mut seen: Vec<Pdq> = Vec::new();
            asset.later_frames(|number, frame| {
                hashes.add_frame(number, &frame, kinds, &mut seen);
                seen.len() < MAX_FRAMES
            });
        }
        hashes
    }

    /// These and others.
    pub(super) fn append(&mut self, mut others: Self) {
        self.queries.append(&mut others.queries);
    }

    fn add_frame(
        &mut self,
        number: usize,
        frame: &DynamicImage,
        kinds: &BTreeSet<Kind>,
        seen: &mut Vec<Pdq>,
    ) {
        let Ok(raster) = Raster::of(frame) else {
            return;
        };
        let Ok(spectrum) = pdq::full_size(&raster) else {
            return;
        };
        let hash = spectrum.hash(Dihedral::Original);
        if seen
            .iter()
            .any(|before| before.distance(&hash) <= SAME_FRAME)
        {
            return;
        }
        seen.push(hash);
        let place = format!("frame {number}");
        if kinds.contains(&PDQ) {
            self.add_spectrum(PDQ, &spectrum, &place);
        }
        let large = raster.width().max(raster.height()) > 512;
        if let (true, Ok(resized)) = (kinds.contains(&PDQ_512) || large, pdq::resized(&raster)) {
            self.add_spectrum(PDQ_512, &resized, &place);
        }
    }

    /// All eight hashes of a frame, under its name.
    fn add_spectrum(&mut self, kind: Kind, spectrum: &Spectrum, place: &str) {
        for dihedral in Dihedral::ALL {
            if let Ok(fingerprint) = Fingerprint::new(kind, spectrum.hash(dihedral).0) {
                let fingerprint = fingerprint.with_quality(Some(spectrum.quality()));
                self.push(fingerprint, dihedral, place);
            }
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

    /// What kept the file's own picture from being compared. That it cannot be decoded is told in the same words whatever
    /// it was decoded for.
    pub(super) fn own_fault(&self) -> Option<Fault> {
        match &self.error {
            Some(FingerprintError::Pixels(
                error @ (PixelError::TooLarge(_) | PixelError::Malformed(_)),
            )) => Some(error.fault()),
            _ => self.fault("the picture"),
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
