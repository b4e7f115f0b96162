//! Which rows a run met, in the order of its answers. Rows that follow each other take a few bytes together.

/// More bytes are not kept: then the order is that of paths.
const MOST: usize = 64 << 20;

/// Rows that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: i64,
    pub(super) last: i64,
    /// Somebody asked for the files by name.
    pub(super) asked_for: bool,
}

/// Rows as a run meets them.
#[derive(Debug, Default)]
pub(super) struct Met {
    bytes: Vec<u8>,
    /// Where the last run in `bytes` ends.
    end: i64,
    open: Option<Run>,
    most: Option<usize>,
}

impl Met {
    /// Those of a run that is to be remembered.
    pub(super) fn to_remember() -> Self {
        Self {
            most: Some(MOST),
            ..Self::default()
        }
    }

    /// Adds a row; its number is positive.
    pub(super) fn add(&mut self, row: i64, asked_for: bool) {
        match &mut self.open {
            Some(open) if open.last.wrapping_add(1) == row && open.asked_for == asked_for => {
                open.last = row;
            }
            _ => {
                self.close();
                self.open = Some(Run {
                    first: row,
                    last: row,
                    asked_for,
                });
            }
        }
    }

    /// All rows as bytes, if they are not too many.
    pub(super) fn closed(&mut self) -> Option<&[u8]> {
        self.close();
        (!self.is_full()).then_some(self.bytes.as_slice())
    }

    fn is_full(&self) -> bool {
        self.most.is_some_and(|most| self.bytes.len() > most)
    }

    fn close(&mut self) {
        let Some(run) = self.open.take() else { return };
        if self.is_full() {
            return;
        }
        put(&mut self.bytes, folded(run.first.wrapping_sub(self.end)));
        let rest = run.last.wrapping_sub(run.first).cast_unsigned();
        put(
            &mut self.bytes,
            rest.wrapping_shl(1) | u64::from(run.asked_for),
        );
        self.end = run.last;
    }
}

/// The runs that bytes stand for, as far as they stand for any.
pub(super) fn runs(mut bytes: &[u8]) -> impl Iterator<Item = Run> {
    let mut end = 0_i64;
    std::iter::from_fn(move || {
        let step = unfolded(take(&mut bytes)?);
        let rest = take(&mut bytes)?;
        let first = end.checked_add(step)?;
        let last = first.checked_add_unsigned(rest >> 1)?;
        end = last;
        Some(Run {
            first,
            last,
            asked_for: rest & 1 == 1,
        })
    })
}

/// A number without its sign, small if it was near to zero.
fn folded(number: i64) -> u64 {
    (number.wrapping_shl(1) ^ number.wrapping_shr(63)).cast_unsigned()
}

fn unfolded(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Writes seven bits a byte.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_comes_back() {
        let rows = [1, 2, 3, 9, 8, 7, 8, 9, 100_000, 100_001, 1, 1 << 40];
        let mut met = Met::default();
        for (place, row) in rows.iter().enumerate() {
            met.add(*row, place == 4 || place > 9);
        }
        let bytes = met.closed().unwrap().to_vec();
        let mut back = Vec::new();
        for run in runs(&bytes) {
            back.extend((run.first..=run.last).map(|row| (row, run.asked_for)));
        }
        let asked = rows.iter().enumerate();
        let asked = asked.map(|(place, row)| (*row, place == 4 || place > 9));
        assert_eq!(back, asked.collect::<Vec<_>>());
        for cut in 0..bytes.len() {
            assert!(runs(&bytes[..cut]).count() < runs(&bytes).count());
        }
    }

    #[test]
    fn rows_in_turn_take_next_to_nothing_and_bad_bytes_end() {
        let mut met = Met::default();
        for row in 1..=1_000_000 {
            met.add(row, false);
        }
        assert!(met.closed().unwrap().len() < 8);
        assert_eq!(runs(&[0xff; 40]).count(), 0);
        assert_eq!(folded(-1), 1);
        assert_eq!(unfolded(folded(i64::MIN)), i64::MIN);
    }
}
