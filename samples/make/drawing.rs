//! Pictures made of noise and simple shapes: enough like photographs for the hashes, and harmless.

use crate::canvas::{Canvas, lighten, mix};
use crate::noise::{cloud, grain};
use image::RgbImage;

/// What a picture shows.
#[derive(Clone, Copy)]
pub enum Subject {
    Hills,
    Sea,
    Village,
    Fruit,
    Dunes,
    Forest,
}

/// One picture: the same scene is the same picture at any size.
#[derive(Clone, Copy)]
pub struct Scene {
    pub subject: Subject,
    pub seed: u64,
}

/// A scene, in the short form that the tables of samples use.
pub const fn scene(subject: Subject, seed: u64) -> Scene {
    Scene { subject, seed }
}

impl Scene {
    /// Draws the scene without grain, which lossless formats store badly.
    pub fn draw(self, width: u32, height: u32) -> RgbImage {
        let mut canvas = Canvas::new(width, height, self.seed);
        match self.subject {
            Subject::Hills => hills(&mut canvas),
            Subject::Sea => sea(&mut canvas),
            Subject::Village => village(&mut canvas),
            Subject::Fruit => fruit(&mut canvas),
            Subject::Dunes => dunes(&mut canvas),
            Subject::Forest => forest(&mut canvas),
        }
        canvas.finish()
    }

    /// Draws the scene with the grain of a camera sensor.
    pub fn photograph(self, width: u32, height: u32) -> RgbImage {
        let mut image = self.draw(width, height);
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            let shift = (grain(self.seed, x, y) - 0.5) * 10.0;
            pixel.0 = pixel.0.map(|channel| (f64::from(channel) + shift) as u8);
        }
        image
    }
}

fn hills(canvas: &mut Canvas) {
    canvas.sky([60.0, 110.0, 190.0], [230.0, 220.0, 200.0]);
    let x = canvas.random.between(0.15, 0.85);
    canvas.disc(x, 0.2, 0.08, [255.0, 240.0, 170.0]);
    for (layer, level) in [0.4, 0.55, 0.7, 0.85].into_iter().enumerate() {
        let depth = layer as f64 / 4.0;
        canvas.ridge(
            level,
            0.35,
            mix([120.0, 140.0, 160.0], [35.0, 80.0, 25.0], depth),
        );
    }
}

fn sea(canvas: &mut Canvas) {
    canvas.sky([40.0, 60.0, 120.0], [250.0, 170.0, 110.0]);
    let (x, seed) = (canvas.random.between(0.2, 0.8), canvas.seed);
    canvas.disc(x, 0.38, 0.1, [255.0, 225.0, 140.0]);
    canvas.fill(|px, py, _| {
        let depth = (py - 0.45) / 0.55;
        let wave = cloud(seed + 70, px * 0.6, py * 4.0 / (0.3 + depth), 6.0);
        let glitter = if (px - x).abs() < 0.04 + depth * 0.1 {
            70.0
        } else {
            0.0
        };
        (depth > 0.0).then(|| {
            lighten(
                mix([25.0, 60.0, 110.0], [110.0, 170.0, 190.0], wave * 1.4 - 0.2),
                glitter * wave,
            )
        })
    });
    for _ in 0..3 {
        let (left, size) = (
            canvas.random.between(0.05, 0.85),
            canvas.random.between(0.06, 0.13),
        );
        canvas.triangle(left, 0.5, size, size * 1.6, [240.0, 235.0, 225.0]);
        canvas.rectangle(left - 0.02, 0.5, size + 0.04, 0.03, [70.0, 40.0, 30.0]);
    }
}

fn village(canvas: &mut Canvas) {
    canvas.sky([110.0, 150.0, 200.0], [225.0, 230.0, 235.0]);
    canvas.ridge(0.45, 0.3, [90.0, 120.0, 90.0]);
    canvas.ridge(0.65, 0.15, [110.0, 140.0, 60.0]);
    for row in 0..3 {
        let size = 0.1 + 0.05 * f64::from(row);
        for _ in 0..4 {
            let left = canvas.random.between(0.0, 0.9);
            let base = 0.62 + 0.15 * f64::from(row) + canvas.random.between(-0.03, 0.03);
            canvas.house(left, base, size);
        }
    }
}

fn fruit(canvas: &mut Canvas) {
    let seed = canvas.seed;
    canvas.fill(|x, y, _| {
        Some(mix(
            [60.0, 45.0, 40.0],
            [130.0, 110.0, 100.0],
            cloud(seed, x, y, 5.0),
        ))
    });
    canvas.fill(|x, y, _| {
        let grain = cloud(seed + 9, x * 0.5, y * 6.0, 7.0);
        (y > 0.55).then(|| mix([90.0, 55.0, 25.0], [200.0, 150.0, 90.0], grain))
    });
    let colours = [
        [200.0, 40.0, 30.0],
        [230.0, 150.0, 30.0],
        [120.0, 160.0, 50.0],
        [90.0, 40.0, 90.0],
    ];
    for index in 0..9 {
        let (x, y) = (
            canvas.random.between(0.1, 0.9),
            canvas.random.between(0.45, 0.85),
        );
        let radius = canvas.random.between(0.07, 0.14);
        canvas.ball(x, y, radius, colours[index % colours.len()]);
    }
}

fn dunes(canvas: &mut Canvas) {
    canvas.sky([90.0, 140.0, 200.0], [240.0, 225.0, 190.0]);
    let seed = canvas.seed;
    for (layer, level) in [0.35, 0.5, 0.65, 0.8].into_iter().enumerate() {
        canvas.ridge(
            level,
            0.25,
            mix(
                [220.0, 180.0, 120.0],
                [150.0, 85.0, 40.0],
                layer as f64 / 3.0,
            ),
        );
    }
    canvas.fill(|x, y, under| {
        let ripple = (y * 60.0 + cloud(seed + 5, x, y, 4.0) * 40.0).sin();
        (y > 0.6).then(|| lighten(under, ripple * 18.0))
    });
}

fn forest(canvas: &mut Canvas) {
    canvas.sky([150.0, 170.0, 180.0], [235.0, 235.0, 220.0]);
    canvas.ridge(0.4, 0.2, [120.0, 145.0, 135.0]);
    for row in 0..4 {
        let base = 0.6 + 0.13 * f64::from(row);
        for _ in 0..12 - 2 * row {
            let (left, height) = (
                canvas.random.between(-0.05, 1.0),
                canvas.random.between(0.2, 0.35),
            );
            let shade = canvas.random.between(0.0, 1.0);
            canvas.triangle(
                left,
                base,
                height * 0.45,
                height,
                mix([15.0, 45.0, 25.0], [75.0, 115.0, 60.0], shade),
            );
        }
    }
    canvas.ridge(0.95, 0.05, [85.0, 70.0, 45.0]);
}
