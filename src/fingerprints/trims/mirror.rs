//! Bars that are not of one tone: a blurred or shaded filling on two opposite sides, equally wide.

use super::plane::{Plane, Planes};
use super::{Frame, LETTERBOX, Sides};

/// Neighbouring samples that differ by more than this are no smooth filling.
const STEP: u8 = 10;

/// A step where the picture begins may be smaller, for the filling is often made of the picture.
const SMALL_STEP: u8 = 6;

/// The share of a line that must differ from the next where the picture begins.
const EDGE: f32 = 0.35;

/// The most of a line that may differ from its own neighbours within a bar.
const SMOOTH: f32 = 0.1;

/// Bars above and below, or to the left and the right.
pub(super) fn frames(planes: &Planes) -> Vec<Frame> {
    let rows = bar(&planes.rows).map(|n| Sides {
        top: n,
        bottom: n,
        ..Sides::default()
    });
    let columns = bar(&planes.columns).map(|n| Sides {
        left: n,
        right: n,
        ..Sides::default()
    });
    let frame = |sides| Frame {
        sides,
        name: LETTERBOX,
    };
    rows.into_iter().chain(columns).map(frame).collect()
}

/// How many lines a bar has: before the first edge that is as far from one side as from the other.
fn bar(plane: &Plane) -> Option<usize> {
    let height = plane.height();
    let far = |n: usize| height.checked_sub(n + 1);
    for n in 1..height * 9 / 20 {
        let near = step(plane, n, n - 1);
        let ends = near >= EDGE
            && (n.saturating_sub(1)..=n + 1)
                .filter_map(|n| Some((far(n)?, far(n.checked_sub(1)?)?)))
                .any(|(inside, outside)| step(plane, inside, outside) >= EDGE);
        if ends {
            return (n > height / 50).then_some(n);
        }
        let rough = |y: usize| {
            let row = plane.row(y);
            differing(row.iter().zip(row.iter().skip(1)), STEP) > SMOOTH
        };
        if near > EDGE || rough(n - 1) || rough(far(n - 1)?) {
            return None;
        }
    }
    None
}

/// The share of a row that differs from another.
fn step(plane: &Plane, a: usize, b: usize) -> f32 {
    differing(plane.row(a).iter().zip(plane.row(b)), SMALL_STEP)
}

/// The share of pairs that differ by more than a step.
fn differing<'a>(pairs: impl ExactSizeIterator<Item = (&'a u8, &'a u8)>, step: u8) -> f32 {
    let len = pairs.len().max(1);
    let differing = pairs.filter(|(a, b)| a.abs_diff(**b) > step).count();
    differing as f32 / len as f32
}
