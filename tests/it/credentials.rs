//! Content credentials in unusual places: none may be passed over, and none may hide another.

use provscan::asset::{Asset, Limits, Sidecar};

use crate::support::{Sample, inspector};

fn codes(asset: &Asset) -> Vec<&'static str> {
    let found = inspector(&["content_credentials"]).inspect(asset);
    found.evidence.iter().map(|one| one.code.name).collect()
}

/// The library reads an APP11 segment whatever its marker says, so a changed marker must not hide the manifest.
#[test]
fn a_changed_segment_marker_hides_no_manifest() {
    let mut bytes = Sample::open("content_credentials/ai-generated.jpg").bytes;
    let at = bytes
        .windows(2)
        .position(|two| two == [0xff, 0xeb])
        .unwrap()
        + 4;
    assert_eq!(&bytes[at..at + 2], b"JP");
    bytes[at..at + 2].copy_from_slice(b"XX");
    let asset = Asset::new("a.jpg", bytes, Limits::default());
    assert!(
        codes(&asset).contains(&"c2pa.ai-generated"),
        "{:?}",
        codes(&asset)
    );
}

/// JUMBF carries other things than manifests, 360-degree metadata for one.
#[test]
fn foreign_jumbf_hides_no_sidecar() {
    let image = Sample::open("content_credentials/sidecar.jpg").bytes;
    let manifest = Sample::open("content_credentials/sidecar.c2pa").bytes;
    let description = [
        b"\0\0\0\x1djumdjson\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71".as_slice(),
        b"\x03xyz\0",
    ]
    .concat();
    let length = u32::try_from(description.len() + 8).unwrap();
    let boxes = [&length.to_be_bytes()[..], b"jumb", &description].concat();
    let body = [b"JP\0\x01\0\0\0\x01".as_slice(), &boxes].concat();
    let segment = [
        &[0xff, 0xeb][..],
        &u16::try_from(body.len() + 2).unwrap().to_be_bytes(),
        &body,
    ]
    .concat();
    let bytes = [&image[..2], &segment, &image[2..]].concat();
    let sidecar = Sidecar {
        name: "a.c2pa".into(),
        bytes: manifest.into(),
    };
    let asset = Asset::new("a.jpg", bytes, Limits::default()).with_sidecar(Some(sidecar));
    let found = codes(&asset);
    assert!(
        found.iter().any(|code| code.starts_with("c2pa.sidecar")),
        "{found:?}"
    );
}
