//! From an asset to fingerprints.

use super::imagehash::Luma;
use super::{Digests, Fingerprint, Kind, Wanted};
use crate::asset::{Asset, PixelError};
use crate::error::Fault;
use image::{DynamicImage, GrayImage};
use std::cell::OnceCell;

/// Computes one fingerprint of an asset. For several, [`compute_all`] shares the work.
///
/// # Errors
/// See [`FingerprintError`]; digests of a file in memory never fail.
pub fn compute(asset: &Asset, kind: Kind) -> Result<Fingerprint, FingerprintError> {
    fingerprint(kind, &Views::new(asset, &[kind]))
}

/// Computes several fingerprints of an asset, in the given order: one pass for MD5 and SHA-1, one decoding for the rest.
pub fn compute_all(asset: &Asset, kinds: &[Kind]) -> Vec<Result<Fingerprint, FingerprintError>> {
    let views = Views::new(asset, kinds);
    kinds
        .iter()
        .map(|&kind| fingerprint(kind, &views))
        .collect()
}

fn fingerprint(kind: Kind, views: &Views<'_>) -> Result<Fingerprint, FingerprintError> {
    let (value, quality) = (kind.family.compute)(kind.variant, views)?;
    Fingerprint::new(kind, value)
        .map(|fingerprint| fingerprint.with_quality(quality))
        .map_err(|error| FingerprintError::Unfit(error.to_string()))
}

/// Why an asset has no fingerprint of some kind.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FingerprintError {
    /// There are no pixels.
    #[error(transparent)]
    Pixels(#[from] PixelError),
    /// The file could not be read to its end.
    #[error(transparent)]
    Unread(#[from] Fault),
    /// The picture has a size that this kind cannot hash; the text says which sizes it can.
    #[error("{0}")]
    Unfit(String),
}

/// What fingerprints are computed from: the asset and what several kinds share.
pub(super) struct Views<'a> {
    asset: &'a Asset,
    wanted: Wanted,
    digests: OnceCell<Result<Digests, Fault>>,
    gray: OnceCell<GrayImage>,
    pillow_luma: OnceCell<Luma<'a>>,
}

impl<'a> Views<'a> {
    fn new(asset: &'a Asset, kinds: &[Kind]) -> Self {
        if kinds.iter().any(|kind| kind.needs_colours()) {
            asset.expect_colours();
        }
        let wanted = Wanted {
            md5: kinds.contains(&super::MD5),
            sha1: kinds.contains(&super::SHA1),
            // The asset computes it once, for whoever asks.
            sha256: false,
        };
        Self {
            asset,
            wanted,
            digests: OnceCell::new(),
            gray: OnceCell::new(),
            pillow_luma: OnceCell::new(),
        }
    }

    /// The asset, which keeps what others than these fingerprints ask for too.
    pub(super) fn asset(&self) -> &'a Asset {
        self.asset
    }

    /// MD5 and SHA-1, as far as they were asked for.
    pub(super) fn digests(&self) -> Result<&Digests, FingerprintError> {
        let digests = self.digests.get_or_init(|| self.asset.digests(self.wanted));
        Ok(digests.as_ref().map_err(Clone::clone)?)
    }

    /// SHA-256.
    pub(super) fn sha256(&self) -> Result<&[u8; 32], FingerprintError> {
        // Where others are wanted, too, a long file gives all of them in one pass.
        if self.wanted.md5 || self.wanted.sha1 {
            self.digests()?;
        }
        Ok(self.asset.sha256_digest().map_err(Clone::clone)?)
    }

    /// The decoded picture.
    pub(super) fn image(&self) -> Result<&'a DynamicImage, FingerprintError> {
        Ok(&self.asset.pixels().map_err(Clone::clone)?.image)
    }

    /// The picture in 8-bit grey as the `image` crate converts it, without alpha.
    pub(super) fn gray(&self) -> Result<&GrayImage, FingerprintError> {
        let image = self.image()?;
        Ok(match image {
            DynamicImage::ImageLuma8(gray) => gray,
            _ => self.gray.get_or_init(|| image.to_luma8()),
        })
    }

    /// The picture in 8-bit grey as Pillow converts it.
    pub(super) fn pillow_luma(&self) -> Result<&Luma<'a>, FingerprintError> {
        let image = self.image()?;
        Ok(self.pillow_luma.get_or_init(|| Luma::of(image)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MD5, SHA1, SHA256, kinds};
    use super::*;
    use crate::asset::Limits;

    #[test]
    fn digests_of_an_asset_need_no_pixels() {
        let asset = Asset::new("abc", b"abc".to_vec(), Limits::default());
        let all = compute_all(&asset, &[SHA256, MD5, SHA1]);
        let hex: Vec<String> = all.into_iter().map(|f| f.unwrap().hex()).collect();
        assert_eq!(hex[1], "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(compute(&asset, SHA1).unwrap().hex(), hex[2]);
    }

    #[test]
    fn without_pixels_every_perceptual_kind_fails_and_none_panics() {
        let asset = Asset::new("abc", b"abc".to_vec(), Limits::default());
        for kind in kinds().filter(|kind| kind.needs_pixels() && kind.computed()) {
            assert!(
                matches!(compute(&asset, kind), Err(FingerprintError::Pixels(_))),
                "{kind}"
            );
        }
    }
}
