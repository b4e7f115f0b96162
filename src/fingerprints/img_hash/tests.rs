//! What the names of the kinds promise.

use super::super::kinds;
use super::super::value::to_hex;
use super::*;
use image::RgbImage;

fn ours() -> impl Iterator<Item = Kind> {
    kinds().filter(|kind| kind.family().name == FAMILY.name)
}

fn picture(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8])
    })
    .into()
}

#[test]
fn values_are_those_of_image_hasher_and_have_the_stated_size() {
    for (width, height) in [(1, 1), (1, 40), (3, 2), (33, 17), (64, 64), (301, 200)] {
        let picture = picture(width, height);
        for kind in ours() {
            let alone = Recipe::of(kind.variant)
                .unwrap()
                .hasher()
                .hash_image(&picture);
            assert_eq!(hash(&picture, kind).unwrap(), alone.into_inner(), "{kind}");
            assert_eq!(
                hash(&picture, kind).unwrap().len(),
                kind.bytes(),
                "{kind} of {width} × {height}"
            );
        }
    }
}

#[test]
fn double_gradients_have_odd_sizes() {
    let bits = |name: &str| name.parse::<Kind>().unwrap().bits();
    assert_eq!(
        [8, 16, 32, 64].map(|n| bits(&format!("imghash-double-gradient-{n}-lanczos3"))),
        [40, 144, 544, 2112]
    );
    assert_eq!(bits("imghash-blockhash-64"), 4096);
}

#[test]
fn empty_and_endless_pictures_are_errors() {
    for kind in ours() {
        assert!(hash(&DynamicImage::new_rgb8(0, 0), kind).is_err());
        assert!(hash(&DynamicImage::new_rgb8(0, 9), kind).is_err());
        assert!(hash(&DynamicImage::new_luma8(65_536, 1), kind).is_err());
    }
}

#[test]
fn the_thresholds_are_those_of_kinds_that_exist() {
    assert_eq!(
        ours()
            .filter(|kind| kind.default_threshold().is_some())
            .count(),
        THRESHOLDS.len()
    );
}

/// The names promise the values of `image_hasher` 3.1: an upgrade that changes them needs new names.
#[test]
fn values_stay_as_they_are() {
    let picture = picture(100, 70);
    let expected = [
        ("imghash-mean-8-lanczos3", "0000b6ffffff0000"),
        ("imghash-gradient-8-lanczos3", "9393939393939393"),
        ("imghash-vert-gradient-8-triangle", "9f9f9f9f9f9f9f9f"),
        ("imghash-double-gradient-8-lanczos3", "5555353333"),
        ("imghash-median-8-lanczos3-dct", "c10080f1f1f8fdfc"),
        ("imghash-blockhash-8", "0436b6b6f7ff0000"),
    ];
    let found = expected.map(|(name, _)| {
        (
            name,
            to_hex(&hash(&picture, name.parse().unwrap()).unwrap()),
        )
    });
    assert_eq!(
        found.each_ref().map(|(name, hex)| (*name, hex.as_str())),
        expected
    );
}
