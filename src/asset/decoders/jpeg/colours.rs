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

impl Work for Split<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let pixels = self.samples.as_chunks_mut::<3>().0;
        for (pixel, luma) in pixels.iter_mut().zip(self.luma) {
            let [y, blue, red] = *pixel;
            *luma = y;
            let y = (i32::from(y) << SHIFT).wrapping_add(HALF);
            let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
            *pixel = [
                y.wrapping_add(red.wrapping_mul(RED)),
                y.wrapping_sub(red.wrapping_mul(GREEN_OF_RED))
                    .wrapping_sub(blue.wrapping_mul(GREEN_OF_BLUE)),
                y.wrapping_add(blue.wrapping_mul(BLUE)),
            ]
            .map(|sum| (sum >> SHIFT).clamp(0, 255) as u8);
        }
    }
}
