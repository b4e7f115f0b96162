//! From a picture of any size to 64 × 64 luma samples, in one pass over the pixels.
//!
//! The reference runs two passes of a box filter over the whole picture, then keeps 64 × 64 of its values. Filter and
//! sampling are linear and separable, so each kept value is a weighted sum over a small tent of rows and of columns. The
//! rows of a tent are summed first, channel by channel on the stored bytes; luma and columns follow on 64 rows only.

use super::super::raster::{Layout, Raster, source};

/// Samples along each side.
pub(super) const SIDE: usize = 64;

/// The largest sum of weights for which 8-bit samples cannot overflow 16-bit sums: 65535 / 255.
const ROOM: u16 = 257;

/// Columns that are summed at a time, so that the sums stay in the first-level cache.
const STRIP: usize = 2048;

/// The 64 × 64 samples of the filtered luma, 0 to 255.
pub(super) fn reduce(raster: &Raster<'_>) -> [[f32; SIDE]; SIDE] {
    reduce_resized(raster, raster.width(), raster.height())
}

/// The same as if the picture had first been resized to so many columns and rows by taking the nearest sample. Columns
/// are taken after the rows of a tent were summed, which is the same and needs no resized copy.
pub(super) fn reduce_resized(
    raster: &Raster<'_>,
    width: usize,
    height: usize,
) -> [[f32; SIDE]; SIDE] {
    let columns = Tent::all(width);
    let mut buffers = Buffers::new(raster.width(), width);
    let mut samples = [[0.0; SIDE]; SIDE];
    for (out, tent) in samples.iter_mut().zip(Tent::all(height)) {
        let row = |y: usize| raster.row(source(y, raster.height(), height));
        *out = buffers.samples(raster.layout(), row, &tent, &columns);
    }
    samples
}

/// What making a row of samples needs, kept from tent to tent.
pub(super) struct Buffers {
    sums: Sums,
    luma: Vec<f32>,
    /// The columns that are taken of it; empty, where all are.
    taken: Vec<f32>,
}

impl Buffers {
    /// For rows of `width` pixels, of which `taken` are taken.
    pub(super) fn new(width: usize, taken: usize) -> Self {
        Self {
            sums: Sums::default(),
            luma: vec![0.0; width],
            taken: vec![0.0; if taken == width { 0 } else { taken }],
        }
    }

    /// The samples of one tent of rows.
    pub(super) fn samples<'a>(
        &mut self,
        layout: Layout,
        row: impl Fn(usize) -> &'a [u8],
        tent: &Tent,
        columns: &[Tent],
    ) -> [f32; SIDE] {
        filtered_row(layout, row, tent, &mut self.sums, &mut self.luma);
        let (from, to) = (self.luma.len(), self.taken.len());
        for (x, taken) in self.taken.iter_mut().enumerate() {
            let column = source(x, from, to);
            *taken = self.luma.get(column).copied().unwrap_or_default();
        }
        let row = match self.taken.is_empty() {
            true => &self.luma,
            false => &self.taken,
        };
        let mut samples = [0.0; SIDE];
        for (sample, tent) in samples.iter_mut().zip(columns) {
            *sample = dot(row.get(tent.first..).unwrap_or_default(), &tent.weights);
        }
        samples
    }
}

/// Sums the rows of one tent and makes luma of them.
fn filtered_row<'a>(
    layout: Layout,
    row: impl Fn(usize) -> &'a [u8],
    tent: &Tent,
    sums: &mut Sums,
    luma: &mut [f32],
) {
    let channels = layout.channels();
    for (n, luma) in luma.chunks_mut(STRIP).enumerate() {
        let start = n * STRIP * channels;
        let end = start + luma.len() * channels;
        let rows = (tent.first..)
            .map(&row)
            .map(|row| row.get(start..end).unwrap_or_default());
        let sums = match &tent.whole {
            Some(weights) => sums.whole(end - start, rows.zip(weights.iter().copied())),
            None => sums.fractional(end - start, rows.zip(tent.weights.iter().copied())),
        };
        mix(sums, layout.weights(), tent.scale(), luma);
    }
}

