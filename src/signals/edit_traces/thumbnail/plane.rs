//! A small plane of luma from which the mean over any rectangle is had in a few steps.

use crate::fingerprints::Raster;

/// The longest side of a plane: that of most thumbnails.
const SIDE: usize = 160;

/// So many rows and columns of what goes into one sample are looked at. More would cost time and change nothing: what is
/// compared is coarser by far.
const LOOKS: usize = 3;

/// Samples darker than these at the edges of a thumbnail are bars, by their mean over a row and their brightest.
const BAR_MEAN: f64 = 24.0;
const BAR_BRIGHTEST: f64 = 60.0;

/// A rectangle in samples of a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn area(&self) -> f64 {
        self.width * self.height
    }

    /// The largest part in the middle with this ratio of width to height.
    pub(super) fn centred(self, aspect: f64) -> Self {
        let width = self.width.min(self.height * aspect);
        let height = self.height.min(self.width / aspect);
        Self {
            left: self.left + (self.width - width) / 2.0,
            top: self.top + (self.height - height) / 2.0,
            width,
            height,
        }
    }
}

/// The sums of the luma over all samples left of and above each.
pub(super) struct Plane {
    width: usize,
    height: usize,
    sums: Vec<f64>,
}

impl Plane {
    /// Averages luma down.
    pub(super) fn of(raster: &Raster<'_>) -> Option<Self> {
        let longest = raster.width().max(raster.height());
        let scaled = |side: usize| match longest > SIDE {
            true => (side * SIDE / longest).max(1),
            false => side,
        };
        let (width, height) = (scaled(raster.width()), scaled(raster.height()));
        let edges = |from: usize, to: usize| -> Vec<usize> {
            (0..=to)
                .map(|place| (place * from).checked_div(to).unwrap_or(0))
                .collect()
        };
        let (columns, rows) = (edges(raster.width(), width), edges(raster.height(), height));
        let mut sums = vec![0.0; width + 1];
        for row in rows.windows(2) {
            let above = sums.get(sums.len() - (width + 1)..)?.to_vec();
            let means = means(raster, row, &columns);
            let mut across = 0.0;
            sums.push(0.0);
            for (mean, above) in means.iter().zip(above.iter().skip(1)) {
                across += mean;
                sums.push(above + across);
            }
        }
        Some(Self {
            width,
            height,
            sums,
        })
    }

    /// All of it.
    pub(super) fn whole(&self) -> Rect {
        Rect {
            left: 0.0,
            top: 0.0,
            width: self.width as f64,
            height: self.height as f64,
        }
    }

    /// Width by height.
    pub(super) fn aspect(&self) -> f64 {
        self.width as f64 / self.height as f64
    }

    /// What is left without dark bars at the edges; all of it, where they would leave less than half.
    pub(super) fn without_bars(&self) -> Rect {
        let row = |y: usize| self.is_bar((0..self.width).map(move |x| (x, y)));
        let column = |x: usize| self.is_bar((0..self.height).map(move |y| (x, y)));
        let (top, height) = unbarred(self.height, row);
        let (left, width) = unbarred(self.width, column);
        let inner = Rect {
            left: left as f64,
            top: top as f64,
            width: width as f64,
            height: height as f64,
        };
        match inner.area() * 2.0 < self.whole().area() {
            true => self.whole(),
            false => inner,
        }
    }

    fn is_bar(&self, places: impl Iterator<Item = (usize, usize)>) -> bool {
        let (mut sum, mut brightest, mut count) = (0.0, 0.0_f64, 0.0);
        for (x, y) in places {
            let luma =
                self.at(x + 1, y + 1) - self.at(x, y + 1) - self.at(x + 1, y) + self.at(x, y);
            sum += luma;
            brightest = brightest.max(luma);
            count += 1.0;
        }
        sum < BAR_MEAN * count && brightest < BAR_BRIGHTEST
    }

    fn at(&self, x: usize, y: usize) -> f64 {
        let (x, y) = (x.min(self.width), y.min(self.height));
        let place = y * (self.width + 1) + x;
        self.sums.get(place).copied().unwrap_or(0.0)
    }

    /// The means over `side` × `side` equal parts of a rectangle, row by row.
    pub(super) fn grid(&self, rect: Rect, side: usize) -> Vec<f32> {
        let edges = |start: f64, len: f64| -> Vec<f64> {
            let place = |step: usize| start + len * step as f64 / side as f64;
            (0..=side).map(place).collect()
        };
        let (across, down) = (edges(rect.left, rect.width), edges(rect.top, rect.height));
        let sum = |x: f64, y: f64| {
            let (column, right) = (x as usize, x.fract());
            let (line, lower) = (y as usize, y.fract());
            let row = |y| self.at(column, y) * (1.0 - right) + self.at(column + 1, y) * right;
            row(line) * (1.0 - lower) + row(line + 1) * lower
        };
        means_between(&across, &down, sum)
    }

