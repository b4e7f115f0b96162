//! Boxes that are there to be looked at in the place of others: where our own reading of a store and the library's could
//! part, nothing may be proven that nobody signed.

use provscan::Inspection;

use super::forged::{by_nobody, captured, generated, opened};
use super::{codes, inspect, jpeg, proven};
use crate::support::jumbf::{self, Assertion, Cbor, Manifest, Written, store};

fn told(found: &Inspection) -> Vec<&'static str> {
    proven(found).iter().map(|one| one.code.name).collect()
}

/// The boxes of a superbox.
fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut out = vec![];
    let mut at = 8;
    while at + 8 <= bytes.len() {
        let l = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        out.push(bytes[at..at + l].to_vec());
        at += l;
    }
    out
}
/// A box.
fn jb(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [
        &((body.len() + 8) as u32).to_be_bytes(),
        kind.as_slice(),
        body,
    ]
    .concat()
}

#[test]
fn a_claim_in_a_box_that_the_library_skips_pins_nothing() {
    for update in [false, true] {
        let found = inspect(jpeg().bound(|b| {
            let gone = Assertion::json("org.example.gone", "{}");
            let mut past = Manifest::new("1", vec![generated(), gone]);
            let whole = past.write();
            past.leave_out = Some("org.example.gone".into());
            let honest = past.write();
            let below = by_nobody("3", vec![captured()]).write();
            let url = |place: &str| {
                Cbor::from(format!("self#jumbf=/c2pa/{}{place}", whole.target.label).as_str())
            };
            let status =
                |code: &str, place: &str| Cbor::map([("code", code.into()), ("url", url(place))]);
            let hidden = vec![
                status("claimSignature.mismatch", "/c2pa.signature"),
                status("ingredient.manifest.mismatch", ""),
                status("signingCredential.untrusted", "/c2pa.signature"),
            ];
            let results = Cbor::map([(
                "activeManifest",
                Cbor::map([
                    ("success", Cbor::Array(hidden)),
                    ("informational", Cbor::Array(vec![])),
                    ("failure", Cbor::Array(vec![])),
                ]),
            )]);
            let used = Cbor::map([
                ("relationship", "componentOf".into()),
                ("validationResults", results),
                ("activeManifest", below.target.reference()),
                ("claimSignature", below.target.reference()),
            ]);
            let mut list = vec![
                generated(),
                Assertion::actions(&[Cbor::map([("action", "c2pa.edited".into())])])
                    .relabelled("c2pa.actions.v2__1"),
                Assertion::cbor("c2pa.ingredient.v3", &used),
            ];
            if update {
                list.push(b.clone())
            }
            let other = Manifest::new("1", list).write();
            // description, assertions, claim, signature
            let h = parts(&honest.bytes);
            let o = parts(&other.bytes);
            let hc = parts(&h[2]);
            let oc = parts(&o[2]);
            let claim = jb(
                b"jumb",
                &[oc[0].clone(), jb(b"xxxx", &hc[1][8..]), oc[1].clone()].concat(),
            );
            let forged = jb(
                b"jumb",
                &[o[0].clone(), o[1].clone(), claim, h[3].clone()].concat(),
            );
            let [action, used] = opened(&whole.target);
            let mut own = Manifest::new("2", vec![action, used]);
            if update {
                own.kind = b"c2um"
            } else {
                own.assertions.push(b)
            }
            own.redacted = vec![format!(
                "self#jumbf=/c2pa/{}/c2pa.assertions/org.example.gone",
                whole.target.label
            )];
            store(&[
                below,
                Written {
                    bytes: forged,
                    target: whole.target.clone(),
                },
                own.write(),
            ])
        }));
        let expected: &[&str] = if update { &[] } else { &["c2pa.trusted"] };
        assert_eq!(
            told(&found),
            expected,
            "update: {update}, {:?}",
            codes(&found)
        );
    }
}

#[test]
fn a_box_that_the_library_skips_hides_no_binding() {
    for decoy in [None, Some(b"abcd"), Some(b"c2tm")] {
        // Leaves out a quantisation table behind the store: 69 bytes.
        let found = inspect(jpeg().bound_without(2, 39..108, |b| {
            let own = Manifest::new("1", vec![b, captured()]).write();
            let mut all = vec![own.clone()];
            if let Some(kind) = decoy {
                let bytes = jumbf::superbox(kind, &own.target.label, &[]);
                all.push(Written {
                    bytes,
                    target: own.target.clone(),
                });
            }
            store(&all)
        }));
        assert_eq!(told(&found), [""; 0], "{decoy:?}");
        assert!(
            codes(&found).contains(&"c2pa.picture-not-bound"),
            "{decoy:?}"
        );
    }
}

