//! Changes that put something around the picture: borders, bars, captions, the parts of an app.

use crate::Change;
use crate::drawing::{BLACK, Pen, Random, WHITE, canvas, jpeg, line, paragraph, paste, resized};
use crate::screens::{card, post, status_bar, viewer};
use crate::tones::scaled;
use image::{RgbImage, imageops};

pub(crate) const ALL: &[Change] = &[
    ("border_2%", |i, n| any_quality(&border(i, n, 20), n)),
    ("border_5%", |i, n| any_quality(&border(i, n, 50), n)),
    ("border_10%", |i, n| any_quality(&border(i, n, 100), n)),
    ("border_black_5%", |i, _| {
        jpeg(&framed(i, [50; 4], BLACK), 80)
    }),
    ("border_white_5%", |i, _| {
        jpeg(&framed(i, [50; 4], WHITE), 80)
    }),
    ("border_uneven", |i, n| any_quality(&border_uneven(i, n), n)),
    ("border_double", |i, n| any_quality(&border_double(i, n), n)),
    ("border_5%+noise", |i, n| noisy(&border(i, n, 50), n)),
    ("border_5%+resize50+jpeg60", |i, n| {
        jpeg(&scaled(&border(i, n, 50), 50), 60)
    }),
    ("border_5%+rot90", |i, n| {
        any_quality(&imageops::rotate90(&border(i, n, 50)), n)
    }),
    ("letterbox_12%", |i, n| {
        any_quality(&framed(i, [120, 120, 0, 0], BLACK), n)
    }),
    ("letterbox_colour", |i, n| any_quality(&letterbox(i, n), n)),
    ("letterbox_uneven", |i, n| {
        any_quality(&letterbox_uneven(i, n), n)
    }),
    ("letterbox_blurred", |i, n| {
        any_quality(&letterbox_blurred(i), n)
    }),
    ("letterbox_square", |i, n| any_quality(&square(i, n), n)),
    ("caption_15%", |i, n| any_quality(&caption(i, n), n)),
    ("caption_below", |i, n| any_quality(&caption_below(i, n), n)),
    ("caption_both", |i, n| any_quality(&caption_both(i, n), n)),
    ("caption+border", |i, n| {
        any_quality(&framed(&caption(i, n), [30; 4], WHITE), n)
    }),
    ("caption+resize50+jpeg60", |i, n| {
        jpeg(&scaled(&caption(i, n), 50), 60)
    }),
    ("screenshot_like", |i, n| any_quality(&status_bar(i, n), n)),
    ("screenshot_viewer", |i, n| any_quality(&viewer(i, n), n)),
    ("screenshot_post", |i, n| any_quality(&post(i, n), n)),
    ("screenshot_card", |i, n| any_quality(&card(i, n), n)),
    ("screenshot_post+resize50+jpeg60", |i, n| {
        jpeg(&scaled(&post(i, n), 50), 60)
    }),
];

/// Saved at one of the qualities that services use.
fn any_quality(image: &RgbImage, seed: u32) -> RgbImage {
    jpeg(image, Random::new(seed ^ 77).pick(&[60, 75, 85, 92]))
}

fn any_colour(random: &mut Random) -> [u8; 3] {
    let any = [(); 3].map(|()| random.next() as u8);
    random.pick(&[
        WHITE, BLACK, WHITE, BLACK, [16; 3], [240; 3], [128; 3], any, any,
    ])
}

/// Bands above, below, to the left and to the right, in thousandths of the height and width.
fn framed(image: &RgbImage, sides: [u32; 4], colour: [u8; 3]) -> RgbImage {
    let (width, height) = image.dimensions();
    let [top, bottom] = [sides[0], sides[1]].map(|part| height * part / 1000);
    let [left, right] = [sides[2], sides[3]].map(|part| width * part / 1000);
    let mut out = canvas(width + left + right, height + top + bottom, colour);
    paste(&mut out, image, left, top);
    out
}

fn border(image: &RgbImage, seed: u32, part: u32) -> RgbImage {
    framed(image, [part; 4], any_colour(&mut Random::new(seed)))
}

fn border_uneven(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let sides = [(); 4].map(|()| random.pick(&[0, 0, 20, 40, 80, 130]));
    framed(image, sides, any_colour(&mut random))
}

