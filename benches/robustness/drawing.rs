//! What is drawn over and around photographs.

use image::{Rgb, RgbImage, imageops};
use std::io::Cursor;

/// Numbers without order that are the same in every run.
pub(crate) struct Random(u32);

impl Random {
    pub(crate) fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995)
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// At least the first, below the second.
    pub(crate) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.next() % (to - from).max(1)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.next() as usize % of.len()]
    }
}

pub(crate) const WHITE: [u8; 3] = [255; 3];
pub(crate) const BLACK: [u8; 3] = [0; 3];

/// Saves as JPEG and reads again.
pub(crate) fn jpeg(image: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    image.write_with_encoder(encoder).unwrap();
    let reader = image::ImageReader::with_format(Cursor::new(bytes), image::ImageFormat::Jpeg);
    reader.decode().unwrap().to_rgb8()
}

pub(crate) fn resized(image: &RgbImage, width: u32, height: u32) -> RgbImage {
    imageops::resize(image, width.max(16), height.max(16), imageops::CatmullRom)
}

pub(crate) fn canvas(width: u32, height: u32, colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(colour))
}

pub(crate) fn paste(onto: &mut RgbImage, image: &RgbImage, x: u32, y: u32) {
    imageops::replace(onto, image, i64::from(x), i64::from(y));
}

/// Fills a rectangle, as far as it is inside.
pub(crate) fn fill(image: &mut RgbImage, [x, y, width, height]: [u32; 4], colour: [u8; 3]) {
    for y in y..(y + height).min(image.height()) {
        for x in x..(x + width).min(image.width()) {
            image.put_pixel(x, y, Rgb(colour));
        }
    }
}

pub(crate) fn disc(image: &mut RgbImage, (cx, cy): (u32, u32), radius: u32, colour: [u8; 3]) {
    for y in cy.saturating_sub(radius)..(cy + radius).min(image.height()) {
        for x in cx.saturating_sub(radius)..(cx + radius).min(image.width()) {
            if cx.abs_diff(x).pow(2) + cy.abs_diff(y).pow(2) < radius * radius {
                image.put_pixel(x, y, Rgb(colour));
            }
        }
    }
}

/// Five by seven dots a letter, a row a byte, the highest of five bits on the left.
const LETTERS: [[u8; 7]; 20] = [
    [14, 17, 17, 31, 17, 17, 17],
    [30, 17, 17, 30, 17, 17, 30],
    [15, 16, 16, 16, 16, 16, 15],
    [30, 17, 17, 17, 17, 17, 30],
    [31, 16, 16, 30, 16, 16, 31],
    [31, 16, 16, 30, 16, 16, 16],
    [15, 16, 16, 19, 17, 17, 15],
    [17, 17, 17, 31, 17, 17, 17],
    [4, 0, 12, 4, 4, 4, 14],
    [16, 16, 16, 16, 16, 16, 31],
    [17, 27, 21, 21, 17, 17, 17],
    [17, 25, 21, 19, 17, 17, 17],
    [14, 17, 17, 17, 17, 17, 14],
    [30, 17, 17, 30, 16, 16, 16],
    [0, 0, 30, 17, 16, 16, 16],
    [0, 0, 15, 16, 14, 1, 30],
    [31, 4, 4, 4, 4, 4, 4],
    [17, 17, 17, 17, 17, 17, 14],
    [0, 0, 14, 1, 15, 17, 15],
    [0, 0, 14, 17, 31, 16, 14],
];

/// How to write: the place of the upper left corner, the height of a letter, the colour and that of an outline.
#[derive(Clone, Copy)]
pub(crate) struct Pen {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) height: u32,
    pub(crate) colour: [u8; 3],
    pub(crate) outline: Option<[u8; 3]>,
}

/// Writes a line of words as long as `width`, at most.
pub(crate) fn line(image: &mut RgbImage, random: &mut Random, pen: Pen, width: u32) {
    let dot = (pen.height as f32 / 7.0).max(1.0);
    let advance = (dot * 6.0) as u32;
    let mut word = random.between(2, 9);
    let mut x = pen.x;
    while x + advance <= pen.x + width {
        if word == 0 {
            word = random.between(2, 9);
        } else {
            word -= 1;
            let letter = random.pick(&LETTERS);
            if let Some(outline) = pen.outline {
                let around = (dot * 0.7) as i32;
                for (dx, dy) in [
                    (-1, -1),
                    (0, -1),
                    (1, -1),
                    (-1, 0),
                    (1, 0),
                    (-1, 1),
                    (0, 1),
                    (1, 1),
                ] {
                    let x = x.saturating_add_signed(dx * around);
                    let y = pen.y.saturating_add_signed(dy * around);
                    glyph(image, &letter, (x, y), dot, outline);
                }
            }
            glyph(image, &letter, (x, pen.y), dot, pen.colour);
        }
        x += advance;
    }
}

fn glyph(image: &mut RgbImage, letter: &[u8; 7], (x, y): (u32, u32), dot: f32, colour: [u8; 3]) {
    for (row, bits) in letter.iter().enumerate() {
        for column in 0..5_u32 {
            if bits >> (4 - column) & 1 == 1 {
                let at = |n: f32| (n * dot).round() as u32;
                let (left, top) = (at(column as f32), at(row as f32));
                let size = [at(column as f32 + 1.0) - left, at(row as f32 + 1.0) - top];
                fill(
                    image,
                    [x + left, y + top, size[0].max(1), size[1].max(1)],
                    colour,
                );
            }
        }
    }
}

/// Writes lines of words of different lengths, the last one shorter.
pub(crate) fn paragraph(
    image: &mut RgbImage,
    random: &mut Random,
    pen: Pen,
    width: u32,
    lines: u32,
) {
    for n in 0..lines {
        let share = if n + 1 == lines {
            random.between(25, 90)
        } else {
            random.between(80, 101)
        };
        let pen = Pen {
            y: pen.y + n * pen.height * 8 / 5,
            ..pen
        };
        line(image, random, pen, width * share / 100);
    }
}
