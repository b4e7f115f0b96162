//! Digests in sorted order: equal or not.

use super::{WrongSize, check};
use std::cmp::Ordering;

/// Finds all entries with a given digest by binary search, 20 steps for a million.
///
/// Digests lie in one array, entry numbers in another, both flat, as a mapped file would have them.
#[derive(Debug, Clone)]
pub struct Exact {
    size: usize,
    digests: Vec<u8>,
    entries: Vec<u32>,
}

impl Exact {
    /// Sorts digests of `size` bytes, each with the number of its entry. A digest may come several times.
    ///
    /// # Errors
    /// A digest has another size.
    pub fn build<'a>(
        size: usize,
        digests: impl IntoIterator<Item = (u32, &'a [u8])>,
    ) -> Result<Self, WrongSize> {
        let mut rows = Vec::new();
        for (entry, digest) in digests {
            check(digest, size)?;
            rows.push((digest, entry));
        }
        rows.sort_unstable();
        rows.dedup();
        Ok(Self {
            size,
            digests: rows
                .iter()
                .flat_map(|(digest, _)| *digest)
                .copied()
                .collect(),
            entries: rows.iter().map(|(_, entry)| *entry).collect(),
        })
    }

    /// How many digests there are, with duplicates.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The numbers of all entries with this digest, in ascending order.
    ///
    /// # Errors
    /// The digest has another size.
    pub fn get(&self, digest: &[u8]) -> Result<&[u32], WrongSize> {
        check(digest, self.size)?;
        let start = self.first_where(|row| row.cmp(digest) != Ordering::Less);
        let end = self.first_where(|row| row.cmp(digest) == Ordering::Greater);
        Ok(self.entries.get(start..end).unwrap_or_default())
    }

    /// The first row for which `reached` holds; it must hold for all after it too.
    fn first_where(&self, reached: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = middle * self.size;
            match self.digests.get(start..start + self.size) {
                Some(row) if !reached(row) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_checked_and_nothing_is_found_in_nothing() {
        let index = Exact::build(16, []).unwrap();
        assert!(index.is_empty());
        assert_eq!(index.get(&[0; 16]), Ok([].as_slice()));
        assert_eq!(
            index.get(&[0; 20]),
            Err(WrongSize {
                found: 20,
                expected: 16
            })
        );
        assert!(Exact::build(16, [(0, [0_u8; 20].as_slice())]).is_err());
    }

    proptest! {
        // Few different bytes, so that there are duplicates and hits.
        #[test]
        fn finds_what_a_naive_search_finds(rows in vec(vec(0_u8..3, 3), 0..60), query in vec(0_u8..3, 3)) {
            let numbered = || (0_u32..).zip(rows.iter().map(Vec::as_slice));
            let index = Exact::build(3, numbered()).unwrap();
            let naive: Vec<u32> = numbered().filter(|(_, row)| *row == query).map(|(entry, _)| entry).collect();
            prop_assert_eq!(index.get(&query).unwrap(), naive);
            prop_assert_eq!(index.len(), rows.len());
        }
    }
}
