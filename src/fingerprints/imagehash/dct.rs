//! The cosine transform of `scipy.fftpack.dct`, with its rounding errors.
//!
//! Where a picture is flat or symmetric, coefficients that should be equal differ by those errors, and they alone say
//! which of them lies above the median. So the steps are those of scipy's fast transform (pocketfft), in its order:
//! neighbours are added and subtracted, a real transform in halves and quarters follows, and cosines turn the result.

use super::roots::{Complex, Roots};
use std::f64::consts::SQRT_2;

/// The transform of lines of one length, a power of two of at least 4.
pub(super) struct Dct {
    length: usize,
    steps: Vec<Step>,
    cosines: Vec<f64>,
}

impl Dct {
    pub(super) fn new(length: usize) -> Self {
        let roots = Roots::new(length.saturating_mul(4));
        Self {
            length,
            steps: steps(length),
            cosines: (1..=length).map(|place| roots.at(place).re).collect(),
        }
    }

    /// Twice the sum of each sample times cos(π (n + ½) k / length), for all k.
    pub(super) fn of(&self, line: &[f64]) -> Vec<f64> {
        let mut values = self.pair(line);
        for step in &self.steps {
            values = step.apply(&values);
        }
        self.turn(&values)
    }

    /// The ends doubled, the others as difference and sum with their neighbours.
    fn pair(&self, line: &[f64]) -> Vec<f64> {
        let last = self.length - 1;
        let value = |place: usize| at(line, place);
        let paired = (0..self.length).map(|place| {
            if place == 0 || place == last {
                value(place) * 2.0
            } else if place % 2 == 1 {
                value(place + 1) + value(place)
            } else {
                value(place) - value(place - 1)
            }
        });
        paired.collect()
    }

    fn turn(&self, values: &[f64]) -> Vec<f64> {
        let half = self.length / 2;
        let turned = (0..self.length).map(|place| {
            if place == 0 {
                return at(values, 0);
            }
            if place == half {
                return at(values, half) * at(&self.cosines, half - 1);
            }
            let low = place.min(self.length - place);
            let high = self.length - low;
            let [a, b] = [at(&self.cosines, low - 1), at(&self.cosines, high - 1)];
            let [x, y] = [at(values, low), at(values, high)];
            let sum = a * y + b * x;
            let difference = a * x - b * y;
            if place == low {
                0.5 * (sum + difference)
            } else {
                0.5 * (sum - difference)
            }
        });
        turned.collect()
    }
}

/// The parts in which the real transform is done: a half if there must be one, then quarters.
fn steps(length: usize) -> Vec<Step> {
    let roots = Roots::new(length);
    let mut steps = Vec::new();
    let (mut blocks, mut rest) = (1, length);
    while rest > 1 {
        // An odd power of two needs one half, which comes first.
        let ways = if rest.trailing_zeros() % 2 == 1 { 2 } else { 4 };
        rest /= ways;
        let turns = (1..ways).map(|way| {
            let turn = |place: usize| roots.at(way * blocks * place);
            (0..rest.div_ceil(2)).map(turn).collect()
        });
        steps.push(Step {
            ways,
            blocks,
            run: rest,
            turns: turns.collect(),
        });
        blocks *= ways;
    }
    steps
}

/// One part: `blocks` blocks of `ways` runs of values become `ways` groups of `blocks` runs.
struct Step {
    ways: usize,
    blocks: usize,
    run: usize,
    /// By way from 1, by pair of values.
    turns: Vec<Vec<Complex>>,
}

impl Step {
    fn apply(&self, from: &[f64]) -> Vec<f64> {
        let mut to = vec![0.0; from.len()];
        for block in 0..self.blocks {
            let take =
                |place: usize, way: usize| at(from, place + self.run * (way + self.ways * block));
            let mut give = |place: usize, way: usize, value: f64| {
                let place = place + self.run * (block + self.blocks * way);
                if let Some(slot) = to.get_mut(place) {
                    *slot = value;
                }
            };
            if self.ways == 2 {
                self.halves(take, &mut give);
            } else {
                self.quarters(take, &mut give);
            }
        }
        to
    }

