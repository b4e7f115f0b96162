//! Where in one picture another one lies, if it is a part of it.

use super::grid::{Grid, TURNS, Turn, is_sideways};
use super::plane::{Plane, Rect};

/// Sides of the grids on which places are looked for, and on which they are made exact.
const COARSE: usize = 10;
const FINE: usize = 24;

/// Each size that is tried is so much smaller than the one before, down to the smallest.
const SHRINK: f64 = 0.92;
const SMALLEST: f64 = 0.4;

/// How much of one sample of the coarse grid lies between neighbouring places.
const STEP: f64 = 0.5;

/// No step is shorter than a sample of a plane, between which there is nothing to see: in a strip they would be without number.
const LEAST_STEP: f64 = 1.0;

/// How often a place is made more exact, by half as long a step each time.
const ROUNDS: usize = 6;

/// A part of a picture that looks like another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) correlation: f32,
    pub(super) turn: Turn,
    pub(super) rect: Rect,
}

/// The best place for `part` in a rectangle of `whole`, for each way of turning it.
pub(super) fn find(part: &Plane, whole: &Plane, within: Rect) -> [Match; TURNS] {
    let rough = Grid::rough(part, part.whole(), COARSE).turns();
    let mut best = std::array::from_fn(|turn| Match {
        correlation: -1.0,
        turn,
        rect: within,
    });
    for sideways in [false, true] {
        let aspect = aspect(part, sideways);
        for rect in places(within.centred(aspect), within) {
            let grid = Grid::rough(whole, rect, COARSE);
            for (kept, turned) in best.iter_mut().zip(&rough) {
                let correlation = grid.correlation(turned);
                if is_sideways(kept.turn) == sideways && correlation > kept.correlation {
                    (kept.correlation, kept.rect) = (correlation, rect);
                }
            }
        }
    }
    let fine = Grid::of(part, part.whole(), FINE).0.turns();
    for (kept, turned) in best.iter_mut().zip(&fine) {
        *kept = refined(*kept, turned, whole, within);
    }
    best
}

fn aspect(part: &Plane, sideways: bool) -> f64 {
    match sideways {
        true => 1.0 / part.aspect(),
        false => part.aspect(),
    }
}

/// Every place and size that is tried, the largest first.
fn places(largest: Rect, within: Rect) -> impl Iterator<Item = Rect> {
    let sizes = std::iter::successors(Some(1.0), |size| Some(size * SHRINK));
    let sizes = sizes.take_while(|size| *size >= SMALLEST);
    sizes.flat_map(move |size| {
        let (width, height) = (largest.width * size, largest.height * size);
        let starts = move |room: f64, len: f64| {
            let step = (len / COARSE as f64 * STEP).max(LEAST_STEP);
            let steps = (room / step).ceil().max(0.0) as usize;
            (0..=steps).map(move |step| room * step as f64 / steps.max(1) as f64)
        };
        let (across, down) = (within.width - width, within.height - height);
        starts(down, height).flat_map(move |top| {
            starts(across, width).map(move |left| Rect {
                left: within.left + left,
                top: within.top + top,
                width,
                height,
            })
        })
    })
}

/// Moves and resizes a place as long as that helps.
fn refined(found: Match, turned: &Grid, whole: &Plane, within: Rect) -> Match {
    let of = |rect: Rect| Grid::of(whole, rect, FINE).0.correlation(turned);
    let mut best = Match {
        correlation: of(found.rect),
        ..found
    };
    let mut step = 0.5 / COARSE as f64;
    for _ in 0..ROUNDS {
        for (x, y, size) in [
            (-1.0, 0.0, 0.0),
            (1.0, 0.0, 0.0),
            (0.0, -1.0, 0.0),
            (0.0, 1.0, 0.0),
            (0.0, 0.0, -1.0),
            (0.0, 0.0, 1.0),
        ] {
            let rect = moved(best.rect, [x, y, size].map(|by| by * step), within);
            let correlation = of(rect);
            if correlation > best.correlation {
                best = Match {
                    correlation,
                    rect,
                    ..best
                };
            }
        }
        step /= 2.0;
    }
    best
}

/// The rectangle moved and grown by parts of its size, kept within bounds.
fn moved(rect: Rect, [x, y, size]: [f64; 3], within: Rect) -> Rect {
    let most = (within.width / rect.width).min(within.height / rect.height);
    let scale = (1.0 + size).min(most);
    let (width, height) = (rect.width * scale, rect.height * scale);
    let left = rect.left + rect.width * (x + (1.0 - scale) / 2.0);
    let top = rect.top + rect.height * (y + (1.0 - scale) / 2.0);
    let fit = |start: f64, len: f64, from: f64, room: f64| start.min(from + room - len).max(from);
    Rect {
        left: fit(left, width, within.left, within.width),
        top: fit(top, height, within.top, within.height),
        width,
        height,
    }
}