/// Mixes the channels of each pixel.
fn mix(sums: &[f32], weights: &[f32], scale: f32, luma: &mut [f32]) {
    match weights {
        [_] | [_, _] => {
            for (luma, pixel) in luma.iter_mut().zip(sums.chunks_exact(weights.len())) {
                *luma = pixel.first().copied().unwrap_or_default() * scale;
            }
        }
        [r, g, b, ..] => {
            for (luma, pixel) in luma.iter_mut().zip(sums.chunks_exact(weights.len())) {
                if let [red, green, blue, ..] = pixel {
                    *luma = (red * r + green * g + blue * b) * scale;
                }
            }
        }
        [] => {}
    }
}

/// Buffers for the sums over rows, kept from tent to tent.
#[derive(Default)]
struct Sums {
    narrow: Vec<u16>,
    wide: Vec<f32>,
}

impl Sums {
    /// Sums rows with whole weights of at most [`ROOM`], which is several times as fast as with fractions.
    fn whole<'a>(&mut self, len: usize, rows: impl Iterator<Item = (&'a [u8], u16)>) -> &[f32] {
        self.clear(len);
        let mut room = ROOM;
        for (row, weight) in rows {
            if weight > room {
                self.widen();
                room = ROOM;
            }
            room = room.saturating_sub(weight);
            for (sum, sample) in self.narrow.iter_mut().zip(row) {
                // It cannot wrap (see ROOM); an overflow check would keep the loop from being vectorised.
                *sum = sum.wrapping_add(weight.wrapping_mul(u16::from(*sample)));
            }
        }
        self.widen();
        &self.wide
    }

    /// Sums rows with any weights.
    fn fractional<'a>(
        &mut self,
        len: usize,
        rows: impl Iterator<Item = (&'a [u8], f32)>,
    ) -> &[f32] {
        self.clear(len);
        for (row, weight) in rows {
            for (sum, sample) in self.wide.iter_mut().zip(row) {
                *sum += weight * f32::from(*sample);
            }
        }
        &self.wide
    }

    fn clear(&mut self, len: usize) {
        self.narrow.clear();
        self.narrow.resize(len, 0);
        self.wide.clear();
        self.wide.resize(len, 0.0);
    }

    fn widen(&mut self) {
        for (wide, narrow) in self.wide.iter_mut().zip(&mut self.narrow) {
            *wide += f32::from(*narrow);
            *narrow = 0;
        }
    }
}

/// What one sample takes from one axis: two box filters, one after the other, at one place.
pub(super) struct Tent {
    /// The first row or column that counts.
    first: usize,
    /// The weights from there on; they add up to 1.
    weights: Vec<f32>,
    /// The same weights times the square of the window, where that makes whole numbers of at most [`ROOM`].
    whole: Option<Vec<u16>>,
    window: usize,
}

impl Tent {
    /// The tents of all samples along a side.
    pub(super) fn all(len: usize) -> Vec<Self> {
        (0..SIDE).map(|k| Self::new(k, len)).collect()
    }

    /// The first row or column that counts.
    pub(super) fn first(&self) -> usize {
        self.first
    }

    /// The one after the last.
    pub(super) fn end(&self) -> usize {
        self.first + self.weights.len()
    }

    /// The tent of sample `k` of 64 along a side of `len` rows or columns.
    fn new(k: usize, len: usize) -> Self {
        let boxes = Boxes::new(len);
        let place = (2 * k + 1).saturating_mul(len) / (2 * SIDE);
        let outer = boxes.around(place);
        let first = boxes.around(outer.0).0;
        let last = boxes.around(outer.1).1;

        // Each inner window adds the same to all it covers: note where it starts and stops, then sum up once.
        let mut steps = vec![0.0_f64; last - first + 2];
        for inner in (outer.0..=outer.1).map(|place| boxes.around(place)) {
            let share = 1.0 / (size(outer) * size(inner));
            if let Some(step) = steps.get_mut(inner.0 - first) {
                *step += share;
            }
            if let Some(step) = steps.get_mut(inner.1 + 1 - first) {
                *step -= share;
            }
        }
        let mut sum = 0.0;
        let running = steps.iter().take(last - first + 1).map(|step| {
            sum += step;
            sum as f32
        });
        let weights: Vec<f32> = running.collect();

        // Only at the far border are windows cut short, and their shares no multiples of the others'.
        let uncut = weights.len() == 2 * boxes.window - 1;
        let whole = (uncut && boxes.window <= usize::from(ROOM)).then(|| {
            let rising = 1..=boxes.window;
            let falling = (1..boxes.window).rev();
            rising
                .chain(falling)
                .filter_map(|weight| u16::try_from(weight).ok())
                .collect()
        });
        Self {
            first,
            weights,
            whole,
            window: boxes.window,
        }
    }

