//! Thumbnails in manifests: which are kept, what they are compared with, and what they may cost.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use provscan::asset::{Asset, Limits, Sidecar, ThumbnailOf};
use provscan::error::FaultKind;
use provscan::inspect::{Inspection, SignalState};

use crate::jumbf::{file, jpeg_with, sized, store};
use crate::support::{Folder, Sample, inspector, provscan_with};

const CLAIM: &str = "c2pa.thumbnail.claim.jpeg";
const INGREDIENT: &str = "c2pa.thumbnail.ingredient__1.jpeg";

fn picture(sample: &str) -> DynamicImage {
    image::load_from_memory(&Sample::open(sample).bytes).unwrap()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn thumbnail_of(sample: &str) -> Vec<u8> {
    encoded(
        &picture(sample).thumbnail_exact(320, 240),
        ImageFormat::Jpeg,
    )
}

fn with_limits(image: &[u8], thumbnails: &[(&str, &[u8])], limits: Limits) -> Asset {
    let files = thumbnails
        .iter()
        .map(|(label, bytes)| file(label, "image/jpeg", bytes));
    let store = store(&files.collect::<Vec<_>>().concat());
    Asset::new("a.jpg", jpeg_with(image, &store), limits)
}

/// A sample with these thumbnails in its manifest.
fn with(sample: &str, thumbnails: &[(&str, &[u8])]) -> Asset {
    with_limits(&Sample::open(sample).bytes, thumbnails, Limits::default())
}

fn look(asset: &Asset, signal: &str) -> Inspection {
    inspector(&[signal]).inspect(asset)
}

fn codes(seen: &Inspection) -> Vec<&'static str> {
    seen.evidence.iter().map(|one| one.code.name).collect()
}

const KNOWN: &str = "known_image/known-2.jpg";
const STRANGER: &str = "known_image/similar-not-known.jpg";
const NEAR: &str = "known.match-thumbnail";

#[test]
fn each_picture_is_kept_once_and_64_at_most() {
    let names: Vec<String> = (0..100).map(|number| format!("picture {number}")).collect();
    let mut all: Vec<(&str, &[u8])> = vec![(CLAIM, b"same"), (INGREDIENT, b"same")];
    all.push(("c2pa.icon", b"no thumbnail"));
    all.extend(names.iter().map(|name| (INGREDIENT, name.as_bytes())));
    let asset = with(STRANGER, &all);
    let found = asset.thumbnails();
    assert_eq!(found.len(), 64);
    assert!(found[0].shows_image && found[0].of == ThumbnailOf::Claim);
    assert_eq!(found[0].manifest, "one");
    assert_eq!(
        (found[1].bytes(), found[1].of),
        (&b"picture 0"[..], ThumbnailOf::Ingredient)
    );
    assert_eq!(found[1].media_type, "image/jpeg");
    assert!(
        asset
            .thumbnails()
            .iter()
            .skip(1)
            .all(|one| !one.shows_image)
    );
}

#[test]
fn a_sidecar_has_thumbnails_too() {
    let sidecar = Sidecar {
        name: "a.c2pa".into(),
        bytes: store(&file(INGREDIENT, "image/jpeg", &thumbnail_of(KNOWN))).into(),
    };
    let image = Sample::open(STRANGER).bytes;
    let asset = Asset::new("a.jpg", image, Limits::default()).with_sidecar(Some(sidecar));
    assert!(asset.thumbnails()[0].in_sidecar);
    assert!(codes(&look(&asset, "known_image")).contains(&NEAR));
}

#[test]
fn a_claims_thumbnail_does_not_repeat_what_the_pixels_say() {
    let small = thumbnail_of(KNOWN);
    for (sample, label, expected) in [
        (KNOWN, CLAIM, false),
        (KNOWN, INGREDIENT, true),
        (STRANGER, CLAIM, true),
        (STRANGER, INGREDIENT, true),
    ] {
        let seen = look(&with(sample, &[(label, &small)]), "known_image");
        let found = codes(&seen).contains(&NEAR);
        assert_eq!(found, expected, "{sample} {label}: {:?}", codes(&seen));
        assert!(seen.faults.is_empty(), "{:?}", seen.faults);
    }
}

#[test]
fn a_thumbnail_that_takes_too_much_is_a_limit() {
    let bomb = Sample::open("broken/huge-header.png").bytes;
    let seen = look(&with(STRANGER, &[(INGREDIENT, &bomb)]), "known_image");
    assert_eq!(seen.faults[0].kind, FaultKind::Limit, "{:?}", seen.faults);
    let message = &seen.faults[0].message;
    assert!(
        message.starts_with("the thumbnail of an ingredient"),
        "{message}"
    );
    assert_eq!(seen.notes, Vec::<String>::new());
}

#[test]
fn all_thumbnails_share_one_limit() {
    let image = Sample::open(STRANGER).bytes;
    let (first, second) = (thumbnail_of(KNOWN), thumbnail_of(STRANGER));
    let faults = |thumbnails: &[(&str, &[u8])]| {
        let limits = Limits {
            max_pixels: 640 * 480,
            ..Limits::default()
        };
        look(&with_limits(&image, thumbnails, limits), "known_image").faults
    };
    assert_eq!(faults(&[(INGREDIENT, &first)]), []);
    let both = faults(&[(INGREDIENT, &first), (INGREDIENT, &second)]);
    assert_eq!(both[0].kind, FaultKind::Limit, "{both:?}");
}

