//! Manifests that mean harm: written by hand, altered, moved.

mod altered;
mod decoys;
mod exhausting;
mod forged;
mod output;

use provscan::asset::{Asset, BlockKind};
use provscan::evidence::{Evidence, Strength};
use provscan::{Inspection, Limits};

use crate::asset::build;
use crate::support::inspector;
use crate::support::jumbf::{Assertion, Carrier, Manifest, store};

fn jpeg() -> Carrier {
    Carrier::Jpeg(build::jpeg(&[]))
}

fn png() -> Carrier {
    Carrier::Png(build::png(&[], &[]))
}

fn inspect(bytes: Vec<u8>) -> Inspection {
    inspector(&[]).inspect(&Asset::new("by-hand", bytes, Limits::default()))
}

/// The store of a JPEG written here, by itself.
fn store_of(jpeg: &[u8]) -> Vec<u8> {
    let asset = Asset::new("by-hand", jpeg.to_vec(), Limits::default());
    let pieces = asset.container().blocks.iter();
    let pieces = pieces.filter(|block| block.kind == BlockKind::Jumbf);
    let pieces: Vec<&[u8]> = pieces.map(|block| &jpeg[block.range.clone()]).collect();
    pieces.concat()
}

/// Codes that are not about the image's origin: one says what is wrong, the other sums up what the rest says.
const NOT_ASKED: [&str; 3] = [
    "c2pa.content-altered",
    "c2pa.asset-signals",
    "c2pa.update-manifest",
];

/// What is proven of an image, and by whom, other than that it was altered.
fn proven(inspection: &Inspection) -> Vec<&Evidence> {
    let proven = inspection.evidence.iter();
    proven
        .filter(|one| one.strength == Strength::Proven && !NOT_ASKED.contains(&one.code.name))
        .collect()
}

fn codes(inspection: &Inspection) -> Vec<&'static str> {
    inspection
        .evidence
        .iter()
        .map(|one| one.code.name)
        .collect()
}

#[test]
fn what_is_written_by_hand_as_it_should_be_is_trusted() {
    for carrier in [jpeg(), png()] {
        for version in [1, 2] {
            let found = inspect(carrier.bound(|binding| {
                let captured = Assertion::created("digitalCapture");
                let mut one = Manifest::new("1", vec![binding, captured]);
                one.version = version;
                store(&[one.write()])
            }));
            assert_eq!(
                codes(&found),
                ["c2pa.trusted", "c2pa.captured", "c2pa.asset-signals"]
            );
            assert_eq!(proven(&found).len(), 2);
        }
    }
}

/// The hash over the file leaves out the store. Nothing signs the padding of the signature, so whoever takes it away has
/// room for a picture of their own, which the hash leaves out, too.
#[test]
fn a_picture_in_the_room_of_the_padding_is_an_alteration() {
    let build = |padding: usize, binding: Assertion| {
        let captured = Assertion::created("digitalCapture");
        let mut one = Manifest::new("1", vec![binding, captured]);
        one.seal.padding = padding;
        store(&[one.write()])
    };
    let plain = build::jpeg(&[]);
    let binding = std::cell::RefCell::new(None);
    let honest = jpeg().bound(|given| {
        *binding.borrow_mut() = Some(given.clone());
        build(8_000, given)
    });
    assert!(!proven(&inspect(honest.clone())).is_empty());
    let shorter = build(0, binding.take().unwrap());
    let excluded = honest.len() - plain.len();

    let segment = |number: u32, piece: &[u8]| {
        let again = if number > 1 { &shorter[..8] } else { &[] };
        let content = [b"JP\0\x01".as_slice(), &number.to_be_bytes(), again, piece].concat();
        build::segment(0xeb, &content)
    };
    let (first, last) = shorter.split_at(500);
    let comment = build::segment(0xfe, b"x");
    let stub = build::segment(0xeb, &[0; 20]);
    let apart = [segment(1, first), comment, segment(2, last)].concat();
    let whole = segment(1, &shorter);
    let behind_a_stub = [stub.clone(), whole.clone()].concat();
    let before_a_stub = [whole, stub].concat();
    for store in [apart, behind_a_stub, before_a_stub] {
        // Everything of the first picture but its start and what lies behind its end.
        let picture = picture();
        let head = [store.as_slice(), &picture[2..]].concat();
        let filler = vec![0; excluded - head.len()];
        let forged = [&plain[..2], &head, &filler, &plain[2..]].concat();
        let found = inspect(forged);
        assert_eq!(found.dimensions, Some((32, 32)));
        assert_eq!(proven(&found), Vec::<&Evidence>::new());
        assert!(codes(&found).contains(&"c2pa.content-altered"));
    }
}

/// A JPEG picture of 32 by 32 pixels.
fn picture() -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(32, 32, |x, y| image::Rgb([255, x as u8 * 8, y as u8 * 8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}
