//! Text, buttons and the like on plain ground above or below the picture, in one band or several, each of its own tone.

use super::bands::{band, tone};
use super::plane::{Histogram, Plane, Planes, share};
use super::{CAPTION, Frame, SCREENSHOT, Sides};
use std::ops::Range;

/// Of an empty row this share is ground: where all is clean, and where text is so small that compression leaves nothing clean.
const EMPTY: f32 = 0.96;
const EMPTY_SMEARED: f32 = 0.88;

/// Of a row with text at least this share is.
const WRITTEN: f32 = 0.3;

/// How far luma may be from the tone of smeared ground.
const SMEARED: u8 = 18;

/// Text without an empty row in it is no higher than one part in so many of the picture.
const TEXT: usize = 6;

/// One part in so many of a band, at least, is rows of text.
const WRITTEN_PART: usize = 24;

/// Bands on one side: a status bar, a header, a caption.
const BANDS: usize = 4;

/// A step in luma that the eye takes for an edge, and one that counts where the picture must begin.
const STEP: u8 = 14;
const SMALL_STEP: u8 = 7;

/// Of the row where the picture begins at least this share differs from the ground above.
const BEGINS: f32 = 0.2;

/// The picture without its captions; first as clean as the ground is, then for smeared ones.
pub(super) fn frames(planes: &Planes) -> Vec<Frame> {
    [None, Some(SMEARED)]
        .into_iter()
        .filter_map(|reach| frame(planes, reach))
        .collect()
}

fn frame(planes: &Planes, reach: Option<u8>) -> Option<Frame> {
    let plane = &planes.rows;
    let height = plane.height();
    let (top, above) = captions(plane, &(0..height).collect::<Vec<_>>(), reach);
    let (bottom, below) = captions(plane, &(0..height).rev().collect::<Vec<_>>(), reach);
    if above + below == 0 {
        return None;
    }
    let mut sides = Sides {
        top,
        bottom,
        ..Sides::default()
    };
    let (down, width) = (planes.down(&sides), plane.width());
    let most = width * 2 / 5;
    sides.left = band(&planes.columns, 0..width, &down, most);
    sides.right = band(&planes.columns, (0..width).rev(), &down, most);
    let simple = above + below == 1 && sides.left + sides.right == 0;
    Some(Frame {
        sides,
        name: if simple { CAPTION } else { SCREENSHOT },
    })
}

/// How many rows captions take, from the first given one on, and how many bands they are.
fn captions(plane: &Plane, rows: &[usize], reach: Option<u8>) -> (usize, usize) {
    let (mut end, mut bands) = (0, 0);
    while bands < BANDS {
        // The first rows of a band may be smeared by the one before it.
        let next = (0..3).find_map(|skip| caption(plane, rows, end + skip, reach));
        match next {
            Some(next) if next * 9 < plane.height() * 5 => {
                (end, bands) = (next, bands + 1);
            }
            _ => break,
        }
    }
    (end, bands)
}

/// Where the caption ends that begins at a place among the rows.
fn caption(plane: &Plane, rows: &[usize], start: usize, reach: Option<u8>) -> Option<usize> {
    let first = plane.row(*rows.get(start)?);
    let (tone, reach, empty) = match reach {
        None => tone(first).map(|(tone, clean)| (tone, clean, EMPTY))?,
        Some(reach) => {
            let (tone, found) = Histogram::of(first).mode(usize::from(reach));
            (found >= EMPTY_SMEARED).then_some((tone, reach, EMPTY_SMEARED))?
        }
    };
    let text = plane.height() / TEXT;
    // Rows up to the last empty one, and how many of them have text.
    let (mut end, mut written, mut since) = (start, 0, 0);
    for (n, y) in rows.iter().enumerate().skip(start) {
        let ground = share(plane.row(*y), tone, reach);
        if ground >= empty {
            (end, written, since) = (n + 1, written + since, 0);
        } else if ground >= WRITTEN && since <= text {
            since += 1;
        } else {
            break;
        }
    }
    // The last line of text may touch the picture.
    if let Some(edge) = edge(plane, rows, end..end + since + 2) {
        written += edge.saturating_sub(end + 2);
        end = edge;
    }
    let enough = written >= 2 && written * WRITTEN_PART >= end - start;
    (enough && begins(plane, rows, end)).then_some(end)
}

/// Whether something begins about here all at once, and not as hills rise into the sky.
fn begins(plane: &Plane, rows: &[usize], end: usize) -> bool {
    (end.saturating_sub(1)..end + 2).any(|n| {
        let pair = n
            .checked_sub(1)
            .and_then(|above| Some((rows.get(above)?, rows.get(n + 1)?)));
        pair.is_some_and(|(above, below)| {
            let steps = steps(plane, *above, *below, SMALL_STEP);
            steps as f32 >= BEGINS * plane.width() as f32
        })
    })
}

/// The row of these that differs from the one before it nearly everywhere.
fn edge(plane: &Plane, rows: &[usize], among: Range<usize>) -> Option<usize> {
    let steps = |n: usize| {
        let (above, below) = (rows.get(n.checked_sub(1)?)?, rows.get(n)?);
        Some(steps(plane, *above, *below, STEP))
    };
    let best = among.filter_map(|n| Some((steps(n)?, n))).max()?;
    (best.0 * 2 > plane.width()).then_some(best.1)
}

/// How many samples of a row differ from those of another.
fn steps(plane: &Plane, a: usize, b: usize, step: u8) -> usize {
    let pairs = plane.row(a).iter().zip(plane.row(b));
    pairs.filter(|(a, b)| a.abs_diff(**b) > step).count()
}
