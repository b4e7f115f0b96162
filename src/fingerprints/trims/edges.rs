//! Pictures with text or the parts of an app around them: found by their straight edges on plain ground.

use super::bands::band;
use super::plane::{Histogram, Plane, Planes, share};
use super::{CAPTION, Frame, SCREENSHOT, Sides};
use std::ops::Range;

/// A step in luma that the eye takes for an edge.
const STEP: u8 = 14;

/// The shortest edge that counts, in hundredths of the row, and the share of it that must be a step.
const SHORTEST: usize = 30;

/// Of the plain ground just outside an edge, this share is of one tone.
const PLAIN_OUTSIDE: f32 = 0.9;

/// How far outside an edge the ground may begin to be plain.
const SMEAR: [usize; 4] = [1, 2, 4, 7];

/// How far from a tone luma may be to be of it.
const REACH: usize = 6;

/// A row of this share of one tone is plain ground.
const PLAIN: f32 = 0.92;

/// A row with this share of the tone of the last plain row shows text or buttons on it.
const GROUND: f32 = 0.35;

/// Of what is cut off, this share of rows must be ground.
const CUT: f32 = 0.75;

/// Edges of each kind that are tried.
const MOST: usize = 12;

/// An edge from left to right.
#[derive(Debug, Clone)]
struct Edge {
    at: usize,
    across: Range<usize>,
    score: usize,
}

/// Pictures on plain ground with something on it.
pub(super) fn frames(planes: &Planes) -> Vec<Frame> {
    let plane = &planes.rows;
    let (tops, bottoms) = edges(plane);
    if tops.is_empty() && bottoms.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(i64, Sides)> = Vec::new();
    for across in ranges(plane, tops.iter().chain(&bottoms)) {
        let ground = ground(plane, &across);
        let fits = |edge: &&Edge| overlap(&edge.across, &across) * 100 >= across.len() * 45;
        let tops: Vec<usize> = std::iter::once(0)
            .chain(tops.iter().filter(fits).map(|e| e.at))
            .collect();
        let bottoms: Vec<usize> = std::iter::once(plane.height())
            .chain(bottoms.iter().filter(fits).map(|e| e.at))
            .collect();
        let best = best(&tops, &bottoms, &ground).into_iter();
        found.extend(best.filter_map(|(score, down)| {
            Some((score * across.len() as i64, sides(planes, down, &across)?))
        }));
    }
    found.sort_by_key(|(score, _)| -score);
    found
        .into_iter()
        .take(3)
        .map(|(_, sides)| Frame {
            sides,
            name: name(&sides, planes),
        })
        .collect()
}

/// A caption has one ground, as wide as the picture; an app has more.
fn name(sides: &Sides, planes: &Planes) -> &'static str {
    let height = planes.rows.height();
    let one_side = sides.top * 50 < height || sides.bottom * 50 < height;
    if one_side && sides.left + sides.right == 0 {
        CAPTION
    } else {
        SCREENSHOT
    }
}

/// The pair of edges with most picture between them and most ground around them, and the pairs with the next edges outside.
fn best(tops: &[usize], bottoms: &[usize], ground: &[bool]) -> Vec<(i64, Range<usize>)> {
    let mut before = vec![0_i64];
    let mut sum = 0;
    for ground in ground {
        sum += i64::from(*ground);
        before.push(sum);
    }
    let grounds = |rows: Range<usize>| {
        let at = |n: usize| before.get(n).copied().unwrap_or(sum);
        at(rows.end) - at(rows.start)
    };
    let all = ground.len();
    let score = |down: &Range<usize>| {
        let cut = (all - down.len()) as i64;
        let outside = grounds(0..down.start) + grounds(down.end..all);
        let inside = grounds(down.clone());
        let pays = cut > 0 && outside as f32 >= cut as f32 * CUT;
        // Sky is ground too, so that ground inside counts less against a picture than picture outside.
        (pays && down.len() * 8 >= all).then(|| down.len() as i64 * 2 - inside * 3)
    };
    let mut best: Option<(i64, Range<usize>)> = None;
    for top in tops {
        for bottom in bottoms.iter().filter(|bottom| *bottom > top) {
            let down = *top..*bottom;
            if let Some(score) = score(&down)
                && best.as_ref().is_none_or(|(most, _)| score > *most)
            {
                best = Some((score, down));
            }
        }
    }
    let Some((most, down)) = best else {
        return Vec::new();
    };
    let above = tops.iter().filter(|t| **t < down.start).max();
    let below = bottoms.iter().filter(|b| **b > down.end).min();
    let wider = [
        above.map(|top| *top..down.end),
        below.map(|bottom| down.start..*bottom),
    ];
    let wider = wider
        .into_iter()
        .flatten()
        .filter(|down| score(down).is_some())
        .map(|down| (most - all as i64, down));
    let wider: Vec<_> = wider.collect();
    std::iter::once((most, down)).chain(wider).collect()
}

