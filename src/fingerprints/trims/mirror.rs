//! Bars that are not of one tone: a blurred or shaded filling on two opposite sides, equally wide.

use super::plane::{Plane, Planes};
use super::{Frame, LETTERBOX, Sides};

/// Neighbouring samples that differ by more than this are no smooth filling.
const STEP: u8 = 10;

/// The share of a line that must differ from the next where the picture begins.
const EDGE: f32 = 0.45;

/// The most of a line that may differ from the next, or from its own neighbours, within a bar.
const SMOOTH: f32 = 0.12;

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

/// How many lines a bar has that is equally wide on both sides.
fn bar(plane: &Plane) -> Option<usize> {
    let height = plane.height();
    let near = smooth(plane, (0..height).collect());
    let far = smooth(plane, (0..height).rev().collect());
    let (n, m) = (near?, far?);
    let even = n.abs_diff(m) <= 1 + height / 128;
    (even && n > height / 50).then_some(n.min(m))
}

/// How many smooth lines there are before the first edge; nothing where they do not end in one.
fn smooth(plane: &Plane, lines: Vec<usize>) -> Option<usize> {
    let most = plane.height() * 9 / 20;
    for (n, pair) in lines.windows(2).enumerate().take(most) {
        let [a, b] = pair else { return None };
        let (a, b) = (plane.row(*a), plane.row(*b));
        let differs = differing(a.iter().zip(b));
        if differs > EDGE {
            return Some(n + 1);
        }
        let along = differing(a.iter().zip(a.iter().skip(1)));
        if differs > SMOOTH || along > SMOOTH {
            return None;
        }
    }
    None
}

/// The share of pairs that differ by more than [`STEP`].
fn differing<'a>(pairs: impl ExactSizeIterator<Item = (&'a u8, &'a u8)>) -> f32 {
    let len = pairs.len().max(1);
    let differing = pairs.filter(|(a, b)| a.abs_diff(**b) > STEP).count();
    differing as f32 / len as f32
}
