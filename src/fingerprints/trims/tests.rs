use super::super::pdq::{self, Dihedral, PDQ, PDQ_512, full_size};
use super::super::{Layout, Raster, SHA256};
use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};
use proptest::prelude::*;

type Colour = [u8; 3];

const WHITE: Colour = [255; 3];
const BLACK: Colour = [0; 3];

/// Noise without order, the same for the same place.
fn random(x: u32, y: u32) -> u32 {
    let mut n = x.wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b) ^ 0x27d4_eb2f;
    n = (n ^ (n >> 15)).wrapping_mul(0x2c1b_3c6d);
    n ^ (n >> 12)
}

/// Hills of light and shade with some grain: as uneven as a photograph.
fn scene(width: u32, height: u32) -> RgbImage {
    let hill = |x: f32, y: f32, size: f32, seed: u32| {
        let (x, y) = (x / size, y / size);
        let (left, top) = (x.floor(), y.floor());
        let corner =
            |dx: f32, dy: f32| (random((left + dx) as u32 + seed, (top + dy) as u32) % 256) as f32;
        let (fx, fy) = (x - left, y - top);
        let upper = corner(0.0, 0.0) * (1.0 - fx) + corner(1.0, 0.0) * fx;
        let lower = corner(0.0, 1.0) * (1.0 - fx) + corner(1.0, 1.0) * fx;
        upper * (1.0 - fy) + lower * fy
    };
    RgbImage::from_fn(width, height, |x, y| {
        let (fx, fy) = (x as f32, y as f32);
        let grain = (random(x, y) % 16) as f32;
        let value = |seed| {
            0.6 * hill(fx, fy, 90.0, seed) + 0.25 * hill(fx, fy, 17.0, seed + 50) + 15.0 + grain
        };
        Rgb([value(1) as u8, value(7) as u8, value(13) as u8])
    })
}

fn jpeg(image: &RgbImage, quality: u8) -> DynamicImage {
    let mut bytes = Vec::new();
    image
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
        .unwrap();
    image::load_from_memory(&bytes).unwrap()
}

fn fill(image: &mut RgbImage, [left, top, width, height]: [u32; 4], colour: Colour) {
    for y in top..(top + height).min(image.height()) {
        for x in left..(left + width).min(image.width()) {
            image.put_pixel(x, y, Rgb(colour));
        }
    }
}

/// A picture with so many pixels of one colour above, below, to the left and to the right.
fn framed(image: &RgbImage, [top, bottom, left, right]: [u32; 4], colour: Colour) -> RgbImage {
    let (width, height) = image.dimensions();
    let mut out = RgbImage::from_pixel(width + left + right, height + top + bottom, Rgb(colour));
    image::imageops::replace(&mut out, image, i64::from(left), i64::from(top));
    out
}

/// Strokes as of letters, some lines of them.
fn write(image: &mut RgbImage, [left, top, width]: [u32; 3], size: u32, lines: u32, ink: Colour) {
    for line in 0..lines {
        for n in 0..width / size {
            let (x, y) = (left + n * size, top + line * size * 2);
            let stroke = (size / 5).max(1);
            match random(n, line) % 5 {
                0 => {}
                1 => fill(image, [x, y, stroke, size], ink),
                2 => fill(image, [x, y, size * 3 / 4, stroke], ink),
                _ => {
                    fill(image, [x, y, stroke, size], ink);
                    fill(image, [x, y + size / 2, size * 3 / 4, stroke], ink);
                    fill(image, [x + size / 2, y, stroke, size], ink);
                }
            }
        }
    }
}

fn found(image: &DynamicImage) -> Vec<Trim> {
    candidates(&Raster::of(image).unwrap())
}

/// Whether a part was found that is, to two pixels, where it should be.
fn finds(image: &DynamicImage, [left, top, width, height]: [u32; 4]) -> Option<&'static str> {
    let near = |found: usize, wanted: u32| found.abs_diff(wanted as usize) <= 2;
    let fits = |trim: &&Trim| {
        near(trim.left, left)
            && near(trim.top, top)
            && near(trim.left + trim.width, left + width)
            && near(trim.top + trim.height, top + height)
    };
    found(image).iter().find(fits).map(|trim| trim.name)
}

