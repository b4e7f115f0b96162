//! Pictures are decoded once, to the same luma whatever else is wanted of them, and in no more memory than is set aside.

use std::io::Cursor;

use image::{ColorType, DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};
use provscan::asset::{Asset, Limits, PixelError};
use provscan::fingerprints::{Fingerprint, Kind, compute};
use provscan::{Inspector, Policy, Settings};

use crate::allocations::counted;

fn asset(bytes: &[u8]) -> Asset {
    Asset::new("picture", bytes.to_vec(), Limits::default())
}

fn jpegs() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jpegs");
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let jpegs = paths.filter(|path| path.extension().is_some_and(|ending| ending == "jpg"));
    jpegs
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

/// The luma of a picture row by row, or why there is none.
fn luma(asset: &Asset) -> Result<Vec<Vec<u8>>, PixelError> {
    let luma = asset.luma()?;
    let rows = luma.luma();
    Ok(rows.chunks(luma.width()).map(<[u8]>::to_vec).collect())
}

fn hashes(asset: &Asset) -> Vec<Option<Fingerprint>> {
    let kinds = ["pdq", "pdq-512"].map(|name| name.parse::<Kind>().unwrap());
    kinds.map(|kind| compute(asset, kind).ok()).to_vec()
}

/// Holds that luma and hashes are the same with colours and without, and gives both assets.
fn same_either_way(name: &str, bytes: &[u8]) -> [Asset; 2] {
    let [alone, beside] = [asset(bytes), asset(bytes)];
    beside.expect_colours();
    let _ = beside.pixels();
    assert_eq!(luma(&alone), luma(&beside), "{name}");
    assert_eq!(hashes(&alone), hashes(&beside), "{name}");
    [alone, beside]
}

#[test]
fn the_luma_of_a_jpeg_is_the_same_with_its_colours_and_without() {
    for (name, bytes) in jpegs().iter().filter(|(name, _)| name != "arithmetic.jpg") {
        let [alone, beside] = same_either_way(name, bytes);
        let reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
        match reader.decode() {
            Ok(image) => {
                assert_eq!(beside.pixels().unwrap().image, image, "{name}");
                assert_eq!(alone.pixels().unwrap().image, image, "{name}");
            }
            Err(_) => assert!(beside.pixels().is_err(), "{name}"),
        }
    }
}

#[test]
fn so_is_that_of_a_damaged_jpeg() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most as u64) as usize
    };
    for (name, bytes) in jpegs() {
        for round in 0..60 {
            let mut damaged = bytes.clone();
            match round % 2 {
                0 => damaged.truncate(100 + below(bytes.len() - 100)),
                _ => {
                    (0..3).for_each(|_| damaged[100 + below(bytes.len() - 100)] = below(256) as u8)
                }
            }
            let tried = std::panic::catch_unwind(|| same_either_way(&name, &damaged));
            assert!(tried.is_ok(), "{name}, round {round}");
        }
    }
}

#[test]
fn kinds_of_jpeg_that_are_not_decoded_are_named() {
    let jpegs = jpegs();
    let of = |name: &str| {
        jpegs
            .iter()
            .find(|(other, _)| other == name)
            .unwrap()
            .1
            .clone()
    };
    let marker = |with: u8, precision: u8| {
        let mut bytes = of("4-2-0.jpg");
        let at = bytes
            .windows(2)
            .position(|two| two == [0xFF, 0xC0])
            .unwrap();
        (bytes[at + 1], bytes[at + 4]) = (with, precision);
        bytes
    };
    for (bytes, expected) in [
        (of("arithmetic.jpg"), "arithmetic-coded JPEG"),
        (marker(0xC1, 12), "12-bit JPEG"),
        (marker(0xC3, 8), "lossless JPEG"),
        (marker(0xC5, 8), "hierarchical JPEG"),
    ] {
        let expected = PixelError::Unsupported(expected.to_owned());
        assert_eq!(luma(&asset(&bytes)), Err(expected.clone()));
        assert_eq!(asset(&bytes).pixels().unwrap_err(), &expected);
    }
}

#[test]
fn what_follows_the_end_of_a_jpeg_changes_nothing() {
    for (name, bytes) in jpegs() {
        let more = [&bytes[..], &[0xFF, 0xD8, 0xFF, 0, 1, 2, 3].repeat(500)].concat();
        assert_eq!(hashes(&asset(&bytes)), hashes(&asset(&more)), "{name}");
    }
}

