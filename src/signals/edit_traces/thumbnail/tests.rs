use super::*;
use crate::Limits;
use image::{GenericImage, GenericImageView, Rgb, RgbImage, imageops};
use std::collections::BTreeMap;

/// A picture in which every part looks different.
fn drawing(width: u32, height: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / w, f64::from(y) / h);
        let waves = (x * 23.0 + y * 7.0).sin() + (x * 11.0 - y * 17.0).cos() + (x * y * 31.0).sin();
        let level = |by: f64| (128.0 + waves * 25.0 + by * 60.0) as u8;
        Rgb([level(x), level(y - 0.5), level(x * y)])
    })
}

fn small(image: &RgbImage) -> RgbImage {
    let height = 160 * image.height() / image.width();
    imageops::resize(image, 160, height, imageops::FilterType::Triangle)
}

fn of(image: &RgbImage) -> Option<Plane> {
    let luma = imageops::grayscale(image);
    plane(&Raster::of_grey(&luma).unwrap())
}

fn found(picture: RgbImage, thumbnail: RgbImage) -> Option<Finding> {
    let [picture, thumbnail] = [picture, thumbnail].map(|image| of(&image).unwrap());
    finding(&picture, &thumbnail, false)
}

#[test]
fn a_thumbnail_of_the_picture_agrees_however_cameras_make_it() {
    let picture = drawing(960, 640);
    let own = small(&picture);
    let mut barred = RgbImage::new(160, 120);
    barred.copy_from(&own, 0, 7).unwrap();
    let middle = imageops::crop_imm(&picture, 54, 0, 852, 640).to_image();
    for thumbnail in [
        own.clone(),
        imageops::rotate90(&own),
        imageops::rotate180(&own),
        imageops::rotate270(&own),
        barred,
        small(&middle),
        imageops::brighten(&own, 20),
        imageops::resize(&picture, 160, 120, imageops::FilterType::Nearest),
    ] {
        assert_eq!(found(picture.clone(), thumbnail), None);
    }
}

#[test]
fn a_crop_is_told_with_what_is_left() {
    let original = drawing(960, 640);
    let picture = imageops::crop_imm(&original, 100, 60, 620, 500).to_image();
    let turned = imageops::rotate90(&picture);
    for picture in [picture, turned] {
        let Some(Finding::Cropped(similarity, left)) = found(picture, small(&original)) else {
            panic!("no crop");
        };
        assert!(similarity < THRESHOLD);
        assert!(
            (left - 620.0 * 500.0 / (960.0 * 640.0)).abs() < 0.02,
            "{left}"
        );
    }
}

#[test]
fn a_mirrored_picture_and_another_framing_are_told() {
    let picture = drawing(960, 640);
    let mirrored = found(imageops::flip_horizontal(&picture), small(&picture));
    assert!(
        matches!(mirrored, Some(Finding::Mirrored(_))),
        "{mirrored:?}"
    );
    let part = picture.view(0, 0, 800, 600).to_image();
    let framed = found(picture, small(&part));
    assert!(
        matches!(framed, Some(Finding::FramedOtherwise(_))),
        "{framed:?}"
    );
    let evidence = framed.unwrap().evidence("EXIF");
    assert_eq!(evidence.code.name, "traces.thumbnail-framed-otherwise");
    assert_eq!(evidence.strength, Strength::Hint);
}

#[test]
fn a_picture_that_is_said_to_be_stored_mirrored_may_have_an_upright_thumbnail() {
    let picture = drawing(960, 640);
    let own = small(&picture);
    for stored in [
        imageops::flip_horizontal(&picture),
        imageops::flip_vertical(&picture),
        imageops::rotate90(&imageops::flip_horizontal(&picture)),
    ] {
        let [large, small] = [stored, own.clone()].map(|image| of(&image).unwrap());
        assert_eq!(finding(&large, &small, true), None);
        let otherwise = finding(&large, &small, false);
        assert!(matches!(otherwise, Some(Finding::Mirrored(_))));
    }
    // Another picture is another one, however it is turned.
    let mut inverted = picture;
    imageops::invert(&mut inverted);
    let [large, small] = [inverted, own].map(|image| of(&image).unwrap());
    assert!(matches!(
        finding(&large, &small, true),
        Some(Finding::Content(_))
    ));
}

#[test]
fn what_was_put_in_or_exchanged_is_other_content() {
    let picture = drawing(960, 640);
    let mut pasted = picture.clone();
    let patch = RgbImage::from_pixel(220, 220, Rgb([250, 250, 250]));
    pasted.copy_from(&patch, 700, 400).unwrap();
    let mut inverted = picture.clone();
    imageops::invert(&mut inverted);
    for other in [pasted, inverted] {
        let found = found(other, small(&picture));
        assert!(matches!(found, Some(Finding::Content(_))), "{found:?}");
    }
}

#[test]
fn flat_and_tiny_pictures_say_nothing() {
    assert!(of(&RgbImage::from_pixel(300, 200, Rgb([90, 90, 90]))).is_none());
    assert!(of(&drawing(300, 20)).is_none());
}

#[test]
fn similarities_are_cut() {
    assert_eq!(two_places(0.9699), "0.96");
    assert_eq!(two_places(-0.3), "0.00");
}

/// The similarities of real files by whether the truth says that they were edited; the error rate above is measured here.
#[test]
fn real_files_agree_with_their_thumbnails() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/marks");
    let Ok(truth) = std::fs::read_to_string(format!("{corpus}/truth.jsonl")) else {
        return println!("skipped: no corpus at {corpus}");
    };
    let (mut rows, mut flagged) = (BTreeMap::new(), Vec::new());
    for row in truth.lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let (file, kind) = (row["file"].as_str().unwrap(), row["kind"].as_str().unwrap());
        let bytes = std::fs::read(format!("{corpus}/{file}")).unwrap();
        let asset = Asset::new(file, bytes, Limits::default());
        for thumbnail in asset.embedded_thumbnails() {
            let small = look(&thumbnail);
            let large = small.as_ref().and_then(|_| plane(&asset.luma().ok()?));
            let Some((large, small)) = large.zip(small) else {
                continue;
            };
            let best = plain(&large, &small)
                .into_iter()
                .take(4)
                .fold(-1.0, f32::max);
            let mirrors = MIRRORED.contains(&asset.metadata().exif.orientation.0);
            let finding = finding(&large, &small, mirrors);
            *rows.entry((kind.to_owned(), two_places(best))).or_insert(0) += 1;
            if finding.is_some() {
                flagged.push((kind.to_owned(), file.to_owned(), finding));
            }
        }
    }
    println!("{:<10} {:>10} {:>6}", "truth", "similarity", "files");
    for ((kind, similarity), files) in &rows {
        println!("{kind:<10} {similarity:>10} {files:>6}");
    }
    println!("{flagged:#?}");
    let of = |wanted: &str| flagged.iter().filter(|(kind, ..)| kind == wanted).count();
    assert_eq!((of("none"), of("edited")), (0, 3));
}
