//! RIFF files (WebP) under an update manifest. The file gives its size at its beginning, outside of the manifest: an update,
//! which makes the manifest longer, has to change a byte that is bound, and the library calls that a mismatch.

use std::ops::Range;

/// The bytes that were bound before updates were added to the manifest: without it, with the size that the file had, and
/// with the byte that follows a chunk of odd length. `None` where the file has another shape.
pub(super) fn bound_before_an_update(
    bytes: &[u8],
    exclusions: &[Range<usize>],
    own: &[Range<usize>],
) -> Option<Vec<u8>> {
    let ([before], [own]) = (exclusions, own) else {
        return None;
    };
    let growth = own
        .len()
        .checked_sub(before.len())
        .filter(|_| before.start == own.start)?;
    let (pad_before, pad_now) = (before.end & 1, own.end & 1);
    let size = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    let size = usize::try_from(size).ok()?.checked_add(pad_before)?;
    let size = u32::try_from(size.checked_sub(growth.checked_add(pad_now)?)?).ok()?;
    let parts = [
        bytes.get(..4)?,
        &size.to_le_bytes(),
        bytes.get(8..own.start)?,
        [0].get(..pad_before)?,
        bytes.get(own.end.checked_add(pad_now)?..)?,
    ];
    Some(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_and_the_odd_byte_are_as_they_were() {
        // Two bytes of picture, then a manifest of three bytes, which were four and five.
        let file = |size: u8, rest: &[u8]| [b"RIFF", &[size, 0, 0, 0][..], b"pp", rest].concat();
        let signed = file(6, b"mmm\0");
        let bound = [&signed[..10], b"\0"].concat();
        let before = |now: &[u8], own: &Range<usize>| {
            let one = std::slice::from_ref::<Range<usize>>;
            bound_before_an_update(now, one(&(10..13)), one(own))
        };
        for (size, now, own) in [(6, &b"mmmm"[..], 10..14), (8, b"mmmmm\0", 10..15)] {
            assert_eq!(before(&file(size, now), &own).unwrap(), bound);
        }
        assert_eq!(before(&signed, &(10..12)), None);
    }
}
