//! Reading prints back from bytes, which somebody else may have written: what is taken up grows with what is read.

use super::bytes::{
    HAS_ERROR, HAS_FULL, HAS_SMALL, HAS_TURNED, IS_LARGE, IS_PICTURE, MOST_NAMED, PLACE_FRAME,
    PLACE_TRIM, PLACE_WHOLE, TEXT_LIKE, VERSION, WHOLE, WITHOUT_PICTURE, base_of, expected_of,
    filled,
};
use super::eight::{Eight, Place, Turned};
use super::look::Look;
use super::{Parts, Prints, ThumbnailPrints};
use crate::asset::{PixelError, ThumbnailOf};
use crate::fingerprints::pdq::Pdq;
use crate::fingerprints::{ALL, Fingerprint, Kind, trims};

/// Why bytes are no prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrintsError {
    /// They were written by a program of another version.
    #[error(
        "the stored hashes of an image are of version {0}, which this program does not read; scan the image again"
    )]
    Version(u8),
    /// They are cut off or something else.
    #[error("the stored hashes of an image are damaged; scan the image again")]
    Damaged,
}

impl Prints {
    /// Prints that were kept.
    ///
    /// # Errors
    /// The bytes are not those of prints, or of another version of them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PrintsError> {
        let mut reader = Reader::of(bytes, VERSION)?;
        let prints = reader.prints().ok_or(PrintsError::Damaged)?;
        let ended = reader.rest().is_empty();
        ended.then_some(prints).ok_or(PrintsError::Damaged)
    }
}

/// What is still to be read.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Bytes that begin with a version.
    pub(crate) fn of(bytes: &'a [u8], version: u8) -> Result<Self, PrintsError> {
        match bytes.split_first() {
            Some((found, rest)) if *found == version => Ok(Self(rest)),
            Some((found, _)) => Err(PrintsError::Version(*found)),
            None => Err(PrintsError::Damaged),
        }
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    fn prints(&mut self) -> Option<Prints> {
        let flags = self.byte()?;
        Some(Prints {
            without_picture: flags & WITHOUT_PICTURE != 0,
            text_like: filled(flags & TEXT_LIKE != 0),
            kinds: self.several(Self::kind)?,
            own: self.look()?,
            parts: filled(self.parts()?),
            thumbnails: filled(self.several(Self::thumbnail)?),
        })
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = usize::from(byte & 0x7f);
            number |= part
                .checked_shl(shift)
                .filter(|moved| moved >> shift == part)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// So many of something as the number before them tells: the count is not believed, each takes bytes of its own.
    pub(crate) fn several<T, C: Default + Extend<T>>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<C> {
        let mut all = C::default();
        for _ in 0..self.number()? {
            all.extend([one(self)?]);
        }
        Some(all)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let len = self.number()?;
        str::from_utf8(self.take(len)?).ok()
    }

    fn kind(&mut self) -> Option<Kind> {
        let family = ALL.get(self.number()?)?;
        family.kinds().nth(self.number()?)
    }

    fn look(&mut self) -> Option<Look> {
        let flags = self.byte()?;
        Some(Look {
            is_picture: flags & IS_PICTURE != 0,
            fingerprints: self.several(Self::fingerprint)?,
            turned: self.where_set(flags & HAS_TURNED, Self::turned)?,
            unread: None,
            undecoded: self.where_set(flags & HAS_ERROR, Self::error)?,
        })
    }

    /// Something that is only there if a flag is set.
    fn where_set<T>(
        &mut self,
        flag: u8,
        one: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match flag {
            0 => Some(None),
            _ => one(self).map(Some),
        }
    }

    fn fingerprint(&mut self) -> Option<Fingerprint> {
        let kind = self.kind()?;
        let quality = self.byte()?;
        let value = self.take(kind.bytes())?;
        let fingerprint = Fingerprint::new(kind, value).ok()?;
        Some(fingerprint.with_quality((quality <= 100).then_some(quality)))
    }

    fn error(&mut self) -> Option<PixelError> {
        let kind = self.byte()?;
        let message = self.text()?.to_owned();
        match kind {
            0 => Some(PixelError::Unsupported(message)),
            1 => Some(PixelError::TooLarge(message)),
            2 => Some(PixelError::Malformed(message)),
            _ => None,
        }
    }

    fn parts(&mut self) -> Option<Parts> {
        let looked = self.number()?;
        Some(Parts {
            frames_looked_at: match looked.checked_sub(1) {
                Some(looked) => Some(u32::try_from(looked).ok()?),
                None => None,
            },
            all: self.several(Self::turned)?,
        })
    }

    fn thumbnail(&mut self) -> Option<ThumbnailPrints> {
        let manifest = self.text()?.to_owned();
        let label = self.text()?.to_owned();
        let flags = self.byte()?;
        Some(ThumbnailPrints {
            manifest,
            label,
            of: match flags & 1 {
                1 => ThumbnailOf::Claim,
                _ => ThumbnailOf::Ingredient,
            },
            shows_image: flags & 2 != 0,
            look: self.look()?,
        })
    }

    fn turned(&mut self) -> Option<Turned> {
        let place = match self.byte()? {
            PLACE_WHOLE => Place::Whole,
            PLACE_TRIM => Place::Trim(trims::NAMES.get(self.number()?)?),
            PLACE_FRAME => Place::Frame(u32::try_from(self.number()?).ok()?),
            _ => return None,
        };
        let flags = self.byte()?;
        let full = self.where_set(flags & HAS_FULL, |reader| reader.eight(&Pdq([0; 32])))?;
        let expected = base_of(full.as_ref());
        Some(Turned {
            place,
            small: self.where_set(flags & HAS_SMALL, |reader| reader.eight(&expected))?,
            full,
            large: flags & IS_LARGE != 0,
        })
    }

    fn eight(&mut self, expected: &Pdq) -> Option<Eight> {
        let quality = self.byte()?;
        let first = self.hash(expected)?;
        let mut hashes = [first; 8];
        let turned = hashes.iter_mut().skip(1);
        for (hash, expected) in turned.zip(&expected_of(&first)) {
            *hash = self.hash(expected)?;
        }
        Some(Eight { quality, hashes })
    }

    fn hash(&mut self, expected: &Pdq) -> Option<Pdq> {
        match self.byte()? {
            WHOLE => Some(Pdq(*self.take(32)?.first_chunk()?)),
            named if usize::from(named) <= MOST_NAMED => {
                let mut hash = *expected;
                for bit in self.take(usize::from(named))? {
                    let byte = hash.0.get_mut(usize::from(bit / 8))?;
                    *byte ^= 1 << (bit % 8);
                }
                Some(hash)
            }
            _ => None,
        }
    }
}