#[test]
fn borders_of_any_colour_on_any_side_are_found() {
    let (width, height) = (620, 410);
    let scene = scene(width, height);
    for colour in [WHITE, BLACK, [128; 3], [200, 30, 60], [16, 18, 14]] {
        for sides in [
            [20; 4],
            [61; 4],
            [10, 30, 50, 20],
            [40, 0, 0, 0],
            [0, 0, 33, 0],
            [60, 60, 0, 0],
            [0, 0, 150, 150],
            [90, 20, 0, 0],
        ] {
            for quality in [60, 90] {
                let image = jpeg(&framed(&scene, sides, colour), quality);
                let wanted = [sides[2], sides[0], width, height];
                let bars = [[60, 60, 0, 0], [0, 0, 150, 150], [90, 20, 0, 0]].contains(&sides);
                let name = if bars { LETTERBOX } else { BORDER };
                assert_eq!(
                    finds(&image, wanted),
                    Some(name),
                    "{colour:?} {sides:?} {quality}: {:?}",
                    found(&image)
                );
            }
        }
    }
}

#[test]
fn a_line_between_border_and_picture_goes_with_it() {
    let scene = scene(500, 400);
    let image = framed(&framed(&scene, [4; 4], BLACK), [40; 4], WHITE);
    assert!(finds(&jpeg(&image, 80), [44, 44, 500, 400]).is_some());
}

#[test]
fn blurred_bars_are_found() {
    let scene = scene(600, 400);
    let small = image::imageops::resize(&scene, 20, 20, image::imageops::Triangle);
    let mut image = image::imageops::resize(&small, 600, 700, image::imageops::CatmullRom);
    image::imageops::replace(&mut image, &scene, 0, 150);
    assert_eq!(
        finds(&jpeg(&image, 80), [0, 150, 600, 400]),
        Some(LETTERBOX)
    );
}

#[test]
fn captions_are_found() {
    let (width, height) = (640, 400);
    let scene = scene(width, height);
    for (paper, ink) in [
        (WHITE, BLACK),
        (BLACK, WHITE),
        ([250, 240, 200], [60, 30, 20]),
    ] {
        for (above, below) in [(90, 0), (0, 90), (100, 70)] {
            let mut image = framed(&scene, [above, below, 0, 0], paper);
            if above > 0 {
                write(&mut image, [20, 14, 560], 16, 2, ink);
            }
            if below > 0 {
                write(&mut image, [20, above + height + 20, 500], 12, 2, ink);
            }
            let image = jpeg(&image, 75);
            assert!(
                finds(&image, [0, above, width, height]).is_some(),
                "{paper:?} {above} {below}: {:?}",
                found(&image)
            );
        }
    }
}

#[test]
fn a_picture_in_an_app_is_found() {
    let (width, height) = (640, 480);
    let scene = scene(width, height);
    for margin in [0, 120] {
        let mut image = framed(&scene, [180, 220, margin, margin], [252; 3]);
        fill(&mut image, [0, 0, 640 + 2 * margin, 60], [40, 60, 110]);
        write(&mut image, [20, 20, 300], 20, 1, WHITE);
        fill(&mut image, [30, 90, 60, 60], [130, 140, 160]);
        write(&mut image, [110, 95, 240], 16, 2, [30; 3]);
        write(&mut image, [30, 180 + height + 30, 560], 16, 4, [30; 3]);
        let image = jpeg(&image, 75);
        assert_eq!(
            finds(&image, [margin, 180, width, height]),
            Some(SCREENSHOT),
            "{margin}: {:?}",
            found(&image)
        );
    }
}

#[test]
fn pictures_without_frames_have_no_parts() {
    assert!(found(&jpeg(&scene(800, 600), 80)).is_empty());
    let flat = RgbImage::from_pixel(300, 200, Rgb([90, 120, 30]));
    let slope = RgbImage::from_fn(400, 300, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 80]));
    let noise = RgbImage::from_fn(400, 300, |x, y| Rgb([random(x, y) as u8; 3]));
    for image in [flat, slope, noise] {
        assert!(found(&DynamicImage::ImageRgb8(image)).is_empty());
    }
}