    /// The same over parts whose edges are moved to the nearest samples: a third of the work.
    pub(super) fn rough_grid(&self, rect: Rect, side: usize) -> Vec<f32> {
        let edges = |start: f64, len: f64| -> Vec<f64> {
            let place = |step: usize| (start + len * step as f64 / side as f64).round();
            (0..=side).map(place).collect()
        };
        let (across, down) = (edges(rect.left, rect.width), edges(rect.top, rect.height));
        means_between(&across, &down, |x, y| self.at(x as usize, y as usize))
    }
}

/// The means of the cells between these edges, from the sums left of and above each of their corners.
fn means_between(across: &[f64], down: &[f64], sum: impl Fn(f64, f64) -> f64) -> Vec<f32> {
    let line = |y: f64| -> Vec<f64> { across.iter().map(|x| sum(*x, y)).collect() };
    let mut above = down.first().map_or_else(Vec::new, |first| line(*first));
    let mut means = Vec::with_capacity(across.len() * down.len());
    for rows in down.windows(2) {
        let [top, bottom] = rows else { continue };
        let below = line(*bottom);
        let corners = above.windows(2).zip(below.windows(2));
        for ((upper, lower), columns) in corners.zip(across.windows(2)) {
            if let ([a, b], [c, d], [left, right]) = (upper, lower, columns) {
                let area = ((right - left) * (bottom - top)).max(f64::EPSILON);
                means.push(((d - c - b + a) / area) as f32);
            }
        }
        above = below;
    }
    means
}

/// Where the first line stands that is no bar, and how many are left.
fn unbarred(lines: usize, is_bar: impl Fn(usize) -> bool) -> (usize, usize) {
    let first = (0..lines).find(|line| !is_bar(*line)).unwrap_or(0);
    let last = (first..lines).rev().find(|line| !is_bar(*line));
    (first, last.map_or(lines - first, |last| last + 1 - first))
}

/// The mean luma of each cell in a band of rows.
fn means(raster: &Raster<'_>, rows: &[usize], columns: &[usize]) -> Vec<f64> {
    let (top, bottom) = match rows {
        [top, bottom] => (*top, (*bottom).max(top + 1)),
        _ => (0, 1),
    };
    let mut cells = vec![(0_u64, 0_u32); columns.len().saturating_sub(1)];
    for y in (top..bottom).step_by((bottom - top).div_ceil(LOOKS)) {
        add(raster.row(y), columns, &mut cells);
    }
    let mean = |(sum, count): &(u64, u32)| *sum as f64 / f64::from((*count).max(1));
    cells.iter().map(mean).collect()
}

/// Adds some samples of a row to the cells in which they lie.
fn add(samples: &[u8], columns: &[usize], cells: &mut [(u64, u32)]) {
    for (cell, edges) in cells.iter_mut().zip(columns.windows(2)) {
        let [left, right] = edges else { continue };
        let right = (*right).max(left + 1);
        let inside = samples.get(*left..right).unwrap_or_default();
        let step = (right - left).div_ceil(LOOKS);
        for sample in inside.iter().step_by(step) {
            cell.0 += u64::from(*sample);
            cell.1 += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma};

    fn of(luma: &GrayImage) -> Plane {
        Plane::of(&Raster::of_grey(luma).unwrap()).unwrap()
    }

    #[test]
    fn means_are_those_of_the_parts() {
        let image = GrayImage::from_fn(40, 20, |x, y| {
            Luma([if x < 20 { 100 } else { 200 } + y as u8])
        });
        let plane = of(&image);
        let grid = plane.grid(plane.whole(), 2);
        assert_eq!(grid, [104.5, 204.5, 114.5, 214.5]);
        let inner = Rect {
            left: 19.5,
            top: 0.0,
            width: 1.0,
            height: 20.0,
        };
        assert_eq!(plane.grid(inner, 1), [159.5]);
    }

    #[test]
    fn large_pictures_are_averaged() {
        let plane = of(&GrayImage::from_pixel(1600, 1200, Luma([127])));
        assert_eq!((plane.width, plane.height), (160, 120));
        let mean = plane.grid(plane.whole(), 1)[0];
        assert!((mean - 127.0).abs() < 1.0, "{mean}");
    }

    #[test]
    fn bars_are_left_out_unless_they_are_the_picture() {
        let barred = GrayImage::from_fn(160, 120, |x, y| {
            Luma([if (15..105).contains(&y) {
                90 + x as u8 / 2
            } else {
                3
            }])
        });
        let rect = of(&barred).without_bars();
        assert_eq!((rect.top, rect.height, rect.width), (15.0, 90.0, 160.0));
        let night = GrayImage::from_fn(160, 120, |x, _| Luma([if x < 30 { 200 } else { 3 }]));
        let plane = of(&night);
        assert_eq!(plane.without_bars(), plane.whole());
    }

    #[test]
    fn the_middle_keeps_its_ratio() {
        let rect = Rect {
            left: 0.0,
            top: 0.0,
            width: 160.0,
            height: 120.0,
        };
        let wide = rect.centred(1.6);
        assert_eq!((wide.top, wide.width, wide.height), (10.0, 160.0, 100.0));
        let tall = rect.centred(0.75);
        assert_eq!((tall.left, tall.width, tall.height), (35.0, 90.0, 120.0));
    }
}
