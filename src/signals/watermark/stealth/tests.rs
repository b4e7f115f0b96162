use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Write;

const BLOCK: &str = "a lighthouse\nNegative prompt: blur\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: example, Version: v1.10.1";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Word, length in bits, and body, a bit each.
fn message(word: &str, length: u32, body: &[u8]) -> Vec<u8> {
    let bytes = [word.as_bytes(), &length.to_be_bytes(), body].concat();
    let bits = |byte: u8| (0..8).rev().map(move |place| byte >> place & 1);
    bytes.into_iter().flat_map(bits).collect()
}

fn whole(word: &str, body: &[u8]) -> Vec<u8> {
    message(word, body.len() as u32 * 8, body)
}

fn in_alpha(bits: &[u8], width: u32, height: u32) -> DynamicImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let bit = bits.get((x * height + y) as usize).unwrap_or(&1);
        Rgba([10, 20, 30, 254 | bit])
    })
    .into()
}

fn in_colours(bits: &[u8], width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let at = ((x * height + y) * 3) as usize;
        Rgb([0, 1, 2].map(|channel| 100 | bits.get(at + channel).unwrap_or(&0)))
    })
}

fn found(image: &DynamicImage) -> Option<Evidence> {
    read(image).first().map(evidence)
}

#[test]
fn all_four_forms_are_read() {
    let (plain, packed) = (BLOCK.as_bytes(), gzip(BLOCK.as_bytes()));
    let images = [
        in_alpha(&whole("stealth_pnginfo", plain), 40, 41),
        in_alpha(&whole("stealth_pngcomp", &packed), 41, 40),
        in_colours(&whole("stealth_rgbinfo", plain), 23, 32).into(),
        in_colours(&whole("stealth_rgbcomp", &packed), 24, 31).into(),
    ];
    for (image, form) in images.iter().zip(FORMS) {
        let found = found(image).unwrap();
        assert_eq!(found.code.name, "stealth.parameters");
        assert_eq!(found.strength, Strength::Declared);
        assert_eq!(found.get("model"), Some(&"example".into()));
        assert_eq!(found.get("where"), Some(&form.name.into()));
        let personal: Vec<&str> = found.personal.iter().map(|(key, _)| *key).collect();
        assert!(personal.contains(&"prompt"), "{personal:?}");
        assert!(!personal.contains(&"text"), "{personal:?}");
    }
}

#[test]
fn an_empty_text_in_one_place_hides_no_other() {
    let empty = message("stealth_pnginfo", 0, b"");
    let (width, height) = (40, 40);
    let colours = in_colours(&whole("stealth_rgbinfo", BLOCK.as_bytes()), width, height);
    let both = RgbaImage::from_fn(width, height, |x, y| {
        let Rgb([red, green, blue]) = *colours.get_pixel(x, y);
        let bit = empty.get((x * height + y) as usize).unwrap_or(&1);
        Rgba([red, green, blue, 254 | bit])
    });
    let found: Vec<Evidence> = read(&both.into()).iter().map(evidence).collect();
    let codes: Vec<&str> = found.iter().map(|one| one.code.name).collect();
    assert_eq!(codes, ["stealth.text", "stealth.parameters"]);
}

#[test]
fn sixteen_bits_and_opaque_alpha_are_read_too() {
    let bits = whole("stealth_rgbinfo", BLOCK.as_bytes());
    let deep: DynamicImage = DynamicImage::from(in_colours(&bits, 30, 30))
        .into_rgb16()
        .into();
    assert!(found(&deep).is_some());
    let opaque: DynamicImage = DynamicImage::from(in_colours(&bits, 30, 30))
        .into_rgba8()
        .into();
    assert!(found(&opaque).is_some());
    let grey: DynamicImage = DynamicImage::from(in_colours(&bits, 30, 30))
        .into_luma8()
        .into();
    assert!(found(&grey).is_none());
}

#[test]
fn fields_of_an_object_are_texts_under_their_names() {
    let json = serde_json::json!({"parameters": BLOCK, "Comment": "{\"a\": 1}", "other": {"b": 2}});
    let bits = whole("stealth_pngcomp", &gzip(json.to_string().as_bytes()));
    let hidden = &read(&in_alpha(&bits, 64, 64))[0];
    assert_eq!(hidden.comment(), Some("{\"a\": 1}"));
    assert_eq!(evidence(hidden).code.name, "stealth.parameters");
    let texts: Vec<&str> = hidden.metadata.texts_named("other").collect();
    assert_eq!(texts, ["{\"b\":2}"]);
}

#[test]
fn other_and_damaged_texts_are_told_as_such() {
    let body = b"happy birthday";
    let cases = [
        (whole("stealth_pnginfo", body), true),
        (message("stealth_pnginfo", u32::MAX, body), false),
        (message("stealth_pnginfo", 0, body), false),
        (whole("stealth_pngcomp", body), false),
        (message("stealth_pngcomp", 80, &gzip(body)), false),
    ];
    for (bits, readable) in cases {
        let found = found(&in_alpha(&bits, 32, 32)).unwrap();
        assert_eq!(found.code.name, "stealth.text");
        assert_eq!(found.strength, Strength::Hint);
        assert_eq!(found.get("readable"), Some(&readable.into()));
    }
}

#[test]
fn near_misses_say_nothing() {
    let text = BLOCK.as_bytes();
    let row_by_row = in_alpha(&whole("stealth_pnginfo", text), 64, 64).rotate90();
    let images = [
        in_alpha(&whole("stealth_pnginfO", text), 64, 64),
        in_alpha(&whole("stealth_rgbinfo", text), 64, 64),
        in_colours(&whole("stealth_pnginfo", text), 64, 64).into(),
        row_by_row,
        in_alpha(&[], 64, 64),
        // Too small for the word.
        in_alpha(&whole("stealth_pnginfo", text), 10, 10),
        DynamicImage::new_rgba8(1, 1),
    ];
    for image in images {
        assert!(found(&image).is_none());
    }
}

#[test]
fn a_text_that_inflates_beyond_the_limit_is_not_read() {
    let bits = whole("stealth_pngcomp", &gzip(&vec![b'a'; MAX_TEXT + 1]));
    let found = found(&in_alpha(&bits, 400, 400)).unwrap();
    assert_eq!(found.get("readable"), Some(&false.into()));
}
