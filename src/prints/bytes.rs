//! Prints as bytes. The first byte is the version; numbers are LEB128, and texts have their length before them.
//!
//! The eight hashes of a picture are nearly the same bits in another order, so that seven of them are stored as the bits in
//! which they differ from what the first lets expect: some 100 bytes instead of 256.

use std::sync::OnceLock;

use super::eight::{Eight, Place, Turned};
use super::look::Look;
use super::{Parts, Prints, ThumbnailPrints};
use crate::asset::{PixelError, ThumbnailOf};
use crate::fingerprints::pdq::{Dihedral, Pdq};
use crate::fingerprints::{ALL, Fingerprint, Kind, trims};

/// Changed when older programs could misread what is written.
pub(super) const VERSION: u8 = 1;

/// Most bits that are named one by one; of more, the whole hash is written.
pub(super) const MOST_NAMED: usize = 31;

/// Stands for a hash that is written whole.
pub(super) const WHOLE: u8 = 0xff;

/// Where a picture was looked at.
pub(super) const PLACE_WHOLE: u8 = 0;
pub(super) const PLACE_TRIM: u8 = 1;
pub(super) const PLACE_FRAME: u8 = 2;

/// What a look has.
pub(super) const IS_PICTURE: u8 = 1;
pub(super) const HAS_TURNED: u8 = 2;
pub(super) const HAS_ERROR: u8 = 4;

/// Which hashes there are of one place.
pub(super) const HAS_FULL: u8 = 1;
pub(super) const HAS_SMALL: u8 = 2;
pub(super) const IS_LARGE: u8 = 4;

/// What is known of an image besides its hashes.
pub(super) const WITHOUT_PICTURE: u8 = 1;
pub(super) const TEXT_LIKE: u8 = 2;

impl Prints {
    /// The prints as bytes, to be kept. Why a file could not be read is not among them: it is to be read again.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Bytes::beginning_with(VERSION);
        bytes.byte(flag(self.without_picture, WITHOUT_PICTURE) | flag(self.text_like(), TEXT_LIKE));
        bytes.number(self.kinds.len());
        self.kinds.iter().for_each(|kind| bytes.kind(*kind));
        bytes.look(&self.own);
        match self.parts.get() {
            Some(parts) => bytes.parts(parts),
            None => bytes.parts(&Parts::default()),
        }
        let thumbnails = self.thumbnails.get().map_or(&[][..], Vec::as_slice);
        bytes.number(thumbnails.len());
        thumbnails.iter().for_each(|one| bytes.thumbnail(one));
        bytes.done()
    }
}

fn flag(set: bool, flag: u8) -> u8 {
    if set { flag } else { 0 }
}

/// Bytes that are being written.
pub(crate) struct Bytes(Vec<u8>);

impl Bytes {
    /// Bytes that begin with a version.
    pub(crate) fn beginning_with(version: u8) -> Self {
        Self(vec![version])
    }

