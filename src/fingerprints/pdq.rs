//! PDQ, the perceptual hash of ThreatExchange: 256 bits and a quality.
//!
//! Written from the published algorithm and checked against the C++ program of the reference, quality included.
//! There are two kinds because the reference programs disagree: see [`PDQ`] and [`PDQ_512`]. The picture is taken as
//! stored: alpha is dropped and EXIF orientation ignored, as both programs do; [`dihedral`] makes up for the latter.
//!
//! Of a JPEG, the luma is hashed as it stands in the file, where the reference makes it anew of the colours that were made of
//! it: decoding is a quarter less work, and hashes of photographs move by 0.4 bits in the mean (2 at the 95th hundredth).
//!
//! Along a side of 8 or 16 pixels one frequency is nothing, and its 16 coefficients tie at the median: there the
//! rounding errors of the reference decide, and up to some 20 bits differ from it.

mod folded;
mod kernel;
mod rows;
mod spectrum;

pub(crate) use folded::{Folded, FoldedQuery, fold, unfold};
pub(crate) use rows::{Gathered, Rows};
pub use spectrum::{Dihedral, Spectrum};

use super::trims::Trim;
use super::value::{hamming, to_hex};
use super::{Family, Fingerprint, FingerprintError, Kind, Raster};
use crate::asset::Asset;
use std::fmt;

/// PDQ of the picture at full size, as the Python binding (`threatexchange`, HMA) computes it.
pub const PDQ: Kind = Kind {
    family: &FAMILY,
    variant: 0,
};

/// PDQ as the C++ program `pdq-photo-hasher` computes it: a picture with a side above 512 pixels is first resized to 512 × 512.
///
/// On photographs above that size it differs from [`PDQ`] by 8 bits in the mean and 24 at most.
pub const PDQ_512: Kind = Kind {
    family: &FAMILY,
    variant: 1,
};

/// Below this the reference gives no hash, but zeros of quality 0, which would all match each other.
const SMALLEST_SIDE: usize = 5;

/// The side from which on, and to which, [`PDQ_512`] resizes.
const RESIZED_SIDE: usize = 512;

/// The reference's matching threshold; two distinct photographs were never nearer than 80.
const THRESHOLD: u32 = 31;

/// Up to here a second tier finds what was cropped or framed, for review only.
const NEAR: u32 = 60;

pub(super) static FAMILY: Family = Family {
    name: "pdq",
    about: "perceptual hash of ThreatExchange; 256 bits, a match up to 31, unreliable at a quality of 49 or less",
    pattern: "pdq, pdq-512",
    exact: false,
    needs_pixels: true,
    needs_colours: false,
    computed: true,
    base64: false,
    variants: 2,
    display: |variant, f| {
        f.write_str(if variant == PDQ_512.variant {
            "pdq-512"
        } else {
            "pdq"
        })
    },
    parse: |name| match name {
        "pdq" => Some(PDQ.variant),
        "pdq-512" => Some(PDQ_512.variant),
        _ => None,
    },
    bits: |_| 256,
    threshold: |_| Some(THRESHOLD),
    near: |_| Some(NEAR),
    compute: |variant, views| {
        let spectrum = spectrum(variant, views.asset())?;
        Ok((
            spectrum.hash(Dihedral::Original).0.into(),
            Some(spectrum.quality()),
        ))
    },
};

/// A PDQ hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pdq(pub [u8; 32]);

impl Pdq {
    /// In how many of the 256 bits two hashes differ.
    pub fn distance(&self, other: &Self) -> u32 {
        hamming(&self.0, &other.0)
    }
}

/// The 64 lower-case hex digits that the reference prints.
impl fmt::Display for Pdq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

/// The hashes of the picture and of its seven rotations and reflections, from one pass over the pixels.
///
/// A list holds pictures as they were found; looking up all eight also finds those that were turned or mirrored since.
///
/// # Errors
/// There are no pixels, or they are too few; `kind` is no PDQ kind.
pub fn dihedral(
    asset: &Asset,
    kind: Kind,
) -> Result<Vec<(Dihedral, Fingerprint)>, FingerprintError> {
    only_pdq(kind)?;
    variants(&spectrum(kind.variant, asset)?, kind)
}

