//! Manifests that mean harm: written by hand, altered, moved.

use provscan::asset::Asset;
use provscan::evidence::Strength;
use provscan::{Inspection, Limits};

use crate::support::jumbf::{Assertion, Carrier, Manifest, store};
use crate::support::{Sample, inspector};

fn jpeg() -> Carrier {
    Carrier::Jpeg(crate::asset::build::jpeg(&[]))
}

fn png() -> Carrier {
    Carrier::Png(crate::asset::build::png(&[], &[]))
}

fn inspect(bytes: Vec<u8>) -> Inspection {
    inspector(&[]).inspect(&Asset::new("by-hand", bytes, Limits::default()))
}

#[test]
fn what_is_written_by_hand_as_it_should_be_is_trusted() {
    for carrier in [jpeg(), png()] {
        for version in [1, 2] {
            let found = inspect(carrier.bound(|binding| {
                let mut one =
                    Manifest::new("1", vec![binding, Assertion::created("digitalCapture")]);
                one.version = version;
                store(&[one.write()])
            }));
            println!("{:#?}", found.evidence);
            println!("{:#?} {:?}", found.faults, found.notes);
        }
    }
}

/// Store bytes without the zeros that stand in for a longer signature, which nothing signs.
#[test]
fn exploit() {
    let carrier = jpeg();
    let build = |padding: usize, binding: Assertion| {
        let mut one = Manifest::new("1", vec![binding, Assertion::created("digitalCapture")]);
        one.seal.padding = padding;
        store(&[one.write()])
    };
    let honest = carrier.bound(|binding| build(8000, binding));
    let keep = std::cell::RefCell::new(None);
    let _ = carrier.bound(|binding| {
        *keep.borrow_mut() = Some(binding.clone());
        build(8000, binding)
    });
    let small = build(0, keep.take().unwrap());
    let picture = image::RgbImage::from_fn(32, 32, |x, y| image::Rgb([255, (x * 8) as u8, (y * 8) as u8]));
    let mut other = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut other, image::ImageFormat::Jpeg).unwrap();
    let other = other.into_inner();
    let other = &other[2..];
    let plain = crate::asset::build::jpeg(&[]);
    let excluded = honest.len() - plain.len();
    let (first, last) = small.split_at(500);
    let seg = |number: u32, piece: &[u8]| {
        let again = if number > 1 { &small[..8] } else { &[] };
        crate::asset::build::segment(0xeb, &[b"JP\0\x01".as_slice(), &number.to_be_bytes(), again, piece].concat())
    };
    let comment = crate::asset::build::segment(0xfe, b"x");
    let head = [seg(1, first), comment, seg(2, last), other.to_vec()].concat();
    println!("excluded {excluded}, head {}", head.len());
    let filler = crate::asset::build::segment(0xfe, &vec![0; excluded - head.len() - 4]);
    let forged = [&plain[..2], &head, &filler, &plain[2..]].concat();
    assert_eq!(forged.len(), honest.len());
    std::fs::write("/tmp/forged.jpg", &forged).unwrap();
    std::fs::write("/tmp/honest.jpg", &honest).unwrap();
    let asset = Asset::new("by-hand", forged.clone(), Limits::default());
    println!("{:?}", asset.container());
    let found = inspect(forged);
    for e in &found.evidence { println!("{} {} {:?}", e.code.name, e.strength, e.detail); }
    println!("{:?} {:?} {:?}", found.faults, found.notes, found.dimensions);
}