fn border_double(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (inner, outer) = random.pick(&[(BLACK, WHITE), (WHITE, BLACK), ([200; 3], [90, 60, 30])]);
    framed(&framed(image, [8; 4], inner), [60; 4], outer)
}

fn letterbox(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let part = random.between(60, 350);
    let sides = random.pick(&[[part, part, 0, 0], [0, 0, part, part]]);
    framed(image, sides, any_colour(&mut random))
}

fn letterbox_uneven(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (a, b) = (random.between(30, 250), random.between(30, 250));
    let sides = random.pick(&[[a, b, 0, 0], [0, 0, a, b], [a, 0, 0, 0], [0, b, 0, 0]]);
    framed(image, sides, any_colour(&mut random))
}

/// Filled up to a square or a tall frame with the picture itself, enlarged and blurred.
fn letterbox_blurred(image: &RgbImage) -> RgbImage {
    let (width, height) = image.dimensions();
    let (full_width, full_height) = if width >= height {
        (width, width * 5 / 4)
    } else {
        (height * 5 / 4, height)
    };
    let small = resized(image, full_width / 8, full_height / 8);
    let mut out = resized(&imageops::fast_blur(&small, 5.0), full_width, full_height);
    paste(
        &mut out,
        image,
        (full_width - width) / 2,
        (full_height - height) / 2,
    );
    out
}

/// Filled up to a square with one colour.
fn square(image: &RgbImage, seed: u32) -> RgbImage {
    let (width, height) = image.dimensions();
    let side = width.max(height) * 21 / 20;
    let mut out = canvas(side, side, any_colour(&mut Random::new(seed)));
    paste(&mut out, image, (side - width) / 2, (side - height) / 2);
    out
}

/// Dark on light, mostly.
fn paper_and_ink(random: &mut Random) -> ([u8; 3], [u8; 3]) {
    random.pick(&[
        (WHITE, BLACK),
        (WHITE, [40; 3]),
        ([245; 3], [20, 20, 60]),
        (BLACK, WHITE),
        ([255, 240, 200], [60, 30, 10]),
    ])
}

/// A band of text above the picture, 15 % of its height.
fn caption(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (paper, ink) = paper_and_ink(&mut random);
    let (width, height) = image.dimensions();
    let band = height * 15 / 100;
    let mut out = canvas(width, height + band, paper);
    paste(&mut out, image, 0, band);
    let lines = random.between(1, 4);
    let size = band * 10 / 16 / lines.max(1);
    let pen = Pen {
        x: width * 4 / 100,
        y: band * 12 / 100,
        height: size,
        colour: ink,
        outline: None,
    };
    paragraph(&mut out, &mut random, pen, width * 92 / 100, lines);
    out
}

fn caption_below(image: &RgbImage, seed: u32) -> RgbImage {
    let turned = caption(&imageops::rotate180(image), seed);
    let (width, height) = image.dimensions();
    let band = turned.height() - height;
    let text = imageops::crop_imm(&turned, 0, 0, width, band).to_image();
    let mut out = canvas(width, height + band, WHITE);
    paste(&mut out, image, 0, 0);
    paste(&mut out, &text, 0, height);
    out
}

/// A headline above and small print below.
fn caption_both(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let (paper, ink) = paper_and_ink(&mut random);
    let (width, height) = image.dimensions();
    let (above, below) = (
        height * random.between(8, 25) / 100,
        height * random.between(5, 15) / 100,
    );
    let mut out = canvas(width, height + above + below, paper);
    paste(&mut out, image, 0, above);
    let pen = Pen {
        x: width * 3 / 100,
        y: above / 5,
        height: above / 2,
        colour: ink,
        outline: None,
    };
    line(&mut out, &mut random, pen, width * 9 / 10);
    let pen = Pen {
        x: width * 3 / 100,
        y: height + above + below / 4,
        height: below / 4,
        ..pen
    };
    paragraph(&mut out, &mut random, pen, width * 6 / 10, 2);
    out
}

/// The grain of a filmed or scanned frame.
fn noisy(image: &RgbImage, seed: u32) -> RgbImage {
    let mut random = Random::new(seed);
    let mut image = image.clone();
    for sample in image.iter_mut() {
        *sample = sample.saturating_add_signed((random.next() % 9) as i8 - 4);
    }
    jpeg(&image, 85)
}
