//! The hashes of parts of a picture and of later frames: what it may have been, and what else it shows.

use image::DynamicImage;

use super::eight::{Eight, Place, Turned};
use crate::asset::Asset;
use crate::fingerprints::Kind;
use crate::fingerprints::Raster;
use crate::fingerprints::pdq::{self, Dihedral, PDQ, PDQ_512, Pdq};
use crate::fingerprints::trims::candidates;
use crate::lists::Query;

/// Most frames of an animation that are looked up.
const MAX_FRAMES: usize = 64;

/// Frames within this distance of one before show the same, and are not looked up again.
const SAME_FRAME: u32 = 16;

/// The hashes of parts of a picture that may be what it was before somebody framed it, and of an animation's later frames, as
/// far as those show something else than the ones before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    pub(super) all: Vec<Turned>,
    /// After how many frames looking ended before the animation did.
    pub(super) frames_looked_at: Option<u32>,
}

impl Parts {
    pub(super) fn of(asset: &Asset) -> Self {
        let mut parts = Self::default();
        if let Ok(raster) = pdq::raster(asset) {
            for trim in candidates(&raster) {
                if let Some(part) = trim.of(&raster) {
                    parts.all.extend(turned(&part, Place::Trim(trim.name)));
                }
            }
        }
        let mut seen: Vec<Pdq> = Vec::new();
        let looked = asset.later_frames(|number, frame| {
            parts.all.extend(unseen(number, &frame, &mut seen));
            seen.len() < MAX_FRAMES
        });
        parts.frames_looked_at = looked.and_then(|number| u32::try_from(number).ok());
        parts
    }

    /// Every part and frame.
    pub fn all(&self) -> &[Turned] {
        &self.all
    }

    /// That not all frames of an animation were looked at.
    pub(crate) fn frames_note(&self) -> Option<String> {
        let looked = self.frames_looked_at?;
        Some(format!(
            "of this animation, {looked} frames were compared with the lists; what comes after them was not"
        ))
    }

    /// What is looked up among entries of a kind.
    pub(crate) fn queries(&self, kind: Kind) -> Vec<Query> {
        let all = self.all.iter();
        all.flat_map(|turned| turned.queries(kind)).collect()
    }
}

/// A frame, if it shows something else than those that were seen.
fn unseen(number: usize, frame: &DynamicImage, seen: &mut Vec<Pdq>) -> Option<Turned> {
    let raster = Raster::of(frame).ok()?;
    let hash = pdq::full_size(&raster).ok()?.hash(Dihedral::Original);
    let alike = |before: &Pdq| before.distance(&hash) <= SAME_FRAME;
    if seen.iter().any(alike) {
        return None;
    }
    seen.push(hash);
    turned(&raster, Place::Frame(u32::try_from(number).ok()?))
}

/// All hashes of a part of a picture; one too small to be hashed has none.
fn turned(raster: &Raster<'_>, place: Place) -> Option<Turned> {
    let large = pdq::resizes(raster.width(), raster.height());
    let eight = |kind: Kind| {
        let spectrum = match kind == PDQ_512 {
            true => pdq::resized(raster),
            false => pdq::full_size(raster),
        };
        spectrum.ok().map(|spectrum| Eight::of(&spectrum))
    };
    let turned = Turned {
        place,
        full: eight(PDQ),
        small: large.then(|| eight(PDQ_512)).flatten(),
        large,
    };
    (turned.full.is_some() || turned.small.is_some()).then_some(turned)
}
