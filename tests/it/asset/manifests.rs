//! The raw view of manifest stores: it agrees with the library for content credentials, and no bytes break it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};

use c2pa::{Context, Reader, Settings};
use provscan::asset::{
    Asset, Cbor, Content, Limits, ManifestKind, RawManifest, RawStore, cbor_field,
};
use serde_json::Value;

use crate::jumbf::{FILE, sized, store, superbox};
use crate::support::{Random, Sample, samples};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/c2pa");

/// Manifests by label, and the labels of their assertions.
type Labels = BTreeMap<String, BTreeSet<String>>;

fn own_labels(store: &RawStore) -> Labels {
    let standard = |manifest: &&RawManifest| {
        matches!(manifest.kind, ManifestKind::Standard | ManifestKind::Update)
    };
    let labels = |manifest: &RawManifest| {
        let assertions = manifest.assertions.iter().map(|one| one.label.clone());
        (manifest.label.clone(), assertions.collect())
    };
    store
        .manifests
        .iter()
        .filter(standard)
        .map(labels)
        .collect()
}

/// What the library reads; `None` where it reads nothing from the file itself.
fn library_labels(asset: &Asset) -> Option<Labels> {
    let settings = "[verify]\nverify_after_reading = false\nremote_manifest_fetch = false\n";
    let settings = Settings::new().with_toml(settings).unwrap();
    let context = Context::new()
        .with_settings(settings)
        .unwrap()
        .into_shared();
    let media_type = asset.format()?.media_type();
    let reader = Reader::from_shared_context(&context)
        .with_stream(media_type, Cursor::new(asset.bytes()))
        .ok()?;
    let json: Value = serde_json::from_str(&reader.detailed_json()).unwrap();
    let manifests = json["manifests"].as_object().unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect();
    Some(
        manifests
            .iter()
            .map(|(label, manifest)| (label.clone(), keys(&manifest["assertion_store"])))
            .collect(),
    )
}

fn corpus() -> Vec<PathBuf> {
    let mut found = Vec::new();
    super::corpus::files(Path::new(CORPUS), &mut found);
    found.sort();
    if found.is_empty() {
        println!("skipped: no corpus at {CORPUS}");
    }
    found
}

fn open(path: &Path) -> Asset {
    let name = path.display().to_string();
    Asset::new(name, std::fs::read(path).unwrap(), Limits::default())
}

/// Whether both read the file and agree; disagreement fails the test.
fn agrees(asset: &Asset) -> bool {
    let (Some(store), Some(library)) = (asset.manifest_store(), library_labels(asset)) else {
        return false;
    };
    assert_eq!(own_labels(store), library, "{}", asset.name());
    assert_eq!(store.problems, Vec::<String>::new(), "{}", asset.name());
    for manifest in &store.manifests {
        assert!(manifest.claim.is_some(), "{}", asset.name());
        assert!(manifest.has_signature, "{}", asset.name());
    }
    true
}

#[test]
fn labels_are_those_that_the_library_gives() {
    let assets = samples().into_iter().map(|sample| sample.asset());
    let read = assets.filter(agrees).count();
    assert!(read >= 15, "{read} samples");
    let (mut both, mut ours, mut theirs) = (0, Vec::new(), Vec::new());
    for path in corpus() {
        let asset = open(&path);
        if agrees(&asset) {
            both += 1;
        } else if asset.manifest_store().is_some() {
            ours.push(path);
        } else if library_labels(&asset).is_some() {
            theirs.push(path);
        }
    }
    println!("{both} files of the corpus are read alike; only here: {ours:#?}");
    assert_eq!(theirs, Vec::<PathBuf>::new(), "only the library reads them");
}

