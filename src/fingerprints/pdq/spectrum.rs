//! From 64 × 64 samples to 16 × 16 frequencies, and from those to the hash of each rotation and reflection.

use super::Pdq;
use super::kernel::SIDE;
use std::sync::LazyLock;

/// Frequencies along each side.
const KEPT: usize = 16;

/// The lower of the two middle values of 256, which is what the reference's median search returns.
const MEDIAN: usize = KEPT * KEPT / 2 - 1;

/// Gradients are counted in hundredths of the full range; this many of them make one point of quality.
const GRADIENT_PER_POINT: u32 = 90;

/// The low frequencies of a picture without the mean, and how much there is to see in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    coefficients: [[f32; KEPT]; KEPT],
    quality: u8,
}

impl Spectrum {
    pub(super) fn of(samples: &[[f32; SIDE]; SIDE]) -> Self {
        Self {
            coefficients: low_frequencies(samples),
            quality: quality(samples),
        }
    }

    /// How much structure the picture has, 0 to 100; hashes of 49 or less are unreliable. The same for all eight variants.
    pub fn quality(&self) -> u8 {
        self.quality
    }

    /// The hash of the picture, turned or mirrored: a bit is set where a coefficient is above the median.
    pub fn hash(&self, dihedral: Dihedral) -> Pdq {
        let coefficients = dihedral.apply(&self.coefficients);
        let mut sorted = coefficients;
        let (_, median, _) = sorted
            .as_flattened_mut()
            .select_nth_unstable_by(MEDIAN, f32::total_cmp);
        let mut bytes = [0; 32];
        // The reference prints the highest bit first, the last coefficient's.
        for (byte, eight) in bytes
            .iter_mut()
            .zip(coefficients.as_flattened().as_chunks::<8>().0.iter().rev())
        {
            *byte = eight
                .iter()
                .rev()
                .fold(0, |byte, value| byte << 1 | u8::from(value > median));
        }
        Pdq(bytes)
    }
}

/// A rotation or reflection of a picture, named as the reference names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dihedral {
    /// As it is.
    Original,
    /// By 90°.
    Rotate90,
    /// By 180°.
    Rotate180,
    /// By 270°.
    Rotate270,
    /// Upside down: rows in reverse order.
    FlipX,
    /// Mirrored left to right: columns in reverse order.
    FlipY,
    /// Mirrored at the main diagonal: rows become columns.
    FlipPlus1,
    /// Mirrored at the other diagonal.
    FlipMinus1,
}

impl Dihedral {
    /// All eight, the unchanged picture first.
    pub const ALL: [Self; 8] = [
        Self::Original,
        Self::Rotate90,
        Self::Rotate180,
        Self::Rotate270,
        Self::FlipX,
        Self::FlipY,
        Self::FlipPlus1,
        Self::FlipMinus1,
    ];

    /// The stable name, as in the output of the reference's programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Rotate90 => "rotate90",
            Self::Rotate180 => "rotate180",
            Self::Rotate270 => "rotate270",
            Self::FlipX => "flipx",
            Self::FlipY => "flipy",
            Self::FlipPlus1 => "flipplus1",
            Self::FlipMinus1 => "flipminus1",
        }
    }

    /// What was done to the picture, in plain words; empty for nothing.
    pub fn words(self) -> &'static str {
        match self {
            Self::Original => "",
            Self::Rotate90 => "rotated 90",
            Self::Rotate180 => "rotated 180",
            Self::Rotate270 => "rotated 270",
            Self::FlipX => "mirrored top to bottom",
            Self::FlipY => "mirrored left to right",
            Self::FlipPlus1 => "mirrored along a diagonal",
            Self::FlipMinus1 => "mirrored along the other diagonal",
        }
    }

    /// Whether rows become columns, whether rows are reversed before that, and whether columns are.
    fn parts(self) -> (bool, bool, bool) {
        match self {
            Self::Original => (false, false, false),
            Self::Rotate90 => (true, false, true),
            Self::Rotate180 => (false, true, true),
            Self::Rotate270 => (true, true, false),
            Self::FlipX => (false, true, false),
            Self::FlipY => (false, false, true),
            Self::FlipPlus1 => (true, false, false),
            Self::FlipMinus1 => (true, true, true),
        }
    }

    /// What the hashes of a picture turned in each way are expected to be where its own is known, in the order of
    /// [`ALL`](Self::ALL): right but for the few coefficients between the medians.
    pub(crate) fn expected(original: &Pdq) -> [Pdq; 8] {
        let rows = rows_of(original);
        let columns: [u16; KEPT] = std::array::from_fn(|column| {
            let bits = rows.iter().zip(0..);
            bits.fold(0, |bits, (row, place)| bits | (row >> column & 1) << place)
        });
        Self::ALL.map(|dihedral| {
            let (transpose, reverse_rows, reverse_columns) = dihedral.parts();
            let (lines, down, across) = match transpose {
                true => (&columns, reverse_columns, reverse_rows),
                false => (&rows, reverse_rows, reverse_columns),
            };
            let odd = if across { 0x5555 } else { 0 };
            let flips = [if down { !odd } else { odd }, odd].into_iter().cycle();
            let mut lines = lines.iter().zip(flips).map(|(line, flip)| line ^ flip);
            pdq_of([(); KEPT].map(|()| lines.next().unwrap_or_default()))
        })
    }

    /// Reversing an axis negates its odd frequencies, which stand at even places because frequency 0 is left out.
    fn apply(self, original: &[[f32; KEPT]; KEPT]) -> [[f32; KEPT]; KEPT] {
        let (transpose, reverse_rows, reverse_columns) = self.parts();
        let mut signed = *original;
        for (i, row) in signed.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                if (reverse_rows && i % 2 == 0) != (reverse_columns && j % 2 == 0) {
                    *value = -*value;
                }
            }
        }
        if transpose {
            transposed(&signed)
        } else {
            signed
        }
    }
}