/// Every colour type, of a picture of this size.
fn colour_types(width: u32, height: u32) -> Vec<DynamicImage> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let wave = |by: u32| (((x / 7 + y / 11) * by) ^ (x * y / 512)) as u8;
        Rgb([wave(3), wave(5), wave(2)])
    });
    let picture = DynamicImage::from(picture);
    vec![
        picture.to_rgba8().into(),
        picture.to_luma8().into(),
        picture.to_luma_alpha8().into(),
        picture.to_rgb16().into(),
        picture.to_rgba16().into(),
        picture.to_luma16().into(),
        picture.to_luma_alpha16().into(),
        picture,
    ]
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Option<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).ok()?;
    Some(out.into_inner())
}

#[test]
fn luma_and_colours_agree_in_every_format_and_colour_type() {
    for picture in colour_types(90, 70) {
        for format in [
            ImageFormat::Png,
            ImageFormat::WebP,
            ImageFormat::Gif,
            ImageFormat::Tiff,
            ImageFormat::Bmp,
            ImageFormat::Ico,
        ] {
            // Others than this are written into icons, but not read from them.
            let fits = format != ImageFormat::Ico || picture.color() == ColorType::Rgba8;
            let Some(bytes) = encoded(&picture, format).filter(|_| fits) else {
                continue;
            };
            let name = format!("{format:?} {:?}", picture.color());
            let [alone, beside] = same_either_way(&name, &bytes);
            let colours = &beside.pixels().unwrap().image;
            let rough = colours.to_rgb8();
            let alone = luma(&alone).unwrap();
            for (x, y, Rgb([r, g, b])) in rough.enumerate_pixels() {
                let exact = 0.299 * f64::from(*r) + 0.587 * f64::from(*g) + 0.114 * f64::from(*b);
                let luma = f64::from(alone[y as usize][x as usize]);
                assert!((luma - exact).abs() <= 0.51, "{name}: {luma} for {exact}");
            }
        }
    }
}

#[test]
fn a_large_png_is_decoded_row_by_row_to_the_same_hashes() {
    for picture in colour_types(2100, 1910) {
        let name = format!("{:?}", picture.color());
        let bytes = encoded(&picture, ImageFormat::Png).unwrap();
        same_either_way(&name, &bytes);
        let pixels = 2100 * 1910;
        let (held, peak) = peak_of(&bytes, false);
        assert!(peak <= pixels * 3 / 2, "{name}: {peak} bytes");
        assert!(
            peak <= held && held <= peak * 3 / 2,
            "{name}: {held} for {peak}"
        );
    }
}

/// What is set aside for decoding, and what it takes then, hashing included.
fn peak_of(bytes: &[u8], colours: bool) -> (isize, isize) {
    let asset = asset(bytes);
    if colours {
        asset.expect_colours();
    }
    let set_aside = asset.decoding_memory();
    let (_, counts) = counted(|| {
        if colours {
            asset.pixels().unwrap();
        }
        asset.luma().unwrap();
        hashes(&asset)
    });
    (set_aside.try_into().unwrap(), counts.peak)
}

#[test]
fn no_more_memory_is_taken_than_is_set_aside() {
    let large = |name: &str, bytes: &[u8]| {
        for colours in [false, true] {
            let (held, peak) = peak_of(bytes, colours);
            assert!(
                peak <= held,
                "{name}, colours {colours}: {peak} bytes, {held} set aside"
            );
        }
    };
    for (name, bytes) in jpegs().iter().filter(|(name, _)| name != "arithmetic.jpg") {
        if asset(bytes).luma().is_ok() {
            large(name, bytes);
        }
    }
    for picture in colour_types(1500, 1000) {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::WebP,
            ImageFormat::Gif,
            ImageFormat::Tiff,
            ImageFormat::Bmp,
        ] {
            if let Some(bytes) = encoded(&picture, format) {
                large(&format!("{format:?} {:?}", picture.color()), &bytes);
            }
        }
    }
}

#[test]
fn a_picture_is_decoded_once_whatever_is_looked_for() {
    let picture = &colour_types(1500, 1000)[7];
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(picture, format).unwrap();
        let once = counted(|| asset(&bytes).pixels().is_ok()).1.total;
        let settings = Settings {
            thorough: true,
            signals: Some(vec![
                "watermark".into(),
                "thumbnails".into(),
                "edit_traces".into(),
            ]),
            ..Settings::default()
        };
        let inspector = Inspector::new(&settings, Policy::default()).unwrap();
        let inspected = asset(&bytes);
        let all = counted(|| inspector.inspect(&inspected)).1.total;
        assert!(
            all < once * 3 / 2,
            "{format:?}: {all} bytes, decoding takes {once}"
        );
    }
}
