//! `broken/`: files that no tool can check, which must end as such and never as a success.

use crate::drawing::{Subject, scene};
use crate::encode::{chunk, jpeg, png, with_chunk};
use crate::noise::Random;
use crate::output::Output;
use flate2::{Compression, write::ZlibEncoder};
use std::io::Write;

const BOMB_INFLATES_TO: usize = 64 << 20;

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    let photograph = jpeg(&scene(Subject::Hills, 40).photograph(320, 240), 85);
    let picture = png(&scene(Subject::Forest, 41).draw(128, 96));
    let samples = [
        ("empty.jpg", Vec::new()),
        ("truncated-header.jpg", photograph[..300].to_vec()),
        ("truncated.jpg", photograph[..photograph.len() / 2].to_vec()),
        ("truncated.png", picture[..picture.len() / 2].to_vec()),
        (
            "not-an-image.jpg",
            b"This is a letter, not a picture. Somebody gave it the wrong name.\n".to_vec(),
        ),
        ("huge-header.png", huge_header()),
        ("garbage.bin.jpg", Random::new(42).bytes(4096)),
        ("text-bomb.png", with_chunk(&picture, b"zTXt", &text_bomb())),
        ("bad-crc.png", bad_checksum(picture)),
    ];
    for (name, bytes) in samples {
        output.write(&format!("broken/{name}"), &bytes);
    }
}

/// A header that promises 100 000 × 100 000 pixels, and next to none of them.
fn huge_header() -> Vec<u8> {
    let side = 100_000_u32.to_be_bytes();
    let header = [&side, &side, [8, 2, 0, 0].as_slice(), &[0]].concat();
    let pixels = deflate(&[0; 64]);
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &pixels),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

fn text_bomb() -> Vec<u8> {
    [
        b"Comment\0\0".as_slice(),
        &deflate(&vec![b'A'; BOMB_INFLATES_TO]),
    ]
    .concat()
}

/// Spoils the checksum of the first chunk that holds pixels.
fn bad_checksum(mut png: Vec<u8>) -> Vec<u8> {
    let kind_at = png.windows(4).position(|bytes| bytes == b"IDAT").unwrap();
    let length = u32::from_be_bytes(*png[kind_at - 4..].first_chunk().unwrap());
    png[kind_at + 4 + length as usize] ^= 0xff;
    png
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
