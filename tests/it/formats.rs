//! Pixels of every format: camera RAW by its preview, AVIF, HEIC and JPEG XL by their decoders, what stands upright, and what
//! comes of files that are cut.

mod raw;

use provscan::asset::{Format, Orientation, PixelState};
use provscan::fingerprints::pdq::PDQ;
use provscan::fingerprints::{Kind, compute, compute_all, compute_upright};
use provscan::{Asset, Limits};

use crate::support::{Sample, provscan_with};

fn asset(bytes: &[u8]) -> Asset {
    Asset::new("a", bytes.to_vec(), Limits::default())
}

/// The listed picture, and copies of it in other formats.
fn copies() -> Vec<Sample> {
    let mut names = vec!["known-1-preview.dng"];
    #[cfg(feature = "avif")]
    names.push("known-1.avif");
    #[cfg(feature = "heic")]
    names.push("known-1.heic");
    #[cfg(feature = "jxl")]
    names.push("known-1.jxl");
    names
        .iter()
        .map(|name| Sample::open(&format!("known_image/{name}")))
        .collect()
}

#[test]
fn copies_in_every_format_are_near_the_original() {
    let original = Sample::open("known_image/known-1.png").asset();
    let original = compute(&original, PDQ).unwrap();
    for copy in copies() {
        let hash = compute(&copy.asset(), PDQ).unwrap();
        let distance = hash.distance(&original).unwrap();
        assert!(distance <= 10, "{}: {distance}", copy.name);
    }
}

/// Whatever is cut off, there is an answer, and it is no panic.
#[test]
fn cut_files_are_told() {
    let all = copies().into_iter().map(|copy| (copy.name, copy.bytes));
    let raw = raw::all()
        .into_iter()
        .map(|(_, name, bytes)| (name.to_owned(), bytes));
    let limits = Limits {
        max_pixels: 1 << 20,
        ..Limits::default()
    };
    for (name, bytes) in all.chain(raw) {
        for end in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
            let asset = Asset::new("a", bytes[..end].to_vec(), limits.clone());
            let decoded = asset.pixels().is_ok();
            let state = asset.pixel_state();
            let told = matches!(state, PixelState::Decoded | PixelState::Preview);
            assert_eq!(decoded, told, "{name}, cut at {end}: {state:?}");
        }
    }
}

#[test]
fn raw_files_are_told_apart_and_looked_at_by_their_previews() {
    for (format, name, bytes) in raw::all() {
        let asset = asset(&bytes);
        assert_eq!(asset.format(), Some(format), "{name}");
        let preview = asset.container().preview.as_ref();
        assert_eq!(
            preview.map(|preview| preview.size),
            Some(raw::PREVIEW),
            "{name}"
        );
        let pixels = asset
            .pixels()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let size = (pixels.image.width(), pixels.image.height());
        assert_eq!(size, raw::PREVIEW, "{name}");
        assert_eq!(asset.pixel_state(), PixelState::Preview, "{name}");
        assert_eq!(
            asset.metadata().exif.text(0x010F),
            Some(raw::make(format)),
            "{name}"
        );
        assert_eq!(asset.orientation(), Orientation(6), "{name}");
        let problems = &asset.container().problems;
        assert!(problems.is_empty(), "{name}: {problems:?}");
    }
}

#[test]
fn a_plain_tiff_stays_one() {
    let jpeg = raw::preview();
    let pages = raw::tiff(
        b"II\x2a\0",
        &[raw::page(&jpeg, 6), raw::page(&jpeg, 6)],
        None,
    );
    let asset = asset(&pages);
    assert_eq!(asset.format(), Some(Format::Tiff));
    assert_eq!(asset.container().preview, None);
}

#[test]
fn a_raw_file_without_a_preview_has_no_pixels() {
    let file = raw::tiff(b"II\x2a\0", &[], Some(raw::sensor()));
    let asset = asset(&file);
    assert_eq!(asset.format(), Some(Format::Raw));
    let error = asset.pixels().unwrap_err().to_string();
    assert!(error.contains("holds no preview in JPEG"), "{error}");
    assert_eq!(asset.pixel_state(), PixelState::Unsupported);
}

/// The picture is stored lying on its side; upright it is the one that was drawn.
#[test]
fn what_is_turned_is_hashed_upright() {
    let kinds: Vec<Kind> = [
        "pdq",
        "pdq-512",
        "imghash-gradient-8-lanczos3",
        "imagehash-phash-8",
    ]
    .iter()
    .map(|name| name.parse().unwrap())
    .collect();
    let upright = Sample::open("known_image/known-1.png");
    let picture = image::load_from_memory(&upright.bytes).unwrap();
    let mut stored = std::io::Cursor::new(Vec::new());
    let lying = picture.rotate270();
    lying
        .write_to(&mut stored, image::ImageFormat::Png)
        .unwrap();
    // EXIF with orientation 6, in front of the pixels.
    let stored = stored.into_inner();
    let exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut sum = flate2::Crc::new();
    sum.update(b"eXIf");
    sum.update(exif);
    let (len, sum) = ((exif.len() as u32).to_be_bytes(), sum.sum().to_be_bytes());
    let chunk = [&len[..], b"eXIf", exif, &sum].concat();
    let stored = [&stored[..33], &chunk, &stored[33..]].concat();
    let turned = asset(&stored);
    let expected = compute_all(&upright.asset(), &kinds);
    let found = compute_upright(&turned, &kinds);
    for (expected, found) in expected.into_iter().zip(found) {
        let (expected, found) = (expected.unwrap(), found.unwrap());
        assert_eq!(expected.hex(), found.hex(), "{}", expected.kind());
    }
    let as_stored = compute(&turned, kinds[3]).unwrap();
    let distance = as_stored.distance(&compute(&upright.asset(), kinds[3]).unwrap());
    assert!(distance > Some(8), "{distance:?}");
}

#[test]
fn hash_turns_pictures_upright_when_asked() {
    let sample = crate::support::root().join("samples/plain/rotated-exif.jpg");
    let path = sample.to_str().unwrap();
    let stored = provscan_with(["hash", "--blind", path]);
    let upright = provscan_with(["hash", "--blind", "--upright", path]);
    assert_eq!((stored.code, upright.code), (0, 0));
    assert_ne!(stored.out, upright.out);
    let digest = ["hash", "--blind", "--kind", "md5", path];
    let turned = ["hash", "--blind", "--upright", "--kind", "md5", path];
    assert_eq!(provscan_with(digest).out, provscan_with(turned).out);
}
