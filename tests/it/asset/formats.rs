//! Every format is told, measured and walked.

use super::{asset, build};
use image::ImageFormat;
use provscan::asset::{BlockKind, Format, PixelError};

#[test]
fn every_format_is_recognised_and_measured() {
    let wanted = [
        (Format::Jpeg, Some((8, 6))),
        (Format::Png, Some((8, 6))),
        (Format::WebP, Some((8, 6))),
        (Format::Gif, Some((8, 6))),
        (Format::Tiff, Some((8, 6))),
        (Format::Avif, Some((640, 480))),
        (Format::Heif, Some((640, 480))),
        (Format::JpegXl, Some((40, 40))),
        (Format::Bmp, Some((8, 6))),
        (Format::Ico, Some((8, 6))),
        (Format::C2pa, None),
    ];
    for ((name, bytes), (format, size)) in build::all().into_iter().zip(wanted) {
        let asset = asset(&bytes);
        assert_eq!(
            (asset.format(), asset.container().dimensions),
            (Some(format), size),
            "{name}"
        );
        let problems = &asset.container().problems;
        assert!(problems.is_empty(), "{name}: {problems:?}");
        assert_eq!(asset.metadata().problems, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_format_gives_its_manifest() {
    for (name, bytes) in build::all() {
        let asset = asset(&bytes);
        let pieces = asset
            .container()
            .blocks
            .iter()
            .filter(|block| block.kind == BlockKind::Jumbf);
        let joined: Vec<u8> = pieces
            .flat_map(|block| bytes[block.range.clone()].to_vec())
            .collect();
        match name {
            "bmp" | "ico" => assert!(joined.is_empty(), "{name}"),
            "gif" => assert_eq!(joined, b"abcdef"),
            _ => assert_eq!(joined, build::jumbf(), "{name}"),
        }
    }
}

#[test]
fn trailers_are_found() {
    let trailers = [("jpeg", &b"TRAILER"[..]), ("gif", b"!")];
    for (name, bytes) in build::all() {
        let found = asset(&bytes)
            .container()
            .trailer()
            .map(|range| bytes[range].to_vec());
        let wanted = trailers
            .iter()
            .find(|(of, _)| *of == name)
            .map(|(_, trailer)| trailer.to_vec());
        assert_eq!(found, wanted, "{name}");
    }
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = [build::encoded(format), b"xyz".to_vec()].concat();
        assert_eq!(
            asset(&bytes).container().trailer(),
            Some(bytes.len() - 3..bytes.len()),
            "{format:?}"
        );
    }
}

#[test]
fn application_segments_of_others_are_kept() {
    let bytes = build::jpeg(&[build::segment(0xE9, b"AIGC{\"Label\":\"1\"}")]);
    let container = asset(&bytes).container().clone();
    let block = container
        .blocks
        .iter()
        .find(|block| block.kind == BlockKind::App { number: 9 })
        .unwrap();
    assert!(bytes[block.range.clone()].starts_with(b"AIGC"));
}

#[test]
fn nothing_known_is_no_format() {
    for bytes in [
        &b""[..],
        b"\xFF",
        b"%PNG-1.7",
        b"<html><body><svg/></body></html>",
        b"BM sharing",
    ] {
        assert_eq!(asset(bytes).format(), None);
        assert!(matches!(
            asset(bytes).pixels(),
            Err(PixelError::Unsupported(_))
        ));
    }
}

#[test]
fn svg_is_known_by_its_root_and_has_no_pixels() {
    for bytes in [
        &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a drawing -->\n<svg></svg>",
    ] {
        assert_eq!(asset(bytes).format(), Some(Format::Svg));
        assert!(asset(bytes).pixels().is_err());
    }
}

#[test]
fn pixels_are_decoded_by_content() {
    for (name, bytes) in build::all() {
        let asset = asset(&bytes);
        match (name, asset.pixels()) {
            // These hold metadata only.
            ("tiff" | "avif" | "heif" | "jxl", Err(_)) => {}
            ("c2pa", Err(error @ PixelError::Unsupported(_))) => {
                assert!(error.to_string().starts_with("no decoder for "), "{error}");
            }
            (_, Ok(pixels)) => assert_eq!(
                (pixels.image.width(), pixels.image.height()),
                (8, 6),
                "{name}"
            ),
            (_, Err(error)) => panic!("{name}: {error}"),
        }
    }
    let tiff = build::encoded(ImageFormat::Tiff);
    assert_eq!(asset(&tiff).pixels().unwrap().image.width(), 8);
}
