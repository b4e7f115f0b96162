//! Proves that copies of listed pictures are found by PDQ, that other pictures are not, and that every hash is sound.

use crate::lists::{pdq_of, similar_are_known};
use crate::output::Output;
use provscan::fingerprints::pdq::Dihedral;

/// Copies that must match without being turned, with the originals they were made from.
const COPIES: &[(&str, &str)] = &[
    ("known-1-reencoded.jpg", "known-1.png"),
    ("known-1-resized.jpg", "known-1.png"),
    ("known-1-brighter.jpg", "known-1.png"),
    ("known-2-webp.webp", "known-2.jpg"),
];

/// Pictures that must not match anything, however they are turned.
const STRANGERS: &[&str] = &[
    "known_image/similar-not-known.jpg",
    "known_image/original-in-history.jpg",
    "known_image/listed-file-in-history.jpg",
    "plain/drawing.jpg",
    "plain/texture.png",
    "plain/gradient.webp",
    "plain/drawing.gif",
    "plain/scan.tif",
    "plain/icon.bmp",
    "plain/rotated-exif.jpg",
    "plain/camera-exif.jpg",
    "content_credentials/ai-generated.jpg",
    "content_credentials/camera-capture.jpg",
    "generator_metadata/automatic1111.png",
    "generator_metadata/comfyui.png",
    "generator_metadata/iptc-generated.jpg",
];

const ROTATED: &str = "known_image/known-1-rotated.jpg";

/// The largest distance that is a match.
const MATCH: u32 = 31;

/// Strangers keep well away from it.
const FAR: u32 = 60;

/// The quality that "a correct implementation" is compared at.
const SOUND: u8 = 80;

/// Compares the pictures with the list and prints the distances.
///
/// # Panics
/// If a copy is not found, a stranger is, or a hash is too weak to tell.
pub fn check(output: &Output) {
    for (copy, original) in COPIES {
        let distance = distance(
            output,
            &format!("known_image/{copy}"),
            Dihedral::Original,
            original,
        );
        println!("{copy}: {distance} from {original}");
        assert!(distance <= MATCH, "{copy} is too far from {original}");
    }
    let as_it_is = distance(output, ROTATED, Dihedral::Original, "known-1.png");
    let turned = nearest(output, ROTATED);
    println!("{ROTATED}: {as_it_is} as it is, {turned} turned");
    assert!(
        as_it_is > MATCH && turned <= MATCH,
        "{ROTATED} must match only when turned"
    );
    for stranger in STRANGERS {
        let nearest = nearest(output, stranger);
        println!("{stranger}: {nearest} from the nearest known picture");
        assert!(nearest >= FAR, "{stranger} is too close to a known picture");
    }
}

/// The distance to the nearest listed picture over all eight ways of turning and mirroring.
fn nearest(output: &Output, name: &str) -> u32 {
    let turned = |original| Dihedral::ALL.map(|way| distance(output, name, way, original));
    similar_are_known().flat_map(turned).min().unwrap()
}

fn distance(output: &Output, name: &str, turned: Dihedral, original: &str) -> u32 {
    let hash = pdq_of(output, name, turned);
    assert!(
        hash.quality() >= Some(SOUND),
        "{name} has quality {:?}",
        hash.quality()
    );
    hash.distance(&pdq_of(
        output,
        &format!("known_image/{original}"),
        Dihedral::Original,
    ))
    .unwrap()
}
