//! One picture's PDQ hashes: as it is, and turned and mirrored in all ways.

use std::borrow::Cow;

use crate::fingerprints::pdq::{Dihedral, PDQ, PDQ_512, Pdq, Spectrum};
use crate::fingerprints::{Fingerprint, Kind};
use crate::lists::Query;

/// The hashes of a picture and of its seven rotations and reflections, in the order of [`Dihedral::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eight {
    /// The quality of all of them.
    pub quality: u8,
    /// The picture as it is first.
    pub hashes: [Pdq; 8],
}

impl Eight {
    /// The hashes that a picture's frequencies give.
    pub fn of(spectrum: &Spectrum) -> Self {
        Self {
            quality: spectrum.quality(),
            hashes: Dihedral::ALL.map(|dihedral| spectrum.hash(dihedral)),
        }
    }
}

/// Where in an image a picture was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The image as it is.
    Whole,
    /// A part of it, with what was cut off.
    Trim(&'static str),
    /// A later frame of an animation, counted from 1 for the first.
    Frame(u32),
}

impl Place {
    fn words(self) -> Cow<'static, str> {
        match self {
            Self::Whole => Cow::Borrowed(""),
            Self::Trim(name) => Cow::Borrowed(name),
            Self::Frame(number) => Cow::Owned(format!("frame {number}")),
        }
    }
}

/// The PDQ hashes of the whole or a part of an image, of both kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// What was looked at.
    pub place: Place,
    /// Those at full size.
    pub full: Option<Eight>,
    /// Those of the picture resized to 512 × 512, where a side is longer than that; else they are the same.
    pub small: Option<Eight>,
    /// Whether a side is longer than that.
    pub large: bool,
}

impl Turned {
    /// The hashes that may be compared with entries of a kind: lists rarely say which of the two references made a `pdq`
    /// hash, so both are.
    fn comparable_with(&self, kind: Kind) -> impl Iterator<Item = (Kind, &Eight)> {
        let same = match self.large {
            true => &self.small,
            false => &self.full,
        };
        let both = [
            (PDQ, self.full.as_ref().filter(|_| kind == PDQ)),
            (
                PDQ_512,
                same.as_ref()
                    .filter(|_| kind == PDQ_512 || (kind == PDQ && self.large)),
            ),
        ];
        both.into_iter()
            .filter_map(|(kind, eight)| Some((kind, eight?)))
    }

    /// Whether there is a hash that may be compared with entries of a kind.
    pub(crate) fn is_comparable_with(&self, kind: Kind) -> bool {
        self.comparable_with(kind).next().is_some()
    }

    /// The values that are looked up on a shelf of a kind, with their quality and whether each is of the picture turned.
    pub(crate) fn values(&self, kind: Kind) -> impl Iterator<Item = (&Pdq, u8, bool)> {
        self.comparable_with(kind).flat_map(|(_, eight)| {
            let numbered = eight.hashes.iter().zip(0..);
            numbered.map(|(hash, turn)| (hash, eight.quality, turn > 0))
        })
    }

    /// What is looked up among entries of a kind.
    pub(crate) fn queries(&self, kind: Kind) -> impl Iterator<Item = Query> {
        let place = self.place.words();
        self.comparable_with(kind).flat_map(move |(kind, eight)| {
            let place = place.clone();
            let all = Dihedral::ALL.into_iter().zip(&eight.hashes);
            all.filter_map(move |(dihedral, hash)| {
                let fingerprint = Fingerprint::new(kind, hash.0).ok()?;
                Some(Query {
                    fingerprint: fingerprint.with_quality(Some(eight.quality)),
                    transform: transform(&place, dihedral),
                    turned: dihedral != Dihedral::Original,
                })
            })
        })
    }
}

/// What was done to the picture before hashing, in words.
fn transform(place: &str, dihedral: Dihedral) -> String {
    match (place, dihedral.words()) {
        ("", words) => words.to_owned(),
        (place, "") => place.to_owned(),
        (place, words) => format!("{place}, {words}"),
    }
}
