//! `known_image/`: pictures that are on a list, changed copies of them, and one that only looks alike.

use crate::drawing::{Scene, Subject, scene};
use crate::encode::{encode, gif, jpeg, png};
use crate::output::Output;
use image::{ImageFormat, Rgb, RgbImage, imageops};

const FIRST: Scene = scene(Subject::Village, 50);
const SECOND: Scene = scene(Subject::Fruit, 51);
const THIRD: Scene = scene(Subject::Forest, 52);

/// Writes every sample of this folder.
pub fn make(output: &Output) {
    let first = FIRST.draw(384, 288);
    let second = SECOND.photograph(640, 480);
    let samples = [
        ("known-1.png", png(&first)),
        ("known-1-reencoded.jpg", jpeg(&first, 40)),
        ("known-1-resized.jpg", jpeg(&half(&first), 85)),
        (
            "known-1-brighter.jpg",
            jpeg(&imageops::brighten(&first, 30), 85),
        ),
        ("known-1-framed.jpg", jpeg(&framed(&first), 85)),
        (
            "known-1-cropped.jpg",
            jpeg(&imageops::crop_imm(&first, 13, 9, 358, 270).to_image(), 85),
        ),
        (
            "known-1-second-frame.gif",
            gif(&[scene(Subject::Dunes, 55).draw(384, 288), first.clone()]),
        ),
        ("known-1-rotated.jpg", jpeg(&imageops::rotate90(&first), 85)),
        ("known-1-preview.dng", dng(&jpeg(&first, 80))),
        ("known-2.jpg", jpeg(&second, 85)),
        (
            "known-2-webp.webp",
            encode(&half(&second), ImageFormat::WebP),
        ),
        ("known-3.jpg", jpeg(&THIRD.photograph(640, 480), 85)),
        (
            "known-exact.gif",
            gif(&[scene(Subject::Dunes, 53).draw(160, 120)]),
        ),
        (
            "similar-not-known.jpg",
            jpeg(&scene(Subject::Village, 54).photograph(640, 480), 85),
        ),
    ];
    for (name, bytes) in samples {
        output.write(&format!("known_image/{name}"), &bytes);
    }
}

/// With a border of a twelfth.
fn framed(image: &RgbImage) -> RgbImage {
    let (x, y) = (image.width() / 12, image.height() / 12);
    let paper = Rgb([236, 232, 224]);
    let mut framed = RgbImage::from_pixel(image.width() + 2 * x, image.height() + 2 * y, paper);
    imageops::replace(&mut framed, image, i64::from(x), i64::from(y));
    framed
}

fn half(image: &RgbImage) -> RgbImage {
    imageops::resize(
        image,
        image.width() / 2,
        image.height() / 2,
        imageops::FilterType::Lanczos3,
    )
}

/// A camera's raw file with this preview: the picture in the first directory, what the sensor saw below it.
fn dng(preview: &[u8]) -> Vec<u8> {
    const MAKE: &[u8] = b"Example Cameras\0";
    const FIELDS: u32 = 11;
    const OUTSIDE: u32 = 8 + 2 + FIELDS * 12 + 4;
    let preview_at = OUTSIDE + MAKE.len() as u32;
    let below = (preview_at + preview.len() as u32).next_multiple_of(2);
    let field = |tag: u16, kind: u16, count: u32, value: u32| {
        [
            &tag.to_le_bytes()[..],
            &kind.to_le_bytes(),
            &count.to_le_bytes(),
            &value.to_le_bytes(),
        ]
        .concat()
    };
    let first = [
        field(0x00fe, 4, 1, 1),
        field(0x0100, 4, 1, 384),
        field(0x0101, 4, 1, 288),
        field(0x0103, 3, 1, 7),
        field(0x0106, 3, 1, 6),
        field(0x010f, 2, MAKE.len() as u32, OUTSIDE),
        field(0x0111, 4, 1, preview_at),
        field(0x0112, 3, 1, 1),
        field(0x0117, 4, 1, preview.len() as u32),
        field(0x014a, 4, 1, below),
        field(0xc612, 1, 4, u32::from_le_bytes([1, 4, 0, 0])),
    ];
    let sensor_at = below + 2 + 8 * 12 + 4;
    let sensor = [
        field(0x00fe, 4, 1, 0),
        field(0x0100, 4, 1, 8),
        field(0x0101, 4, 1, 8),
        field(0x0102, 3, 1, 16),
        field(0x0103, 3, 1, 1),
        field(0x0106, 3, 1, 32803),
        field(0x0111, 4, 1, sensor_at),
        field(0x0117, 4, 1, 128),
    ];
    let directory = |fields: &[Vec<u8>]| {
        let count = (fields.len() as u16).to_le_bytes();
        [&count[..], &fields.concat(), &[0; 4]].concat()
    };
    let mut file = [b"II\x2a\0\x08\0\0\0", &directory(&first)[..], MAKE, preview].concat();
    file.resize(below as usize, 0);
    file.extend(directory(&sensor));
    file.extend((0..64_u16).flat_map(|number| (number * 31 % 4096).to_le_bytes()));
    file
}
