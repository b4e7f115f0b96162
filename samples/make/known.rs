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