/// The frequencies that a kind hashes: all eight hashes come of them.
///
/// # Errors
/// As [`dihedral`].
pub(crate) fn frequencies(asset: &Asset, kind: Kind) -> Result<Spectrum, FingerprintError> {
    only_pdq(kind)?;
    spectrum(kind.variant, asset)
}

/// The same of a part of the picture that may be the original, hashed where it lies.
///
/// # Errors
/// The part is not inside the picture or too small; `kind` is no PDQ kind.
pub fn trimmed(
    raster: &Raster<'_>,
    trim: &Trim,
    kind: Kind,
) -> Result<Vec<(Dihedral, Fingerprint)>, FingerprintError> {
    only_pdq(kind)?;
    let part = trim.of(raster).ok_or_else(|| {
        FingerprintError::Unfit("the part to hash is not inside the picture".to_owned())
    })?;
    let spectrum = if kind == PDQ_512 {
        resized(&part)?
    } else {
        full_size(&part)?
    };
    variants(&spectrum, kind)
}

fn only_pdq(kind: Kind) -> Result<(), FingerprintError> {
    if is_pdq(&kind) {
        return Ok(());
    }
    Err(FingerprintError::Unfit(format!(
        "{kind} has no rotated and mirrored variants, pdq kinds have"
    )))
}

fn variants(
    spectrum: &Spectrum,
    kind: Kind,
) -> Result<Vec<(Dihedral, Fingerprint)>, FingerprintError> {
    let fingerprint = |dihedral| {
        Fingerprint::new(kind, spectrum.hash(dihedral).0)
            .map(|fingerprint| (dihedral, fingerprint.with_quality(Some(spectrum.quality()))))
            .map_err(|error| FingerprintError::Unfit(error.to_string()))
    };
    Dihedral::ALL.into_iter().map(fingerprint).collect()
}

/// Whether a kind is one of the two.
pub(crate) fn is_pdq(kind: &Kind) -> bool {
    kind.family.name == FAMILY.name
}

/// Whether [`PDQ_512`] resizes the picture, if there is one; else it is the same as [`PDQ`].
pub fn is_resized(asset: &Asset) -> bool {
    let longer = |(width, height): (u32, u32)| usize::try_from(width.max(height));
    let side = asset.decoded_size().map(longer);
    side.is_ok_and(|side| side.is_ok_and(|side| side > RESIZED_SIDE))
}

/// Whether [`PDQ_512`] resizes a picture of these sides.
pub(crate) fn resizes(width: usize, height: usize) -> bool {
    width.max(height) > RESIZED_SIDE
}

/// The frequencies of a picture at full size: what [`PDQ`] hashes.
///
/// # Errors
/// A side is shorter than 5 pixels.
pub fn full_size(raster: &Raster<'_>) -> Result<Spectrum, FingerprintError> {
    if raster.width() < SMALLEST_SIDE || raster.height() < SMALLEST_SIDE {
        return Err(FingerprintError::Unfit(format!(
            "{} × {} pixels are too few for pdq, which needs {SMALLEST_SIDE} × {SMALLEST_SIDE}",
            raster.width(),
            raster.height()
        )));
    }
    Ok(Spectrum::of(&kernel::reduce(raster)))
}

/// The frequencies of a picture that is first resized to 512 × 512 where a side is longer: what [`PDQ_512`] hashes.
///
/// # Errors
/// A side is shorter than 5 pixels and none longer than 512.
pub fn resized(raster: &Raster<'_>) -> Result<Spectrum, FingerprintError> {
    if raster.width() <= RESIZED_SIDE && raster.height() <= RESIZED_SIDE {
        return full_size(raster);
    }
    // Summing rows that are hardly wider is cheaper than picking pixels one by one.
    let samples = if raster.width() <= 2 * RESIZED_SIDE {
        kernel::reduce_resized(raster, RESIZED_SIDE, RESIZED_SIDE)
    } else {
        kernel::reduce(&raster.nearest(RESIZED_SIDE))
    };
    Ok(Spectrum::of(&samples))
}

fn spectrum(variant: u16, asset: &Asset) -> Result<Spectrum, FingerprintError> {
    match variant == PDQ_512.variant && is_resized(asset) {
        true => asset.resized_spectrum(),
        false => asset.spectrum().cloned().map_err(Clone::clone),
    }
}