/// The exclusions of a data hash.
fn exclusions(hash: &Cbor) -> Vec<Range<usize>> {
    let number = |value: &Cbor, key| -> usize {
        let found = cbor_field(value, key).unwrap().as_integer().unwrap();
        u64::try_from(found).unwrap() as usize
    };
    let list = cbor_field(hash, "exclusions").and_then(Cbor::as_array);
    list.into_iter()
        .flatten()
        .map(|one| number(one, "start")..number(one, "start") + number(one, "length"))
        .collect()
}

#[test]
fn data_hashes_exclude_the_place_where_the_store_lies() {
    let assets = samples().into_iter().map(|sample| sample.asset());
    let assets = assets.chain(corpus().into_iter().map(|path| open(&path)));
    for asset in assets {
        let active = asset
            .manifest_store()
            .and_then(|store| store.manifests.last());
        let hash = active.and_then(|active| active.labelled("c2pa.hash.data").next());
        let Some(hash) = hash else { continue };
        let hash = hash.cbor().unwrap_or_else(|| panic!("{}", asset.name()));
        let place = asset.manifest_ranges();
        let mut excluded = exclusions(&hash).into_iter();
        let equal = excluded.any(|range| [range] == *place);
        // A store beside its image binds that; the others are broken, or leave out more, on purpose.
        let meant = [
            "malformed-manifest.jpg",
            "no_alg.jpg",
            "bound-in-part.jpg",
            "exif-changed-in-unbound-part.jpg",
        ]
        .iter()
        .any(|name| asset.name().ends_with(name));
        assert_eq!(
            !equal,
            meant || asset.name().ends_with(".c2pa"),
            "{}",
            asset.name()
        );
    }
}

fn read(bytes: &[u8]) -> RawStore {
    RawStore::read(bytes, &Limits::default())
}

#[test]
fn boxes_may_state_their_length_in_three_ways() {
    let body = superbox(b"json", "a", b"")[8..].to_vec();
    let long = [
        &[0, 0, 0, 1][..],
        b"jumb",
        &(body.len() as u64 + 16 + 10).to_be_bytes(),
        &body,
        &sized(b"json", b"{}"),
    ]
    .concat();
    let file = [sized(b"bfdb", b"\0image/png\0"), sized(b"bidb", b"pixels")].concat();
    let mut open = superbox(FILE, "b", &file);
    open[..4].copy_from_slice(&[0; 4]);
    let read = read(&store(&[long, open].concat()));
    assert_eq!(read.problems, Vec::<String>::new());
    let [json, picture] = &read.manifests[0].assertions[..] else {
        panic!("{read:?}")
    };
    assert_eq!(
        (&*json.label, &json.content, json.bytes()),
        ("a", &Content::Json, &b"{}"[..])
    );
    let media_type = "image/png".to_owned();
    assert_eq!(picture.content, Content::EmbeddedFile { media_type });
    assert_eq!(picture.bytes(), b"pixels");
}

#[test]
fn kinds_of_manifests_are_told_and_compressed_ones_are_left_closed() {
    let kinds = [
        (b"c2ma", ManifestKind::Standard),
        (b"c2md", ManifestKind::Standard),
        (b"c2um", ManifestKind::Update),
        (b"c2tm", ManifestKind::TimeStamp),
        (b"c2cm", ManifestKind::Compressed),
        (b"what", ManifestKind::Other),
    ];
    let manifests = kinds.map(|(kind, _)| superbox(kind, "x", &sized(b"brob", b"...")));
    let read = read(&superbox(b"c2pa", "c2pa", &manifests.concat()));
    let found: Vec<_> = read
        .manifests
        .iter()
        .map(|manifest| manifest.kind)
        .collect();
    assert_eq!(found, kinds.map(|(_, kind)| kind));
}

