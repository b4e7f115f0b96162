//! Where in a picture the original may be: inside a border, a letterbox, a caption or a screenshot.
//!
//! PDQ sees the whole picture, so a border of a twentieth of the side is enough to lose a known image. Such frames
//! have straight edges and little in them, and are found on a small plane of luma samples; the few rectangles found are
//! hashed like pictures of their own. An ordinary photograph has none, and costs nothing more.

mod bands;
mod captions;
mod edges;
mod exact;
mod mirror;
mod plane;
#[cfg(test)]
mod tests;
mod text;

pub use text::text_like;

use super::Raster;
use plane::Planes;

/// A part of a picture that may be the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trim {
    /// Columns cut off on the left.
    pub left: usize,
    /// Rows cut off at the top.
    pub top: usize,
    /// Columns that are left.
    pub width: usize,
    /// Rows that are left.
    pub height: usize,
    /// What was cut off, in plain words.
    pub name: &'static str,
}

impl Trim {
    /// The part itself; nothing where the picture is smaller than the one in which it was found.
    pub fn of<'a>(&self, raster: &'a Raster<'_>) -> Option<Raster<'a>> {
        raster.crop(self.left, self.top, self.width, self.height)
    }
}

/// No picture has more.
pub const MOST: usize = 4;

/// A frame of less than one part in so many of each side moves a hash too little to matter.
const LEAST: usize = 160;

/// What is left must be at least one part in so many of each side.
const LEFT: usize = 6;

/// Below this nothing is trimmed: what is left would be too small to hash well.
const SMALLEST_SIDE: usize = 48;

/// The parts of a picture that may be the original, the likeliest first, [`MOST`] at most; none for most photographs.
pub fn candidates(raster: &Raster<'_>) -> Vec<Trim> {
    if raster.width() < SMALLEST_SIDE || raster.height() < SMALLEST_SIDE {
        return Vec::new();
    }
    let planes = Planes::of(raster);
    let found = frames(&planes);
    let mut trims: Vec<Trim> = Vec::new();
    for frame in found {
        let trim = exact::trim(raster, &planes, &frame);
        if trims.len() < MOST
            && worth_it(&trim, raster)
            && !trims.iter().any(|t| alike(t, &trim, raster))
        {
            trims.push(trim);
        }
    }
    trims
}

/// All frames, the likeliest first: those with the most to tell them by.
fn frames(planes: &Planes) -> Vec<Frame> {
    let mut bands = bands::frames(planes).into_iter();
    let mut captions = captions::frames(planes).into_iter();
    let mut edges = edges::frames(planes).into_iter();
    let firsts = [bands.next(), captions.next(), edges.next()];
    let others = captions
        .chain(mirror::frames(planes))
        .chain(bands)
        .chain(edges);
    firsts.into_iter().flatten().chain(others).collect()
}

/// Whether enough is cut off to matter and enough left to hash.
fn worth_it(trim: &Trim, raster: &Raster<'_>) -> bool {
    let matters = |len: usize, all: usize| (all - len) * LEAST > all;
    let enough = |len: usize, all: usize| len * LEFT >= all && len >= SMALLEST_SIDE / 2;
    (matters(trim.width, raster.width()) || matters(trim.height, raster.height()))
        && enough(trim.width, raster.width())
        && enough(trim.height, raster.height())
}

/// Whether two parts hash nearly alike, so that one will do.
fn alike(a: &Trim, b: &Trim, raster: &Raster<'_>) -> bool {
    let near = |a: usize, b: usize, all: usize| a.abs_diff(b) * LEAST <= all;
    near(a.left, b.left, raster.width())
        && near(a.top, b.top, raster.height())
        && near(a.left + a.width, b.left + b.width, raster.width())
        && near(a.top + a.height, b.top + b.height, raster.height())
}

/// How many lines of the plane a frame takes on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sides {
    top: usize,
    bottom: usize,
    left: usize,
    right: usize,
}

/// A frame on the plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    sides: Sides,
    name: &'static str,
}

/// All names of what was cut off. Stored hashes tell them by their place here, so that new ones go to the end.
pub(crate) const NAMES: [&str; 4] = [BORDER, LETTERBOX, CAPTION, SCREENSHOT];

const BORDER: &str = "trimmed border";
const LETTERBOX: &str = "trimmed letterbox";
const CAPTION: &str = "trimmed caption";
const SCREENSHOT: &str = "trimmed screenshot frame";