#[test]
fn a_broken_thumbnail_is_noted_and_no_fault() {
    let mut broken = encoded(&picture(KNOWN), ImageFormat::Png);
    broken.truncate(600);
    let asset = with(STRANGER, &[(INGREDIENT, &broken), (INGREDIENT, b"nothing")]);
    let seen = look(&asset, "known_image");
    assert_eq!((seen.faults.len(), codes(&seen)), (0, vec![]));
    assert_eq!(seen.notes.len(), 2, "{:?}", seen.notes);
    assert!(seen.notes[0].starts_with("thumbnail of an ingredient (c2pa.thumbnail"));
}

#[test]
fn a_thumbnail_turned_as_a_viewer_would_turn_the_picture_is_the_same() {
    let turned = encoded(
        &picture(KNOWN).rotate90().thumbnail_exact(240, 320),
        ImageFormat::Jpeg,
    );
    let seen = look(&with(KNOWN, &[(CLAIM, &turned)]), "thumbnails");
    assert_eq!(codes(&seen), Vec::<&str>::new());
    let foreign = thumbnail_of(STRANGER);
    let seen = look(&with(KNOWN, &[(CLAIM, &foreign)]), "thumbnails");
    assert_eq!(codes(&seen), ["c2pa.thumbnail-differs"]);
    // Something that went into it may look like anything.
    let seen = look(&with(KNOWN, &[(INGREDIENT, &foreign)]), "thumbnails");
    assert_eq!(codes(&seen), Vec::<&str>::new());
}

#[test]
fn a_thumbnail_of_another_shape_or_none_at_all_says_nothing() {
    let cropped = picture(STRANGER).crop_imm(0, 0, 480, 480);
    let cropped = encoded(&cropped, ImageFormat::Jpeg);
    for thumbnail in [&cropped[..], b"nothing"] {
        let seen = look(&with(KNOWN, &[(CLAIM, thumbnail)]), "thumbnails");
        let state = seen.signals.iter().find(|(name, _)| *name == "thumbnails");
        assert!(
            matches!(state, Some((_, SignalState::NotApplicable(_)))),
            "{state:?}"
        );
        assert!(seen.faults.is_empty(), "{:?}", seen.faults);
    }
}

#[test]
fn a_page_does_not_say_that_the_image_itself_is_on_a_list() {
    let list = "samples/lists/known.csv";
    let ran = provscan_with([
        "check",
        "--list",
        list,
        "samples/known_image/original-in-history.jpg",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let meaning = "known: it carries a small copy of an image that is on a list of known images.";
    assert!(ran.out.contains(meaning), "{}", ran.out);
}

#[test]
fn video_that_is_not_read_as_a_whole_has_its_thumbnails_too() {
    let store = store(&file(INGREDIENT, "image/jpeg", &thumbnail_of(KNOWN)));
    let uuid = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    let manifest = [&uuid[..], b"\0\0\0\0manifest\0", &[0; 8], &store].concat();
    let parts = [
        sized(b"ftyp", b"mp42\0\0\0\0mp42isom"),
        sized(b"free", &[0; 100_000]),
        sized(b"uuid", &manifest),
    ];
    let (bytes, at) = (parts.concat(), parts[0].len() + parts[1].len());
    let folder = Folder::new();
    let video = std::fs::File::open(folder.put("a.mp4", &bytes)).unwrap();
    let head = bytes[..64 << 10].to_vec();
    let asset = Asset::streamed("a.mp4", video, head, Limits::default()).unwrap();
    assert_eq!(
        asset.manifest_ranges(),
        std::slice::from_ref(&(at..bytes.len()))
    );
    assert_eq!(asset.thumbnails().len(), 1);
    let seen = look(&asset, "known_image");
    assert!(codes(&seen).contains(&NEAR), "{:?}", codes(&seen));
}

#[test]
fn a_scan_decodes_for_thumbnails_only_where_it_was_asked_to() {
    let sample = "samples/thumbnails/foreign-thumbnail.jpg";
    let state = |arguments: &[&str]| {
        let arguments = [arguments, &["--format", "jsonl", sample]].concat();
        let out = provscan_with(arguments).out;
        let states = ["found", "not-used"];
        let told = |state: &&str| out.contains(&format!("\"thumbnails\":\"{state}\""));
        let found = out.contains("\"c2pa.thumbnail-differs\"");
        let state = states.into_iter().find(told);
        assert_eq!(found, state == Some("found"), "{out}");
        state
    };
    assert_eq!(state(&["check"]), Some("found"));
    assert_eq!(state(&["scan"]), Some("not-used"));
    assert_eq!(state(&["scan", "--thorough"]), Some("found"));
    assert_eq!(state(&["scan", "--signal", "thumbnails"]), Some("found"));
    let list = ["scan", "--list", "samples/lists/known.csv"];
    assert_eq!(state(&list), Some("found"));
}
