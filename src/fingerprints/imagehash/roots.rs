//! The complex roots of one that the transform multiplies with, rounded as pocketfft rounds them.

use std::f64::consts::FRAC_PI_4;

/// A complex number.
#[derive(Clone, Copy)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

/// The complex roots of one, each the product of a coarse and a fine one, whose rounding errors it has.
pub(super) struct Roots {
    number: usize,
    bits: u32,
    fine: Vec<Complex>,
    coarse: Vec<Complex>,
}

impl Roots {
    pub(super) fn new(number: usize) -> Self {
        let needed = (number + 2) / 2;
        let mut bits = 1;
        while 1_usize << (2 * bits) < needed {
            bits += 1;
        }
        let fine = 1_usize << bits;
        Self {
            number,
            bits,
            fine: (0..fine).map(|place| root(place, number)).collect(),
            coarse: (0..needed.div_ceil(fine))
                .map(|place| root(place * fine, number))
                .collect(),
        }
    }

    pub(super) fn at(&self, place: usize) -> Complex {
        let mirrored = 2 * place > self.number;
        let place = if mirrored { self.number - place } else { place };
        let one = Complex { re: 1.0, im: 0.0 };
        let low = place & ((1 << self.bits) - 1);
        let a = self.fine.get(low).copied().unwrap_or(one);
        let b = self.coarse.get(place >> self.bits).copied().unwrap_or(one);
        let im = a.re * b.im + a.im * b.re;
        Complex {
            re: a.re * b.re - a.im * b.im,
            im: if mirrored { -im } else { im },
        }
    }
}

/// Root `place` of `number`, up to half a turn, from an angle of at most an eighth of a turn.
fn root(place: usize, number: usize) -> Complex {
    let unit = FRAC_PI_4 / number as f64;
    let turn = |eighths: usize| {
        let (im, re) = (eighths as f64 * unit).sin_cos();
        Complex { re, im }
    };
    let place = place * 8;
    let flip = |c: Complex| Complex { re: c.im, im: c.re };
    if place < number {
        turn(place)
    } else if place < 2 * number {
        flip(turn(2 * number - place))
    } else if place < 3 * number {
        let Complex { re, im } = turn(place - 2 * number);
        Complex { re: -im, im: re }
    } else {
        let Complex { re, im } = turn((4 * number).saturating_sub(place));
        Complex { re: -re, im }
    }
}
