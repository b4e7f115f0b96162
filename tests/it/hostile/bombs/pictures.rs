//! Pictures that decoders, or who looks at their pixels, may be made to work long on.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};

use super::check;
use crate::asset::build::{jpeg, png, segment};
use crate::hostile::mutate::png_chunk;
use crate::support::{Random, Sample};

/// A picture with these bits in its lowest ones, column by column, as far as 1024 × 1024 pixels take them.
pub(super) fn hidden(payload: &[u8], signature: &str) -> Vec<u8> {
    const SIDE: u32 = 1024;
    let message = [signature.as_bytes(), payload].concat();
    let mut bits = message
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let mut bit = || bits.next().unwrap_or(0);
    let mut picture = RgbaImage::from_pixel(SIDE, SIDE, Rgba([64, 64, 64, 255]));
    for (x, y) in (0..SIDE).flat_map(|x| (0..SIDE).map(move |y| (x, y))) {
        let Rgba(pixel) = picture.get_pixel_mut(x, y);
        match signature.contains("png") {
            true => pixel[3] = 254 | bit(),
            false => pixel[..3]
                .iter_mut()
                .for_each(|channel| *channel = 64 | bit()),
        }
    }
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut file, ImageFormat::Png)
        .unwrap();
    file.into_inner()
}

#[test]
fn hidden_in_pixels() {
    let with_length = |len: u32, text: &[u8]| [&len.to_be_bytes(), text].concat();
    let bomb = gzip(&vec![b'a'; 64 << 20]);
    for signature in [
        "stealth_pnginfo",
        "stealth_pngcomp",
        "stealth_rgbinfo",
        "stealth_rgbcomp",
    ] {
        let cases = [
            ("a bomb", with_length(bomb.len() as u32 * 8, &bomb)),
            ("no length", with_length(0, &bomb)),
            (
                "a length that is no multiple of eight",
                with_length(13, b"abc"),
            ),
            ("the longest length", with_length(u32::MAX, &bomb)),
            ("a negative length", with_length(1 << 31, b"{}")),
            ("nothing but a signature", Vec::new()),
            (
                "a signature again and again",
                signature.repeat(1000).into_bytes(),
            ),
        ];
        for (name, payload) in cases {
            check(&format!("{signature}: {name}"), hidden(&payload, signature));
        }
    }
}

/// A strip whose thumbnail shows something else, which is looked for all over it.
#[test]
fn thumbnails() {
    let drawn = |width: u32, height: u32, seed: u64| {
        let cell = |place: u32, side: u32| u64::from(place * 16 / side);
        let picture = GrayImage::from_fn(width, height, |x, y| {
            let cell = cell(x, width) * 16 + cell(y, height);
            Luma([Random::new(seed * 1000 + cell).next() as u8])
        });
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::from(picture)
            .write_to(&mut file, ImageFormat::Jpeg)
            .unwrap();
        file.into_inner()
    };
    let shapes = [
        [160, 120],
        [120, 160],
        [1000, 32],
        [32, 1000],
        [400, 32],
        [160, 32],
    ];
    let pairs = shapes
        .into_iter()
        .flat_map(|picture| shapes.map(|small| (picture.map(|side: u32| side * 2), small)));
    for (picture, small) in pairs {
        let thumbnail = drawn(small[0], small[1], 2);
        let mut exif = b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\x0e\0\x02".to_vec();
        exif.extend(b"\x02\x01\0\x04\0\0\0\x01\0\0\0\x2c\x02\x02\0\x04\0\0\0\x01");
        exif.extend((thumbnail.len() as u32).to_be_bytes());
        exif.extend([0; 4]);
        exif.extend(thumbnail);
        let exif = segment(0xE1, &[b"Exif\0\0", &exif[..]].concat());
        let file = drawn(picture[0], picture[1], 1);
        let file = [&file[..2], &exif, &file[2..]].concat();
        check(&format!("a thumbnail {small:?} of {picture:?}"), file);
    }
}

#[test]
fn decoders() {
    let sample = |name: &str| Sample::open(&format!("plain/{name}")).bytes;
    let webp = sample("gradient.webp");
    for kind in [b"ICCP", b"EXIF", b"ANMF", b"abcd"] {
        let chunk = [&kind[..], &[0; 4]].concat().repeat(200_000);
        let mut file = [&webp[..], &chunk].concat();
        let len = file.len() as u32 - 8;
        file[4..8].copy_from_slice(&len.to_le_bytes());
        check(&format!("WebP: {}", kind.escape_ascii()), file);
    }
    let gif = sample("drawing.gif");
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    for (name, block) in [
        ("frames", &frame[..]),
        ("comments", b"\x21\xfe\x01a\0"),
        ("controls", b"\x21\xf9\x04\0\0\0\0\0"),
    ] {
        let file = [&gif[..gif.len() - 1], &block.repeat(200_000), b"\x3b"].concat();
        check(&format!("GIF: {name}"), file);
    }
    let ico = [
        &b"\0\0\x01\0\xff\xff"[..],
        &b"\x10\x10\0\0\x01\0\x20\0\xff\xff\xff\x7f\x06\0\0\0".repeat(65_535),
    ]
    .concat();
    check("ICO: entries", ico);
    check(
        "TIFF: strips",
        tiff(&[
            (0x111, 4, 1_000_000, 8),
            (0x117, 4, 1_000_000, 8),
            (0x116, 3, 1, 1),
        ]),
    );
    check(
        "TIFF: tiles",
        tiff(&[
            (0x142, 3, 1, 1),
            (0x143, 3, 1, 1),
            (0x144, 4, 1_000_000, 8),
            (0x145, 4, 1_000_000, 8),
        ]),
    );
    check(
        "TIFF: samples",
        tiff(&[
            (0x102, 3, 1_000_000, 8),
            (0x115, 3, 1, 65_535),
            (0x153, 3, 1_000_000, 8),
        ]),
    );
    for kind in [
        b"tRNS", b"PLTE", b"gAMA", b"iCCP", b"fcTL", b"fdAT", b"IDAT", b"sPLT",
    ] {
        let empty = png_chunk(kind, &[0; 13]).repeat(200_000);
        check(
            &format!("PNG: {}", kind.escape_ascii()),
            png(std::slice::from_ref(&empty), &[]),
        );
        check(
            &format!("PNG, late: {}", kind.escape_ascii()),
            png(&[], &[empty]),
        );
    }
    for marker in [0xC4, 0xDB, 0xDD, 0xEE, 0xE0, 0xE2] {
        let profile = segment(marker, b"ICC_PROFILE\0\x01\xff");
        check(
            &format!("JPEG: {marker:x}"),
            jpeg(&[profile.repeat(200_000)]),
        );
    }
    let scans = segment(0xDA, &[1, 1, 0, 0, 0x3F, 0]).repeat(200_000);
    check(
        "JPEG: scans",
        jpeg(&[segment(0xC2, &[8, 2, 0, 2, 0, 1, 1, 0x11, 0]), scans]),
    );
}

/// A TIFF of 512 × 512 pixels with these fields, the values of which stand in four megabytes of eights.
fn tiff(fields: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let all = [
        &[(0x100, 3, 1, 512), (0x101, 3, 1, 512), (0x106, 3, 1, 1)],
        fields,
    ]
    .concat();
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend((all.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in all {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    [&file[..], &[8; 4 << 20]].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