    /// All that was written.
    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }

    /// Bytes whose end is the end of all.
    pub(crate) fn append(&mut self, mut bytes: Vec<u8>) {
        self.0.append(&mut bytes);
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn number(&mut self, number: usize) {
        let mut left = number;
        while left > 0x7f {
            self.byte(left as u8 | 0x80);
            left >>= 7;
        }
        self.byte(left as u8);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn kind(&mut self, kind: Kind) {
        let place = ALL
            .iter()
            .position(|family| family.name == kind.family().name);
        self.number(place.unwrap_or(ALL.len()));
        let variant = kind.family().kinds().position(|one| one == kind);
        self.number(variant.unwrap_or_default());
    }

    fn look(&mut self, look: &Look) {
        self.byte(
            flag(look.is_picture, IS_PICTURE)
                | flag(look.turned.is_some(), HAS_TURNED)
                | flag(look.undecoded.is_some(), HAS_ERROR),
        );
        self.number(look.fingerprints.len());
        look.fingerprints
            .iter()
            .for_each(|one| self.fingerprint(one));
        if let Some(turned) = &look.turned {
            self.turned(turned);
        }
        if let Some(error) = &look.undecoded {
            self.error(error);
        }
    }

    fn fingerprint(&mut self, fingerprint: &Fingerprint) {
        self.kind(fingerprint.kind());
        self.byte(fingerprint.quality().unwrap_or(u8::MAX));
        self.0.extend_from_slice(fingerprint.value());
    }

    fn error(&mut self, error: &PixelError) {
        let (kind, message) = match error {
            PixelError::Unsupported(message) => (0, message),
            PixelError::TooLarge(message) => (1, message),
            PixelError::Malformed(message) => (2, message),
        };
        self.byte(kind);
        self.text(message);
    }

    fn parts(&mut self, parts: &Parts) {
        let looked = parts
            .frames_looked_at
            .map_or(0, |looked| looked as usize + 1);
        self.number(looked);
        self.number(parts.all.len());
        parts.all.iter().for_each(|one| self.turned(one));
    }

    fn thumbnail(&mut self, one: &ThumbnailPrints) {
        self.text(&one.manifest);
        self.text(&one.label);
        self.byte(flag(one.of == ThumbnailOf::Claim, 1) | flag(one.shows_image, 2));
        self.look(&one.look);
    }

    fn turned(&mut self, turned: &Turned) {
        match turned.place {
            Place::Whole => self.byte(PLACE_WHOLE),
            Place::Trim(name) => {
                self.byte(PLACE_TRIM);
                let place = trims::NAMES.iter().position(|known| *known == name);
                self.number(place.unwrap_or_default());
            }
            Place::Frame(number) => {
                self.byte(PLACE_FRAME);
                self.number(number as usize);
            }
        }
        self.byte(
            flag(turned.full.is_some(), HAS_FULL)
                | flag(turned.small.is_some(), HAS_SMALL)
                | flag(turned.large, IS_LARGE),
        );
        if let Some(full) = &turned.full {
            self.eight(full, &Pdq([0; 32]));
        }
        if let Some(small) = &turned.small {
            self.eight(small, &base_of(turned.full.as_ref()));
        }
    }

    fn eight(&mut self, eight: &Eight, expected: &Pdq) {
        self.byte(eight.quality);
        let [first, turned @ ..] = &eight.hashes;
        self.hash(first, expected);
        let expected = expected_of(first);
        for (hash, expected) in turned.iter().zip(&expected) {
            self.hash(hash, expected);
        }
    }

    /// The bits in which a hash differs from what is expected.
    fn hash(&mut self, hash: &Pdq, expected: &Pdq) {
        if hash.distance(expected) as usize > MOST_NAMED {
            self.byte(WHOLE);
            return self.0.extend_from_slice(&hash.0);
        }
        let count = self.0.len();
        self.byte(0);
        let mut named = 0;
        for (at, (own, expected)) in (0_u8..).zip(hash.0.iter().zip(&expected.0)) {
            let mut left = own ^ expected;
            while left != 0 {
                self.byte(at * 8 + left.trailing_zeros() as u8);
                left &= left - 1;
                named += 1;
            }
        }
        if let Some(count) = self.0.get_mut(count) {
            *count = named;
        }
    }
}

/// What the first hash of the resized picture is expected to be.
pub(super) fn base_of(full: Option<&Eight>) -> Pdq {
    let first = full.and_then(|eight| eight.hashes.first());
    first.copied().unwrap_or(Pdq([0; 32]))
}

/// What the seven others are expected to be where the first is this.
pub(super) fn expected_of(first: &Pdq) -> [Pdq; 7] {
    let [_, turned @ ..] = Dihedral::expected(first);
    turned
}

/// A view that is there.
pub(super) fn filled<T>(value: T) -> OnceLock<T> {
    OnceLock::from(value)
}
