//! Tables, sets and filters of forensic programs and libraries of known files: the samples are found out by their looks and
//! hold the known picture, and no damage makes a reader panic or tell a hash.

use std::collections::HashSet;
use std::fs;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use provscan::fingerprints::Fingerprint;
use provscan::lists::ListKind;
use provscan::lists::formats::{self, Imported};

use super::format;
use crate::support::root;

/// Formats that are not written, and so not tested with the others.
pub(super) const FORMATS: &[&str] = &[
    "bloom",
    "encase",
    "hashkeeper",
    "icse",
    "ilook",
    "imagehash",
    #[cfg(feature = "sqlite")]
    "kdb",
    "nsrl",
    "nsrl-sql",
    #[cfg(feature = "sqlite")]
    "nsrl-sqlite",
];

/// Each sample, its format, how many entries it has and how many things are left out of it.
const SAMPLES: [(&str, &str, usize, u64); 10] = [
    ("columns.tsv", "csv", 3, 1),
    ("encase.hash", "encase", 1, 0),
    ("hashdeep.txt", "hashdeep", 2, 0),
    ("hashkeeper.hsh", "hashkeeper", 1, 0),
    ("icse.csv", "icse", 2, 1),
    ("ilook.csv", "ilook", 3, 0),
    ("imagehash.txt", "imagehash", 1, 0),
    ("md5deep.txt", "sums", 1, 0),
    ("nsrl-delta.sql", "nsrl-sql", 3, 0),
    ("nsrl-v2.csv", "nsrl", 2, 1),
];

fn sample(name: &str) -> Vec<u8> {
    fs::read(root().join("samples/lists").join(name)).unwrap()
}

/// The hashes of the first known picture.
fn known() -> HashSet<Fingerprint> {
    let list = formats::read(&sample("known.csv"), None).unwrap();
    let entries = list.entries.into_iter();
    let entries = entries.filter(|entry| entry.id == "example-1");
    entries
        .map(|entry| entry.fingerprint.with_quality(None))
        .collect()
}

#[test]
fn every_sample_holds_the_known_picture() {
    let known = known();
    for (name, form, entries, left_out) in SAMPLES {
        let bytes = sample(name);
        let read = formats::read(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.entries.len(), entries, "{name}");
        assert_eq!(read.left_out.values().sum::<u64>(), left_out, "{name}");
        for entry in &read.entries {
            assert!(known.contains(&entry.fingerprint), "{name}");
        }
        let named = formats::read(&bytes, Some(format(form))).unwrap();
        assert_eq!(named.entries, read.entries, "{name}");
        let allowed = (read.options.kind == Some(ListKind::Allow)) == form.starts_with("nsrl");
        assert!(allowed, "{name}");
    }
}

#[test]
fn a_filter_is_handed_on() {
    let read = formats::read(&sample("hashlookup.bloom"), None).unwrap();
    let sha1 = known()
        .into_iter()
        .find(|known| known.kind().to_string() == "sha1")
        .unwrap();
    let filter = &read.filters[0];
    assert!(filter.contains(sha1.hex().to_uppercase().as_bytes()));
    assert!(!filter.contains(sha1.hex().as_bytes()));
    assert_eq!(filter.about().unwrap()["hashes"], "SHA-1");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_database_has_to_be_a_file() {
    let error = formats::read(b"SQLite format 3\0", None).unwrap_err();
    assert!(error.to_string().contains("plain file"), "{error}");
}

/// What can happen to a byte of a list.
fn damage() -> impl Strategy<Value = Vec<(Index, u8, u8)>> {
    let byte = prop_oneof![any::<u8>(), select(b"\",;\t'()%#-0a \n".to_vec())];
    prop::collection::vec((any::<Index>(), byte, 0..4_u8), 1..8)
}

fn damaged(mut bytes: Vec<u8>, edits: &[(Index, u8, u8)]) -> Vec<u8> {
    for (place, byte, edit) in edits {
        let at = place.index(bytes.len().max(1));
        match edit {
            0 => bytes.insert(at, *byte),
            1 if at < bytes.len() => bytes[at] = *byte,
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ if *byte < 32 => bytes.truncate(at),
            _ => {}
        }
    }
    bytes
}

fn read(bytes: &[u8], form: Option<&str>) -> Result<Imported, String> {
    formats::read(bytes, form.map(format)).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_panics_or_tells_a_hash(edits in damage()) {
        for (name, form, ..) in SAMPLES.into_iter().chain([("hashlookup.bloom", "bloom", 0, 0)]) {
            let bytes = damaged(sample(name), &edits);
            for form in [Some(form), None] {
                if let Err(message) = read(&bytes, form) {
                    let mut runs = message.split(|letter: char| !letter.is_ascii_hexdigit());
                    prop_assert!(runs.all(|run| run.len() < 10 || run.bytes().all(|byte| byte.is_ascii_digit())), "{name}: {message}");
                }
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "([,;\t\"'()\n%#:]|INSERT INTO FILE|VALUES|md5|sha1|phash|%%%% |a0|NULL|--|/\\*|\\*/){0,40}") {
        for form in FORMATS.iter().copied().chain(["csv", "hashdeep", "sums", "text"]) {
            let _ = read(&bytes, Some(form));
            let _ = read(text.as_bytes(), Some(form));
        }
    }
}
