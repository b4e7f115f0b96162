//! One line of the transform: of two lines of pixels, the halved sum of U in each 2 × 2 of them.
//!
//! All of it works on 16 bits, many values at once. Nothing here comes near the ends of its type, whatever the pixels, so
//! the arithmetic is the kind that is not checked.

/// Fixed point: sixteen steps to one. A value is at most 223 away from grey, and a sharpened one three times that.
pub(super) const ONE: i32 = 16;

/// 0.492 · (B − Y) / 2 with Y = 0.299 R + 0.587 G + 0.114 B, for sums of four pixels, in units of `ONE` / 32768. They add up
/// to zero, so that grey is exactly that.
const OF_RED: i32 = -38_564;
const OF_GREEN: i32 = -75_709;
const OF_BLUE: i32 = 114_273;
const SHIFT: u32 = 15;
const HALF: i32 = 1 << (SHIFT - 1);

/// The values, and those with red and blue in each other's place. Grey is zero. Before the first and after the last value
/// stands its copy.
#[derive(Clone)]
pub(super) struct Line {
    values: Vec<i16>,
    swapped: Vec<i16>,
}

impl Line {
    pub(super) fn new(columns: usize) -> Self {
        let zeros = || vec![0; columns + 2];
        Self {
            values: zeros(),
            swapped: zeros(),
        }
    }

    pub(super) fn values(&self) -> &[i16] {
        inside(&self.values)
    }

    pub(super) fn swapped(&self) -> &[i16] {
        inside(&self.swapped)
    }

    pub(super) fn clone_from(&mut self, other: &Self) {
        self.values.clone_from(&other.values);
        self.swapped.clone_from(&other.swapped);
    }

    /// Takes in two lines of pixels. `sums` is room for one of them.
    #[inline(always)]
    pub(super) fn read<const CHANNELS: usize>(
        &mut self,
        upper: &[u8],
        lower: &[u8],
        sums: &mut [u16],
    ) {
        for ((sum, above), below) in sums.iter_mut().zip(upper).zip(lower) {
            *sum = u16::from(*above).wrapping_add(u16::from(*below));
        }
        let (pixels, _) = sums.as_chunks::<CHANNELS>();
        let (pairs, _) = pixels.as_chunks::<2>();
        let values = inside_mut(&mut self.values).iter_mut();
        let values = values.zip(inside_mut(&mut self.swapped));
        for ([left, right], (value, swapped)) in pairs.iter().zip(values) {
            let ([r, g, b, ..], [r2, g2, b2, ..]) = (left.as_slice(), right.as_slice()) else {
                continue;
            };
            let both = |one: &u16, other: &u16| i32::from(one.wrapping_add(*other));
            let (red, blue) = (both(r, r2), both(b, b2));
            let green = OF_GREEN.wrapping_mul(both(g, g2)).wrapping_add(HALF);
            let of = |near: i32, far: i32| {
                let sum = OF_BLUE
                    .wrapping_mul(near)
                    .wrapping_add(OF_RED.wrapping_mul(far));
                (sum.wrapping_add(green) >> SHIFT) as i16
            };
            (*value, *swapped) = (of(blue, red), of(red, blue));
        }
        self.extend();
    }

    /// The middle one of three lines, sharpened downwards and across: what a decoder mixed into each value from its
    /// neighbours, an eighth on each side, is taken out again, but for a remainder. `room` is for one line.
    #[inline(always)]
    pub(super) fn sharpen(&mut self, [above, line, below]: [&Self; 3], room: &mut [i16]) {
        let of = [
            (
                &mut self.values,
                [above, line, below].map(|line| &line.values),
            ),
            (
                &mut self.swapped,
                [above, line, below].map(|line| &line.swapped),
            ),
        ];
        for (into, [above, line, below]) in of {
            sharper(above, line, below, room);
            let shifted = |by: usize| room.get(by..).unwrap_or_default();
            sharper(room, shifted(1), shifted(2), inside_mut(into));
        }
    }

    fn extend(&mut self) {
        for values in [&mut self.values, &mut self.swapped] {
            if let [before, first, .., last, after] = values.as_mut_slice() {
                (*before, *after) = (*first, *last);
            }
        }
    }
}

/// 11/8 of the middle less 3/16 of each neighbour, as far as there is room for it.
#[inline(always)]
fn sharper(left: &[i16], middle: &[i16], right: &[i16], into: &mut [i16]) {
    let three = left.iter().zip(middle).zip(right);
    for (value, ((left, middle), right)) in into.iter_mut().zip(three) {
        let difference = middle
            .wrapping_sub(*left)
            .wrapping_add(middle.wrapping_sub(*right));
        *value = middle
            .wrapping_add(difference >> 2)
            .wrapping_sub(difference >> 4);
    }
}

fn inside(values: &[i16]) -> &[i16] {
    values
        .get(1..values.len().saturating_sub(1))
        .unwrap_or_default()
}

fn inside_mut(values: &mut [i16]) -> &mut [i16] {
    let end = values.len().saturating_sub(1);
    values.get_mut(1..end).unwrap_or_default()
}
