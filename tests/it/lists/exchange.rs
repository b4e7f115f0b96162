//! Lists of exchanges and hotlines, in JSON and XML: the samples are found out by their looks and find what is on them, and
//! no damage makes a reader panic, hang or tell a hash.

use std::fs;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use provscan::lists::{List, ListOptions, OpenOptions, formats};
use provscan::{Inspector, Policy, Settings};

use super::{entries, format, write};
use crate::support::{Sample, root};

/// Formats that are not made of lines.
pub(super) const FORMATS: [&str; 5] = ["ncmec", "stopncii", "tat", "threatexchange", "vics"];

/// Each sample, its format, how many entries it has and how many things are left out of it.
const SAMPLES: [(&str, &str, usize, u64); 7] = [
    ("ncmec.xml", "ncmec", 4, 1),
    ("stopncii.json", "stopncii", 1, 0),
    ("tat.json", "tat", 3, 1),
    ("threatexchange.json", "threatexchange", 3, 1),
    ("vics-1.3.json", "vics", 4, 0),
    ("vics-2-cases.json", "vics", 2, 0),
    ("vics-2.json", "vics", 5, 1),
];

fn sample(name: &str) -> Vec<u8> {
    fs::read(root().join("samples/lists").join(name)).unwrap()
}

#[test]
fn every_sample_is_found_out_by_its_looks() {
    for (name, form, entries, left_out) in SAMPLES {
        let bytes = sample(name);
        let read = formats::read(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.entries.len(), entries, "{name}");
        assert_eq!(read.left_out.values().sum::<u64>(), left_out, "{name}");
        let named = formats::read(&bytes, Some(format(form))).unwrap();
        assert_eq!(named.entries, read.entries, "{name}");
    }
}

#[test]
fn a_scan_with_every_sample_finds_the_picture() {
    for (name, ..) in SAMPLES {
        let path = root().join("samples/lists").join(name);
        let list = List::open(&path, OpenOptions::default()).unwrap();
        let settings = Settings {
            lists: vec![Arc::new(list)],
            ..Settings::default()
        };
        let inspector = Inspector::new(&settings, Policy::default()).unwrap();
        let found = |picture: &str| {
            let found = inspector.inspect(&Sample::open(picture).asset());
            found.evidence.iter().any(|one| one.get("list").is_some())
        };
        assert!(found("known_image/known-1.png"), "{name}");
        assert!(
            !found("known_image/known-3.jpg"),
            "{name}: withdrawn or never there"
        );
    }
}

/// What can happen to a byte of a list.
fn damage() -> impl Strategy<Value = Vec<(Index, u8, u8)>> {
    let byte = prop_oneof![any::<u8>(), select(b"\"{}[]<>/\\,:&0an \n".to_vec())];
    prop::collection::vec((any::<Index>(), byte, 0..6_u8), 1..8)
}

fn damaged(mut bytes: Vec<u8>, edits: &[(Index, u8, u8)]) -> Vec<u8> {
    for (place, byte, edit) in edits {
        let at = place.index(bytes.len().max(1));
        let near = (at + usize::from(*byte)).min(bytes.len());
        match edit {
            0 => bytes.insert(at, *byte),
            1 | 2 if at < bytes.len() => bytes[at] = *byte,
            3 => drop(bytes.drain(at..near)),
            4 => {
                let copy = bytes[at..near].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            _ if *byte < 64 => bytes.truncate(at),
            _ => {}
        }
    }
    bytes
}

/// Whether there are as many hexadecimal digits in a row as only a hash has.
fn tells_a_hash(message: &str) -> bool {
    let runs = message.split(|letter: char| !letter.is_ascii_hexdigit());
    runs.into_iter().any(|run| run.len() >= 10)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_panics_or_tells_a_hash(edits in damage()) {
        for (name, form, ..) in SAMPLES {
            let bytes = damaged(sample(name), &edits);
            for form in [Some(format(form)), None] {
                if let Err(error) = formats::read(&bytes, form) {
                    let message = error.to_string();
                    prop_assert!(!tells_a_hash(&message), "{name}: {message}");
                }
            }
        }
    }

    #[test]
    fn no_bytes_panic_in_streams(bytes: Vec<u8>, text in "([{}\\[\\],:<>/&;\"]|value|null|1|Media|data|queryResult){0,40}") {
        for form in FORMATS {
            let _ = formats::read(&bytes, Some(format(form)));
            let _ = formats::read(text.as_bytes(), Some(format(form)));
        }
    }

    #[test]
    fn what_is_written_as_vics_is_read_back(entries in entries()) {
        let text = write("vics", &ListOptions::default(), &entries);
        let read = formats::read(text.as_bytes(), None).unwrap().entries;
        let told = |entries: &[provscan::lists::Entry]| -> Vec<_> {
            entries.iter().map(|entry| entry.fingerprint.clone().with_quality(None)).collect()
        };
        prop_assert_eq!(told(&read), told(&entries));
    }

    #[test]
    fn what_is_written_for_threatexchange_is_read_back(entries in entries()) {
        let text = write("threatexchange", &ListOptions::default(), &entries);
        let read = formats::read(text.as_bytes(), None);
        let mut fitting = entries;
        fitting.retain(|entry| ["md5", "sha1", "sha256", "pdq"].contains(&entry.fingerprint.kind().to_string().as_str()));
        for entry in &mut fitting {
            entry.fingerprint = entry.fingerprint.clone().with_quality(None);
        }
        // A page without updates looks like nothing in particular.
        if !fitting.is_empty() {
            prop_assert_eq!(read.unwrap().entries, fitting);
        }
    }
}
