//! The `img_hash` family: the simple perceptual hashes, as crate `image_hasher` 3.1 (the continuation of `img_hash`) computes them.
//!
//! Values are its `as_bytes()`. Those of `img_hash` 3.2.0 and of Python's `imagehash` are close, but not the same data:
//! of 183 pictures 74 to 183 are identical, by algorithm. Such lists need a wider threshold.

mod scale;
#[cfg(test)]
mod tests;

use super::{Family, FingerprintError, Kind};
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, GrayImage};
use img_hash::{HashAlg, HasherConfig, ImageHash};

/// What is compared with what.
const ALGORITHMS: [(&str, HashAlg); 6] = [
    ("mean", HashAlg::Mean),
    ("gradient", HashAlg::Gradient),
    ("vert-gradient", HashAlg::VertGradient),
    ("double-gradient", HashAlg::DoubleGradient),
    ("median", HashAlg::Median),
    ("blockhash", HashAlg::Blockhash),
];

/// Hash width and height.
const SIZES: [u32; 4] = [8, 16, 32, 64];

/// How the picture is scaled down.
const FILTERS: [(&str, FilterType); 5] = [
    ("nearest", FilterType::Nearest),
    ("triangle", FilterType::Triangle),
    ("catmullrom", FilterType::CatmullRom),
    ("gaussian", FilterType::Gaussian),
    ("lanczos3", FilterType::Lanczos3),
];

/// Blockhash does not scale and knows no DCT, so it has one kind a size; the others have one a size, filter and preprocessing.
const VARIANTS: u16 = 5 * 4 * 5 * 2 + 4;

/// The longest side of any JPEG; no longer one is worth the floats its rows would take.
const LONGEST_SIDE: u32 = 65_535;

/// Blockhash sums blocks of at least a 64th of the picture in 32 bits.
const MOST_BLOCKHASH_PIXELS: u64 = 1 << 28;

/// Largest distances without a false match, by kind.
///
/// Source: own measurement with `image_hasher` 3.1, default filter, 4 186 pairs of distinct photographs. Of the measured thresholds without a false
/// pair the largest is taken that is at most half the smallest distance between distinct photographs; gradient-8 at 8
/// shows why, which is clean there, but matched 17 of 266 085 other pairs.
const THRESHOLDS: [(&str, u32, bool, u32); 10] = [
    ("gradient", 8, false, 4),
    ("vert-gradient", 8, false, 4),
    ("median", 8, true, 8),
    ("gradient", 8, true, 4),
    ("blockhash", 8, false, 4),
    ("gradient", 16, false, 31),
    ("double-gradient", 16, false, 16),
    ("median", 16, true, 31),
    ("blockhash", 16, false, 16),
    ("vert-gradient", 16, false, 31),
];

pub(super) static FAMILY: Family = Family {
    name: "imghash",
    about: "simple perceptual hashes of crate image_hasher 3.1, the continuation of img_hash",
    pattern: "imghash-<mean|gradient|vert-gradient|double-gradient|median>-<8|16|32|64>-\
              <nearest|triangle|catmullrom|gaussian|lanczos3>[-dct], imghash-blockhash-<8|16|32|64>",
    exact: false,
    needs_pixels: true,
    needs_colours: true,
    computed: true,
    base64: true,
    variants: VARIANTS,
    display: |variant, f| {
        let Some(Recipe {
            algorithm,
            size,
            filter,
            dct,
        }) = Recipe::of(variant)
        else {
            return Err(std::fmt::Error);
        };
        write!(f, "imghash-{}-{size}", algorithm.0)?;
        match filter {
            Some(filter) => write!(f, "-{}{}", filter.0, if dct { "-dct" } else { "" }),
            None => Ok(()),
        }
    },
    parse: |name| name.strip_prefix("imghash-").and_then(parse),
    bits: |variant| Recipe::of(variant).map_or(0, |recipe| recipe.bits()),
    threshold: |variant| Recipe::of(variant).and_then(|recipe| recipe.threshold()),
    near: |_| None,
    compute: |variant, views| {
        let recipe = Recipe::of(variant)
            .ok_or_else(|| FingerprintError::Unfit("no such imghash kind".into()))?;
        fits(&recipe, views.image()?)?;
        // Blockhash looks at colours and alpha, the others at grey, which is then converted once for all of them.
        let value = match recipe.filter {
            None => recipe.hasher().hash_image(views.image()?),
            Some((_, filter)) => recipe.hash_gray(views.gray()?, filter),
        };
        Ok((value.into_inner(), None))
    },
};

/// Computes the value of a kind of this family from pixels.
///
/// # Errors
/// `kind` is of another family, the picture is empty, or so long that hashing it would take gigabytes.
pub fn hash(image: &DynamicImage, kind: Kind) -> Result<Box<[u8]>, FingerprintError> {
    let recipe = (kind.family.name == FAMILY.name)
        .then(|| Recipe::of(kind.variant))
        .flatten();
    let recipe =
        recipe.ok_or_else(|| FingerprintError::Unfit(format!("{kind} is no imghash kind")))?;
    fits(&recipe, image)?;
    let value = match (recipe.filter, image) {
        (None, _) => recipe.hasher().hash_image(image),
        (Some((_, filter)), DynamicImage::ImageLuma8(gray)) => recipe.hash_gray(gray, filter),
        (Some((_, filter)), _) => recipe.hash_gray(&image.to_luma8(), filter),
    };
    Ok(value.into_inner())
}