    fn halves(&self, take: impl Fn(usize, usize) -> f64, give: &mut impl FnMut(usize, usize, f64)) {
        let last = self.run - 1;
        let [a, b] = [take(0, 0), take(last, 1)];
        give(0, 0, a + b);
        give(0, 1, a - b);
        if self.run.is_multiple_of(2) {
            give(last, 0, 2.0 * take(last, 0));
            give(last, 1, -2.0 * take(0, 1));
        }
        for i in (2..self.run).step_by(2) {
            let j = self.run - i;
            let [a, b] = [take(i - 1, 0), take(j - 1, 1)];
            let [c, d] = [take(i, 0), take(j, 1)];
            give(i - 1, 0, a + b);
            give(i, 0, c - d);
            let value = Complex {
                re: a - b,
                im: c + d,
            };
            self.give_turned(i, 1, value, give);
        }
    }

    fn quarters(
        &self,
        take: impl Fn(usize, usize) -> f64,
        give: &mut impl FnMut(usize, usize, f64),
    ) {
        let last = self.run - 1;
        let [a, b] = [take(0, 0), take(last, 3)];
        let [c, d] = [2.0 * take(last, 1), 2.0 * take(0, 2)];
        give(0, 0, (a + b) + c);
        give(0, 1, (a - b) - d);
        give(0, 2, (a + b) - c);
        give(0, 3, (a - b) + d);
        if self.run.is_multiple_of(2) {
            let [a, b] = [take(last, 0), take(last, 2)];
            let [c, d] = [take(0, 3), take(0, 1)];
            let [sum, difference] = [c + d, c - d];
            give(last, 0, (a + b) + (a + b));
            give(last, 1, SQRT_2 * ((a - b) - sum));
            give(last, 2, difference + difference);
            give(last, 3, -SQRT_2 * ((a - b) + sum));
        }
        for i in (2..self.run).step_by(2) {
            let j = self.run - i;
            let [a, b, c, d] = [
                take(i - 1, 0),
                take(j - 1, 3),
                take(i - 1, 2),
                take(j - 1, 1),
            ];
            let [e, f, g, h] = [take(i, 0), take(j, 3), take(i, 2), take(j, 1)];
            give(i - 1, 0, (a + b) + (c + d));
            give(i, 0, (e - f) + (g - h));
            let first = Complex {
                re: (a - b) - (g + h),
                im: (e + f) + (c - d),
            };
            let second = Complex {
                re: (a + b) - (c + d),
                im: (e - f) - (g - h),
            };
            let third = Complex {
                re: (a - b) + (g + h),
                im: (e + f) - (c - d),
            };
            self.give_turned(i, 1, first, give);
            self.give_turned(i, 2, second, give);
            self.give_turned(i, 3, third, give);
        }
    }

    fn give_turned(
        &self,
        place: usize,
        way: usize,
        value: Complex,
        give: &mut impl FnMut(usize, usize, f64),
    ) {
        let turn = self
            .turns
            .get(way - 1)
            .and_then(|turns| turns.get(place / 2));
        let Some(turn) = turn else { return };
        give(place - 1, way, turn.re * value.re - turn.im * value.im);
        give(place, way, turn.re * value.im + turn.im * value.re);
    }
}

fn at(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn equals_its_definition() {
        for length in [4, 8, 32, 64, 128] {
            let line: Vec<f64> = (0..length).map(|n| f64::from(n * n % 251)).collect();
            for (k, found) in Dct::new(line.len()).of(&line).into_iter().enumerate() {
                let angle = |n: usize| PI * (n as f64 + 0.5) * k as f64 / f64::from(length);
                let terms = line.iter().enumerate();
                let expected: f64 = terms.map(|(n, value)| 2.0 * value * angle(n).cos()).sum();
                assert!((found - expected).abs() < 1e-8, "{k} of {length}");
            }
        }
    }
}
