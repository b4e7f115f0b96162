//! The shapes that pictures are painted with.

use crate::noise::{Random, cloud};
use image::{Rgb, RgbImage};

pub type Colour = [f64; 3];

/// A picture in the making; coordinates run from 0 to 1 over its width and height.
pub struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<Colour>,
    /// Where things stand in this picture.
    pub random: Random,
    /// What its noise is made from.
    pub seed: u64,
}

impl Canvas {
    pub fn new(width: u32, height: u32, seed: u64) -> Self {
        let pixels = vec![[0.0; 3]; (width * height) as usize];
        Self {
            width,
            height,
            pixels,
            random: Random::new(seed),
            seed: seed << 8,
        }
    }

    /// Repaints every pixel for which `paint` has a colour, given what is there.
    pub fn fill(&mut self, paint: impl Fn(f64, f64, Colour) -> Option<Colour>) {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            let (column, row) = (index as u32 % self.width, index as u32 / self.width);
            *pixel = paint(
                (f64::from(column) + 0.5) / width,
                (f64::from(row) + 0.5) / height,
                *pixel,
            )
            .unwrap_or(*pixel);
        }
    }

    pub fn sky(&mut self, top: Colour, horizon: Colour) {
        let seed = self.seed;
        self.fill(|x, y, _| {
            let clouds = (cloud(seed, x, y * 2.0, 3.0) - 0.45).max(0.0) * 260.0;
            Some(lighten(mix(top, horizon, y * 1.6), clouds))
        });
    }

    /// A range of hills down to the bottom of the picture, its crest about `level`.
    pub fn ridge(&mut self, level: f64, roughness: f64, colour: Colour) {
        let seed = self.random.next() >> 8;
        self.fill(|x, y, _| {
            let crest = level + (cloud(seed, x, 0.5, 3.0) - 0.5) * roughness;
            let texture = (cloud(seed + 9, x, y, 14.0) - 0.5) * 130.0;
            (y > crest).then(|| lighten(colour, texture - (y - crest) * 60.0))
        });
    }

    pub fn disc(&mut self, x: f64, y: f64, radius: f64, colour: Colour) {
        let aspect = self.aspect();
        self.fill(|px, py, _| (distance(px - x, (py - y) * aspect) < radius).then_some(colour));
    }

    /// A sphere lit from the upper left, with the shadow it throws.
    pub fn ball(&mut self, x: f64, y: f64, radius: f64, colour: Colour) {
        let aspect = self.aspect();
        self.fill(|px, py, under| {
            let shadow = distance(
                px - x - radius * 0.3,
                (py - y - radius * 0.9) * aspect * 2.0,
            );
            (shadow < radius * 1.1).then(|| lighten(under, -45.0))
        });
        self.fill(|px, py, _| {
            let (dx, dy) = ((px - x) / radius, (py - y) * aspect / radius);
            let light = 1.0 - distance(dx + 0.35, dy + 0.35);
            (distance(dx, dy) < 1.0).then(|| lighten(colour, light * 90.0))
        });
    }

    pub fn rectangle(&mut self, left: f64, top: f64, width: f64, height: f64, colour: Colour) {
        self.fill(|x, y, _| {
            (x > left && x < left + width && y > top && y < top + height).then_some(colour)
        });
    }

    /// A triangle standing on `base`.
    pub fn triangle(&mut self, left: f64, base: f64, width: f64, height: f64, colour: Colour) {
        self.fill(|x, y, _| {
            let up = (base - y) / height;
            let off = (x - left - width / 2.0).abs() / (width / 2.0);
            (up > 0.0 && off + up < 1.0).then(|| lighten(colour, (x - left) / width * 50.0 - 25.0))
        });
    }

    pub fn house(&mut self, left: f64, base: f64, size: f64) {
        let tone = self.random.between(0.0, 1.0);
        let wall = mix([235.0, 225.0, 205.0], [180.0, 120.0, 90.0], tone);
        self.rectangle(left, base - size * 0.7, size, size * 0.7, wall);
        self.triangle(
            left - size * 0.1,
            base - size * 0.65,
            size * 1.2,
            size * 0.5,
            [140.0, 55.0, 40.0],
        );
        for window in [0.15, 0.6] {
            self.rectangle(
                left + size * window,
                base - size * 0.5,
                size * 0.22,
                size * 0.22,
                [45.0, 55.0, 70.0],
            );
        }
    }

    fn aspect(&self) -> f64 {
        f64::from(self.height) / f64::from(self.width)
    }

    pub fn finish(self) -> RgbImage {
        let width = self.width;
        RgbImage::from_fn(width, self.height, |x, y| {
            Rgb(self.pixels[(y * width + x) as usize]
                .map(|channel| channel.clamp(5.0, 250.0).round() as u8))
        })
    }
}

pub fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}

pub fn lighten(colour: Colour, by: f64) -> Colour {
    colour.map(|channel| channel + by)
}

fn distance(x: f64, y: f64) -> f64 {
    x.hypot(y)
}
