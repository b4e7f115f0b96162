//! Which values can lie near a query at all, told by parts of them.
//!
//! A value is cut into bands of 16 bits. Two values that differ in at most `radius` bits differ in at most
//! `radius / bands` bits in one band at least, so the values that share such a band with the query are all that need be
//! compared: of distinct pictures one in some hundred, in exact answers (multi-index hashing, Norouzi et al. 2012).

use std::iter::once;

/// Values of a band.
const KEYS: usize = 1 << 16;

/// Bits of a band.
const BITS: u32 = 16;

/// Rows by the value of each of their bands.
#[derive(Debug)]
pub(super) struct Bands {
    bands: Vec<Band>,
    /// More candidates than these take longer than comparing everything would.
    pub(super) most: usize,
}

impl Bands {
    /// Sorts rows, which are numbered from 0, by the bands of their values, given word by word.
    pub(super) fn build(rows: usize, bands: usize, word: impl Fn(usize, usize) -> u64) -> Self {
        let key = |row: usize, band: usize| key(word(row, band / 4), band);
        let bands = (0..bands).map(|band| Band::build((0..rows).map(|row| key(row, band))));
        Self {
            bands: bands.collect(),
            most: rows / 32,
        }
    }

    /// The rows that may lie within the radius of a value, perhaps more than once; `None` where a scan is the better way.
    pub(super) fn candidates(&self, value: impl Fn(usize) -> u64, radius: u32) -> Option<Vec<u32>> {
        let flips = match usize::try_from(radius)
            .ok()?
            .checked_div(self.bands.len())?
        {
            0 => 0,
            1 => BITS,
            _ => return None,
        };
        let mut rows = Vec::new();
        for (number, band) in self.bands.iter().enumerate() {
            let key = key(value(number / 4), number);
            for near in once(key).chain((0..flips).map(|bit| key ^ 1 << bit)) {
                rows.extend_from_slice(band.rows(near));
            }
            if rows.len() > self.most {
                return None;
            }
        }
        Some(rows)
    }
}

/// The value of a band, from the word that it lies in.
fn key(word: u64, band: usize) -> usize {
    usize::from((word >> (band % 4 * 16)) as u16)
}

/// Rows in the order of the value of one band.
#[derive(Debug)]
struct Band {
    /// Where the rows of each value begin, and at the end how many there are.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Band {
    /// Sorts by counting.
    fn build(keys: impl DoubleEndedIterator<Item = usize> + Clone) -> Self {
        let mut starts = vec![0_u32; KEYS + 1];
        for key in keys.clone() {
            if let Some(count) = starts.get_mut(key) {
                *count += 1;
            }
        }
        // Each count becomes the end of its rows, and placing them from the last to the first makes it their start.
        let mut end = 0;
        for count in &mut starts {
            end += *count;
            *count = end;
        }
        let mut rows = vec![0; usize::try_from(end).unwrap_or_default()];
        for (row, key) in (0..end).rev().zip(keys.rev()) {
            if let Some(start) = starts.get_mut(key) {
                *start -= 1;
                if let Some(place) = usize::try_from(*start).ok().and_then(|at| rows.get_mut(at)) {
                    *place = row;
                }
            }
        }
        Self { starts, rows }
    }

    fn rows(&self, key: usize) -> &[u32] {
        let at = |key: usize| usize::try_from(*self.starts.get(key)?).ok();
        at(key)
            .zip(at(key + 1))
            .and_then(|(start, end)| self.rows.get(start..end))
            .unwrap_or_default()
    }
}
