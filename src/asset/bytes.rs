//! Reading numbers from hostile bytes: every read is checked, none can overflow.

use std::io::BufRead;

/// Checked reads at an offset; `None` past the end.
pub(super) trait ReadAt {
    /// `N` bytes.
    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]>;
    /// One byte.
    fn u8_at(&self, at: usize) -> Option<u8>;
    /// `len` bytes, or as many as there are.
    fn clamped(&self, at: usize, len: usize) -> &[u8];

    /// A big-endian 16-bit number.
    fn be16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }
    /// A big-endian 32-bit number.
    fn be32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }
    /// A big-endian 64-bit number.
    fn be64(&self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }
    /// A little-endian 16-bit number.
    fn le16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }
    /// A little-endian 32-bit number.
    fn le32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }
}

impl ReadAt for [u8] {
    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.get(at..)?.first_chunk().copied()
    }

    fn u8_at(&self, at: usize) -> Option<u8> {
        self.get(at).copied()
    }

    fn clamped(&self, at: usize, len: usize) -> &[u8] {
        let rest = self.get(at..).unwrap_or_default();
        rest.get(..len).unwrap_or(rest)
    }
}

/// Where `byte` next stands at or after `at`.
pub(super) fn find(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let mut rest = bytes.get(at..)?;
    // The standard library's own memchr, which it lends out only under this name.
    let passed = rest.skip_until(byte).ok()?;
    let last = at.checked_add(passed)?.checked_sub(1)?;
    (passed > 0 && bytes.u8_at(last) == Some(byte)).then_some(last)
}

/// Where `needle` next stands at or after `at`.
pub(super) fn find_bytes(bytes: &[u8], mut at: usize, needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    loop {
        let hit = find(bytes, at, first)?;
        if bytes.get(hit..)?.starts_with(needle) {
            return Some(hit);
        }
        at = hit + 1;
    }
}

/// A length or offset from the file as an index; what does not fit is past every end.
pub(super) fn index(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}