/// The bits of a hash by row of coefficients, the lowest bit for the first column.
pub(super) fn rows_of(hash: &Pdq) -> [u16; KEPT] {
    let mut pairs = hash.0.as_chunks::<2>().0.iter().rev();
    [(); KEPT].map(|()| pairs.next().map_or(0, |pair| u16::from_be_bytes(*pair)))
}

pub(super) fn pdq_of(rows: [u16; KEPT]) -> Pdq {
    let mut bytes = [0; 32];
    for (pair, row) in bytes
        .as_chunks_mut::<2>()
        .0
        .iter_mut()
        .zip(rows.iter().rev())
    {
        *pair = row.to_be_bytes();
    }
    Pdq(bytes)
}

fn transposed(original: &[[f32; KEPT]; KEPT]) -> [[f32; KEPT]; KEPT] {
    let mut columns = original.each_ref().map(|row| row.iter());
    [(); KEPT].map(|()| {
        columns
            .each_mut()
            .map(|column| column.next().copied().unwrap_or_default())
    })
}

/// Row `i` holds the cosine of frequency `i + 1` at each of the 64 places.
static COSINES: LazyLock<[[f32; SIDE]; KEPT]> = LazyLock::new(|| {
    let mut cosines = [[0.0; SIDE]; KEPT];
    // The reference rounds the factor to single precision first.
    let factor = f64::from((2.0 / SIDE as f64).sqrt() as f32);
    for (i, row) in cosines.iter_mut().enumerate() {
        for (j, cosine) in row.iter_mut().enumerate() {
            let angle =
                std::f64::consts::PI / 2.0 / SIDE as f64 * (i + 1) as f64 * (2 * j + 1) as f64;
            *cosine = (factor * angle.cos()) as f32;
        }
    }
    cosines
});

/// `D · A · Dᵀ`, summed in the reference's order so that it rounds alike.
fn low_frequencies(samples: &[[f32; SIDE]; SIDE]) -> [[f32; KEPT]; KEPT] {
    let mut frequencies = [[0.0; KEPT]; KEPT];
    for (out, cosines) in frequencies.iter_mut().zip(COSINES.iter()) {
        let mut column_sums = [0.0_f32; SIDE];
        for (row, cosine) in samples.iter().zip(cosines) {
            for (sum, sample) in column_sums.iter_mut().zip(row) {
                *sum += cosine * sample;
            }
        }
        for (frequency, cosines) in out.iter_mut().zip(COSINES.iter()) {
            *frequency = column_sums
                .iter()
                .zip(cosines)
                .fold(0.0, |sum, (column, cosine)| sum + column * cosine);
        }
    }
    frequencies
}

fn quality(samples: &[[f32; SIDE]; SIDE]) -> u8 {
    let neighbours_below = samples
        .iter()
        .zip(samples.iter().skip(1))
        .flat_map(|(a, b)| a.iter().zip(b));
    let neighbours_right = samples
        .iter()
        .flat_map(|row| row.iter().zip(row.iter().skip(1)));
    // Each difference is cut to a whole number, so that only gradients that can be seen count.
    let gradients = neighbours_below
        .chain(neighbours_right)
        .map(|(a, b)| (((a - b) * 100.0 / 255.0) as i32).unsigned_abs());
    let points = gradients.sum::<u32>() / GRADIENT_PER_POINT;
    u8::try_from(points.min(100)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise() -> [[f32; SIDE]; SIDE] {
        let mut state = 7_u32;
        [[(); SIDE]; SIDE].map(|row| {
            row.map(|()| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as f32
            })
        })
    }

    /// The samples turned or mirrored themselves, by the definition of each name.
    fn moved(samples: &[[f32; SIDE]; SIDE], dihedral: Dihedral) -> [[f32; SIDE]; SIDE] {
        let mut out = [[0.0; SIDE]; SIDE];
        let last = SIDE - 1;
        for (i, row) in out.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                *value = match dihedral {
                    Dihedral::Original => samples[i][j],
                    Dihedral::Rotate90 => samples[j][last - i],
                    Dihedral::Rotate180 => samples[last - i][last - j],
                    Dihedral::Rotate270 => samples[last - j][i],
                    Dihedral::FlipX => samples[last - i][j],
                    Dihedral::FlipY => samples[i][last - j],
                    Dihedral::FlipPlus1 => samples[j][i],
                    Dihedral::FlipMinus1 => samples[last - j][last - i],
                };
            }
        }
        out
    }

    #[test]
    fn variants_are_the_hashes_of_the_moved_picture() {
        let samples = noise();
        let spectrum = Spectrum::of(&samples);
        for dihedral in Dihedral::ALL {
            let direct = Spectrum::of(&moved(&samples, dihedral));
            let distance = spectrum
                .hash(dihedral)
                .distance(&direct.hash(Dihedral::Original));
            assert!(distance <= 2, "{}: {distance}", dihedral.name());
            assert_eq!(spectrum.quality(), direct.quality());
        }
    }

    #[test]
    fn half_of_the_bits_are_set() {
        let hash = Spectrum::of(&noise()).hash(Dihedral::Original);
        assert_eq!(hash.distance(&Pdq([0; 32])), 128);
    }
}