#[test]
fn pieces_of_a_jpeg_are_joined_by_their_numbers() {
    let whole = store(&superbox(b"json", "a", &sized(b"json", &[b'1'; 90])));
    let piece = |number: u8, body: &[u8]| {
        let body = [b"JP\0\x01\0\0\0", &[number][..], body].concat();
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, 0xeb][..], &length, &body].concat()
    };
    let (first, rest) = whole.split_at(120);
    let (second, third) = rest.split_at(40);
    let follow = |number, body| piece(number, &[&whole[..8], body].concat());
    for order in [[1, 2, 3], [1, 3, 2], [3, 1, 2]] {
        let segments = order.map(|number| match number {
            1 => piece(1, first),
            2 => follow(2, second),
            _ => follow(3, third),
        });
        let bytes = [&[0xff, 0xd8][..], &segments.concat(), &[0xff, 0xd9]].concat();
        let asset = Asset::new("a.jpg", bytes.clone(), Limits::default());
        let read = asset.manifest_store().expect("a store");
        assert_eq!(
            read.manifests[0].assertions[0].bytes(),
            [b'1'; 90],
            "{order:?}"
        );
        let place = 2..bytes.len() - 2;
        assert_eq!(asset.manifest_ranges(), std::slice::from_ref(&place));
    }
}

#[test]
fn the_number_of_boxes_is_bounded() {
    let read = read(&store(&superbox(b"json", "", b"").repeat(20_000)));
    assert!(read.manifests[0].assertions.len() < 10_000);
    assert!(
        read.problems[0].contains("more than 10000 boxes"),
        "{:?}",
        read.problems
    );
}

#[test]
fn cbor_that_nests_or_promises_too_much_is_no_value() {
    let nested = [vec![0x81; 100_000], vec![0]].concat();
    let tagged = [vec![0xc1; 100_000], vec![0]].concat();
    let promises: [&[u8]; 4] = [
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x7b\0\0\0\xff\xff\xff\xff\xff",
    ];
    let long = [&b"\x9a\0\x20\0\0"[..], &[0; 2 << 20]].concat();
    for bytes in promises.into_iter().chain([&*nested, &*tagged, &*long]) {
        let read = read(&store(&superbox(b"cbor", "a", &sized(b"cbor", bytes))));
        let value = read.manifests[0].assertions[0].cbor();
        assert!(value.is_none(), "{:?}", &bytes[..2]);
    }
    let read = read(&store(&superbox(
        b"cbor",
        "a",
        &sized(b"cbor", b"\xa1\x61a\x01"),
    )));
    let value = read.manifests[0].assertions[0].cbor().unwrap();
    assert_eq!(cbor_field(&value, "a"), Some(&Cbor::Integer(1.into())));
}

/// Looks at all that can be seen of a store.
fn look(asset: &Asset) {
    for range in asset.manifest_ranges() {
        assert!(asset.bytes().get(range.clone()).is_some(), "{range:?}");
    }
    let Some(store) = asset.manifest_store() else {
        return;
    };
    assert!(store.problems.len() <= 33);
    for one in store
        .manifests
        .iter()
        .flat_map(|manifest| &manifest.assertions)
    {
        one.cbor();
        assert!(one.bytes().len() <= asset.bytes().len());
    }
}

#[test]
fn no_cut_and_no_flipped_byte_breaks_it() {
    let names = [
        "ai-parent-resized.jpg",
        "ai-generated.png",
        "ai-generated.webp",
        "sidecar.c2pa",
    ];
    for name in names {
        let sample = Sample::open(&format!("content_credentials/{name}"));
        let place = match sample.asset().manifest_ranges() {
            [place] => place.clone(),
            other => panic!("{name}: {other:?}"),
        };
        let limits = Limits::default();
        for end in place.clone().step_by(7) {
            look(&sample.with_bytes(sample.bytes[..end].to_vec(), &limits));
        }
        let mut random = Random::new(7);
        for _ in 0..2000 {
            let mut bytes = sample.bytes.clone();
            for _ in 0..=random.below(4) {
                let at = place.start + random.below(place.len());
                bytes[at] = [0, 1, 0xff, random.below(256) as u8][random.below(4)];
            }
            look(&sample.with_bytes(bytes, &limits));
        }
    }
}
