//! What saving as JPEG does to a picture, by the standard's own steps: the encoder at hand keeps colours at full size, and
//! most JPEG files do not.

use image::{Rgb, RgbImage};
use std::f32::consts::PI;

/// At which size the colour differences are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chroma {
    /// 4:4:4.
    Full,
    /// 4:2:0.
    Halved,
}

/// The picture as it comes back from a JPEG file of this quality.
pub(crate) fn saved(image: &RgbImage, quality: u32, chroma: Chroma) -> RgbImage {
    let [luma, blue, red] = planes(image);
    let luma = quantised(&luma, &table(&LUMINANCE, quality));
    let table = table(&CHROMINANCE, quality);
    let [blue, red] = [blue, red].map(|plane| match chroma {
        Chroma::Full => quantised(&plane, &table),
        Chroma::Halved => doubled(&quantised(&halved(&plane), &table)),
    });
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let at = |plane: &Plane| plane.at(x as usize, y as usize);
        let (y, b, r) = (at(&luma), at(&blue) - 128.0, at(&red) - 128.0);
        let rgb = [
            y + 1.402 * r,
            y - 0.344_136 * b - 0.714_136 * r,
            y + 1.772 * b,
        ];
        Rgb(rgb.map(|value| value.round().clamp(0.0, 255.0) as u8))
    })
}

struct Plane {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Plane {
    fn new(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let values =
            (0..width * height).map(|at| value(at % width, at / width).round().clamp(0.0, 255.0));
        Self {
            width,
            height,
            values: values.collect(),
        }
    }

    /// Beyond its edge a plane goes on as it ends.
    fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y.min(self.height - 1) * self.width + x.min(self.width - 1)]
    }
}

fn planes(image: &RgbImage) -> [Plane; 3] {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let weights = [
        ([0.299, 0.587, 0.114], 0.0),
        ([-0.168_736, -0.331_264, 0.5], 128.0),
        ([0.5, -0.418_688, -0.081_312], 128.0),
    ];
    weights.map(|(weights, grey)| {
        Plane::new(width, height, |x, y| {
            let pixel = image.get_pixel(x as u32, y as u32).0;
            grey + pixel
                .iter()
                .zip(weights)
                .map(|(value, weight)| f32::from(*value) * weight)
                .sum::<f32>()
        })
    })
}

fn halved(plane: &Plane) -> Plane {
    Plane::new(plane.width.div_ceil(2), plane.height.div_ceil(2), |x, y| {
        let (x, y) = (2 * x, 2 * y);
        (plane.at(x, y) + plane.at(x + 1, y) + plane.at(x, y + 1) + plane.at(x + 1, y + 1)) / 4.0
    })
}

/// Between two values lie mixtures of them, three parts to one.
fn doubled(plane: &Plane) -> Plane {
    let beside = |place: usize| {
        if place.is_multiple_of(2) {
            (place / 2).saturating_sub(1)
        } else {
            place / 2 + 1
        }
    };
    Plane::new(plane.width * 2, plane.height * 2, |x, y| {
        let row = |y: usize| 0.75 * plane.at(x / 2, y) + 0.25 * plane.at(beside(x), y);
        0.75 * row(y / 2) + 0.25 * row(beside(y))
    })
}

type Table = [f32; 64];

const LUMINANCE: [u32; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMINANCE: [u32; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// The standard's table, at a quality of 50 or more.
fn table(base: &[u32; 64], quality: u32) -> Table {
    base.map(|step| ((step * (200 - 2 * quality) + 50) / 100).clamp(1, 255) as f32)
}

fn quantised(plane: &Plane, table: &Table) -> Plane {
    let cosines = cosines();
    let mut values = vec![0.0; plane.width * plane.height];
    for top in (0..plane.height).step_by(8) {
        for left in (0..plane.width).step_by(8) {
            let block: Table =
                std::array::from_fn(|at| plane.at(left + at % 8, top + at / 8) - 128.0);
            let mut turned = both_ways(&block, &cosines, false);
            for (value, step) in turned.iter_mut().zip(table) {
                *value = (*value / step).round() * step;
            }
            for (at, value) in both_ways(&turned, &cosines, true).into_iter().enumerate() {
                let (x, y) = (left + at % 8, top + at / 8);
                if x < plane.width && y < plane.height {
                    values[y * plane.width + x] = value + 128.0;
                }
            }
        }
    }
    Plane::new(plane.width, plane.height, |x, y| {
        values[y * plane.width + x]
    })
}

/// The cosine transform of rows, then of columns; or back.
fn both_ways(block: &Table, cosines: &Table, back: bool) -> Table {
    let turn = |block: &Table| -> Table {
        std::array::from_fn(|at| {
            let (row, column) = (at / 8, at % 8);
            // The result lies on its side, so that the second turn takes the columns.
            let weight = |i: usize| {
                if back {
                    cosines[i * 8 + row]
                } else {
                    cosines[row * 8 + i]
                }
            };
            (0..8).map(|i| block[column * 8 + i] * weight(i)).sum()
        })
    };
    turn(&turn(block))
}

/// Row `k` is the wave of frequency `k`.
fn cosines() -> Table {
    std::array::from_fn(|at| {
        let (frequency, place) = (at / 8, at % 8);
        let scale = if frequency == 0 {
            0.125_f32.sqrt()
        } else {
            0.5
        };
        scale * ((2 * place + 1) as f32 * frequency as f32 * PI / 16.0).cos()
    })
}
