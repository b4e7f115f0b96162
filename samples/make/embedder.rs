//! The open watermark as its writers put it in: the method `dwtDct` of the package `invisible-watermark`, written anew from
//! its description. Only samples, tests and benchmarks use it.

#![allow(dead_code, reason = "each user takes its own part")]

use image::{Rgb, RgbImage};

/// How a writer holds the picture while it puts the mark in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// As floating-point numbers, which are rounded once the mark is in.
    Floats,
    /// The same, with red and blue in each other's place.
    SwappedFloats,
    /// As bytes, at every step.
    Bytes,
}

/// A writer: its tool as reports name it, the message's bits, and how it holds the picture.
#[derive(Clone, Copy)]
pub(crate) struct Writer {
    pub(crate) tool: &'static str,
    pub(crate) message: &'static str,
    pub(crate) held: Held,
}

/// All known writers. A message of zeros and ones is that; any other is a text.
pub(crate) const WRITERS: [Writer; 6] = [
    Writer {
        tool: "Stable Diffusion XL",
        message: "101100111110110010010000011110111011000110011110",
        held: Held::Floats,
    },
    Writer {
        tool: "Stable Diffusion XL",
        message: "101100111110110010010000011110111011000110011110",
        held: Held::SwappedFloats,
    },
    Writer {
        tool: "FLUX",
        message: "1010101111111010000111100111001111010100101110",
        held: Held::Floats,
    },
    Writer {
        tool: "Stable Diffusion 1.x",
        message: "StableDiffusionV1",
        held: Held::Bytes,
    },
    Writer {
        tool: "Stable Diffusion 2.x",
        message: "SDV2",
        held: Held::Bytes,
    },
    Writer {
        tool: "InvokeAI",
        message: "InvokeAI",
        held: Held::Bytes,
    },
];

impl Writer {
    /// The picture with the mark in it.
    pub(crate) fn mark(&self, image: &RgbImage) -> RgbImage {
        embed(image, &bits(self.message), self.held)
    }
}

fn bits(message: &str) -> Vec<bool> {
    if message.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
        return message.bytes().map(|byte| byte == b'1').collect();
    }
    message
        .bytes()
        .flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1 == 1))
        .collect()
}

/// Luma, and the differences of blue and red from it, by OpenCV's numbers.
struct Yuv {
    y: f64,
    u: f64,
    v: f64,
}

/// Puts any message in.
pub(crate) fn embed(image: &RgbImage, message: &[bool], held: Held) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let swap = held == Held::SwappedFloats;
    let bytes = held == Held::Bytes;
    let mut pixels: Vec<Yuv> = image
        .pixels()
        .map(|pixel| to_yuv(if swap { swapped(*pixel) } else { *pixel }, bytes))
        .collect();
    let mut block = 0;
    for top in (0..height / 8).map(|row| row * 8) {
        for left in (0..width / 8).map(|column| column * 8) {
            let bit = message[block % message.len()];
            mark_block(&mut pixels, width, left, top, bit);
            block += 1;
        }
    }
    let exchanged = (width / 4 * 4, height / 4 * 4);
    exchange_details(&mut pixels, width, exchanged, bytes);
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let pixel = to_rgb(&pixels[y as usize * width + x as usize], bytes);
        if swap { swapped(pixel) } else { pixel }
    })
}

fn swapped(Rgb([red, green, blue]): Rgb<u8>) -> Rgb<u8> {
    Rgb([blue, green, red])
}

/// U lies around 128 in bytes and around 0.5 in floating-point numbers, whatever the range of these.
fn grey(bytes: bool) -> f64 {
    if bytes { 128.0 } else { 0.5 }
}

fn to_yuv(Rgb(rgb): Rgb<u8>, bytes: bool) -> Yuv {
    let [red, green, blue] = rgb.map(f64::from);
    let round = |value: f64| if bytes { value.round() } else { value };
    let y = round(0.299 * red + 0.587 * green + 0.114 * blue);
    Yuv {
        y,
        u: round((blue - y) * 0.492 + grey(bytes)),
        v: round((red - y) * 0.877 + grey(bytes)),
    }
}

fn to_rgb(Yuv { y, u, v }: &Yuv, bytes: bool) -> Rgb<u8> {
    let (u, v) = (u - grey(bytes), v - grey(bytes));
    Rgb([y + 1.14 * v, y - 0.395 * u - 0.581 * v, y + 2.032 * u]
        .map(|value| value.round().clamp(0.0, 255.0) as u8))
}

/// Moves the largest of the block's low frequencies, but for the first, to the quarter of its step that stands for the bit.
fn mark_block(pixels: &mut [Yuv], width: usize, left: usize, top: usize, bit: bool) {
    let at = |place: usize| (top + place / 4 * 2) * width + left + place % 4 * 2;
    let four = |place: usize| [0, 1, width, width + 1].map(|step| at(place) + step);
    let value =
        |pixels: &[Yuv], place| four(place).map(|at| pixels[at].u).iter().sum::<f64>() / 2.0;
    // The first of equals, as there.
    let largest = (2..16).fold(1, |best, place| {
        let larger = value(pixels, place).abs() > value(pixels, best).abs();
        if larger { place } else { best }
    });
    let old = value(pixels, largest);
    let size = ((old.abs() / 36.0).floor() + if bit { 0.75 } else { 0.25 }) * 36.0;
    let new = if old < 0.0 { -size } else { size };
    for at in four(largest) {
        pixels[at].u += (new - old) / 2.0;
    }
}

/// On the way back the package takes rows for columns in the finest details, and cuts bytes off instead of rounding.
fn exchange_details(pixels: &mut [Yuv], width: usize, (across, down): (usize, usize), bytes: bool) {
    for top in (0..down).step_by(2) {
        for left in (0..across).step_by(2) {
            let corner = top * width + left;
            let (right, below) = (pixels[corner + 1].u, pixels[corner + width].u);
            pixels[corner + 1].u = below;
            pixels[corner + width].u = right;
            if bytes {
                for step in [0, 1, width, width + 1] {
                    pixels[corner + step].u = pixels[corner + step].u.floor();
                }
            }
        }
    }
}
