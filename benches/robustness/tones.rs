//! Changes that leave the frame as it is: compression, scaling, cropping, turning, tones, noise and what is drawn on top.

use crate::Change;
use crate::drawing::{BLACK, Pen, Random, WHITE, jpeg, line, resized};
use image::{Rgb, RgbImage, imageops};

pub(crate) const ALL: &[Change] = &[
    ("unchanged", |i, _| i.clone()),
    ("jpeg_q95", |i, _| jpeg(i, 95)),
    ("jpeg_q75", |i, _| jpeg(i, 75)),
    ("jpeg_q50", |i, _| jpeg(i, 50)),
    ("jpeg_q30", |i, _| jpeg(i, 30)),
    ("jpeg_q20", |i, _| jpeg(i, 20)),
    ("jpeg_q10", |i, _| jpeg(i, 10)),
    ("resize_75%", |i, _| scaled(i, 75)),
    ("resize_50%", |i, _| scaled(i, 50)),
    ("resize_25%", |i, _| scaled(i, 25)),
    ("resize_12%", |i, _| scaled(i, 12)),
    ("resize_stretch_w80%", |i, _| {
        resized(i, i.width() * 4 / 5, i.height())
    }),
    ("crop_2%", |i, _| cropped(i, 2)),
    ("crop_5%", |i, _| cropped(i, 5)),
    ("crop_10%", |i, _| cropped(i, 10)),
    ("crop_20%", |i, _| cropped(i, 20)),
    ("cropleft_5%", |i, _| cropped_left(i, 5)),
    ("cropleft_10%", |i, _| cropped_left(i, 10)),
    ("rot90", |i, _| imageops::rotate90(i)),
    ("rot180", |i, _| imageops::rotate180(i)),
    ("rot270", |i, _| imageops::rotate270(i)),
    ("flipx", |i, _| imageops::flip_vertical(i)),
    ("flipy", |i, _| imageops::flip_horizontal(i)),
    ("rot1deg", |i, _| turned(i, 1.0)),
    ("rot2deg", |i, _| turned(i, 2.0)),
    ("rot5deg", |i, _| turned(i, 5.0)),
    ("bright_0.5", |i, _| each(i, |v| v * 0.5)),
    ("bright_0.75", |i, _| each(i, |v| v * 0.75)),
    ("bright_1.25", |i, _| each(i, |v| v * 1.25)),
    ("bright_1.5", |i, _| each(i, |v| v * 1.5)),
    ("contrast_0.5", |i, _| contrast(i, 0.5)),
    ("contrast_1.5", |i, _| contrast(i, 1.5)),
    ("contrast_2.0", |i, _| contrast(i, 2.0)),
    ("gamma_0.6", |i, _| {
        each(i, |v| (v / 255.0).powf(0.6) * 255.0)
    }),
    ("gamma_1.6", |i, _| {
        each(i, |v| (v / 255.0).powf(1.6) * 255.0)
    }),
    ("saturation_2", |i, _| saturated(i, 2.0)),
    ("grayscale", |i, _| saturated(i, 0.0)),
    ("blur_r1@512", |i, _| blurred(i, 1.0)),
    ("blur_r2@512", |i, _| blurred(i, 2.0)),
    ("blur_r4@512", |i, _| blurred(i, 4.0)),
    ("noise_s5", |i, n| noisy(i, n, 5.0)),
    ("noise_s15", |i, n| noisy(i, n, 15.0)),
    ("noise_s30", |i, n| noisy(i, n, 30.0)),
    ("sharpen", |i, _| imageops::unsharpen(i, 2.0, 0)),
    ("watermark_corner", watermark_corner),
    ("watermark_tiled", watermark_tiled),
    ("meme_text", meme_text),
    ("resize50+jpeg60", |i, _| jpeg(&scaled(i, 50), 60)),
    ("resize50+jpeg40+crop2", |i, _| {
        jpeg(&cropped(&scaled(i, 50), 2), 40)
    }),
    ("rot90+jpeg60+resize50", |i, _| {
        jpeg(&scaled(&imageops::rotate90(i), 50), 60)
    }),
];

pub(crate) fn scaled(image: &RgbImage, percent: u32) -> RgbImage {
    resized(
        image,
        image.width() * percent / 100,
        image.height() * percent / 100,
    )
}

/// Cuts off so many hundredths of each side's length, half of it at either end.
fn cropped(image: &RgbImage, percent: u32) -> RgbImage {
    let (x, y) = (
        image.width() * percent / 200,
        image.height() * percent / 200,
    );
    let (width, height) = (image.width() - 2 * x, image.height() - 2 * y);
    imageops::crop_imm(image, x, y, width, height).to_image()
}

