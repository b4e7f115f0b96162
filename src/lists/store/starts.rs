//! Where the rows of each key begin, in some two bits a key: a sorted list's counts in unary.
//!
//! For every key, in order, there are as many ones as it has rows, and then a zero. Before each group of 64 keys the number
//! of rows before it is kept, which tells where its bits begin. (Elias 1974, Fano 1971: the upper half of their code.)

use super::pages::{Damaged, Pages};

/// Keys of a group.
pub(super) const GROUP: usize = 64;

/// Where the directory of some keys stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Starts {
    /// How many keys there are: a multiple of 64.
    pub(super) keys: u64,
    /// Where the numbers of rows before each group stand, four bytes each, with one more for the end.
    pub(super) groups: u64,
    /// Where the bits stand.
    pub(super) bits: u64,
}

impl Starts {
    /// Bytes of the groups.
    pub(super) fn groups_len(keys: u64) -> u64 {
        (keys / GROUP as u64 + 1) * 4
    }

    /// Bytes of the bits: read in words, so there is one to spare.
    pub(super) fn bits_len(keys: u64, rows: u64) -> u64 {
        (keys + rows).div_ceil(64) * 8 + 8
    }

    /// The rows before a group and before the one after it.
    #[inline(always)]
    pub(super) fn group(&self, pages: &Pages, group: usize) -> Result<(u32, u32), Damaged> {
        let at = self.groups as usize + group.saturating_mul(4);
        let bytes = pages.get(at, 8)?;
        let mut numbers = bytes.as_chunks::<4>().0.iter();
        let mut next = || numbers.next().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        Ok((next(), next()))
    }

    /// The bytes that hold a group's bits, and how many bits of them come before.
    #[inline(always)]
    pub(super) fn bits<'a>(
        &self,
        pages: &'a Pages,
        group: usize,
        rows: (u32, u32),
    ) -> Result<(&'a [u8], usize), Damaged> {
        let first = group * GROUP + rows.0 as usize;
        let count = (rows.1.wrapping_sub(rows.0) as usize).saturating_add(GROUP);
        let (byte, before) = (first / 8, first % 8);
        let len = (before + count).div_ceil(8);
        let bytes = pages.get(self.bits as usize + byte, len)?;
        Ok((bytes, before))
    }

    /// Asks for the memory of a group's bits, before which there are so many rows.
    #[inline(always)]
    pub(super) fn prefetch(&self, pages: &Pages, group: u32, row: u32) {
        pages.prefetch(self.bits as usize + (group as usize * GROUP + row as usize) / 8);
    }

    /// The rows of one key.
    pub(super) fn of(&self, pages: &Pages, key: u64) -> Result<std::ops::Range<u32>, Damaged> {
        let damaged = Damaged { at: self.groups };
        let key = usize::try_from(key).map_err(|_| damaged)?;
        if key as u64 >= self.keys {
            return Err(damaged);
        }
        let rows = self.group(pages, key / GROUP)?;
        let (bytes, before) = self.bits(pages, key / GROUP, rows)?;
        let mut found = 0..0;
        each(bytes, before, rows.0, 1 << (key % GROUP), |start, end| {
            found = start..end;
        });
        Ok(found)
    }
}

/// Goes through the wanted keys of a group, in order, with the rows of each that has some.
#[inline(always)]
pub(super) fn each(
    bytes: &[u8],
    before: usize,
    first_row: u32,
    mut wanted: u64,
    mut found: impl FnMut(u32, u32),
) {
    let (mut place, mut key, mut row) = (before, 0_u32, first_row);
    while wanted != 0 {
        let next = wanted.trailing_zeros();
        wanted &= wanted - 1;
        let rows;
        (place, rows) = skip(bytes, place, next - key);
        let start = row.wrapping_add(rows);
        let ones;
        (place, ones) = skip(bytes, place, 1);
        if ones > 0 {
            found(start, start.wrapping_add(ones));
        }
        (key, row) = (next + 1, start.wrapping_add(ones));
    }
}

/// The place after so many zeros, and how many ones were passed on the way.
#[inline(always)]
fn skip(bytes: &[u8], place: usize, mut zeros: u32) -> (usize, u32) {
    let (mut place, mut ones) = (place, 0);
    while zeros > 0 {
        let Some((word, len)) = word(bytes, place) else {
            // The bits end too early: a damaged list, which the checksum has to have met before.
            return (place, ones);
        };
        let free = !word & mask(len);
        let count = free.count_ones();
        if count < zeros {
            zeros -= count;
            ones += len - count;
            place += len as usize;
            continue;
        }
        let end = select(free, zeros - 1);
        ones += end + 1 - zeros;
        return (place + end as usize + 1, ones);
    }
    (place, ones)
}

