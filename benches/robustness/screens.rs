//! Screenshots: pictures among the parts of an app.

use crate::drawing::{BLACK, Pen, Random, WHITE, canvas, disc, fill, line, paragraph, paste};
use image::RgbImage;

/// Time, signal and battery.
fn status(image: &mut RgbImage, random: &mut Random, band: u32, ink: [u8; 3]) {
    let width = image.width();
    let pen = Pen {
        x: width * 4 / 100,
        y: band * 3 / 10,
        height: band * 4 / 10,
        colour: ink,
        outline: None,
    };
    line(image, random, pen, width * 12 / 100);
    for n in 0..3 {
        fill(
            image,
            [
                width * (86 + n * 4) / 100,
                band * 3 / 10,
                width * 3 / 100,
                band * 4 / 10,
            ],
            ink,
        );
    }
}

/// A status bar above and a bar with three buttons below, 4 % each.
pub(crate) fn status_bar(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (paper, ink) = random.pick(&[(WHITE, BLACK), (BLACK, WHITE), ([30, 30, 35], [230; 3])]);
    let (width, height) = image.dimensions();
    let band = (height * 4 / 100).max(8);
    let mut out = canvas(width, height + 2 * band, paper);
    status(&mut out, &mut random, band, ink);
    for n in 1..4 {
        disc(
            &mut out,
            (width * n / 4, height + band * 3 / 2),
            band / 4,
            ink,
        );
    }
    paste(&mut out, image, 0, band);
    out
}

/// A tall phone screen that shows nothing but the picture, on black or white, with a few signs above and below.
pub(crate) fn viewer(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (paper, ink) = random.pick(&[(BLACK, WHITE), (WHITE, [50; 3]), ([18; 3], [220; 3])]);
    let (width, height) = image.dimensions();
    let full = (width * 2).max(height * 13 / 10);
    let mut out = canvas(width, full, paper);
    status(&mut out, &mut random, full / 28, ink);
    disc(&mut out, (width / 12, full * 7 / 100), width / 40, ink);
    for n in 1..5 {
        disc(&mut out, (width * n / 5, full * 96 / 100), width / 36, ink);
    }
    paste(&mut out, image, 0, (full - height) / 2);
    out
}

/// A post in an app: status bar, coloured header, who posted, the picture, buttons and text.
pub(crate) fn post(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (width, height) = image.dimensions();
    let unit = width / 12;
    let (paper, ink) = random.pick(&[
        (WHITE, [30; 3]),
        ([21, 32, 43], [235; 3]),
        (WHITE, BLACK),
        ([250; 3], [60; 3]),
    ]);
    let head = random.pick(&[paper, [59, 89, 152], [200, 40, 40], paper]);
    let above = unit * 4;
    let mut out = canvas(width, above + height + unit * 6, paper);
    fill(&mut out, [0, 0, width, unit * 2], head);
    let on_head = if head[0] < 128 { WHITE } else { ink };
    status(&mut out, &mut random, unit * 3 / 4, on_head);
    let pen = Pen {
        x: unit,
        y: unit,
        height: unit / 2,
        colour: on_head,
        outline: None,
    };
    line(&mut out, &mut random, pen, unit * 5);
    disc(&mut out, (unit, unit * 3), unit * 2 / 3, [120, 140, 170]);
    let pen = Pen {
        x: unit * 2,
        y: unit * 5 / 2,
        height: unit / 3,
        colour: ink,
        outline: None,
    };
    paragraph(&mut out, &mut random, pen, unit * 5, 2);
    paste(&mut out, image, 0, above);
    let under = above + height;
    for n in 0..3 {
        disc(
            &mut out,
            (unit + n * unit * 3 / 2, under + unit),
            unit / 3,
            ink,
        );
    }
    let pen = Pen {
        x: unit / 2,
        y: under + unit * 2,
        height: unit / 3,
        ..pen
    };
    let pen = Pen { colour: ink, ..pen };
    paragraph(&mut out, &mut random, pen, width - unit, 5);
    out
}

/// A wide page with the picture in a column, text above and below it and margins beside it.
pub(crate) fn card(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (width, height) = image.dimensions();
    let margin = width * random.between(8, 30) / 100;
    let unit = width / 20;
    let (paper, ink) = random.pick(&[
        (WHITE, [30; 3]),
        ([21, 32, 43], [235; 3]),
        ([240, 242, 245], [20; 3]),
    ]);
    let full = width + 2 * margin;
    let mut out = canvas(full, height + unit * 9, paper);
    fill(&mut out, [0, 0, full, unit * 2], [45, 60, 80]);
    let pen = Pen {
        x: unit,
        y: unit * 3 / 4,
        height: unit / 2,
        colour: WHITE,
        outline: None,
    };
    line(&mut out, &mut random, pen, unit * 8);
    let pen = Pen {
        x: margin,
        y: unit * 5 / 2,
        height: unit / 2,
        colour: ink,
        outline: None,
    };
    paragraph(&mut out, &mut random, pen, width, 2);
    paste(&mut out, image, margin, unit * 5);
    let pen = Pen {
        y: unit * 6 + height,
        ..pen
    };
    paragraph(&mut out, &mut random, pen, width, 3);
    out
}
