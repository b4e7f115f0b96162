//! What is kept of an image so that it can be compared with lists again, without the image: every hash that a list can be
//! asked for.
//!
//! An image is looked up by its own hashes, those of the picture turned and mirrored, those of the parts that may be what it
//! was before somebody framed it, those of an animation's later frames, and those of the thumbnails in its content
//! credentials. None of them gives the picture back.

mod bytes;
mod eight;
mod look;
mod parts;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::asset::{Asset, Thumbnail, ThumbnailOf};
use crate::fingerprints::pdq::{self, Dihedral, PDQ, PDQ_512, Pdq, is_pdq};
use crate::fingerprints::trims::text_like;
use crate::fingerprints::{Fingerprint, Kind, MD5, SHA1, SHA256};
use crate::lists::MIN_QUALITY;

/// The quality of a hash of which none is known: it was computed to be compared.
const BEST: u8 = 100;

pub(crate) use bytes::Bytes;
pub use eight::{Eight, Place, Turned};
pub use look::Look;
pub use parts::Parts;
pub use read::PrintsError;
pub(crate) use read::Reader;

/// The kinds of hash that are kept whatever the lists hold: most lists are of one of these.
pub const KEPT: [Kind; 5] = [MD5, SHA1, SHA256, PDQ, PDQ_512];

/// Every hash of one image that a list could be asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Prints {
    kinds: BTreeSet<Kind>,
    /// The file is known to hold neither a picture nor a thumbnail of one.
    without_picture: bool,
    own: Look,
    parts: OnceLock<Parts>,
    thumbnails: OnceLock<Vec<ThumbnailPrints>>,
    text_like: OnceLock<bool>,
}

/// The hashes of a thumbnail, and which one it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ThumbnailPrints {
    /// The label of the manifest that carries it.
    pub manifest: String,
    /// Its own label.
    pub label: String,
    /// What it is of.
    pub of: ThumbnailOf,
    /// It should show the image itself.
    pub shows_image: bool,
    /// Its hashes.
    pub look: Look,
}

impl ThumbnailPrints {
    fn of(thumbnail: &Thumbnail, kinds: &BTreeSet<Kind>) -> Self {
        Self {
            manifest: thumbnail.manifest.clone(),
            label: thumbnail.label.clone(),
            of: thumbnail.of,
            shows_image: thumbnail.shows_image,
            look: Look::of(thumbnail.picture(), kinds),
        }
    }

    /// What it is, in a few plain words.
    pub fn name(&self) -> &'static str {
        self.of.words(self.shows_image)
    }
}

impl Prints {
    /// Computes all that these kinds of hash give of an image.
    pub fn of(asset: &Asset, kinds: BTreeSet<Kind>) -> Self {
        let prints = Self::begin(asset, kinds);
        prints.complete(asset);
        prints
    }

    /// Hashes that somebody else computed of an image of which nothing else is known. What a PDQ hash tells of the picture
    /// turned and mirrored is looked up, too, so that it is found as the image would be. One of which no quality is known is
    /// taken for a good one.
    pub fn of_hashes(hashes: Vec<Fingerprint>) -> Self {
        let (pdq, others): (Vec<_>, Vec<_>) =
            hashes.into_iter().partition(|hash| is_pdq(&hash.kind()));
        let eight = |kind: Kind| {
            let own = pdq.iter().find(|hash| hash.kind() == kind)?;
            Some(Eight {
                quality: own.quality().unwrap_or(BEST),
                hashes: Dihedral::expected(&Pdq(*own.value().first_chunk()?)),
            })
        };
        let small = eight(PDQ_512);
        let turned = (!pdq.is_empty()).then(|| Turned {
            place: Place::Whole,
            full: eight(PDQ),
            large: small.is_some(),
            small,
        });
        let mut prints = Self::given(others, turned);
        prints.kinds = prints.looked_up().collect();
        prints
    }

    /// Whether nothing is there but PDQ hashes of a quality that lists compare only where they ask for it.
    pub(crate) fn are_poor(&self) -> bool {
        let turned = self.own.turned().into_iter();
        let mut pdq = turned.flat_map(|turned| turned.full.iter().chain(&turned.small));
        self.own.fingerprints().is_empty() && pdq.all(|eight| eight.quality < MIN_QUALITY)
    }

