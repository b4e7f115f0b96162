//! Picture files, and ways of putting metadata into them.

use flate2::Crc;
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageFormat, RgbImage};
use std::io::Cursor;

pub fn jpeg(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(image)
        .unwrap();
    bytes
}

pub fn png(image: &RgbImage) -> Vec<u8> {
    encode(image, ImageFormat::Png)
}

/// Any format that has no settings of its own.
pub fn encode(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A GIF that plays its frames for ever.
pub fn gif(frames: &[RgbImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 10);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for frame in frames {
        encoder
            .encode_frame(Frame::new(DynamicImage::from(frame.clone()).into_rgba8()))
            .unwrap();
    }
    drop(encoder);
    bytes
}

/// Adds an application segment to a JPEG, behind those it has.
pub fn with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let at = header_end(jpeg);
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..at], &[0xff, marker], &length, payload, &jpeg[at..]].concat()
}

pub fn with_exif(jpeg: &[u8], tiff: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xe1, &[b"Exif\0\0", tiff].concat())
}

pub fn with_xmp(jpeg: &[u8], packet: &str) -> Vec<u8> {
    with_segment(
        jpeg,
        0xe1,
        &[b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat(),
    )
}

/// Where the application segments of a JPEG end.
pub fn header_end(jpeg: &[u8]) -> usize {
    let mut at = 2;
    while jpeg[at] == 0xff && (0xe0..=0xef).contains(&jpeg[at + 1]) {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    at
}

/// Adds a chunk to a PNG, between its header and all the others.
pub fn with_chunk(png: &[u8], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    const HEADER_END: usize = 8 + 25;
    [&png[..HEADER_END], &chunk(kind, body), &png[HEADER_END..]].concat()
}

pub fn with_text(png: &[u8], keyword: &str, text: &str) -> Vec<u8> {
    with_chunk(
        png,
        b"tEXt",
        &[keyword.as_bytes(), b"\0", text.as_bytes()].concat(),
    )
}

/// A whole PNG chunk: length, kind, body, checksum.
pub fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(body);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, kind.as_slice(), body, &crc.sum().to_be_bytes()].concat()
}

/// A box of the ISO base media format, which JPEG XL uses too.
pub fn iso_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&length, kind.as_slice(), body].concat()
}
