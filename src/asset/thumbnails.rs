//! Small pictures that manifests carry: of the image as it was when it was signed, and of what went into it.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::{Asset, Content, Limits, ManifestKind, PixelError, RawAssertion, RawStore};

/// Most thumbnails that are kept from one file: more than the longest honest history has.
const MAX_THUMBNAILS: usize = 64;

/// Of the pixels that one image may take, all its thumbnails together may take this part.
const PART_OF_PIXELS: u64 = 4;

/// What a thumbnail is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThumbnailOf {
    /// The image that its manifest is about (`c2pa.thumbnail.claim`).
    Claim,
    /// Something that went into that image (`c2pa.thumbnail.ingredient`).
    Ingredient,
}

impl ThumbnailOf {
    /// What such a thumbnail is, in a few plain words.
    pub(crate) fn words(self, shows_image: bool) -> &'static str {
        match self {
            Self::Claim if shows_image => "thumbnail of the image",
            Self::Claim => "thumbnail of an earlier state",
            Self::Ingredient => "thumbnail of an ingredient",
        }
    }
}

/// One thumbnail. Nobody has checked whether it is what was signed.
#[derive(Debug)]
pub struct Thumbnail {
    /// The label of the manifest that carries it.
    pub manifest: String,
    /// Its own label.
    pub label: String,
    /// What it is of.
    pub of: ThumbnailOf,
    /// It should show the image itself: it is the claim's thumbnail in the active manifest, and that binds the content.
    pub shows_image: bool,
    /// It lies in the manifest store beside the image, not in the image.
    pub in_sidecar: bool,
    /// What it says that it is (`image/jpeg`); by its label, where it does not say.
    pub media_type: String,
    picture: Asset,
}

impl Thumbnail {
    /// The thumbnail's file.
    pub fn bytes(&self) -> &[u8] {
        self.picture.bytes()
    }

    /// The thumbnail as an image of its own, under what is left of the limits.
    pub fn picture(&self) -> &Asset {
        &self.picture
    }

    /// What it is, in a few plain words.
    pub fn name(&self) -> &'static str {
        self.of.words(self.shows_image)
    }

    /// Why it could not be decoded, if someone tried and neither it nor the format lets anyone. A limit is no such reason.
    pub(super) fn damage(&self) -> Option<String> {
        match self.picture.pixels.get()?.as_ref().err()? {
            PixelError::TooLarge(_) => None,
            error => Some(format!("{} ({}): {error}", self.name(), self.label)),
        }
    }
}

/// The thumbnails of an image, those of its own manifest first, each picture once.
pub(super) fn of(asset: &Asset) -> Vec<Thumbnail> {
    let mut thumbnails = Thumbnails {
        found: Vec::new(),
        pixels: asset.limits.max_pixels / PART_OF_PIXELS,
        limits: &asset.limits,
    };
    let mut seen = HashSet::new();
    let sidecar = asset.sidecar.as_ref();
    let sidecar = sidecar.map(|sidecar| RawStore::read(&sidecar.bytes, &asset.limits));
    let stores = [(asset.manifest_store(), false), (sidecar.as_ref(), true)];
    for (store, in_sidecar) in stores {
        if let Some(store) = store {
            let _ = thumbnails.add(store, in_sidecar, &mut seen);
        }
    }
    thumbnails.found
}

struct Thumbnails<'a> {
    found: Vec<Thumbnail>,
    /// How many pixels the thumbnails that follow may still take.
    pixels: u64,
    limits: &'a Limits,
}

impl Thumbnails<'_> {
    fn add<'s>(
        &mut self,
        store: &'s RawStore,
        in_sidecar: bool,
        seen: &mut HashSet<&'s [u8]>,
    ) -> ControlFlow<()> {
        for (steps, manifest) in store.manifests.iter().rev().enumerate() {
            for assertion in &manifest.assertions {
                let Some(of) = kind(&assertion.label) else {
                    continue;
                };
                if self.found.len() >= MAX_THUMBNAILS {
                    return ControlFlow::Break(());
                }
                if assertion.bytes().is_empty() || !seen.insert(assertion.bytes()) {
                    continue;
                }
                let own = steps == 0 && manifest.kind == ManifestKind::Standard;
                let picture = self.picture(assertion);
                self.found.push(Thumbnail {
                    manifest: manifest.label.clone(),
                    label: assertion.label.clone(),
                    of,
                    shows_image: own && of == ThumbnailOf::Claim,
                    in_sidecar,
                    media_type: media_type(assertion),
                    picture,
                });
            }
        }
        ControlFlow::Continue(())
    }

    /// The thumbnail, allowed as many pixels as its header tells, if so many are left.
    fn picture(&mut self, assertion: &RawAssertion) -> Asset {
        let bytes = assertion.bytes().to_vec();
        let mut picture = Asset::new(&assertion.label, bytes, self.limits.clone());
        let size = picture.container().dimensions;
        let pixels = size.map_or(0, |(width, height)| u64::from(width) * u64::from(height));
        picture.limits.max_pixels = pixels.min(self.pixels);
        self.pixels -= picture.limits.max_pixels;
        picture
    }
}

/// What an assertion's label says that it is a thumbnail of.
fn kind(label: &str) -> Option<ThumbnailOf> {
    match label.strip_prefix("c2pa.thumbnail.")? {
        rest if rest.starts_with("claim") => Some(ThumbnailOf::Claim),
        rest if rest.starts_with("ingredient") => Some(ThumbnailOf::Ingredient),
        _ => None,
    }
}

fn media_type(assertion: &RawAssertion) -> String {
    match &assertion.content {
        Content::EmbeddedFile { media_type } if !media_type.is_empty() => media_type.clone(),
        _ => {
            let ending = assertion.label.rsplit('.').next().unwrap_or_default();
            format!("image/{ending}")
        }
    }
}
