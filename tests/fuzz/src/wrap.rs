//! Files around a payload, so that one reader gets bytes of its own.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// A PNG of one pixel, or of none, with these chunks before its end.
pub(crate) fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    picture([1, 1], &[0, 0, 0, 0, 255], chunks)
}

/// A PNG with an alpha channel; `rows` are its bytes, each row after a filter byte.
pub(crate) fn picture([width, height]: [u32; 2], rows: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[&size[..], &[8, 6, 0, 0, 0]].concat());
    let pixels = chunk(b"IDAT", &deflate(rows, Compression::none()));
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(header);
    file.extend(chunks.concat());
    file.extend(pixels);
    file.extend(chunk(b"IEND", b""));
    file
}

/// A PNG chunk.
pub(crate) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(body);
    let len = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&len, kind, body, &crc.sum().to_be_bytes()].concat()
}

pub(crate) fn deflate(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// The segments of a JPEG without a picture, and what follows its end.
pub(crate) fn jpeg(segments: &[Vec<u8>], trailer: &[u8]) -> Vec<u8> {
    [
        &[0xFF, 0xD8],
        &segments.concat()[..],
        &[0xFF, 0xD9],
        trailer,
    ]
    .concat()
}

/// A JPEG segment; what is too long for one is cut off.
pub(crate) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let body = &body[..body.len().min(0xFFFD)];
    let len = (body.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker], &len[..], body].concat()
}

/// An EXIF block with one entry of type ASCII or, for the user comment, of bytes.
pub(crate) fn exif(tag: u16, value: &[u8]) -> Vec<u8> {
    let kind: u16 = if tag == 0x9286 { 7 } else { 2 };
    let padded = [value, &[0; 5]].concat();
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    block.extend(tag.to_be_bytes());
    block.extend(kind.to_be_bytes());
    block.extend((padded.len() as u32).to_be_bytes());
    block.extend([0, 0, 0, 26, 0, 0, 0, 0]);
    block.extend(padded);
    block
}
