//! Which hash a value is: algorithm, size, filter and preprocessing in one small value.

use super::{FingerprintError, Views};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A group of kinds that share code: one file in this folder, one row in [`ALL`](super::ALL).
pub struct Family {
    /// The stable name, first word of its kinds' names.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// The names of its kinds, as a pattern for help texts and errors.
    pub pattern: &'static str,
    /// Equal values mean equal files, as opposed to similar pictures.
    pub exact: bool,
    /// Its values are computed from decoded pixels, as opposed to the bytes of the file.
    pub needs_pixels: bool,
    /// They are computed from its colours, as opposed to its luma as it was decoded.
    pub needs_colours: bool,
    /// Its values are computed here, as opposed to only kept in lists and compared with each other.
    pub computed: bool,
    /// Its values may be written in Base64 as well as in hexadecimal.
    pub base64: bool,
    /// How many kinds it has; they are numbered from 0.
    pub variants: u16,
    /// Writes the name of a kind.
    pub(super) display: fn(u16, &mut fmt::Formatter<'_>) -> fmt::Result,
    /// Reads the name of a kind.
    pub(super) parse: fn(&str) -> Option<u16>,
    /// Bits in a value; a multiple of 8 for every kind so far.
    pub(super) bits: fn(u16) -> u32,
    /// The distance up to which two values count as a match, where one was measured.
    pub(super) threshold: fn(u16) -> Option<u32>,
    /// The distance up to which two values are worth a person's look, where one was measured that is further than a match.
    pub(super) near: fn(u16) -> Option<u32>,
    /// Computes a value and, where the kind has one, its quality from 0 to 100.
    pub(super) compute: Compute,
}

/// A value and, where the kind has one, its quality from 0 to 100.
pub(super) type Value = (Box<[u8]>, Option<u8>);

/// How a family computes the value of one of its kinds.
pub(super) type Compute = fn(u16, &Views<'_>) -> Result<Value, FingerprintError>;

impl Family {
    /// Its kinds, in a stable order.
    pub fn kinds(&'static self) -> impl Iterator<Item = Kind> {
        (0..self.variants).map(move |variant| Kind {
            family: self,
            variant,
        })
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Family")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// One exact way of hashing an image. Two kinds are equal only if their values may be compared.
#[derive(Clone, Copy)]
pub struct Kind {
    pub(super) family: &'static Family,
    pub(super) variant: u16,
}

impl Kind {
    /// The family it belongs to.
    pub fn family(self) -> &'static Family {
        self.family
    }

    /// The size of a value, in bits.
    pub fn bits(self) -> u32 {
        (self.family.bits)(self.variant)
    }

    /// The size of a value, in bytes.
    pub fn bytes(self) -> usize {
        usize::try_from(self.bits().div_ceil(8)).unwrap_or(usize::MAX)
    }

    /// Whether it is a cryptographic digest: only equality means anything, distances do not.
    pub fn exact(self) -> bool {
        self.family.exact
    }

    /// The largest distance, in bits, that counts as a match unless the user says otherwise.
    ///
    /// `None` where no safe threshold was measured; then the user has to name one. 0 for digests.
    pub fn default_threshold(self) -> Option<u32> {
        (self.family.threshold)(self.variant)
    }

    /// The largest distance, in bits, at which two pictures are worth a person's look, though no match.
    ///
    /// `None` where none was measured: then there is no second tier.
    pub fn default_near(self) -> Option<u32> {
        (self.family.near)(self.variant)
    }

    /// Whether computing it needs the decoded picture.
    pub fn needs_pixels(self) -> bool {
        self.family.needs_pixels
    }

    /// Whether it needs the colours of the picture, and not its luma alone.
    pub fn needs_colours(self) -> bool {
        self.family.needs_colours
    }

    /// Whether it can be computed here at all; others are only kept in lists.
    pub fn computed(self) -> bool {
        self.family.computed
    }

    fn key(self) -> (&'static str, u16) {
        (self.family.name, self.variant)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Kind {}

impl Ord for Kind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.family.display)(self.variant, f)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({self})")
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        super::ALL
            .iter()
            .find_map(|&family| (family.parse)(name).map(|variant| Self { family, variant }))
            .ok_or_else(|| UnknownKind { name: name.into() })
    }
}

/// A name that no kind has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind {
    /// The name as given.
    pub name: String,
}

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no fingerprint is called {:?}; there are", self.name)?;
        for (n, family) in super::ALL.iter().enumerate() {
            write!(f, "{} {}", if n == 0 { "" } else { "," }, family.pattern)?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownKind {}

#[cfg(test)]
mod tests {
    use super::super::{kinds, pdq};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_reads_back_and_is_unique() {
        let all: Vec<Kind> = kinds().collect();
        for kind in &all {
            assert_eq!(kind.to_string().parse(), Ok(*kind));
            assert_eq!(kind.bits() % 8, 0, "{kind}");
            assert!(
                kind.default_threshold().is_none_or(|t| t < kind.bits()),
                "{kind}"
            );
            assert!(
                !kind.exact() || kind.default_threshold() == Some(0),
                "{kind}"
            );
        }
        let names: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), all.len());
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        // 6 digests, PDQ kinds and PhotoDNA; 4 sizes of blockhash; 5 algorithms × 4 sizes × 5 filters × with and without DCT;
        // 5 functions of imagehash × 2 sizes × 2 orders of Pillow.
        assert_eq!(all.len(), 6 + 4 + 5 * 4 * 5 * 2 + 5 * 2 * 2);
    }

    #[test]
    fn unknown_names_say_what_there_is() {
        for name in [
            "",
            "PDQ",
            "pdq-",
            "imghash-gradient-8",
            "imghash-blockhash-8-dct",
            "md5 ",
        ] {
            let error = name.parse::<Kind>().unwrap_err().to_string();
            assert!(
                error.contains("md5, sha1, sha256, pdq") && error.contains("imghash-<"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_two_pdq_kinds_differ() {
        assert_ne!(pdq::PDQ, pdq::PDQ_512);
        assert_eq!(pdq::PDQ.default_threshold(), Some(31));
    }
}
