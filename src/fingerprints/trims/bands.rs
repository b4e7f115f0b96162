//! Frames of one tone: rows and columns at the edge of the picture that are all alike.

use super::plane::{Histogram, Plane, Planes, share};
use super::{BORDER, Frame, LETTERBOX, Sides};
use std::ops::Range;

/// Frames within frames that are peeled off one after the other: a white margin, a thin line, the picture.
const ROUNDS: usize = 3;

/// The share of a line that must be of the tone of the band.
const ALIKE: f32 = 0.975;

/// A band ends at an edge: soon after it no more than this share of a line is of its tone. Where it is not clean, it may be
/// sky, and the edge must be plainer.
const ENDED: f32 = 0.9;
const ENDED_PLAINLY: f32 = 0.6;

/// Samples of a clean line stray no further than this from its tone.
const CLEAN: u8 = 2;

/// A line whose samples stray further than this from its tone is no plain line.
const STRAY: u8 = 14;

/// The frames of one tone, with all that can be peeled off first.
pub(super) fn frames(planes: &Planes) -> Vec<Frame> {
    let mut rounds: Vec<Sides> = Vec::new();
    let mut sides = Sides::default();
    for _ in 0..ROUNDS {
        let next = peeled(planes, sides);
        if next == sides {
            break;
        }
        rounds.push(next);
        sides = next;
    }
    let (Some(first), Some(last)) = (rounds.first(), rounds.last()) else {
        return Vec::new();
    };
    // What is plain in the picture itself is peeled off with the frame, on one side mostly: frames are even.
    let even = if [first.top, first.bottom, first.left, first.right].contains(&0) {
        even(first)
    } else {
        even_all(first)
    };
    [*last, even, *first].map(frame).to_vec()
}

fn frame(sides: Sides) -> Frame {
    let rows = sides.top + sides.bottom > 0;
    let columns = sides.left + sides.right > 0;
    let opposite = (sides.top > 0 && sides.bottom > 0 && !columns)
        || (sides.left > 0 && sides.right > 0 && !rows);
    Frame {
        sides,
        name: if opposite { LETTERBOX } else { BORDER },
    }
}

/// Opposite sides made alike.
fn even(sides: &Sides) -> Sides {
    let (rows, columns) = (sides.top.min(sides.bottom), sides.left.min(sides.right));
    Sides {
        top: rows,
        bottom: rows,
        left: columns,
        right: columns,
    }
}

/// All four sides made alike.
fn even_all(sides: &Sides) -> Sides {
    let even = even(sides);
    let least = even.top.min(even.left);
    Sides {
        top: least,
        bottom: least,
        left: least,
        right: least,
    }
}

/// One more band off each side.
fn peeled(planes: &Planes, from: Sides) -> Sides {
    let mut sides = from;
    let (down, across) = (planes.down(&sides), planes.across(&sides));
    let half = |range: &Range<usize>| range.len() * 9 / 20;
    let most = half(&down);
    sides.top += band(&planes.rows, down.clone(), &across, most);
    sides.bottom += band(&planes.rows, down.rev(), &across, most);
    let (down, across) = (planes.down(&sides), planes.across(&sides));
    let most = half(&across);
    sides.left += band(&planes.columns, across.clone(), &down, most);
    sides.right += band(&planes.columns, across.rev(), &down, most);
    sides
}

/// How many lines, from the first given one on, are of one tone and end in an edge.
pub(super) fn band(
    plane: &Plane,
    mut lines: impl Iterator<Item = usize> + Clone,
    columns: &Range<usize>,
    most: usize,
) -> usize {
    let Some(first) = lines.clone().next() else {
        return 0;
    };
    let Some((tone, reach)) = tone(plane.part(first, columns)) else {
        return 0;
    };
    let ended = if reach <= reach_for(CLEAN) {
        ENDED
    } else {
        ENDED_PLAINLY
    };
    let of_tone = |y: usize| share(plane.part(y, columns), tone, reach);
    let mut len = 0;
    for y in lines.by_ref() {
        let found = of_tone(y);
        if found < ALIKE {
            let soon = plane.height() / 64 + 2;
            let ends = found <= ended || lines.take(soon).any(|y| of_tone(y) <= ended);
            return if ends { len } else { 0 };
        }
        len += 1;
        if len > most {
            return 0;
        }
    }
    0
}

/// The tone of a plain line, and how far its samples stray from it: little where it was drawn, more where it was filmed.
pub(super) fn tone(line: &[u8]) -> Option<(u8, u8)> {
    let tone = Histogram::of(line).median();
    let stray = (0..=STRAY).find(|stray| share(line, tone, *stray) >= ALIKE)?;
    Some((tone, reach_for(stray)))
}

/// How far from its tone the samples of a band may be, given how far those of its first line are.
fn reach_for(stray: u8) -> u8 {
    3 + stray + stray / 2
}
