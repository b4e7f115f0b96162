//! The open watermark, put in by its published method: found in every size and by every writer, and nowhere else.

#[path = "../../samples/make/embedder.rs"]
mod embedder;

use embedder::{Held, WRITERS, embed};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, imageops};
use provscan::inspect::{Inspection, SignalState};
use provscan::signals::watermark::dwt_dct::{Measure, measure};
use provscan::{Asset, Inspector, Limits, Policy, Settings};
use std::io::Cursor;

/// Light and shade, things with edges, and grain; another one for each number.
fn picture(number: u32, width: u32, height: u32) -> RgbImage {
    let wave = |x: u32, y: u32, scale: f32, turn: f32| {
        ((x as f32 * turn.cos() + y as f32 * turn.sin()) / scale + number as f32).sin()
    };
    let mut grain = number.wrapping_mul(0x9e37_79b9) | 1;
    RgbImage::from_fn(width, height, |x, y| {
        grain ^= grain << 13;
        grain ^= grain >> 17;
        grain ^= grain << 5;
        let slow = 45.0 * wave(x, y, 97.0, 0.4) + 30.0 * wave(x, y, 31.0, 2.0);
        let fine = 12.0 * wave(x, y, 5.0, 1.1) + (grain >> 29) as f32;
        let inside = wave(x, y, 60.0, 0.9) * wave(x, y, 71.0, 2.3) > 0.4;
        let hue = 25.0 * wave(x, y, 130.0, 1.7) + if inside { 40.0 } else { -15.0 };
        let light = 120.0 + slow + fine;
        Rgb([light + hue, light + 5.0, light - hue].map(|value| value.clamp(0.0, 255.0) as u8))
    })
}

fn measured(image: &RgbImage) -> Measure {
    measure(&image.clone().into()).unwrap()
}

fn saved(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    image.write_with_encoder(encoder).unwrap();
    bytes
}

fn inspected(bytes: Vec<u8>, settings: &Settings) -> Inspection {
    let inspector = Inspector::new(settings, Policy::default()).unwrap();
    inspector.inspect(&Asset::new("a", bytes, Limits::default()))
}

fn state(inspection: &Inspection) -> SignalState {
    let mut signals = inspection.signals.iter();
    signals.find(|(name, _)| *name == "watermark").unwrap().1
}

#[test]
fn every_writer_is_found_as_itself() {
    for (number, writer) in WRITERS.iter().enumerate() {
        for (width, height) in [(512, 512), (768, 768), (1024, 1024), (643, 517)] {
            let marked = writer.mark(&picture(number as u32, width, height));
            for image in [
                marked.clone().into(),
                DynamicImage::from(marked.clone()).into_rgba8().into(),
                image::load_from_memory(&saved(&marked, 95)).unwrap(),
            ] {
                let found = measure(&image).unwrap();
                assert!(found.counts(), "{} {width}: {found:?}", writer.tool);
                assert_eq!(found.tool, writer.tool, "{width}");
            }
        }
    }
}

#[test]
fn pictures_without_it_are_far_from_it() {
    let mut most = (0.0_f64, 0.0_f64);
    for number in 0..24 {
        let side = [512, 640, 768, 1024][number as usize % 4];
        let found = measured(&picture(number, side, side));
        assert!(!found.counts(), "{number}: {found:?}");
        most = (most.0.max(found.z), most.1.max(found.likeness));
    }
    println!("largest z and likeness: {most:.1?}");
}

#[test]
fn what_is_near_it_is_not_it() {
    let picture = picture(3, 640, 640);
    let marked = WRITERS[0].mark(&picture);
    let side = 576;
    let other: Vec<bool> = (0..48_u32)
        .map(|at| at.wrapping_mul(2_654_435_761) >> 31 == 1)
        .collect();
    for image in [
        imageops::crop_imm(&marked, 3, 5, 632, 632).to_image(),
        imageops::resize(&marked, side, side, imageops::CatmullRom),
        imageops::rotate90(&marked),
        embed(&picture, &other, Held::Floats),
        embed(&picture, &other, Held::Bytes),
        embed(&picture, &[true], Held::Bytes),
        embed(&picture, &[true, false], Held::Bytes),
    ] {
        let found = measured(&image);
        assert!(!found.counts(), "{found:?}");
    }
}

#[test]
fn any_size_and_kind_of_picture_is_survived() {
    for (width, height) in [
        (1, 70_000),
        (70_000, 1),
        (7, 9_400),
        (8, 8_192),
        (9_400, 7),
        (9, 8_000),
        (17, 4_000),
    ] {
        let found = measure(&picture(1, width, height).into());
        assert!(
            found.is_none_or(|found| !found.counts()),
            "{width} × {height}"
        );
    }
    assert!(measure(&picture(1, 255, 256).into()).is_none());
    for colour in [[0; 3], [255; 3], [255, 0, 0], [0, 0, 255], [255, 255, 0]] {
        assert!(measure(&RgbImage::from_pixel(300, 300, Rgb(colour)).into()).is_none());
    }
    assert!(measure(&DynamicImage::new_luma8(300, 300)).is_none());
    assert!(measure(&DynamicImage::new_rgb16(300, 300)).is_none());
}

#[test]
fn a_picture_of_another_size_is_not_decoded_for_it() {
    let whole = saved(&picture(5, 2400, 1900), 60);
    let mut cut = whole.clone();
    cut.truncate(whole.len() / 8);
    let seen = inspected(cut, &Settings::default());
    assert!(matches!(state(&seen), SignalState::NotApplicable(_)));
    assert!(
        seen.faults
            .iter()
            .all(|fault| !fault.message.contains("decoded"))
    );
}

#[test]
fn a_picture_that_cannot_be_decoded_gives_one_fault() {
    let mut png = Cursor::new(Vec::new());
    picture(6, 300, 300)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    let mut png = png.into_inner();
    let middle = png.len() / 2;
    png[middle..].fill(0);
    let settings = Settings {
        thorough: true,
        ..Settings::default()
    };
    let seen = inspected(png, &settings);
    assert_eq!(state(&seen), SignalState::Failed);
    let decoding = seen
        .faults
        .iter()
        .filter(|fault| fault.message.contains("decoded"));
    assert_eq!(decoding.count(), 1, "{:?}", seen.faults);
}