    /// The kinds of the hashes that are there of the image as it is.
    pub fn looked_up(&self) -> impl Iterator<Item = Kind> {
        let turned = self.own.turned();
        let full = turned.and_then(|turned| turned.full.as_ref()).map(|_| PDQ);
        let small = turned.and_then(|turned| turned.small.as_ref());
        let pdq = full.into_iter().chain(small.map(|_| PDQ_512));
        let others = self.own.fingerprints().iter().map(Fingerprint::kind);
        others.chain(pdq)
    }

    /// Hashes that somebody else computed of an image of which nothing else is known.
    pub fn given(fingerprints: Vec<Fingerprint>, turned: Option<Turned>) -> Self {
        let kinds = fingerprints.iter().map(Fingerprint::kind);
        let pdq = [PDQ, PDQ_512].into_iter().filter(|_| turned.is_some());
        Self {
            kinds: kinds.chain(pdq).collect(),
            without_picture: false,
            own: Look::given(fingerprints, turned),
            parts: OnceLock::from(Parts::default()),
            thumbnails: OnceLock::from(Vec::new()),
            text_like: OnceLock::from(false),
        }
    }

    /// The hashes of the image as it is. All else is computed from the asset when it is first asked for.
    pub(crate) fn begin(asset: &Asset, kinds: BTreeSet<Kind>) -> Self {
        let other = asset.format().is_some() && !asset.has_picture();
        Self {
            without_picture: other && asset.thumbnails().is_empty(),
            own: Look::of(asset, &kinds),
            kinds,
            parts: OnceLock::new(),
            thumbnails: OnceLock::new(),
            text_like: OnceLock::new(),
        }
    }

    /// Computes what was not asked for yet.
    pub(crate) fn complete(&self, asset: &Asset) {
        let whole = Source::of(asset, self);
        whole.parts();
        whole.thumbnails();
        whole.text_like();
    }

    /// The kinds of hash that were asked for. Of any other it cannot be told whether the image has one.
    pub fn kinds(&self) -> &BTreeSet<Kind> {
        &self.kinds
    }

    /// Whether the file is known to hold neither a picture nor a thumbnail of one.
    pub fn are_without_picture(&self) -> bool {
        self.without_picture
    }

    /// The hashes of the image as it is.
    pub fn own(&self) -> &Look {
        &self.own
    }

    /// Whether the picture is mostly text: such pictures come near to each other by chance.
    pub fn text_like(&self) -> bool {
        self.text_like.get().copied().unwrap_or_default()
    }
}

/// Prints, and the image that they are of where it is at hand: then they are computed as they are asked for.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    prints: &'a Prints,
    asset: Option<&'a Asset>,
}

impl<'a> Source<'a> {
    /// Prints that were begun, with their image.
    pub(crate) fn of(asset: &'a Asset, prints: &'a Prints) -> Self {
        Self {
            prints,
            asset: Some(asset),
        }
    }

    /// Prints that were kept.
    pub fn kept(prints: &'a Prints) -> Self {
        Self {
            prints,
            asset: None,
        }
    }

    /// What there is of the image as it is.
    pub fn prints(&self) -> &'a Prints {
        self.prints
    }

    /// The hashes of parts and frames of the picture.
    pub(crate) fn parts(&self) -> &'a Parts {
        self.ask(&self.prints.parts, |asset| {
            match self.prints.kinds.iter().any(pdq::is_pdq) {
                true => Parts::of(asset),
                false => Parts::default(),
            }
        })
    }

    /// The hashes of the thumbnails.
    pub(crate) fn thumbnails(&self) -> &'a [ThumbnailPrints] {
        let of = |one: &Thumbnail| ThumbnailPrints::of(one, &self.prints.kinds);
        let all = |asset: &Asset| asset.thumbnails().iter().map(of).collect();
        let thumbnails: &Vec<ThumbnailPrints> = self.ask(&self.prints.thumbnails, all);
        thumbnails
    }

    /// Whether the picture is mostly text.
    pub(crate) fn text_like(&self) -> bool {
        *self.ask(&self.prints.text_like, |asset| {
            self.prints.own.shows_something(|kind| kind.needs_pixels())
                && asset.luma().is_ok_and(|raster| text_like(&raster))
        })
    }

    fn ask<T: Default>(&self, place: &'a OnceLock<T>, of: impl FnOnce(&Asset) -> T) -> &'a T {
        place.get_or_init(|| self.asset.map(of).unwrap_or_default())
    }
}
