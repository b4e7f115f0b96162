use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::asset::{Limits, Sidecar};
use crate::signals::content_credentials::trust::Anchor;
use crate::signals::content_credentials::{trust, validate};
use crate::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

fn list(path: &str, kind: TrustKind) -> TrustList {
    TrustList::read(path, kind, ListOrigin::User, &fs::read(path).unwrap()).unwrap()
}

/// The root of the samples, and every public list where they are at hand.
fn contexts() -> Contexts {
    let mut lists = vec![list(
        &format!("{SAMPLES}/trust/anchors.pem"),
        TrustKind::Signer,
    )];
    if Path::new(SHARED).exists() {
        let public = [
            ("C2PA-TSA-TRUST-LIST.pem", TrustKind::TimeStamp),
            ("C2PA-TRUST-LIST.pem", TrustKind::Signer),
            ("interim/anchors_ct.pem", TrustKind::Signer),
            ("interim/anchors_ct.pem", TrustKind::TimeStamp),
            ("interim/allowed_ct.pem", TrustKind::AllowedSigner),
        ];
        lists.extend(public.map(|(name, kind)| list(&format!("{SHARED}/trust/{name}"), kind)));
    } else {
        println!("the public trust lists in ../shared are not there: skipped");
    }
    Contexts::new(trust::material(&TrustSettings {
        lists,
        ..TrustSettings::default()
    }))
    .unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        println!("skipped: {} is not there", folder.display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    files.sort();
    files
}

fn asset(path: &Path) -> Asset {
    let sidecar = fs::read(path.with_extension("c2pa")).ok();
    Asset::new("a", fs::read(path).unwrap(), Limits::default()).with_sidecar(sidecar.map(|bytes| {
        Sidecar {
            name: "a.c2pa".to_owned(),
            bytes: bytes.into(),
        }
    }))
}

/// Everything that the library says.
fn said(
    context: &Arc<Context>,
    asset: &Asset,
    place: Place<'_>,
) -> Result<(Value, String), String> {
    let reader = validate(context, asset, place).map_err(|error| error.to_string())?;
    let json = serde_json::from_str(&reader.json()).unwrap();
    Ok((json, format!("{:?}", reader.validation_state())))
}

/// Compares what is said with the chosen context and with all lists; tells whether a signer was trusted.
fn says_the_same(contexts: &Contexts, asset: &Asset, name: &str) -> bool {
    let mut places = vec![Place::InFile];
    places.extend(asset.sidecar().map(|sidecar| Place::Apart(&sidecar.bytes)));
    if asset.format() == Some(Format::C2pa) {
        places = vec![Place::WholeFile];
    }
    places.into_iter().any(|place| {
        let chosen = said(&contexts.of(asset, place), asset, place);
        let full = said(&contexts.full, asset, place);
        assert_eq!(chosen, full, "{name}");
        chosen.is_ok_and(|(json, _)| json.to_string().contains("signingCredential.trusted"))
    })
}

#[test]
fn every_file_gives_the_same_with_the_chosen_context_and_with_all_lists() {
    let contexts = contexts();
    let mut trusted = 0;
    let folders = [
        format!("{SAMPLES}/content_credentials"),
        format!("{SHARED}/corpus/c2pa"),
    ];
    for path in folders.iter().flat_map(|folder| files(Path::new(folder))) {
        trusted += u32::from(says_the_same(
            &contexts,
            &asset(&path),
            &path.display().to_string(),
        ));
    }
    println!(
        "{trusted} files with a trusted signer; {} contexts",
        contexts.kept.lock().unwrap().len()
    );
    assert!(
        trusted >= 8,
        "too few files have a signer who is trusted: {trusted}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_manifests_give_the_same_too(which in any::<prop::sample::Index>(), flips in prop::collection::vec((any::<prop::sample::Index>(), 1..=255u8), 1..4)) {
        let (contexts, seeds) = &*SEEDS;
        let (name, bytes) = which.get(seeds);
        let whole = Asset::new("a", bytes.clone(), Limits::default());
        let jumbf: Vec<usize> = whole.container().blocks.iter().filter(|block| block.kind == BlockKind::Jumbf).flat_map(|block| block.range.clone()).collect();
        let mut bytes = bytes.clone();
        for (place, mask) in flips {
            bytes[*place.get(&jumbf)] ^= mask;
        }
        says_the_same(contexts, &Asset::new("a", bytes, Limits::default()), name);
    }
}

/// All lists, and small files with a manifest by name.
type Seeds = (Contexts, Vec<(String, Vec<u8>)>);

static SEEDS: std::sync::LazyLock<Seeds> = std::sync::LazyLock::new(|| {
    let folders = [
        format!("{SAMPLES}/content_credentials"),
        format!("{SHARED}/corpus/c2pa"),
    ];
    let seeds = folders
        .iter()
        .flat_map(|folder| files(Path::new(folder)))
        .filter_map(|path| {
            let bytes = fs::read(&path).unwrap();
            let asset = Asset::new("a", bytes.clone(), Limits::default());
            let signed = asset
                .container()
                .blocks
                .iter()
                .any(|block| block.kind == BlockKind::Jumbf);
            (signed && bytes.len() < 400_000).then(|| (path.display().to_string(), bytes))
        });
    (contexts(), seeds.collect())
});

/// A value in DER form whose content is short.
fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [
        &[tag, u8::try_from(content.len()).unwrap()],
        content.as_slice(),
    ]
    .concat()
}

