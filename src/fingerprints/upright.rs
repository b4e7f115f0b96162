//! Hashes of a picture as people see it: turned upright, as its container or EXIF says.

use image::DynamicImage;
use image::metadata::Orientation as Turn;

use super::pdq::{self, Dihedral, PDQ, PDQ_512};
use super::{Fingerprint, FingerprintError, Kind, Raster, imagehash, img_hash};
use crate::asset::Asset;

/// The hashes of an asset's picture, turned upright. Where it stands upright as it is stored, these are the same as those of
/// [`compute_all`](super::compute_all); digests are left out, since they are of the file.
pub fn compute_upright(
    asset: &Asset,
    kinds: &[Kind],
) -> Vec<Result<Fingerprint, FingerprintError>> {
    let kinds = kinds.iter().filter(|kind| kind.needs_pixels());
    let image = match picture(asset) {
        Ok(image) => image,
        Err(error) => return kinds.map(|_| Err(error.clone())).collect(),
    };
    kinds.map(|kind| hash(&image, *kind)).collect()
}

/// Whether the picture is stored in another position than the one in which people see it.
pub fn is_turned(asset: &Asset) -> bool {
    asset.orientation().0 != 1
}

fn picture(asset: &Asset) -> Result<DynamicImage, FingerprintError> {
    let pixels = asset.pixels().map_err(Clone::clone)?;
    let mut image = pixels.image.clone();
    if let Some(turn) = Turn::from_exif(asset.orientation().0) {
        image.apply_orientation(turn);
    }
    Ok(image)
}

fn hash(image: &DynamicImage, kind: Kind) -> Result<Fingerprint, FingerprintError> {
    let unfit = |message: String| FingerprintError::Unfit(message);
    let (value, quality) = if kind == PDQ || kind == PDQ_512 {
        let raster = Raster::of(image).map_err(|error| unfit(error.to_string()))?;
        let spectrum = match kind == PDQ_512 {
            true => pdq::resized(&raster)?,
            false => pdq::full_size(&raster)?,
        };
        let hash = spectrum.hash(Dihedral::Original);
        (hash.0.into(), Some(spectrum.quality()))
    } else if kind.family.name == img_hash::FAMILY.name {
        (img_hash::hash(image, kind)?, None)
    } else {
        (imagehash::hash(image, kind)?, None)
    };
    Fingerprint::new(kind, value)
        .map(|fingerprint| fingerprint.with_quality(quality))
        .map_err(|error| unfit(error.to_string()))
}