/// The place of a one in a word, by how many ones are before it; there have to be more.
#[inline(always)]
fn select(word: u64, before: u32) -> u32 {
    // The halves are told apart by how many ones the lower one has.
    let (mut word, mut before, mut place) = (word, before, 0);
    for half in [32, 16, 8] {
        let lower = (word & ((1 << half) - 1)).count_ones();
        if before >= lower {
            before -= lower;
            place += half;
            word >>= half;
        }
    }
    word &= 0xff;
    for _ in 0..before {
        word &= word.wrapping_sub(1);
    }
    place + word.trailing_zeros()
}

/// Up to 57 bits from a place on, and how many of them there are.
#[inline(always)]
fn word(bytes: &[u8], place: usize) -> Option<(u64, u32)> {
    let (byte, before) = (place / 8, place as u32 % 8);
    match bytes
        .get(byte..byte + 8)
        .and_then(|rest| rest.first_chunk())
    {
        Some(chunk) => Some((u64::from_le_bytes(*chunk) >> before, 64 - before)),
        None => {
            let rest = bytes.get(byte..).filter(|rest| !rest.is_empty())?;
            let word = rest
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            Some((word >> before, rest.len() as u32 * 8 - before))
        }
    }
}

#[inline(always)]
fn mask(len: u32) -> u64 {
    u64::MAX >> (64 - len.clamp(1, 64))
}

/// Puts a directory together from keys in ascending order.
pub(super) struct StartsBuilder {
    /// The first key whose zero is not yet written.
    open: u64,
    rows: u32,
    groups: Vec<u8>,
    bits: Vec<u8>,
    word: u64,
    filled: u32,
}

impl StartsBuilder {
    /// Without any rows.
    pub(super) fn new() -> Self {
        Self {
            open: 0,
            rows: 0,
            groups: 0_u32.to_le_bytes().to_vec(),
            bits: Vec::new(),
            word: 0,
            filled: 0,
        }
    }

    /// One more row, of this key, which is no smaller than the one before.
    pub(super) fn push(&mut self, key: u64) {
        while self.open < key {
            self.close();
        }
        self.bit(1);
        self.rows = self.rows.saturating_add(1);
    }

    fn close(&mut self) {
        self.bit(0);
        self.open += 1;
        if self.open.is_multiple_of(GROUP as u64) {
            self.groups.extend_from_slice(&self.rows.to_le_bytes());
        }
    }

    fn bit(&mut self, bit: u64) {
        self.word |= bit << self.filled;
        self.filled += 1;
        if self.filled == 64 {
            self.bits.extend_from_slice(&self.word.to_le_bytes());
            (self.word, self.filled) = (0, 0);
        }
    }

    /// For keys from 0 up to `keys`: their number, filled up to a multiple of 64, the groups and the bits.
    pub(super) fn finish(mut self, keys: u64) -> (u64, Vec<u8>, Vec<u8>) {
        let keys = keys.next_multiple_of(GROUP as u64);
        while self.open < keys {
            self.close();
        }
        if self.filled > 0 {
            self.bits.extend_from_slice(&self.word.to_le_bytes());
        }
        self.bits.extend_from_slice(&[0; 8]);
        (keys, self.groups, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::pages::in_memory;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_key_has_its_rows(mut rows in prop::collection::vec(prop_oneof![0..300_u64, Just(77_u64)], 0..900), wanted: u64) {
            rows.sort_unstable();
            let mut builder = StartsBuilder::new();
            rows.iter().for_each(|key| builder.push(*key));
            let (keys, groups, bits) = builder.finish(300);
            prop_assert_eq!(keys, 320);
            prop_assert_eq!(groups.len() as u64, Starts::groups_len(keys));
            prop_assert!(bits.len() as u64 <= Starts::bits_len(keys, rows.len() as u64));
            let starts = Starts { keys, groups: 0, bits: groups.len() as u64 };
            let pages = in_memory([groups, bits].concat());
            let naive = |key: u64| {
                let start = rows.partition_point(|row| *row < key) as u32;
                (start, rows.partition_point(|row| *row <= key) as u32)
            };
            for key in 0..300 {
                let (start, end) = naive(key);
                let found = starts.of(&pages, key).unwrap();
                prop_assert_eq!(found.len(), (end - start) as usize);
                prop_assert!(found.is_empty() || found == (start..end));
            }
            for group in 0..5 {
                let before = starts.group(&pages, group).unwrap();
                let (bytes, skipped) = starts.bits(&pages, group, before).unwrap();
                let mut found = Vec::new();
                each(bytes, skipped, before.0, wanted, |start, end| found.push((start, end)));
                let expected: Vec<_> = (0..64).filter(|key| wanted >> key & 1 == 1)
                    .map(|key| naive(group as u64 * 64 + key)).filter(|(start, end)| end > start).collect();
                prop_assert_eq!(found, expected);
            }
            prop_assert!(starts.of(&pages, 320).is_err());
        }
    }
}