fn cropped_left(image: &RgbImage, percent: u32) -> RgbImage {
    let x = image.width() * percent / 100;
    imageops::crop_imm(image, x, 0, image.width() - x, image.height()).to_image()
}

/// Turned about the middle, the corners left black.
fn turned(image: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (cx, cy) = (image.width() as f32 / 2.0, image.height() as f32 / 2.0);
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let (dx, dy) = (x as f32 + 0.5 - cx, y as f32 + 0.5 - cy);
        let (u, v) = (
            cx + dx * cos + dy * sin - 0.5,
            cy - dx * sin + dy * cos - 0.5,
        );
        imageops::interpolate_bilinear(image, u, v).unwrap_or(Rgb(BLACK))
    })
}

fn each(image: &RgbImage, change: impl Fn(f32) -> f32) -> RgbImage {
    let mut table = [0; 256];
    for (n, to) in table.iter_mut().enumerate() {
        *to = change(n as f32).round().clamp(0.0, 255.0) as u8;
    }
    let mut image = image.clone();
    for sample in image.iter_mut() {
        *sample = table[usize::from(*sample)];
    }
    image
}

fn luma(pixel: &Rgb<u8>) -> f32 {
    let [r, g, b] = pixel.0.map(f32::from);
    0.299 * r + 0.587 * g + 0.114 * b
}

/// About the mean luma.
fn contrast(image: &RgbImage, by: f32) -> RgbImage {
    let sum: f64 = image.pixels().map(|pixel| f64::from(luma(pixel))).sum();
    let mean = (sum / image.pixels().len() as f64) as f32;
    each(image, |v| mean + (v - mean) * by)
}

fn saturated(image: &RgbImage, by: f32) -> RgbImage {
    let mut image = image.clone();
    for pixel in image.pixels_mut() {
        let grey = luma(pixel);
        pixel.0 = pixel
            .0
            .map(|v| (grey + (f32::from(v) - grey) * by).clamp(0.0, 255.0) as u8);
    }
    image
}

/// By a radius that is meant for a longest side of 512.
fn blurred(image: &RgbImage, radius: f32) -> RgbImage {
    let longest = image.width().max(image.height()) as f32;
    imageops::fast_blur(image, radius * longest / 512.0)
}

fn noisy(image: &RgbImage, seed: u32, sigma: f32) -> RgbImage {
    let mut random = Random::new(seed);
    let mut image = image.clone();
    for sample in image.iter_mut() {
        // Four uniform numbers add up to nearly a normal one, of variance 4 / 12.
        let sum: f32 = (0..4)
            .map(|_| (random.next() >> 8) as f32 / 16_777_216.0 - 0.5)
            .sum();
        *sample = (f32::from(*sample) + sum * 1.732 * sigma).clamp(0.0, 255.0) as u8;
    }
    image
}

/// A line of white letters in a corner, a third of the picture wide.
fn watermark_corner(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let mut marked = image.clone();
    let (width, height) = image.dimensions();
    let pen = Pen {
        x: width * 62 / 100,
        y: height * 90 / 100,
        height: height / 18,
        colour: WHITE,
        outline: None,
    };
    line(&mut marked, &mut random, pen, width * 35 / 100);
    jpeg(&marked, 85)
}

/// Half transparent letters all over.
fn watermark_tiled(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let mut marked = image.clone();
    let (width, height) = image.dimensions();
    for (row, y) in (height / 12..height)
        .step_by((height / 6).max(1) as usize)
        .enumerate()
    {
        let shift = if row % 2 == 0 { 0 } else { width / 8 };
        for x in (shift..width).step_by((width / 4).max(1) as usize) {
            let pen = Pen {
                x,
                y,
                height: height / 24,
                colour: WHITE,
                outline: None,
            };
            line(&mut marked, &mut random, pen, width * 16 / 100);
        }
    }
    for (to, from) in marked.iter_mut().zip(image.iter()) {
        *to = ((u16::from(*to) * 2 + u16::from(*from) * 3) / 5) as u8;
    }
    jpeg(&marked, 85)
}

/// Big white letters with a black outline along the top and the bottom.
fn meme_text(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let mut marked = image.clone();
    let (width, height) = image.dimensions();
    let size = (width / 13).min(height / 7);
    for y in [height * 3 / 100, height * 97 / 100 - size] {
        let pen = Pen {
            x: width * 8 / 100,
            y,
            height: size,
            colour: WHITE,
            outline: Some(BLACK),
        };
        line(&mut marked, &mut random, pen, width * 84 / 100);
    }
    jpeg(&marked, 85)
}
