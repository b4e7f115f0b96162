//! Honest signers leave out of the binding what is written later: that is reported, and nobody is accused of it.

use super::made::{BEHIND_JFIF, Case, Maker, check, created, look, picture, proves_nothing, said};
use crate::asset::build::{chunk, segment};
use crate::support::Sample;

const UNBOUND: &[&str] = &[
    "trusted proven",
    "unbound-parts declared",
    "captured proven",
];
const UNBOUND_BENEATH: &[&str] = &[
    "trusted proven",
    "unbound-parts declared",
    "captured proven",
    "update-manifest proven",
];

/// Where the first segment with this marker ends.
fn end_of(marker: u8, image: &[u8]) -> usize {
    let mut at = 2;
    loop {
        let length = u16::from_be_bytes([image[at + 2], image[at + 3]]);
        let end = at + 2 + usize::from(length);
        if image[at + 1] == marker {
            return end;
        }
        at = end;
    }
}

/// An image with more in it at this place, and the range that this takes.
fn with(image: &[u8], at: usize, more: &[u8]) -> (Vec<u8>, (usize, usize)) {
    let (head, rest) = image.split_at(at);
    ([head, more, rest].concat(), (at, more.len()))
}

fn xmp() -> Vec<u8> {
    let body = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), &[b' '; 3000]].concat();
    segment(0xe1, &body)
}

/// A capture whose signer left this range out.
fn leaving_out((image, range): (Vec<u8>, (usize, usize))) -> Vec<u8> {
    let maker = Maker::new(&created("computationalCapture"), &[]);
    maker.bind(&image, &[range]).within(&image)
}

fn updated(format: &str, image: &[u8]) -> Vec<u8> {
    Maker::new(&[], &[]).update().sign_as(format, image)
}

#[test]
fn metadata_and_trailers_that_the_signer_left_out_are_reported_and_no_tampering() {
    let jpeg = picture();
    let png = Sample::open("plain/texture.png").bytes;
    let xmp_next = leaving_out(with(&jpeg, BEHIND_JFIF, &xmp()));
    let (commented, (_, comment)) = with(&jpeg, BEHIND_JFIF, &segment(0xfe, b"a comment"));
    let xmp_apart = leaving_out(with(&commented, BEHIND_JFIF + comment, &xmp()));
    let behind_table = end_of(0xdb, &jpeg);
    let gain_map = [&jpeg, &jpeg[..2], &jpeg[BEHIND_JFIF..]].concat();
    let exif = chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0");
    let exif = leaving_out(with(&png, png.len() - 12, &exif));
    let cases = [
        ("XMP behind the manifest", xmp_next.clone()),
        ("XMP apart from the manifest", xmp_apart.clone()),
        (
            "a trailer",
            leaving_out(with(&jpeg, jpeg.len(), &[0x55; 5000])),
        ),
        (
            "XMP of a gain map, behind the end of the picture",
            leaving_out(with(&gain_map, jpeg.len() + 2, &xmp())),
        ),
        (
            "an application's segment behind a table",
            leaving_out(with(&jpeg, behind_table, &segment(0xe4, &[7; 300]))),
        ),
        ("EXIF behind the pixels", exif.clone()),
    ];
    let updates = [
        ("an update over XMP", updated("image/jpeg", &xmp_next)),
        (
            "an update over XMP apart",
            updated("image/jpeg", &xmp_apart),
        ),
        ("an update over EXIF", updated("image/png", &exif)),
    ];
    let case = |said| {
        move |(name, image)| Case {
            name,
            image,
            said,
            verdict: "captured",
        }
    };
    let cases = cases.into_iter().map(case(UNBOUND));
    check(
        cases
            .chain(updates.into_iter().map(case(UNBOUND_BENEATH)))
            .collect(),
    );
}

#[test]
fn a_picture_that_the_signer_left_out_is_not_bound_and_nothing_is_proven_of_it() {
    let image = leaving_out((picture(), (2000, 20_000)));
    let found = look(image.clone());
    let expected = [
        "picture-not-bound declared",
        "unbound-parts declared",
        "captured declared",
    ];
    assert_eq!(said(&found), expected);
    assert!(proves_nothing(&found));
    // Whatever is changed there, nobody can tell.
    let mut changed = image;
    let at = changed.len() - 40_000;
    changed[at] ^= 1;
    let found = look(changed);
    assert_eq!(said(&found), expected);
    assert_eq!(found.verdict.finding.as_str(), "no-evidence");
    assert!(proves_nothing(&found));
}