/// The name `CN=text`.
fn common_name(text: &str) -> Vec<u8> {
    let attribute = der(
        0x30,
        &[
            &[0x06, 0x03, 0x55, 0x04, 0x03],
            &der(0x0c, &[text.as_bytes()]),
        ],
    );
    der(0x30, &[&der(0x31, &[&attribute])])
}

/// As much of a certificate as the search reads.
fn certificate(subject: &[u8]) -> Vec<u8> {
    let empty = der(0x30, &[]);
    let parts: [&[u8]; 6] = [
        &[0xa0, 0x03, 0x02, 0x01, 0x02],
        &[0x02, 0x01, 0x07],
        &empty,
        &empty,
        &empty,
        subject,
    ];
    der(0x30, &[&der(0x30, &parts)])
}

/// Anchors with these subjects, for signers.
fn anchors(subjects: &[String]) -> Contexts {
    let anchor = |subject: &String| Anchor {
        list: "signer:a".to_owned(),
        der: certificate(&common_name(subject)),
    };
    let material = Material {
        anchors: subjects.iter().map(anchor).collect(),
        ..Material::default()
    };
    Contexts::new(material).unwrap()
}

/// How many certificates and digests a context knows.
fn known(context: &Context) -> (usize, bool) {
    let lists = context
        .settings()
        .trust
        .anchors
        .as_deref()
        .unwrap_or_default();
    (
        lists
            .iter()
            .map(|list| list.trust_anchors.matches("BEGIN").count())
            .sum(),
        lists.iter().any(|list| list.allowed_list.is_some()),
    )
}

#[test]
fn anchors_are_chosen_by_name_and_only_by_the_whole_name() {
    let contexts = anchors(&["one".into(), "two".into(), "two".into()]);
    let one = [b"...", common_name("one").as_slice(), b"..."].concat();
    let two = common_name("two");
    assert_eq!(known(&contexts.for_bytes(&[b"nobody"])), (0, false));
    assert_eq!(known(&contexts.for_bytes(&[&one])), (1, false));
    assert_eq!(known(&contexts.for_bytes(&[&two])), (2, false));
    assert_eq!(known(&contexts.for_bytes(&[&one, &two])), (3, false));
    assert_eq!(
        known(&contexts.for_bytes(&[&two[..two.len() - 1]])),
        (0, false)
    );
}

#[test]
fn a_name_that_cannot_be_searched_for_is_always_there() {
    // A domain component, 0.9.2342.19200300.100.1.25, and nothing else.
    let attribute: &[u8] = &[
        0x06, 0x0a, 9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 0x19, 0x16, 1, b'a',
    ];
    let name = der(0x30, &[&der(0x31, &[&der(0x30, &[attribute])])]);
    let material = Material {
        anchors: vec![Anchor {
            list: "signer:a".to_owned(),
            der: certificate(&name),
        }],
        ..Material::default()
    };
    let contexts = Contexts::new(material).unwrap();
    assert_eq!(known(&contexts.for_bytes(&[b"nobody"])), (1, false));
}

