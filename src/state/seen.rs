//! Which rows a run has met: a bit for each, since writing a mark into every row would take longer than the run.

/// More rows than any state has; a number beyond comes from a damaged one.
const MOST: i64 = 1 << 32;

/// Numbers of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen(Vec<u8>);

impl Seen {
    /// Those that were stored.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn to_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Adds a row; false for a number that no row has.
    pub(super) fn add(&mut self, row: i64) -> bool {
        let Some((byte, bit)) = place(row) else {
            return false;
        };
        if self.0.len() <= byte {
            self.0.resize(byte + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(byte) {
            *bits |= bit;
        }
        true
    }

    pub(super) fn has(&self, row: i64) -> bool {
        let found = place(row).and_then(|(byte, bit)| Some(self.0.get(byte)? & bit));
        found.is_some_and(|bits| bits != 0)
    }
}

fn place(row: i64) -> Option<(usize, u8)> {
    let place = usize::try_from(row).ok().filter(|_| row < MOST)?;
    Some((place / 8, 1 << (place % 8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart_and_impossible_ones_refused() {
        let mut seen = Seen::default();
        for row in [1, 8, 1000] {
            assert!(seen.add(row));
        }
        assert!(!seen.add(-1) && !seen.add(MOST));
        let stored = Seen::from_bytes(seen.to_bytes().to_vec());
        for row in 0..2000 {
            assert_eq!(stored.has(row), [1, 8, 1000].contains(&row));
        }
    }
}
