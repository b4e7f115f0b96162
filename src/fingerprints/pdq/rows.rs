//! PDQ of a picture that comes row by row and is never held as a whole: the same values, bit for bit.

use super::super::raster::{Layout, Raster, source};
use super::kernel::{self, Buffers, SIDE, Tent};
use super::{RESIZED_SIDE, Spectrum};

/// What was gathered of a picture's rows: the frequencies that PDQ hashes.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// Of the picture at full size.
    pub(crate) full: Spectrum,
    /// Of the picture resized to 512 × 512.
    pub(crate) resized: Spectrum,
}

/// Takes the rows of a picture with a side above 512 pixels.
pub(crate) struct Rows {
    width: usize,
    height: usize,
    layout: Layout,
    /// How many rows came.
    y: usize,
    down: Vec<Tent>,
    across: Vec<Tent>,
    /// The rows of the tent that is being gathered, as they came, and the number of the first of them.
    band: Vec<u8>,
    band_starts: usize,
    buffers: Buffers,
    samples: [[f32; SIDE]; SIDE],
    /// How many rows of samples are done.
    done: usize,
    /// The nearest sample to each point of 512 × 512, as far as the rows came.
    small: Vec<u8>,
    columns: Vec<usize>,
}

impl Rows {
    pub(crate) fn new(width: usize, height: usize, layout: Layout) -> Self {
        let columns = (0..RESIZED_SIDE).map(|x| source(x, width, RESIZED_SIDE));
        Self {
            width,
            height,
            layout,
            y: 0,
            down: Tent::all(height),
            across: Tent::all(width),
            band: Vec::new(),
            band_starts: 0,
            buffers: Buffers::new(width, width),
            samples: [[0.0; SIDE]; SIDE],
            done: 0,
            small: Vec::new(),
            columns: columns.collect(),
        }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: &[u8]) {
        self.keep_nearest(row);
        self.keep_for_tent(row);
        self.y += 1;
        while let Some(tent) = self.down.get(self.done)
            && tent.end() <= self.y
        {
            self.finish_tent();
        }
    }

    fn keep_nearest(&mut self, row: &[u8]) {
        let channels = self.layout.channels();
        let stride = RESIZED_SIDE * channels;
        let next = |small: &[u8]| small.len() / stride;
        while next(&self.small) < RESIZED_SIDE
            && source(next(&self.small), self.height, RESIZED_SIDE) == self.y
        {
            for column in &self.columns {
                let pixel = row.get(column * channels..(column + 1) * channels);
                self.small.extend_from_slice(pixel.unwrap_or_default());
            }
        }
    }

    fn keep_for_tent(&mut self, row: &[u8]) {
        let Some(tent) = self.down.get(self.done) else {
            return;
        };
        if self.y >= tent.first() {
            if self.band.is_empty() {
                self.band_starts = self.y;
            }
            self.band.extend_from_slice(row);
        }
    }

    /// Makes samples of the rows of a tent, and keeps those that the next one shares.
    fn finish_tent(&mut self) {
        let stride = self.width * self.layout.channels();
        let (band, starts) = (&self.band, self.band_starts);
        let row = |y: usize| {
            let start = y.saturating_sub(starts) * stride;
            band.get(start..start + stride).unwrap_or_default()
        };
        let wanted = self
            .down
            .get(self.done)
            .zip(self.samples.get_mut(self.done));
        if let Some((tent, out)) = wanted {
            *out = self.buffers.samples(self.layout, row, tent, &self.across);
        }
        self.done += 1;
        let next = self.down.get(self.done).map_or(self.y, Tent::first);
        let passed = next.min(self.y).saturating_sub(starts) * stride;
        self.band.drain(..passed.min(self.band.len()));
        self.band_starts = starts + passed.checked_div(stride).unwrap_or_default();
    }

    /// What was gathered; nothing, where rows are missing.
    pub(crate) fn finish(self) -> Option<Gathered> {
        let small = Raster::new(RESIZED_SIDE, RESIZED_SIDE, self.layout, self.small).ok()?;
        (self.done == SIDE).then(|| Gathered {
            full: Spectrum::of(&self.samples),
            resized: Spectrum::of(&kernel::reduce(&small)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprints::pdq::{full_size, resized};

    #[test]
    fn rows_one_by_one_give_the_same_as_the_whole_picture() {
        for (width, height, layout) in [
            (700, 513, Layout::Rgb),
            (513, 700, Layout::L),
            (600, 70, Layout::Rgba),
            (64, 1300, Layout::La),
            (1025, 129, Layout::Rgb),
            (5, 900, Layout::Rgb),
        ] {
            let samples = (0..width * height * layout.channels()).map(|n| ((n * 7919) >> 5) as u8);
            let raster = Raster::new(width, height, layout, samples.collect::<Vec<u8>>()).unwrap();
            let mut rows = Rows::new(width, height, layout);
            assert!(Rows::new(width, height, layout).finish().is_none());
            (0..height).for_each(|y| rows.push(raster.row(y)));
            let gathered = rows.finish().unwrap();
            let size = format!("{width} x {height}");
            assert_eq!(gathered.full, full_size(&raster).unwrap(), "{size}");
            assert_eq!(gathered.resized, resized(&raster).unwrap(), "{size}");
        }
    }
}
