//! What is said with a chosen context is what is said with all lists.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");

static CONTEXTS: LazyLock<Contexts> = LazyLock::new(contexts);

/// Small files with a manifest, and their names.
static SEEDS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let seed = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        let small = bytes.len() < 400_000 && !manifest(&bytes).is_empty();
        small.then(|| (path.display().to_string(), bytes))
    };
    signed().iter().filter_map(seed).collect()
});

/// Where the manifest of a file lies.
fn manifest(bytes: &[u8]) -> Vec<usize> {
    let asset = Asset::new("a", bytes.to_vec(), Limits::default());
    let blocks = asset.container().blocks.iter();
    let blocks = blocks.filter(|block| block.kind == BlockKind::Jumbf);
    blocks.flat_map(|block| block.range.clone()).collect()
}

/// Every sample with a manifest, and the corpus.
fn signed() -> Vec<PathBuf> {
    let folders = [
        format!("{SAMPLES}/content_credentials"),
        format!("{SHARED}/corpus/c2pa"),
    ];
    folders
        .iter()
        .flat_map(|folder| files(Path::new(folder)))
        .collect()
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
    with(lists)
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

#[test]
fn every_file_gives_the_same_with_the_chosen_context_and_with_all_lists() {
    let contexts = &*CONTEXTS;
    let mut trusted = 0;
    for path in signed() {
        trusted += u32::from(says_the_same(
            contexts,
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

/// One piece of damage: where, as a part of the manifest or of the file, and what is changed or left out there.
#[derive(Debug, Clone)]
struct Damage {
    in_manifest: bool,
    place: prop::sample::Index,
    mask: u8,
    left_out: usize,
}

fn damage() -> impl Strategy<Value = Damage> {
    let left_out = prop_oneof![4 => Just(0), 1 => 1..40_usize];
    let parts = (
        prop::bool::weighted(0.8),
        any::<prop::sample::Index>(),
        1..=255_u8,
        left_out,
    );
    parts.prop_map(|(in_manifest, place, mask, left_out)| Damage {
        in_manifest,
        place,
        mask,
        left_out,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_give_the_same_too(which in any::<prop::sample::Index>(), damages in prop::collection::vec(damage(), 1..4)) {
        let (name, bytes) = which.get(&SEEDS);
        let (manifest, mut bytes) = (manifest(bytes), bytes.clone());
        for Damage { in_manifest, place, mask, left_out } in damages {
            let at = if in_manifest { *place.get(&manifest) } else { place.index(bytes.len()) };
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= mask;
            let end = bytes.len().min(at + left_out);
            bytes.drain(at..end);
        }
        says_the_same(&CONTEXTS, &Asset::new("a", bytes, Limits::default()), name);
    }
}
