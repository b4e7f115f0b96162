//! From luma and colour differences to red, green and blue.

use crate::platform::{Work, fastest};

/// Turns luma and two colour differences, pixel by pixel, into colours in their place, and hands out the luma.
pub(super) fn split(samples: &mut [u8]) -> Vec<u8> {
    let mut luma = vec![0; samples.len() / 3];
    fastest(Split {
        samples,
        luma: &mut luma,
    });
    luma
}

struct Split<'a> {
    samples: &'a mut [u8],
    luma: &'a mut [u8],
}

/// ITU-R BT.601 as JFIF has it, in parts of 1 << 14: what of the red and the blue difference goes into each colour.
const RED: i32 = 22_970;
const GREEN_OF_RED: i32 = 11_700;
const GREEN_OF_BLUE: i32 = 5_638;
const BLUE: i32 = 29_032;
const SHIFT: u32 = 14;

/// Half of a step, but for the least: as the decoder rounds when it is asked for colours.
const HALF: i32 = (1 << (SHIFT - 1)) - 1;

/// Pixels that are taken apart, computed and put together again at a time: pixel by pixel, nothing of it can be done with
/// wide instructions.
const BLOCK: usize = 64;

impl Work for Split<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (blocks, rest) = self.samples.as_chunks_mut::<{ 3 * BLOCK }>();
        let (lumas, last) = self.luma.as_chunks_mut::<BLOCK>();
        for (samples, luma) in blocks.iter_mut().zip(lumas) {
            split_block(samples, luma);
        }
        let rest = rest.as_chunks_mut::<3>().0.iter_mut();
        for (pixel, luma) in rest.zip(last) {
            let [y, blue, red] = *pixel;
            *luma = y;
            *pixel = colours(y, blue, red);
        }
    }
}

#[inline(always)]
fn split_block(samples: &mut [u8; 3 * BLOCK], luma: &mut [u8; BLOCK]) {
    let (mut first, mut second, mut third) = ([0; BLOCK], [0; BLOCK], [0; BLOCK]);
    let planes = first.iter_mut().zip(&mut second).zip(&mut third);
    for (pixel, ((y, blue), red)) in samples.as_chunks::<3>().0.iter().zip(planes) {
        [*y, *blue, *red] = *pixel;
    }
    *luma = first;
    let planes = first.iter_mut().zip(&mut second).zip(&mut third);
    for ((first, second), third) in planes {
        [*first, *second, *third] = colours(*first, *second, *third);
    }
    let planes = first.iter().zip(&second).zip(&third);
    let pixels = samples.as_chunks_mut::<3>().0.iter_mut();
    for (pixel, ((red, green), blue)) in pixels.zip(planes) {
        *pixel = [*red, *green, *blue];
    }
}

/// Red, green and blue of luma and the two differences.
#[inline(always)]
fn colours(y: u8, blue: u8, red: u8) -> [u8; 3] {
    let y = (i32::from(y) << SHIFT).wrapping_add(HALF);
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    [
        y.wrapping_add(red.wrapping_mul(RED)),
        y.wrapping_sub(red.wrapping_mul(GREEN_OF_RED))
            .wrapping_sub(blue.wrapping_mul(GREEN_OF_BLUE)),
        y.wrapping_add(blue.wrapping_mul(BLUE)),
    ]
    .map(|sum| (sum >> SHIFT).clamp(0, 255) as u8)
}
