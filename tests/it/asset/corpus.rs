//! Real files, where they are at hand.

use provscan::asset::{Asset, BlockKind, Format, Limits, Metadata, namespace};
use std::path::{Path, PathBuf};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

pub(super) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found)
        } else {
            found.push(path)
        }
    }
}

fn open(path: &Path) -> Asset {
    Asset::new(
        path.display().to_string(),
        std::fs::read(path).unwrap(),
        Limits::default(),
    )
}

/// What the first bytes say, told apart from the code under test.
fn magic(bytes: &[u8]) -> Option<Format> {
    Some(match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Format::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Format::Png,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Format::WebP,
        [b'G', b'I', b'F', b'8', ..] => Format::Gif,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Format::Tiff,
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'a',
            b'v',
            b'i',
            b'f',
            ..,
        ] => Format::Avif,
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'h',
            b'e',
            b'i',
            b'c',
            ..,
        ] => Format::Heif,
        _ => return None,
    })
}

/// The manifest store, joined from its pieces.
fn manifest(asset: &Asset) -> Vec<u8> {
    let pieces = asset
        .container()
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Jumbf);
    pieces
        .flat_map(|block| asset.bytes()[block.range.clone()].to_vec())
        .collect()
}

#[test]
fn pictures_have_the_size_that_their_header_tells() {
    let mut paths = Vec::new();
    files(Path::new(CORPUS), &mut paths);
    for path in &paths {
        let asset = open(path);
        match asset.pixels() {
            Ok(pixels) => {
                let size = Some((pixels.image.width(), pixels.image.height()));
                let preview = asset.container().preview.as_ref();
                let told = preview.map_or(asset.container().dimensions, |one| Some(one.size));
                assert_eq!(told, size, "{}", path.display());
            }
            Err(error) => assert!(!error.to_string().contains('\n'), "{error:?}"),
        }
    }
}

#[test]
fn the_whole_corpus() {
    let mut paths = Vec::new();
    files(Path::new(CORPUS), &mut paths);
    if paths.is_empty() {
        return println!("skipped: no corpus at {CORPUS}");
    }
    for path in &paths {
        let asset = open(path);
        let container = asset.container();
        asset.metadata();
        let jumbf = container
            .blocks
            .iter()
            .any(|block| block.kind == BlockKind::Jumbf);
        if asset.format() != Some(Format::Gif) && jumbf {
            let joined = manifest(&asset);
            let declared = joined
                .first_chunk()
                .map(|head| u32::from_be_bytes(*head) as usize);
            assert_eq!(declared, Some(joined.len()), "{}", path.display());
        }
        let is_raw = container.preview.is_some();
        if let Some(format) = magic(asset.bytes()).filter(|_| !is_raw) {
            assert_eq!(container.format, Some(format), "{}", path.display());
        }
    }
}

fn known(name: &str) -> Option<Metadata> {
    let path = Path::new(CORPUS).join(name);
    if !path.exists() {
        println!("skipped: no {}", path.display());
        return None;
    }
    Some(open(&path).metadata().clone())
}

fn has(metadata: &Metadata, ns: &str, name: &str, end: &str) -> bool {
    metadata
        .xmp_values(ns, name)
        .any(|value| value.ends_with(end))
}

#[test]
fn midjourney_keeps_xmp_in_a_plain_text_chunk() {
    let Some(found) = known("marks/raiw/data/fixtures/provenance/mj-1.png") else {
        return;
    };
    assert!(
        has(
            &found,
            namespace::IPTC_EXT,
            "DigitalSourceType",
            "trainedAlgorithmicMedia"
        ),
        "{found:?}"
    );
    assert!(
        found
            .texts_named("Description")
            .any(|text| text.contains("Job ID: "))
    );
}

#[test]
fn google_credits_itself() {
    let Some(found) = known("marks/google-ai/gemini_img.png") else {
        return;
    };
    assert!(
        has(
            &found,
            namespace::PHOTOSHOP,
            "Credit",
            "Made with Google AI"
        ),
        "{found:?}"
    );
    assert!(has(
        &found,
        namespace::IPTC_EXT,
        "DigitalSourceType",
        "trainedAlgorithmicMedia"
    ));
}

#[test]
fn extended_xmp_is_joined() {
    let Some(found) = known("marks/exiftool/t/images/ExtendedXMP.jpg") else {
        return;
    };
    assert_eq!(found.xmp.len(), 2, "{found:?}");
}

#[test]
fn automatic1111_comments_are_readable() {
    let Some(found) =
        known("marks/sd-parsers/tests/resources/parsers/AUTOMATIC1111/automatic1111_cropped.jpg")
    else {
        return;
    };
    let comment = found.exif.text(0x9286).unwrap();
    assert!(
        comment.contains("Steps: ") && comment.is_ascii(),
        "{comment:?}"
    );
}

#[test]
fn heic_pictures_are_measured() {
    let path = Path::new(CORPUS).join("marks/exiftool/t/images/QuickTime.heic");
    if !path.exists() {
        return println!("skipped: no {}", path.display());
    }
    assert_eq!(open(&path).container().dimensions, Some((1596, 1064)));
}

/// An older library took minutes for it; a walk that does so would be seen as a test that never ends.
#[test]
fn a_tiff_of_endless_directories_comes_to_an_end() {
    known("c2pa/contentauth+c2pa-rs/sdk/tests/fixtures/tiff_poc.tiff");
}
