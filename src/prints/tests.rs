use proptest::prelude::*;

use super::*;
use crate::asset::{Limits, PixelError};
use crate::fingerprints::pdq::Pdq;
use crate::fingerprints::{Fingerprint, kinds, trims};

fn asset(path: &str) -> Asset {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/");
    let bytes = std::fs::read(format!("{folder}{path}")).unwrap();
    Asset::new(path, bytes, Limits::default())
}

fn eight() -> impl Strategy<Value = Eight> {
    let hashes = proptest::array::uniform8(any::<[u8; 32]>());
    (0..=100_u8, hashes, any::<bool>()).prop_map(|(quality, hashes, alike)| {
        let expected = crate::fingerprints::pdq::Dihedral::expected(&Pdq(hashes[0]));
        Eight {
            quality,
            hashes: if alike { expected } else { hashes.map(Pdq) },
        }
    })
}

fn turned() -> impl Strategy<Value = Turned> {
    let place = prop_oneof![
        Just(Place::Whole),
        proptest::sample::select(&trims::NAMES[..]).prop_map(Place::Trim),
        any::<u32>().prop_map(Place::Frame),
    ];
    let some = || proptest::option::of(eight());
    (place, some(), some(), any::<bool>()).prop_map(|(place, full, small, large)| Turned {
        place,
        full,
        small,
        large,
    })
}

fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    let all: Vec<Kind> = kinds().collect();
    let quality = proptest::option::of(0..=100_u8);
    (proptest::sample::select(all), any::<u8>(), quality).prop_map(|(kind, byte, quality)| {
        let value = vec![byte; kind.bytes()];
        let fingerprint = Fingerprint::new(kind, value).unwrap();
        fingerprint.with_quality(quality)
    })
}

fn look() -> impl Strategy<Value = Look> {
    let error = prop_oneof![
        ".*".prop_map(PixelError::Unsupported),
        ".*".prop_map(PixelError::TooLarge),
        ".*".prop_map(PixelError::Malformed),
    ];
    (
        any::<bool>(),
        proptest::collection::vec(fingerprint(), 0..4),
        proptest::collection::vec(fingerprint(), 0..2),
        proptest::option::of(turned()),
        proptest::option::of(error),
    )
        .prop_map(
            |(is_picture, fingerprints, upright, turned, undecoded)| Look {
                is_picture,
                fingerprints,
                upright,
                turned,
                unread: None,
                undecoded,
            },
        )
}

fn thumbnail() -> impl Strategy<Value = ThumbnailPrints> {
    (".*", ".*", any::<bool>(), any::<bool>(), look()).prop_map(
        |(manifest, label, claim, shows_image, look)| ThumbnailPrints {
            manifest,
            label,
            of: match claim {
                true => ThumbnailOf::Claim,
                false => ThumbnailOf::Ingredient,
            },
            shows_image,
            look,
        },
    )
}

fn prints() -> impl Strategy<Value = Prints> {
    let all: Vec<Kind> = kinds().collect();
    let parts = (
        proptest::collection::vec(turned(), 0..4),
        proptest::option::of(0..u32::MAX),
    );
    (
        proptest::collection::btree_set(proptest::sample::select(all), 0..5),
        (any::<bool>(), any::<bool>()),
        look(),
        parts,
        proptest::collection::vec(thumbnail(), 0..3),
    )
        .prop_map(
            |(kinds, (without_picture, text), own, parts, thumbnails)| Prints {
                kinds,
                without_picture,
                own,
                parts: OnceLock::from(Parts {
                    all: parts.0,
                    frames_looked_at: parts.1,
                }),
                thumbnails: OnceLock::from(thumbnails),
                text_like: OnceLock::from(text),
            },
        )
}

proptest! {
    #[test]
    fn prints_read_back_as_they_were(prints in prints()) {
        let bytes = prints.to_bytes();
        prop_assert_eq!(Prints::from_bytes(&bytes), Ok(prints));
        for cut in 0..bytes.len().min(400) {
            prop_assert!(Prints::from_bytes(&bytes[..cut]).is_err());
        }
        let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
        prop_assert_eq!(Prints::from_bytes(&longer), Err(PrintsError::Damaged));
    }

    #[test]
    fn no_bytes_panic(prints in prints(), at: prop::sample::Index, byte: u8, noise: Vec<u8>) {
        let mut bytes = prints.to_bytes();
        *at.get_mut(&mut bytes) = byte;
        let _ = Prints::from_bytes(&bytes);
        let _ = Prints::from_bytes(&noise);
        let versioned: Vec<u8> = [1].into_iter().chain(noise).collect();
        let _ = Prints::from_bytes(&versioned);
    }
}

#[test]
fn numbers_that_are_too_large_are_damage() {
    let mut bytes = vec![1, 0];
    bytes.extend([0xff; 12]);
    assert_eq!(Prints::from_bytes(&bytes), Err(PrintsError::Damaged));
    assert_eq!(Prints::from_bytes(&[]), Err(PrintsError::Damaged));
    assert_eq!(Prints::from_bytes(&[2]), Err(PrintsError::Version(2)));
}

/// Kinds are stored by their places in the table of families.
#[test]
fn families_keep_their_places() {
    let names: Vec<&str> = crate::fingerprints::ALL
        .iter()
        .map(|family| family.name)
        .collect();
    let places = [
        "md5",
        "sha1",
        "sha256",
        "pdq",
        "imghash",
        "imagehash",
        "photodna",
    ];
    assert_eq!(names[..places.len()], places);
}

#[test]
fn a_pictures_prints_are_small_and_read_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/plain");
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let asset = Asset::new("a", std::fs::read(&path).unwrap(), Limits::default());
        let prints = Prints::of(&asset, KEPT.into());
        let bytes = prints.to_bytes();
        sizes.push((
            bytes.len(),
            prints
                .own
                .turned
                .as_ref()
                .is_some_and(|turned| turned.large),
        ));
        assert_eq!(Prints::from_bytes(&bytes), Ok(prints), "{}", path.display());
    }
    println!("{sizes:?}");
}

#[test]
fn prints_hold_parts_and_later_frames() {
    let moving = Prints::of(&asset("known_image/known-1-second-frame.gif"), KEPT.into());
    assert!(
        moving
            .parts
            .get()
            .is_some_and(|parts| !parts.all.is_empty())
    );
}
