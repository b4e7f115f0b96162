//! What the names of the kinds promise.

use super::super::value::to_hex;
use super::super::{Fingerprint, compute_all, kinds};
use super::*;
use crate::asset::{Asset, Limits};
use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma as Grey, LumaA, Rgb, Rgba};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Rows of mode, width, height, kind and value.
///
/// Made by Python's `imagehash` 4.3.2 (numpy 2.4.6, scipy 1.17.1) on x86-64 with Pillow 12.1.1 and, for the kinds that say
/// so, 13.0.0. A script drew the pictures with the formulas of [`sample`] and [`picture`], gave them to Pillow (colours and alpha of 16 bits as
/// PNG files, which is the only way in) and wrote `str(imagehash.average_hash(picture, hash_size=8))` and so on.
const GOLDEN: &str = include_str!("golden.csv");

#[test]
fn values_are_those_of_python() {
    let mut pictures: BTreeMap<_, DynamicImage> = BTreeMap::new();
    let mut rows = 0;
    for line in GOLDEN.lines() {
        let [mode, width, height, name, value] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
        let picture = pictures
            .entry((mode, width, height))
            .or_insert_with(|| picture(mode, width, height));
        let found = to_hex(&hash(picture, name.parse().unwrap()).unwrap());
        assert_eq!(found, value, "{name} of {mode} {width} × {height}");
        rows += 1;
    }
    assert_eq!((pictures.len(), rows), (20, 20 * usize::from(VARIANTS)));
}

/// Blocks of random levels under noise.
fn sample(width: u32, height: u32, x: u32, y: u32, channel: u32) -> u8 {
    let random = |n: u32| n.wrapping_mul(2_654_435_761) >> 24;
    let block = random((x * 9 / width) * 73 + (y * 7 / height) * 151 + channel * 89 + 57);
    let noise = random(x * 7_919 + y * 104_729 + channel * 1_299_709);
    (block * 3 / 4 + noise / 4) as u8
}

fn picture(mode: &str, width: u32, height: u32) -> DynamicImage {
    let at = |x, y, channel| sample(width, height, x, y, channel);
    let deep = |x, y, channel| {
        let high = at(x, y, channel);
        u16::from_be_bytes([high, 255 - high])
    };
    let grey = |level: &dyn Fn(u32, u32) -> bool| {
        GrayImage::from_fn(width, height, |x, y| {
            Grey([if level(x, y) { 255 } else { 0 }])
        })
        .into()
    };
    match mode {
        "L" => GrayImage::from_fn(width, height, |x, y| Grey([at(x, y, 0)])).into(),
        "LA" => {
            ImageBuffer::from_fn(width, height, |x, y| LumaA([0, 1].map(|c| at(x, y, c)))).into()
        }
        "RGB" => {
            ImageBuffer::from_fn(width, height, |x, y| Rgb([0, 1, 2].map(|c| at(x, y, c)))).into()
        }
        "RGBA" => ImageBuffer::from_fn(width, height, |x, y| {
            Rgba([0, 1, 2, 3].map(|c| at(x, y, c)))
        })
        .into(),
        "I;16" => {
            ImageBuffer::from_fn(width, height, |x, y| Grey([u16::from(at(x, y, 0)) * 2])).into()
        }
        "LA;16" => {
            ImageBuffer::from_fn(width, height, |x, y| LumaA([0, 1].map(|c| deep(x, y, c)))).into()
        }
        "RGB;16" => {
            ImageBuffer::from_fn(width, height, |x, y| Rgb([0, 1, 2].map(|c| deep(x, y, c)))).into()
        }
        "RGBA;16" => ImageBuffer::from_fn(width, height, |x, y| {
            Rgba([0, 1, 2, 3].map(|c| deep(x, y, c)))
        })
        .into(),
        // Here rounding errors decide.
        "flat" => GrayImage::from_pixel(width, height, Grey([77])).into(),
        "halves" => grey(&|x, _| x < width / 2),
        "checks" => grey(&|x, y| (x / 4 + y / 4) % 2 == 1),
        "diagonals" => grey(&|x, y| (x * 7 + y * 13) % 11 == 0),
        _ => panic!("{mode}"),
    }
}

fn ours() -> impl Iterator<Item = Kind> {
    kinds().filter(|kind| kind.family().name == FAMILY.name)
}

#[test]
fn a_file_gives_the_same_values_as_its_pixels() {
    let picture = picture("RGB", 90, 200);
    let mut file = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
        .unwrap();
    let asset = Asset::new("a.png", file, Limits::default());
    let kinds: Vec<Kind> = ours().collect();
    for (kind, found) in kinds.iter().zip(compute_all(&asset, &kinds)) {
        let found = found.unwrap();
        assert_eq!(
            found.value(),
            hash(&picture, *kind).unwrap().as_ref(),
            "{kind}"
        );
        assert_eq!(found.value().len(), kind.bytes(), "{kind}");
        assert_eq!(
            Fingerprint::parse_value(*kind, &found.hex()).unwrap(),
            found
        );
    }
}

#[test]
fn empty_and_endless_pictures_are_errors() {
    for kind in ours() {
        assert!(hash(&DynamicImage::new_rgb8(0, 0), kind).is_err());
        assert!(hash(&DynamicImage::new_rgb8(0, 9), kind).is_err());
        assert!(hash(&DynamicImage::new_luma8(65_536, 1), kind).is_err());
        assert!(hash(&DynamicImage::new_luma8(65_535, 1), kind).is_ok());
    }
    assert!(hash(&DynamicImage::new_rgb8(9, 9), "pdq".parse().unwrap()).is_err());
}

#[test]
fn thresholds_hold_for_both_orders_of_passes() {
    let threshold = |name: &str| name.parse::<Kind>().unwrap().default_threshold();
    assert_eq!(threshold("imagehash-phash-8"), Some(4));
    assert_eq!(threshold("imagehash-phash-8-pillow13"), Some(4));
    assert_eq!(threshold("imagehash-average-8"), None);
    let some = ours().filter(|kind| kind.default_threshold().is_some());
    assert_eq!(some.count(), THRESHOLDS.len() * PASSES.len());
}

#[test]
fn names_say_algorithm_size_and_order() {
    let names: Vec<String> = ours().map(|kind| kind.to_string()).collect();
    assert!(names.contains(&"imagehash-difference-vertical-16-pillow13".to_owned()));
    for name in [
        "imagehash-",
        "imagehash-phash",
        "imagehash-phash-08",
        "imagehash-phash-8-",
        "imagehash-phash-32",
        "imagehash-pillow13",
    ] {
        assert!(name.parse::<Kind>().is_err(), "{name}");
    }
}
