//! Brotli, by which JPEG XL compresses metadata, within the budget.

use super::text::Budget;
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

/// What a compressed box costs besides its contents, so that thousands of empty ones come to an end: each may ask for a
/// window of 16 MB.
const FEE: usize = 64 << 10;

/// Bytes that are decompressed in one step.
const STEP: usize = 64 << 10;

/// Decompresses as far as the budget goes, and tells what damage stopped it. The budget notes when it was too small.
pub(super) fn decompress(body: &[u8], budget: &mut Budget) -> (Vec<u8>, Option<String>) {
    let mut bytes = Vec::new();
    if !budget.take(FEE) {
        return (bytes, None);
    }
    let (mut left, mut at, mut total) = (body.len(), 0, 0);
    let mut step = vec![0; STEP];
    // The strict state refuses windows of up to a gigabyte, which the format of JPEG XL does not know.
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    loop {
        let (mut room, mut filled) = (step.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut filled,
            &mut step,
            &mut total,
            &mut state,
        );
        bytes.extend_from_slice(step.get(..filled).unwrap_or_default());
        if budget.cut(&mut bytes) {
            return (bytes, None);
        }
        let damage = match result {
            BrotliResult::NeedsMoreOutput => continue,
            BrotliResult::ResultSuccess => None,
            BrotliResult::NeedsMoreInput => Some("its compression ends too early".to_owned()),
            BrotliResult::ResultFailure => Some("damaged compression".to_owned()),
        };
        return (bytes, damage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An uncompressed block of so many letters, which any encoder may write.
    fn stored(letters: u8) -> Vec<u8> {
        // Window of 16 bits; not the last; four nibbles of the length; stored. Then the last, empty block.
        let length = u32::from(letters) - 1;
        let head = (length << 4) | (1 << 20);
        let mut out = head.to_le_bytes()[..3].to_vec();
        out.extend(vec![b'x'; usize::from(letters)]);
        out.push(3);
        out
    }

    #[test]
    fn blocks_are_read_and_damage_is_named() {
        let mut budget = Budget::new(1 << 20);
        let whole = stored(200);
        let (bytes, damage) = decompress(&whole, &mut budget);
        assert_eq!((bytes.len(), damage), (200, None));
        let (bytes, damage) = decompress(&whole[..100], &mut budget);
        assert_eq!((bytes.len(), damage.is_some()), (97, true));
        assert!(decompress(b"\xff\xff\xff", &mut budget).1.is_some());
        assert!(!budget.refused());
    }

    #[test]
    fn the_budget_is_kept() {
        let mut budget = Budget::new(FEE + 100);
        let (bytes, damage) = decompress(&stored(200), &mut budget);
        assert_eq!((bytes.len(), damage), (100, None));
        assert!(budget.refused());
        assert!(decompress(&stored(2), &mut budget).0.is_empty());
    }

    #[test]
    fn windows_of_a_gigabyte_are_refused() {
        let large = [0x11, 0x1e, 0x00, 0x00, 0x03];
        let (bytes, damage) = decompress(&large, &mut Budget::new(1 << 20));
        assert!(bytes.is_empty() && damage.is_some());
    }
}