fn fits(recipe: &Recipe, image: &DynamicImage) -> Result<(), FingerprintError> {
    let (width, height) = image.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let too_many = recipe.filter.is_none() && pixels > MOST_BLOCKHASH_PIXELS;
    if pixels == 0 || width.max(height) > LONGEST_SIDE || too_many {
        let limit = if too_many {
            "268435456 pixels at most"
        } else {
            "sides of 1 to 65535"
        };
        return Err(FingerprintError::Unfit(format!(
            "imghash kinds cannot hash {width} × {height} pixels, but {limit}"
        )));
    }
    Ok(())
}

/// What a variant number stands for.
struct Recipe {
    algorithm: (&'static str, HashAlg),
    size: u32,
    filter: Option<(&'static str, FilterType)>,
    dct: bool,
}

impl Recipe {
    /// Blockhash kinds come first; then preprocessing turns fastest, algorithm slowest.
    fn of(variant: u16) -> Option<Self> {
        let mut number = usize::from(variant);
        if let Some(&size) = SIZES.get(number) {
            let algorithm = *ALGORITHMS
                .iter()
                .find(|(_, algorithm)| *algorithm == HashAlg::Blockhash)?;
            return Some(Self {
                algorithm,
                size,
                filter: None,
                dct: false,
            });
        }
        number -= SIZES.len();
        let mut digit = |base: usize| {
            let digit = number % base;
            number /= base;
            digit
        };
        let dct = digit(2) == 1;
        let filter = Some(*FILTERS.get(digit(FILTERS.len()))?);
        let size = *SIZES.get(digit(SIZES.len()))?;
        let algorithm = *ALGORITHMS.get(number)?;
        (algorithm.1 != HashAlg::Blockhash).then_some(Self {
            algorithm,
            size,
            filter,
            dct,
        })
    }

    fn bits(&self) -> u32 {
        match self.algorithm.1 {
            // Each of half + 1 rows has half comparisons, and each column too.
            HashAlg::DoubleGradient => (self.size / 2 + 1) * self.size,
            _ => self.size * self.size,
        }
    }

    fn threshold(&self) -> Option<u32> {
        // Other filters than the library's default were not measured.
        if self
            .filter
            .is_some_and(|(_, filter)| filter != FilterType::Lanczos3)
        {
            return None;
        }
        let key = (self.algorithm.0, self.size, self.dct);
        THRESHOLDS
            .iter()
            .find(|(algorithm, size, dct, _)| (*algorithm, *size, *dct) == key)
            .map(|(.., threshold)| *threshold)
    }

    /// Hashes grey that is scaled here, to the size in which `image_hasher` takes it as it is.
    fn hash_gray(&self, gray: &GrayImage, filter: FilterType) -> ImageHash {
        let (width, height) = match self.algorithm.1 {
            HashAlg::Gradient => (self.size + 1, self.size),
            HashAlg::VertGradient => (self.size, self.size + 1),
            HashAlg::DoubleGradient => (self.size / 2 + 1, self.size / 2 + 1),
            HashAlg::Mean | HashAlg::Median | HashAlg::Blockhash => (self.size, self.size),
        };
        let factor = if self.dct { 2 } else { 1 };
        let scaled = scale::resize(gray, width * factor, height * factor, filter);
        self.hasher().hash_image(&DynamicImage::ImageLuma8(scaled))
    }

    fn hasher(&self) -> img_hash::Hasher {
        let config = HasherConfig::new()
            .hash_alg(self.algorithm.1)
            .hash_size(self.size, self.size);
        let config = match self.filter {
            Some((_, filter)) => config.resize_filter(filter),
            None => config,
        };
        let config = if self.dct {
            config.preproc_dct()
        } else {
            config
        };
        config.to_hasher()
    }
}

/// Reads what follows `imghash-`.
fn parse(name: &str) -> Option<u16> {
    let (number, rest) = ALGORITHMS
        .iter()
        .enumerate()
        .find_map(|(number, (algorithm, _))| {
            name.strip_prefix(algorithm)
                .and_then(|rest| rest.strip_prefix('-'))
                .map(|rest| (number, rest))
        })?;
    let place = |size: &str| SIZES.iter().position(|s| s.to_string() == size);
    if ALGORITHMS.get(number)?.1 == HashAlg::Blockhash {
        return u16::try_from(place(rest)?).ok();
    }
    let (size, rest) = rest.split_once('-')?;
    let (filter, dct) = match rest.strip_suffix("-dct") {
        Some(filter) => (filter, 1),
        None => (rest, 0),
    };
    let filter = FILTERS.iter().position(|(name, _)| *name == filter)?;
    let digits = (number * SIZES.len() + place(size)?) * FILTERS.len() + filter;
    u16::try_from(SIZES.len() + digits * 2 + dct).ok()
}
