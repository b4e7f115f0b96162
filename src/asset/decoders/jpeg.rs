//! JPEG.

use std::borrow::Cow;

use image::ImageFormat;
use memchr::memmem;

use super::{Decoder, Format, area, image_crate};

pub(super) const DECODER: Decoder = Decoder {
    formats: &[Format::Jpeg],
    decode: |bytes, _, limits| {
        image_crate::decode(&without_extended_xmp(bytes), ImageFormat::Jpeg, limits)
    },
    memory: |size, _| area(size).saturating_mul(3),
};

/// The decoder sorts all pieces of extended XMP anew after every segment, so that a few megabytes of them take minutes. It is
/// given none: under another name it passes over them.
fn without_extended_xmp(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut pieces = memmem::find_iter(bytes, b"http://ns.adobe.com/xmp/extension/\0").peekable();
    if pieces.peek().is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut renamed = bytes.to_vec();
    for piece in pieces {
        if let Some(first) = renamed.get_mut(piece) {
            *first = b'-';
        }
    }
    Cow::Owned(renamed)
}