    /// What sums made with `whole`, or else `weights`, are to be multiplied by.
    fn scale(&self) -> f32 {
        match self.whole {
            Some(_) => 1.0 / (self.window * self.window) as f32,
            None => 1.0,
        }
    }
}

/// The reference's box filter along a side.
struct Boxes {
    len: usize,
    window: usize,
}

impl Boxes {
    fn new(len: usize) -> Self {
        Self {
            len,
            window: len.div_ceil(2 * SIDE),
        }
    }

    /// The first and last place that the window around `place` covers: even windows reach one further to the right.
    fn around(&self, place: usize) -> (usize, usize) {
        let right = self.window / 2;
        let left = (self.window - 1) / 2;
        (
            place.saturating_sub(left),
            (place + right).min(self.len - 1),
        )
    }
}

fn size((first, last): (usize, usize)) -> f64 {
    (last - first + 1) as f64
}

/// Eight sums side by side, because one alone waits for itself.
fn dot(samples: &[f32], weights: &[f32]) -> f32 {
    let len = samples.len().min(weights.len());
    let (samples, weights) = (
        samples.get(..len).unwrap_or_default(),
        weights.get(..len).unwrap_or_default(),
    );
    let ((samples, samples_rest), (weights, weights_rest)) =
        (samples.as_chunks::<8>(), weights.as_chunks::<8>());
    let mut lanes = [0.0_f32; 8];
    for (samples, weights) in samples.iter().zip(weights) {
        for ((lane, sample), weight) in lanes.iter_mut().zip(samples).zip(weights) {
            *lane += sample * weight;
        }
    }
    let rest: f32 = samples_rest
        .iter()
        .zip(weights_rest)
        .map(|(sample, weight)| sample * weight)
        .sum();
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_one_and_stay_inside() {
        for len in (1..700).chain([1023, 1024, 4000, 32_896, 32_897, 65_535]) {
            for k in 0..SIDE {
                let tent = Tent::new(k, len);
                assert!(tent.first + tent.weights.len() <= len, "{k} of {len}");
                assert!(
                    (tent.weights.iter().sum::<f32>() - 1.0).abs() < 1e-4,
                    "{k} of {len}"
                );
                for (weight, whole) in tent.weights.iter().zip(tent.whole.iter().flatten()) {
                    assert!(
                        (weight - f32::from(*whole) * tent.scale()).abs() < 1e-6,
                        "{k} of {len}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_flat_picture_stays_flat() {
        for (width, height) in [
            (1, 1),
            (5, 700),
            (64, 64),
            (129, 127),
            (513, 511),
            (40_000, 5),
        ] {
            let raster = Raster::new(
                width,
                height,
                super::super::super::Layout::L,
                vec![255; width * height],
            )
            .unwrap();
            for sample in reduce(&raster).iter().flatten() {
                assert!(
                    (sample - 255.0).abs() < 0.02,
                    "{width} × {height}: {sample}"
                );
            }
        }
    }

    #[test]
    fn columns_may_be_taken_after_the_rows_were_summed() {
        for (width, height, layout) in [
            (513, 7, Layout::Rgb),
            (640, 480, Layout::Rgb),
            (1024, 600, Layout::Rgba),
            (300, 2000, Layout::L),
            (3, 700, Layout::La),
        ] {
            let samples = (0..width * height * layout.channels()).map(|n| ((n * 7919) >> 5) as u8);
            let raster = Raster::new(width, height, layout, samples.collect::<Vec<u8>>()).unwrap();
            let resized = reduce(&raster.nearest(512));
            assert_eq!(
                reduce_resized(&raster, 512, 512),
                resized,
                "{width} x {height}"
            );
        }
    }
}