#[test]
fn the_hash_of_a_claim_alone_pins_no_assertions() {
    use sha2::Digest as _;
    for replaced in [false, true] {
        let found = inspect(jpeg().bound(|b| {
            let below = by_nobody("3", vec![captured()]).write();
            let past = Manifest::new(
                "1",
                vec![
                    generated(),
                    Assertion::ingredient(0, "componentOf", "x", &below.target),
                ],
            );
            let honest = past.write();
            let h = parts(&honest.bytes);
            let hc = parts(&h[2]);
            let hash = sha2::Sha256::digest(&hc[1][8..]).to_vec();
            let url = |place: &str| {
                Cbor::from(format!("self#jumbf=/c2pa/{}{place}", honest.target.label).as_str())
            };
            let status =
                |code: &str, place: &str| Cbor::map([("code", code.into()), ("url", url(place))]);
            let hidden = vec![
                status(
                    "assertion.hashedURI.mismatch",
                    "/c2pa.assertions/c2pa.actions.v2",
                ),
                status(
                    "assertion.hashedURI.mismatch",
                    "/c2pa.assertions/c2pa.ingredient.v3",
                ),
                Cbor::map([
                    ("code", "assertion.undeclared".into()),
                    ("url", "c2pa.ingredient.v3".into()),
                ]),
            ];
            let results = Cbor::map([(
                "activeManifest",
                Cbor::map([
                    ("success", Cbor::Array(hidden)),
                    ("informational", Cbor::Array(vec![])),
                    ("failure", Cbor::Array(vec![])),
                ]),
            )]);
            let used = Cbor::map([
                ("relationship", "componentOf".into()),
                ("validationResults", results),
                ("activeManifest", below.target.reference()),
                ("claimSignature", below.target.reference()),
            ]);
            let mut other = Manifest::new("1", vec![captured()]);
            other.slipped_in = vec![Assertion::cbor("c2pa.ingredient.v3", &used)];
            let o = parts(&other.write().bytes);
            let forged = match replaced {
                true => jb(
                    b"jumb",
                    &[h[0].clone(), o[1].clone(), h[2].clone(), h[3].clone()].concat(),
                ),
                false => honest.bytes.clone(),
            };
            let used = Cbor::map([
                ("dc:title", "past".into()),
                ("dc:format", "image/jpeg".into()),
                ("relationship", "parentOf".into()),
                ("instanceID", "xmp:iid:1".into()),
                (
                    "c2pa_manifest",
                    jumbf::hashed_uri(&format!("self#jumbf=/c2pa/{}", honest.target.label), &hash),
                ),
            ]);
            let used = Assertion::cbor("c2pa.ingredient", &used);
            let action = Cbor::map([
                ("action", "c2pa.opened".into()),
                ("parameters", Cbor::map([("ingredient", used.uri())])),
            ]);
            let mut own = Manifest::new("2", vec![b, Assertion::actions(&[action]), used]);
            own.version = 1;
            store(&[
                below,
                Written {
                    bytes: forged,
                    target: honest.target.clone(),
                },
                own.write(),
            ])
        }));
        // What the honest one says was signed; what was put in its place was not.
        let expected: &[&str] = match replaced {
            true => &["c2pa.trusted"],
            false => &["c2pa.trusted", "c2pa.ai-generated"],
        };
        assert_eq!(told(&found), expected, "replaced: {replaced}");
    }
}

#[test]
fn a_table_before_metadata_is_a_part_of_the_picture() {
    let jumbf::Carrier::Jpeg(plain) = jpeg() else {
        panic!()
    };
    let xmp = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0";
    let app1 = [&[0xff, 0xe1, 0, xmp.len() as u8 + 2][..], xmp].concat();
    assert_eq!(plain[39..41], [0xff, 0xdb]);
    let picture = [&plain[..108], &app1, &plain[108..]].concat();
    let found = inspect(jumbf::Carrier::Jpeg(picture).bound_without(
        2,
        39..108 + app1.len(),
        |b| store(&[Manifest::new("1", vec![b, captured()]).write()]),
    ));
    assert_eq!(told(&found), [""; 0]);
}
