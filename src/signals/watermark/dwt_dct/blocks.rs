//! From pixels to one bit a block, in each way of reading.
//!
//! The scheme lies in the colour difference U of YUV, of which it takes the means of 2 × 2 pixels (the low frequencies of a
//! Haar transform, twice the mean). Sixteen of these, of 8 × 8 pixels, are a block. Of all but its first value, the largest
//! by magnitude, counted in steps of 36, holds a bit: 0 in the lower half of its step, 1 in the upper.

use image::DynamicImage;

/// One bit a block, row by row, in each way of reading.
pub(super) struct Bits {
    /// As the encoders write pictures that they hold as bytes: U lies around 128.
    pub(super) bytes: Vec<u8>,
    /// As they write pictures that they hold as floating-point numbers: U lies around 0.5, so that values below it count by
    /// their magnitude, too.
    pub(super) floats: Vec<u8>,
    /// The same with red and blue in each other's place.
    pub(super) swapped: Vec<u8>,
}

/// Fixed point: a value of the transform is at most 223 away from grey, so 128 steps to one fit into 16 bits.
const ONE: i32 = 128;
/// The step in which a bit is written.
const STEP: i32 = 36 * ONE;
/// What twice the mean of four values of U is for grey, where U lies around 128 and around 0.5.
const GREY_BYTES: i32 = 256 * ONE;
const GREY_FLOATS: i16 = ONE as i16;

/// 0.492 · (B − Y) / 2 with Y = 0.299 R + 0.587 G + 0.114 B, for sums of four pixels, in units of `ONE` / 4096. Their sum is
/// zero, so that grey is exactly that.
const OF_RED: i32 = -38_564;
const OF_GREEN: i32 = -75_709;
const OF_BLUE: i32 = 114_273;
const SHIFT: u32 = 12;
const HALF: i32 = 1 << (SHIFT - 1);

/// Pixels along the side of a block, and values of the transform.
const BLOCK: usize = 8;
const VALUES: usize = BLOCK / 2;

/// Reads the blocks of a picture in colours of 8 bits; of any other there is nothing to read.
pub(super) fn read(image: &DynamicImage) -> Option<Bits> {
    let (width, height) = (index(image.width()), index(image.height()));
    match image {
        DynamicImage::ImageRgb8(image) => Some(blocks::<3>(image.as_raw(), width, height)),
        DynamicImage::ImageRgba8(image) => Some(blocks::<4>(image.as_raw(), width, height)),
        _ => None,
    }
}

fn index(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}

fn blocks<const CHANNELS: usize>(raw: &[u8], width: usize, height: usize) -> Bits {
    let across = width / BLOCK;
    let count = across * (height / BLOCK);
    let empty = || Vec::with_capacity(count);
    let mut bits = Bits {
        bytes: empty(),
        floats: empty(),
        swapped: empty(),
    };
    if across == 0 {
        return bits;
    }
    let mut row = Row::new(across, CHANNELS);
    for band in raw.chunks_exact(width * CHANNELS * BLOCK) {
        row.clear();
        for (line, two) in band.chunks_exact(width * CHANNELS * 2).enumerate() {
            let (upper, lower) = two.split_at(width * CHANNELS);
            row.add::<CHANNELS>(upper, lower);
            if line == 0 {
                row.drop_first();
            }
        }
        row.write(&mut bits);
    }
    bits
}

/// A row of blocks: the largest values so far, for each of its columns of the transform.
struct Row {
    /// Sums of two pixels that lie below each other, channels as they lie.
    sums: Vec<u16>,
    /// One line of the transform, and the same with red and blue in each other's place. Grey is zero.
    line: Vec<i16>,
    swapped_line: Vec<i16>,
    bytes: Vec<i16>,
    floats: Vec<i16>,
    swapped: Vec<i16>,
}

impl Row {
    fn new(across: usize, channels: usize) -> Self {
        let columns = || vec![0; across * VALUES];
        Self {
            sums: vec![0; across * BLOCK * channels],
            line: columns(),
            swapped_line: columns(),
            bytes: columns(),
            floats: columns(),
            swapped: columns(),
        }
    }

    fn clear(&mut self) {
        self.bytes.fill(i16::MIN);
        self.floats.fill(0);
        self.swapped.fill(0);
    }

    /// Takes in two lines of pixels, which are one of the transform.
    fn add<const CHANNELS: usize>(&mut self, upper: &[u8], lower: &[u8]) {
        for ((sum, above), below) in self.sums.iter_mut().zip(upper).zip(lower) {
            *sum = u16::from(*above) + u16::from(*below);
        }
        let (pixels, _) = self.sums.as_chunks::<CHANNELS>();
        let (pairs, _) = pixels.as_chunks::<2>();
        let values = self.line.iter_mut().zip(&mut self.swapped_line);
        for ([left, right], (value, swapped)) in pairs.iter().zip(values) {
            let sum = |channel: usize| {
                let of = |pixel: &[u16; CHANNELS]| pixel.get(channel).copied().unwrap_or(0);
                i32::from(of(left) + of(right))
            };
            let (red, green, blue) = (sum(0), OF_GREEN * sum(1) + HALF, sum(2));
            // Both are at most 223 · 128 away from zero.
            *value = ((OF_BLUE * blue + OF_RED * red + green) >> SHIFT) as i16;
            *swapped = ((OF_BLUE * red + OF_RED * blue + green) >> SHIFT) as i16;
        }
        self.keep_largest();
    }

    fn keep_largest(&mut self) {
        let most = self.bytes.iter_mut().zip(&mut self.floats);
        for ((bytes, floats), value) in most.zip(&self.line) {
            *bytes = (*bytes).max(*value);
            *floats = (*floats).max((*value + GREY_FLOATS).abs());
        }
        for (swapped, value) in self.swapped.iter_mut().zip(&self.swapped_line) {
            *swapped = (*swapped).max((*value + GREY_FLOATS).abs());
        }
    }

    /// Drops the first value of every block, which holds nothing, after the first line.
    fn drop_first(&mut self) {
        let most = self.floats.iter_mut().zip(&mut self.swapped);
        for (bytes, (floats, swapped)) in self.bytes.iter_mut().zip(most).step_by(VALUES) {
            (*bytes, *floats, *swapped) = (i16::MIN, 0, 0);
        }
    }

    fn write(&self, bits: &mut Bits) {
        bits.bytes.extend(each_block(&self.bytes, GREY_BYTES));
        bits.floats.extend(each_block(&self.floats, 0));
        bits.swapped.extend(each_block(&self.swapped, 0));
    }
}

/// The bit that the largest value of each block holds, given what is to be added to its columns.
fn each_block(columns: &[i16], grey: i32) -> impl Iterator<Item = u8> {
    let (blocks, _) = columns.as_chunks::<VALUES>();
    blocks.iter().map(move |[a, b, c, d]| {
        let most = *a.max(b).max(c.max(d));
        u8::from((i32::from(most) + grey) % STEP > STEP / 2)
    })
}