#[test]
fn a_name_may_stand_across_two_segments() {
    let contexts = anchors(&["one".into()]);
    let store = [b"\0\0\0\0jumb....".as_slice(), &common_name("one"), b"...."].concat();
    let segment = |sequence: u8, part: &[u8]| {
        let body = [b"JP\x02\x11\0\0\0".as_slice(), &[sequence], part].concat();
        [
            &[0xff, 0xeb, 0, u8::try_from(body.len() + 2).unwrap()],
            body.as_slice(),
        ]
        .concat()
    };
    let (first, second) = store.split_at(20);
    let rest = [&store[..8], second].concat();
    let jpeg = [
        &[0xff, 0xd8],
        segment(1, first).as_slice(),
        &segment(2, &rest),
        &[0xff, 0xd9],
    ]
    .concat();
    let asset = Asset::new("a", jpeg, Limits::default());
    assert_eq!(known(&contexts.for_bytes(&[asset.bytes()])), (0, false));
    assert_eq!(known(&contexts.of(&asset, Place::InFile)), (1, false));
}

#[test]
fn where_names_may_be_hidden_all_lists_are_used() {
    let contexts = anchors(&["one".into(), "two".into()]);
    assert_eq!(known(&contexts.for_bytes(&[b"....c2cm...."])), (2, false));
    let odd_segment = b"\xff\xd8\xff\xeb\0\x06XXXX\xff\xd9";
    for bytes in [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice(),
        b"no image",
        odd_segment,
    ] {
        let asset = Asset::new("a", bytes.to_vec(), Limits::default());
        assert_eq!(known(&contexts.of(&asset, Place::InFile)), (2, false));
    }
}

#[test]
fn the_number_of_contexts_kept_has_an_end() {
    let names: Vec<String> = (0..8).map(|n| format!("name {n}")).collect();
    let contexts = anchors(&names);
    for part in 0..256_u32 {
        let mentioned = names.iter().enumerate().filter(|(n, _)| part >> n & 1 == 1);
        let bytes: Vec<u8> = mentioned.flat_map(|(_, name)| common_name(name)).collect();
        let chosen = contexts.for_bytes(&[&bytes]);
        assert_eq!(known(&chosen).0, part.count_ones() as usize);
        assert!(contexts.kept.lock().unwrap().len() <= MAX_KEPT);
    }
}

#[test]
fn allowed_signers_are_found_by_their_digest() {
    let signer = list(
        &format!("{SAMPLES}/trust/unknown-signer.pem"),
        TrustKind::AllowedSigner,
    );
    let contexts = Contexts::new(trust::material(&TrustSettings {
        lists: vec![signer],
        ..TrustSettings::default()
    }))
    .unwrap();
    let sample = |name: &str| asset(Path::new(&format!("{SAMPLES}/content_credentials/{name}")));
    assert!(says_the_same(
        &contexts,
        &sample("untrusted-signer.jpg"),
        "untrusted-signer.jpg"
    ));
    assert!(!says_the_same(
        &contexts,
        &sample("ai-generated.jpg"),
        "ai-generated.jpg"
    ));
    assert_eq!(
        known(&contexts.of(&sample("untrusted-signer.jpg"), Place::InFile)),
        (0, true)
    );
    assert_eq!(
        known(&contexts.of(&sample("ai-generated.jpg"), Place::InFile)),
        (0, false)
    );
}

#[test]
fn looking_for_allowed_signers_is_given_up_where_it_takes_too_long() {
    let material = Material {
        allowed: [[7; 32]].into(),
        ..Material::default()
    };
    let contexts = Contexts::new(material).unwrap();
    // Beginnings of certificates, each of which claims to hold all that follow.
    let header = [
        0x30, 0x83, 1, 0, 5, 0x30, 0x83, 1, 0, 0, 0xa0, 0x03, 0x02, 0x01, 0x02,
    ];
    let many = header.repeat(20_000);
    assert_eq!(known(&contexts.for_bytes(&[&header])), (0, false));
    assert_eq!(known(&contexts.for_bytes(&[&many])), (0, true));
}