#[test]
fn a_part_has_the_hash_that_it_has_alone() {
    let scene = scene(640, 420);
    let image = DynamicImage::ImageRgb8(framed(&scene, [42, 42, 64, 64], WHITE));
    let raster = Raster::of(&image).unwrap();
    let trim = candidates(&raster)[0];
    assert_eq!(
        (trim.left, trim.top, trim.width, trim.height),
        (64, 42, 640, 420)
    );
    let alone = DynamicImage::ImageRgb8(scene);
    let alone = full_size(&Raster::of(&alone).unwrap()).unwrap();
    for kind in [PDQ, PDQ_512] {
        let eight = pdq::trimmed(&raster, &trim, kind).unwrap();
        assert_eq!(eight.len(), 8);
        if kind == PDQ {
            let hash = alone.hash(Dihedral::Original).to_string();
            assert_eq!(eight[0].1.hex(), hash);
        }
    }
    assert!(pdq::trimmed(&raster, &trim, SHA256).is_err());
    let elsewhere = Trim { left: 200, ..trim };
    assert!(pdq::trimmed(&raster, &elsewhere, PDQ).is_err());
}

#[test]
fn text_is_told_from_a_picture() {
    let is_text = |image: &RgbImage| {
        let image = jpeg(image, 75);
        text_like(&Raster::of(&image).unwrap())
    };
    for (paper, ink) in [(WHITE, BLACK), ([20, 30, 40], WHITE)] {
        let mut page = RgbImage::from_pixel(600, 800, Rgb(paper));
        write(&mut page, [40, 40, 500], 16, 20, ink);
        assert!(is_text(&page));
    }
    assert!(!is_text(&scene(600, 400)));
    assert!(!is_text(&framed(&scene(300, 300), [200; 4], WHITE)));
    assert!(!is_text(&RgbImage::from_pixel(300, 200, Rgb(WHITE))));
}

fn layout() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Layout::L),
        Just(Layout::La),
        Just(Layout::Rgb),
        Just(Layout::Rgba)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Tiles of few tones make edges and plain bands everywhere; the sizes are mostly odd ones.
    #[test]
    fn parts_are_few_and_inside(
        width in prop_oneof![1_usize..4, 40_usize..90, 380_usize..430],
        height in prop_oneof![1_usize..4, 40_usize..90, 380_usize..430],
        layout in layout(),
        (tile_x, tile_y) in (1_u32..200, 1_u32..200),
        tones in proptest::collection::vec(any::<u8>(), 1..6),
        seed in any::<u32>(),
    ) {
        let channels = layout.channels();
        let samples: Vec<u8> = (0..width * height * channels)
            .map(|n| {
                let (x, y) = (n / channels % width, n / channels / width);
                let tile = random((x as u32 / tile_x).wrapping_add(seed), y as u32 / tile_y);
                tones[tile as usize % tones.len()]
            })
            .collect();
        let raster = Raster::new(width, height, layout, samples).unwrap();
        let parts = candidates(&raster);
        prop_assert!(parts.len() <= MOST);
        for trim in parts {
            prop_assert!(trim.of(&raster).is_some());
            prop_assert!(trim.width < width || trim.height < height);
        }
        text_like(&raster);
    }
}

#[test]
fn extreme_sizes_are_fine() {
    for (width, height) in [
        (1, 1),
        (1, 5000),
        (5000, 1),
        (60, 9000),
        (9000, 60),
        (48, 48),
    ] {
        for tone in [0, 200] {
            let samples: Vec<u8> = (0..width * height)
                .map(|n| {
                    if n / width * 3 > height {
                        (n * 31) as u8
                    } else {
                        tone
                    }
                })
                .collect();
            let raster = Raster::new(width, height, Layout::L, samples).unwrap();
            assert!(candidates(&raster).len() <= MOST);
            text_like(&raster);
        }
    }
}
