//! Pictures of text, which perceptual hashes take for one another: whether they are told from photographs.

use crate::Seen;
use crate::drawing::{BLACK, Pen, Random, WHITE, canvas, disc, jpeg, paragraph};
use image::RgbImage;
use rayon::prelude::*;

const PAGES: u32 = 300;

/// Draws posts and pages, and says how many are known for what they are and how many pairs come near.
pub(crate) fn report() {
    for (name, draw) in [("posts", post as fn(u32) -> RgbImage), ("pages", page)] {
        let seen: Vec<Seen> = (0..PAGES)
            .into_par_iter()
            .map(|n| Seen::of(&jpeg(&draw(n), Random::new(n).pick(&[60, 75, 90]))))
            .collect();
        let known = seen.iter().filter(|seen| seen.text_like).count();
        let parts: usize = seen.iter().map(Seen::parts).sum();
        let (mut pairs, mut matches, mut near) = (0, 0, 0);
        for (n, a) in seen.iter().enumerate() {
            for b in seen.iter().skip(n + 1) {
                let distance = b.upright(a.original());
                pairs += 1;
                matches += usize::from(distance <= 31);
                near += usize::from((32..=60).contains(&distance));
            }
        }
        println!(
            "{PAGES} drawn {name}: {known} text-like, {parts} parts; of {pairs} pairs {matches} at 31 or less, {near} at 32 to 60"
        );
    }
}

/// A name, a round picture and some lines, on light or dark ground.
fn post(seed: u32) -> RgbImage {
    let mut random = Random::new(seed + 1);
    let (paper, ink) = random.pick(&[
        (WHITE, BLACK),
        ([21, 32, 43], WHITE),
        (BLACK, [230; 3]),
        ([250; 3], [50; 3]),
    ]);
    let width = random.pick(&[600, 900, 1080]);
    let unit = width / 24;
    let lines = random.between(3, 9);
    let mut image = canvas(width, unit * (8 + lines * 2), paper);
    disc(
        &mut image,
        (unit * 5 / 2, unit * 5 / 2),
        unit * 3 / 2,
        [120, 140, 170],
    );
    let pen = Pen {
        x: unit * 5,
        y: unit * 3 / 2,
        height: unit * 3 / 4,
        colour: ink,
        outline: None,
    };
    paragraph(&mut image, &mut random, pen, unit * 8, 2);
    let pen = Pen {
        x: unit,
        y: unit * 5,
        height: unit,
        ..pen
    };
    paragraph(&mut image, &mut random, pen, unit * 22, lines);
    image
}

/// A letter or a page of a book.
fn page(seed: u32) -> RgbImage {
    let mut random = Random::new(seed + 1);
    let (paper, ink) = random.pick(&[
        (WHITE, BLACK),
        (WHITE, [70; 3]),
        ([250, 244, 230], [50, 40, 30]),
    ]);
    let height = random.pick(&[800, 1200, 1600]);
    let width = height * 7 / 10;
    let unit = height / random.between(60, 110);
    let mut image = canvas(width, height, paper);
    let mut y = height / 12;
    while y + unit * 12 < height {
        let lines = random.between(1, 7);
        let pen = Pen {
            x: width / 10,
            y,
            height: unit,
            colour: ink,
            outline: None,
        };
        paragraph(&mut image, &mut random, pen, width * 8 / 10, lines);
        y += lines * unit * 8 / 5 + unit * random.between(1, 3);
    }
    image
}
