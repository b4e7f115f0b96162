//! Lists of known images: what is read is what was written, a bad line is named, and nothing of a bad list is used.

mod bad_lines;
mod damaged;
mod desk;
#[cfg(feature = "encrypted")]
mod encrypted;
mod exchange;
#[cfg(unix)]
mod full_disk;
mod imports;
#[cfg(unix)]
mod killed;
mod meaning;
mod quarantine;
mod rules;
mod search;
mod signed;
mod tables;
mod together;
mod verbs;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use provscan::evidence::Action;
use provscan::fingerprints::{Fingerprint, Kind};
use provscan::lists::formats::{self, ListFormat};
use provscan::lists::{Entry, ListOptions};

/// What a format can say of an entry beside its digest and its name.
#[derive(Clone, Copy)]
struct Room {
    perceptual: bool,
    quality_and_category: bool,
}

/// Every format that is made of lines and can be written; [`exchange`] and [`tables`] have the others.
const FORMATS: [(&str, Room); 5] = [
    (
        "jsonl",
        Room {
            perceptual: true,
            quality_and_category: true,
        },
    ),
    (
        "csv",
        Room {
            perceptual: true,
            quality_and_category: true,
        },
    ),
    (
        "hashdeep",
        Room {
            perceptual: false,
            quality_and_category: false,
        },
    ),
    (
        "sums",
        Room {
            perceptual: false,
            quality_and_category: false,
        },
    ),
    (
        "text",
        Room {
            perceptual: true,
            quality_and_category: false,
        },
    ),
];

impl Room {
    /// These entries, without what the format cannot say.
    fn fit(self, entries: &[Entry]) -> Vec<Entry> {
        let kept = entries
            .iter()
            .filter(|entry| self.perceptual || entry.fingerprint.kind().exact());
        kept.cloned()
            .map(|mut entry| {
                if !self.quality_and_category {
                    entry.category = None;
                    entry.fingerprint = entry.fingerprint.with_quality(None);
                }
                entry
            })
            .collect()
    }
}

#[test]
fn every_format_is_tested() {
    let all: BTreeSet<&str> = formats::ALL.iter().map(|format| format.name).collect();
    let lines = FORMATS.iter().map(|(name, _)| *name);
    let others = exchange::FORMATS
        .into_iter()
        .chain(tables::FORMATS.iter().copied());
    assert_eq!(lines.chain(others).collect::<BTreeSet<_>>(), all);
}

fn format(name: &str) -> &'static ListFormat {
    formats::named(name).unwrap()
}

fn write(name: &str, options: &ListOptions, entries: &[Entry]) -> String {
    let mut out = Vec::new();
    let mut entries = entries.iter().cloned().map(Ok);
    (format(name).write.unwrap())(options, &mut entries, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Hashes of several kinds; none is all zeros, which stands for a file that could not be read.
fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    let kinds = vec![
        "md5",
        "sha1",
        "sha256",
        "pdq",
        "pdq-512",
        "imghash-gradient-16-lanczos3",
    ];
    let kind = prop::sample::select(kinds).prop_map(|name| name.parse::<Kind>().unwrap());
    (kind, any::<[u8; 64]>()).prop_map(|(kind, bytes)| {
        let mut value = bytes[..kind.bytes()].to_vec();
        value[0] |= 1;
        Fingerprint::new(kind, value).unwrap()
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let quality = prop::option::of(0..=100_u8);
    let category = prop::option::of("[A-Z][a-z, \"]{0,6}[a-z]");
    let name = "[a-z0-9é#][a-z ,\"'/\\\\()=é.]{0,12}[a-z0-9]";
    (fingerprint(), quality, name, category).prop_map(|(fingerprint, quality, id, category)| {
        let mut entry = Entry::new(fingerprint.with_quality(quality), id);
        entry.category = category;
        entry
    })
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(entry(), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "(.*[\n, ]){0,8}") {
        let forms = FORMATS.map(|(name, _)| Some(format(name)));
        for form in forms.into_iter().chain([None]) {
            let _ = formats::read(&bytes, form);
            let _ = formats::read(text.as_bytes(), form);
        }
    }

    #[test]
    fn no_altered_list_panics_or_tells_a_hash(
        entries in entries(),
        edits in prop::collection::vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        for (name, room) in FORMATS {
            let mut bytes = write(name, &ListOptions::default(), &room.fit(&entries)).into_bytes();
            for (place, byte, edit) in &edits {
                let at = place.index(bytes.len() + 1).min(bytes.len().saturating_sub(1));
                match edit {
                    0 => bytes.insert(at, *byte),
                    1 if !bytes.is_empty() => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(8).min(bytes.len())),
                }
            }
            if let Err(error) = formats::read(&bytes, Some(format(name))) {
                let message = error.to_string();
                for entry in &entries {
                    let start = &entry.fingerprint.hex()[..12];
                    prop_assert!(!message.contains(start), "{message}");
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(entries in entries()) {
        for (name, room) in FORMATS {
            let fitting = room.fit(&entries);
            let text = write(name, &ListOptions::default(), &fitting);
            prop_assert_eq!(formats::read(text.as_bytes(), Some(format(name))).unwrap().entries, fitting.clone());
            // And found out by its looks, as long as there is something to look at.
            if !fitting.is_empty() {
                prop_assert_eq!(formats::read(text.as_bytes(), None).unwrap().entries, fitting);
            }
        }
    }

    #[test]
    fn what_a_list_asks_for_is_read_back(name in ".{0,12}", category in prop::option::of(".{0,8}"), action in prop::option::of(0..4_usize), bits in prop::option::of(0..=256_u32), entries in entries()) {
        let mut options = ListOptions {
            name: Some(name),
            category,
            action: action.map(|place| Action::ALL[place].0),
            ..ListOptions::default()
        };
        if let Some(bits) = bits {
            options.set_threshold("pdq".parse().unwrap(), bits).unwrap();
        }
        let text = write("jsonl", &options, &entries);
        let read = formats::read(text.as_bytes(), None).unwrap();
        prop_assert_eq!((read.options, read.entries), (options, entries));
    }
}

/// `hash --blind` writes entries without names.
#[test]
fn entries_without_names_are_read_back_from_every_format() {
    let digest = Fingerprint::new("md5".parse().unwrap(), [7; 16]).unwrap();
    let entry = Entry::new(digest, "");
    for (name, _) in FORMATS {
        let text = write(name, &ListOptions::default(), std::slice::from_ref(&entry));
        let read = formats::read(text.as_bytes(), None).unwrap().entries;
        assert_eq!(read[0].fingerprint, entry.fingerprint, "{name}");
    }
}
