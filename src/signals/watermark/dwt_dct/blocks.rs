//! From pixels to one bit a block, in each way of reading.
//!
//! The scheme lies in the colour difference U of YUV, of which it takes the sums of 2 × 2 pixels, halved (the low frequencies
//! of a Haar transform). Sixteen of these, of 8 × 8 pixels, are a block. Of all but its first value, the largest by
//! magnitude, counted in steps of 36, holds a bit: 0 in the lower half of its step, 1 in the upper.

use super::line::{Line, ONE};
use crate::platform::{Work, fastest};
use image::DynamicImage;

/// One bit a block, row by row, in each way of reading.
#[derive(Default)]
pub(super) struct Bits {
    pub(super) plain: Ways,
    /// The same after undoing how decoders stretch colours that a file keeps at half the size, as JPEG and lossy WebP do:
    /// they mix each with its neighbours, which blurs the values.
    pub(super) sharpened: Ways,
}

/// One bit a block, by how the writer held the picture.
#[derive(Default)]
pub(super) struct Ways {
    /// As bytes: U lies around 128.
    pub(super) bytes: Vec<u8>,
    /// As floating-point numbers: U lies around 0.5, so that values below it count by their magnitude, too.
    pub(super) floats: Vec<u8>,
    /// The same with red and blue in each other's place.
    pub(super) swapped: Vec<u8>,
}

/// The step in which a bit is written.
const STEP: i32 = 36 * ONE;

/// What is written for grey, where U lies around 128 and around 0.5.
const GREY_BYTES: i32 = 256 * ONE;
const GREY_FLOATS: i16 = ONE as i16;

/// Pixels along the side of a block, and values of the transform.
const BLOCK: usize = 8;
pub(super) const VALUES: usize = BLOCK / 2;

/// Reads the blocks of a picture in colours of 8 bits; of any other there is nothing to read.
pub(super) fn read(image: &DynamicImage) -> Option<Bits> {
    let (width, height) = (image.width(), image.height());
    let across = usize::try_from(width).ok()? / BLOCK;
    let down = usize::try_from(height).ok()? / BLOCK;
    let width = usize::try_from(width).ok()?;
    if across == 0 || down == 0 {
        return None;
    }
    let (raw, channels) = match image {
        DynamicImage::ImageRgb8(image) => (image.as_raw(), 3),
        DynamicImage::ImageRgba8(image) => (image.as_raw(), 4),
        _ => return None,
    };
    let reading = Reading {
        raw,
        channels,
        width,
        across,
        down,
    };
    Some(fastest(reading))
}

/// A picture to be read: its bytes, how many of them a pixel has, its width in pixels, and its blocks.
struct Reading<'a> {
    raw: &'a [u8],
    channels: usize,
    width: usize,
    across: usize,
    down: usize,
}

impl Work for Reading<'_> {
    type Output = Bits;

    #[inline(always)]
    fn run(self) -> Bits {
        let Self {
            raw,
            width,
            across,
            down,
            ..
        } = self;
        match self.channels {
            3 => blocks::<3>(raw, width, across, down),
            _ => blocks::<4>(raw, width, across, down),
        }
    }
}

/// Goes through the lines of the transform, each with the ones above and below it. Like all that it calls, it is inlined, so
/// that it is compiled for wide instructions.
#[inline(always)]
fn blocks<const CHANNELS: usize>(raw: &[u8], width: usize, across: usize, down: usize) -> Bits {
    let mut bits = Bits::default();
    let columns = across * VALUES;
    let (mut above, mut line, mut below) =
        (Line::new(columns), Line::new(columns), Line::new(columns));
    let (mut plain, mut sharpened) = (Largest::new(columns), Largest::new(columns));
    let mut sharp = Line::new(columns);
    let (mut sums, mut room) = (vec![0; columns * 2 * CHANNELS], vec![0; columns + 2]);
    let mut pairs = raw
        .chunks_exact(width * CHANNELS * 2)
        .take(down * VALUES)
        .map(|two| two.split_at(width * CHANNELS));
    if let Some((upper, lower)) = pairs.next() {
        line.read::<CHANNELS>(upper, lower, &mut sums);
    }
    above.clone_from(&line);
    for number in 0..down * VALUES {
        match pairs.next() {
            Some((upper, lower)) => below.read::<CHANNELS>(upper, lower, &mut sums),
            None => below.clone_from(&line),
        }
        sharp.sharpen([&above, &line, &below], &mut room);
        let first = number % VALUES == 0;
        plain.take(&line, first);
        sharpened.take(&sharp, first);
        if number % VALUES == VALUES - 1 {
            plain.write(&mut bits.plain);
            sharpened.write(&mut bits.sharpened);
        }
        std::mem::swap(&mut above, &mut line);
        std::mem::swap(&mut line, &mut below);
    }
    bits
}

/// The largest values so far of a row of blocks, for each column of the transform.
struct Largest {
    bytes: Vec<i16>,
    floats: Vec<i16>,
    swapped: Vec<i16>,
}

impl Largest {
    fn new(columns: usize) -> Self {
        let zeros = || vec![0; columns];
        Self {
            bytes: zeros(),
            floats: zeros(),
            swapped: zeros(),
        }
    }

    #[inline(always)]
    fn take(&mut self, line: &Line, first: bool) {
        if first {
            self.bytes.fill(i16::MIN);
            self.floats.fill(0);
            self.swapped.fill(0);
        }
        let magnitude = |value: i16| value.wrapping_add(GREY_FLOATS).wrapping_abs();
        let most = self.bytes.iter_mut().zip(&mut self.floats);
        for ((bytes, floats), value) in most.zip(line.values()) {
            *bytes = (*bytes).max(*value);
            *floats = (*floats).max(magnitude(*value));
        }
        for (swapped, value) in self.swapped.iter_mut().zip(line.swapped()) {
            *swapped = (*swapped).max(magnitude(*value));
        }
        if first {
            self.drop_first();
        }
    }

    /// The first value of a block holds nothing.
    fn drop_first(&mut self) {
        let most = self.floats.iter_mut().zip(&mut self.swapped);
        for (bytes, (floats, swapped)) in self.bytes.iter_mut().zip(most).step_by(VALUES) {
            (*bytes, *floats, *swapped) = (i16::MIN, 0, 0);
        }
    }

    #[inline(always)]
    fn write(&self, ways: &mut Ways) {
        ways.bytes.extend(each_block(&self.bytes, GREY_BYTES));
        ways.floats.extend(each_block(&self.floats, 0));
        ways.swapped.extend(each_block(&self.swapped, 0));
    }
}

/// The bit that the largest value of each block holds, given what is to be added to its columns.
fn each_block(columns: &[i16], grey: i32) -> impl Iterator<Item = u8> {
    let (blocks, _) = columns.as_chunks::<VALUES>();
    blocks.iter().map(move |[a, b, c, d]| {
        let most = *a.max(b).max(c.max(d));
        // Never negative but for sharpened values far beyond what a writer makes, which are noise as it is.
        u8::from((i32::from(most) + grey) % STEP > STEP / 2)
    })
}