/// The frame around these rows. What is beside the picture must be plain, too; where it begins plain columns tell best.
fn sides(planes: &Planes, down: Range<usize>, across: &Range<usize>) -> Option<Sides> {
    let width = planes.rows.width();
    let most = width * 9 / 20;
    let checked = |found: usize, edge: usize| (found + width / 20 >= edge).then_some(found);
    let left = band(&planes.columns, 0..width, &down, most);
    let right = band(&planes.columns, (0..width).rev(), &down, most);
    Some(Sides {
        top: down.start,
        bottom: planes.rows.height() - down.end,
        left: checked(left, across.start)?,
        right: checked(right, width - across.end)?,
    })
}

/// Which rows are plain ground or have something on it.
fn ground(plane: &Plane, across: &Range<usize>) -> Vec<bool> {
    let mut tone = None;
    (0..plane.height())
        .map(|y| {
            let row = plane.part(y, across);
            let (mode, found) = Histogram::of(row).mode(REACH);
            if found >= PLAIN {
                tone = Some(mode);
                return true;
            }
            tone.is_some_and(|tone| share(row, tone, REACH as u8) >= GROUND)
        })
        .collect()
}

/// The full width, and the width of the longest edges that are shorter.
fn ranges<'a>(plane: &Plane, edges: impl Iterator<Item = &'a Edge>) -> Vec<Range<usize>> {
    let width = plane.width();
    let mut ranges: Vec<_> = std::iter::once(0..width).collect();
    let mut shorter: Vec<&Edge> = edges
        .filter(|edge| edge.across.len() * 100 < width * 94)
        .collect();
    shorter.sort_by_key(|edge| std::cmp::Reverse(edge.score));
    for edge in shorter {
        let known = ranges
            .iter()
            .skip(1)
            .any(|range| overlap(range, &edge.across) * 100 >= range.len() * 85);
        if !known && ranges.len() < 3 {
            ranges.push(edge.across.clone());
        }
    }
    ranges
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// Where a picture may begin, and where one may end.
fn edges(plane: &Plane) -> (Vec<Edge>, Vec<Edge>) {
    let (mut tops, mut bottoms) = (Vec::new(), Vec::new());
    for y in 1..plane.height().saturating_sub(1) {
        let (above, below) = (plane.row(y - 1), plane.row(y + 1));
        let steps = above
            .iter()
            .zip(below)
            .filter(|(a, b)| a.abs_diff(**b) > STEP)
            .count();
        if steps * 130 < SHORTEST * plane.width() {
            continue;
        }
        let Some((across, score)) = longest(above, below) else {
            continue;
        };
        let plain = |y: Option<usize>| {
            y.is_some_and(|y| Histogram::of(plane.part(y, &across)).mode(REACH).1 >= PLAIN_OUTSIDE)
        };
        // Compression smears the edge itself over some rows.
        if SMEAR.iter().any(|far| plain(y.checked_sub(*far))) {
            keep(
                &mut tops,
                Edge {
                    at: y,
                    across: across.clone(),
                    score,
                },
            );
        }
        if SMEAR.iter().any(|far| plain(y.checked_add(*far))) {
            keep(
                &mut bottoms,
                Edge {
                    at: y + 1,
                    across,
                    score,
                },
            );
        }
    }
    for edges in [&mut tops, &mut bottoms] {
        edges.sort_by_key(|edge| std::cmp::Reverse(edge.score));
        edges.truncate(MOST);
    }
    (tops, bottoms)
}

/// Keeps one of several edges that are next to each other.
fn keep(edges: &mut Vec<Edge>, edge: Edge) {
    match edges.last_mut() {
        Some(last) if edge.at - last.at <= 1 => {
            if edge.score > last.score {
                *last = edge;
            }
        }
        _ => edges.push(edge),
    }
}

/// The longest stretch in which most samples differ from those of the other row, and by how much they are more.
fn longest(above: &[u8], below: &[u8]) -> Option<(Range<usize>, usize)> {
    let (mut sum, mut start) = (0_i32, 0);
    let (mut best, mut across) = (0, 0..0);
    for (x, (a, b)) in above.iter().zip(below).enumerate() {
        sum += if a.abs_diff(*b) > STEP { 1 } else { -2 };
        if sum <= 0 {
            (sum, start) = (0, x + 1);
        }
        if sum > best {
            (best, across) = (sum, start..x + 1);
        }
    }
    (across.len() * 100 >= above.len() * SHORTEST)
        .then(|| (across, usize::try_from(best).unwrap_or(0)))
}
