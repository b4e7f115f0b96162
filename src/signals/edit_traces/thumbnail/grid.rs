//! Square grids of luma, compared as they are, turned and mirrored.

use super::plane::{Plane, Rect};

/// One of the eight ways of turning and mirroring: as it is, then turned by quarters, then the same four mirrored.
pub(super) type Turn = usize;

/// All eight.
pub(super) const TURNS: usize = 8;

pub(super) fn is_mirrored(turn: Turn) -> bool {
    turn >= 4
}

/// Whether width and height change places.
pub(super) fn is_sideways(turn: Turn) -> bool {
    turn % 2 == 1
}

/// A grid without its mean, of length one: the product of two is their correlation.
#[derive(Debug, Clone)]
pub(super) struct Grid(Vec<f32>);

impl Grid {
    /// Of a part of a plane, smoothed so that what lies a little aside is still the same; and how much its samples differ.
    pub(super) fn of(plane: &Plane, rect: Rect, side: usize) -> (Self, f32) {
        Self::normalised(smooth(&plane.grid(rect, side), side))
    }

    /// The same less exactly and without smoothing, for looking at many places.
    pub(super) fn rough(plane: &Plane, rect: Rect, side: usize) -> Self {
        Self::normalised(plane.rough_grid(rect, side)).0
    }

    fn normalised(mut samples: Vec<f32>) -> (Self, f32) {
        let count = samples.len().max(1) as f32;
        let mean = samples.iter().sum::<f32>() / count;
        samples.iter_mut().for_each(|sample| *sample -= mean);
        let length = samples
            .iter()
            .map(|sample| sample * sample)
            .sum::<f32>()
            .sqrt();
        if length > f32::EPSILON {
            samples.iter_mut().for_each(|sample| *sample /= length);
        }
        (Self(samples), length / count.sqrt())
    }

    /// From -1 to 1, which means the same but for brightness and contrast.
    pub(super) fn correlation(&self, other: &Self) -> f32 {
        let products = self.0.iter().zip(&other.0).map(|(one, other)| one * other);
        products.sum()
    }

    /// The grid turned and mirrored in all eight ways.
    pub(super) fn turns(&self) -> [Self; TURNS] {
        let side = self.0.len().isqrt();
        let last = side.saturating_sub(1);
        std::array::from_fn(|turn| {
            let from = |x: usize, y: usize| {
                let x = if is_mirrored(turn) { last - x } else { x };
                let (x, y) = match turn % 4 {
                    0 => (x, y),
                    1 => (y, last - x),
                    2 => (last - x, last - y),
                    _ => (last - y, x),
                };
                self.0.get(y * side + x).copied().unwrap_or(0.0)
            };
            let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
            Self(places.map(|(x, y)| from(x, y)).collect())
        })
    }
}

/// A quarter of each neighbour to half of each sample, across and down.
fn smooth(samples: &[f32], side: usize) -> Vec<f32> {
    let at = |x: usize, y: usize| samples.get(y * side + x).copied().unwrap_or(0.0);
    let last = side.saturating_sub(1);
    let row = |x: usize, y: usize| {
        let (before, after) = (x.saturating_sub(1), (x + 1).min(last));
        (at(before, y) + 2.0 * at(x, y) + at(after, y)) / 4.0
    };
    let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let all = |(x, y): (usize, usize)| {
        let (before, after) = (y.saturating_sub(1), (y + 1).min(last));
        (row(x, before) + 2.0 * row(x, y) + row(x, after)) / 4.0
    };
    places.map(all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarters_and_two_mirrors_are_where_they_began() {
        let (grid, _) = Grid::normalised(vec![1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0, 13.0, 17.0]);
        for turn in 0..TURNS {
            let mut turned = grid.clone();
            let times = if is_mirrored(turn) {
                2
            } else if is_sideways(turn) {
                4
            } else {
                2
            };
            for _ in 0..times {
                turned = turned.turns()[turn].clone();
            }
            assert!(turned.correlation(&grid) > 0.999, "{turn}");
        }
    }

    #[test]
    fn brightness_and_contrast_do_not_matter_and_flat_is_nothing() {
        let samples: Vec<f32> = (0..9).map(|n| (n * n % 7) as f32).collect();
        let brighter = samples.iter().map(|sample| sample * 3.0 + 40.0).collect();
        let (one, spread) = Grid::normalised(samples);
        let (other, wider) = Grid::normalised(brighter);
        assert!(one.correlation(&other) > 0.999);
        assert!((wider / spread - 3.0).abs() < 0.01);
        let (flat, none) = Grid::normalised(vec![5.0; 9]);
        assert_eq!((none, flat.correlation(&one)), (0.0, 0.0));
    }
}
