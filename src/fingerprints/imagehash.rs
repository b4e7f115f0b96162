//! The hashes of Python's `imagehash`, bit by bit, so that lists made with it can be matched.
//!
//! Checked against `imagehash` 4.3.2 with scipy 1.17 and numpy 2.4 on x86-64: from the same pixels, all of 966 drawn
//! pictures and 273 others were identical in every kind, flat and symmetric ones included, whose bits are rounding errors.
//! The values are those that `str()` prints: row by row, the first bit highest.
//!
//! # Versions
//!
//! The library leaves scaling to Pillow, and Pillow 13 scales tall pictures (phone screenshots, mostly) in another order
//! than all before it. So there are two kinds of each: `imagehash-phash-8` is that of Pillow up to 12.1 (checked from
//! 9.5), `imagehash-phash-8-pillow13` that of Pillow 13. Of 167 pictures 2.1 times as tall as wide, 20 differed in the
//! 64 bits of `phash` and 122 in the 256 of `dhash`, some of them by more than the threshold. Pillow 12.2 and 12.3 are
//! as 12.1, but for pictures more than a hundred times as tall as wide.
//!
//! # Pictures
//!
//! They are taken as stored (no EXIF orientation, alpha dropped), as the library does, and converted as Pillow converts
//! them: grey of 16 bits is cut off at 255, and so mostly white. Decoded pixels do not tell grey of 16 bits with a
//! transparent colour, which Pillow cuts off too, from grey with alpha, whose high byte it takes; here both are the latter.
//! CMYK and floating point are converted by our decoders, not as in Pillow.
//!
//! From a file, decoders count too. PNG, GIF, TIFF and WebP gave the same hashes (172 of 173 files, the other a
//! transparent grey of 16 bits), while JPEG decoders differ by a level here and there: of 138 undamaged pictures, 137 had
//! the same `phash` of 64 bits, 135 the same `dhash` and 138 the same `average_hash`; of 256 bits 122, 126 and 137. The
//! others were 1 to 4 bits off.

mod algorithm;
mod dct;
mod lanczos;
mod luma;
mod roots;
#[cfg(test)]
mod tests;

use super::{Family, FingerprintError, Kind};
use algorithm::Algorithm;
use image::{DynamicImage, GenericImageView};
pub(super) use luma::Luma;
use luma::Passes;

/// Hash width and height.
const SIZES: [usize; 2] = [8, 16];

/// What the names of kinds end with.
const PASSES: [(&str, Passes); 2] = [("", Passes::Rows), ("-pillow13", Passes::Pillow13)];

const VARIANTS: u16 = 5 * 2 * 2;

/// The longest side of any JPEG; no longer one is worth the weights its rows would take.
const LONGEST_SIDE: u32 = 65_535;

/// Largest distances without a false match, by function and size; others have none.
///
/// Source: own measurement, 266 085 pairs of distinct photographs. The nearest were 12 bits apart of the 64 of `phash`,
/// 90 of its 256, 4 of the 64 of `dhash`, 34 of its 256 and 0 of the 64 of `average_hash`, which therefore has no
/// threshold. The others are at most half of that: the 31 that were measured as such, 16 rather than 17 and, of the 64
/// bits of `phash`, 4 rather than 6, since pictures of text are far nearer to each other (one pair in ten within 8).
const THRESHOLDS: [(Algorithm, usize, u32); 4] = [
    (Algorithm::Phash, 8, 4),
    (Algorithm::Phash, 16, 31),
    (Algorithm::Difference, 8, 2),
    (Algorithm::Difference, 16, 16),
];

pub(super) static FAMILY: Family = Family {
    name: "imagehash",
    about: "simple perceptual hashes of Python's imagehash, by version of Pillow",
    pattern: "imagehash-<average|difference|difference-vertical|phash|phash-simple>-<8|16>[-pillow13]",
    exact: false,
    needs_pixels: true,
    needs_colours: true,
    computed: true,
    base64: false,
    variants: VARIANTS,
    display: |variant, f| {
        let recipe = Recipe::of(variant).ok_or(std::fmt::Error)?;
        let Recipe {
            algorithm: (algorithm, _),
            size,
            passes: (ending, _),
        } = recipe;
        write!(f, "imagehash-{algorithm}-{size}{ending}")
    },
    parse: |name| name.strip_prefix("imagehash-").and_then(parse),
    bits: |variant| Recipe::of(variant).map_or(0, |recipe| recipe.bits()),
    threshold: |variant| Recipe::of(variant).and_then(|recipe| recipe.threshold()),
    near: |_| None,
    compute: |variant, views| {
        let recipe = Recipe::of(variant)
            .ok_or_else(|| FingerprintError::Unfit("no such imagehash kind".into()))?;
        fits(views.image()?)?;
        Ok((recipe.hash(views.pillow_luma()?), None))
    },
};

/// Computes the value of a kind of this family from pixels.
///
/// # Errors
/// `kind` is of another family, or the picture is empty or endless.
pub fn hash(image: &DynamicImage, kind: Kind) -> Result<Box<[u8]>, FingerprintError> {
    let recipe = (kind.family.name == FAMILY.name)
        .then(|| Recipe::of(kind.variant))
        .flatten();
    let recipe =
        recipe.ok_or_else(|| FingerprintError::Unfit(format!("{kind} is no imagehash kind")))?;
    fits(image)?;
    Ok(recipe.hash(&Luma::of(image)))
}

fn fits(image: &DynamicImage) -> Result<(), FingerprintError> {
    let (width, height) = image.dimensions();
    if width.min(height) == 0 || width.max(height) > LONGEST_SIDE {
        return Err(FingerprintError::Unfit(format!(
            "imagehash kinds cannot hash {width} × {height} pixels, but sides of 1 to {LONGEST_SIDE}"
        )));
    }
    Ok(())
}

/// What a variant number stands for.
struct Recipe {
    algorithm: (&'static str, Algorithm),
    size: usize,
    passes: (&'static str, Passes),
}

impl Recipe {
    /// Passes turn fastest, algorithms slowest.
    fn of(variant: u16) -> Option<Self> {
        let number = usize::from(variant);
        let (rest, passes) = (number / PASSES.len(), number % PASSES.len());
        let (algorithm, size) = (rest / SIZES.len(), rest % SIZES.len());
        Some(Self {
            algorithm: *Algorithm::ALL.get(algorithm)?,
            size: *SIZES.get(size)?,
            passes: *PASSES.get(passes)?,
        })
    }

    fn bits(&self) -> u32 {
        u32::try_from(self.size * self.size).unwrap_or(0)
    }

    fn threshold(&self) -> Option<u32> {
        let key = (self.algorithm.1, self.size);
        let mut rows = THRESHOLDS.iter();
        rows.find(|(algorithm, size, _)| (*algorithm, *size) == key)
            .map(|(.., threshold)| *threshold)
    }

    fn hash(&self, luma: &Luma<'_>) -> Box<[u8]> {
        self.algorithm.1.hash(self.size, luma, self.passes.1)
    }
}

/// Reads what follows `imagehash-`.
fn parse(name: &str) -> Option<u16> {
    let (name, passes) = match name.strip_suffix("-pillow13") {
        Some(name) => (name, 1),
        None => (name, 0),
    };
    let (algorithm, size) = name.rsplit_once('-')?;
    let algorithm = Algorithm::ALL
        .iter()
        .position(|(name, _)| *name == algorithm)?;
    let size = SIZES.iter().position(|s| s.to_string() == size)?;
    u16::try_from((algorithm * SIZES.len() + size) * PASSES.len() + passes).ok()
}
