//! A list as a VICS 2.0 hash set.
//!
//! Entries of one id that follow each other become one media, as readers expect a digest and a PhotoDNA value together.
//! Names that are no whole numbers cannot be kept: such media are counted down from the largest number that readers can hold.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Entries, Entry};
use crate::fingerprints::{Fingerprint, MD5, PHOTODNA, SHA1, SHA256, pdq::PDQ};
use crate::lists::ListOptions;

const BEGIN: &[u8] = b"{\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media\",\n\"value\":[";

/// The largest number that fits into the 32 bits that many readers have for it.
const LARGEST: u64 = (1 << 31) - 1;

/// The key under which hashes stand that have none of their own.
const ALTERNATIVES: &str = "AlternativeHashes";

/// Writes one media a line.
pub(super) fn write(_: &ListOptions, entries: Entries<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(BEGIN)?;
    let mut writer = Writer {
        out,
        between: b"\n",
        next: LARGEST,
    };
    let mut media: Option<Media> = None;
    for entry in entries {
        let entry = entry?;
        let rest = match media.as_mut() {
            Some(media) => media.add(entry),
            None => Some(entry),
        };
        if let Some(entry) = rest {
            let done = media.replace(Media::of(entry));
            writer.media(done)?;
        }
    }
    writer.media(media)?;
    out.write_all(b"\n]}\n")
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    between: &'static [u8],
    next: u64,
}

impl Writer<'_> {
    fn media(&mut self, media: Option<Media>) -> io::Result<()> {
        let Some(Media { first, hashes, .. }) = media else {
            return Ok(());
        };
        let number = first.id.parse().ok();
        let number = number.filter(|number: &u64| number.to_string() == first.id);
        let number = number.unwrap_or_else(|| {
            self.next -= 1;
            self.next + 1
        });
        let category: Option<i64> = first.category.and_then(|category| category.parse().ok());
        self.out
            .write_all(std::mem::replace(&mut self.between, b",\n"))?;
        write!(self.out, "{{\"MediaID\":{number},\"Category\":")?;
        serde_json::to_writer(&mut *self.out, &category)?;
        for (key, value) in hashes {
            write!(self.out, ",\"{key}\":{value}")?;
        }
        let texts = [
            ("DateUpdated", first.date),
            ("PrecategorizationSource", first.source),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                write!(self.out, ",\"{key}\":{}", Value::from(text))?;
            }
        }
        self.out.write_all(b"}")
    }
}

/// Entries that go together.
struct Media {
    first: Entry,
    /// In the order of the entries, so that they are read in that order.
    hashes: Vec<(&'static str, Value)>,
}

impl Media {
    fn of(entry: Entry) -> Self {
        Self {
            hashes: vec![hash(&entry.fingerprint)],
            first: entry,
        }
    }

    /// Adds an entry, or gives it back if it needs media of its own.
    fn add(&mut self, entry: Entry) -> Option<Entry> {
        let first = &self.first;
        let same = !entry.id.is_empty()
            && (&entry.id, &entry.category) == (&first.id, &first.category)
            && (&entry.source, &entry.date) == (&first.source, &first.date);
        let (key, value) = hash(&entry.fingerprint);
        let fits = match self.hashes.last_mut() {
            Some((ALTERNATIVES, Value::Array(last))) if key == ALTERNATIVES => {
                if let (true, Value::Array(more)) = (same, value) {
                    last.extend(more);
                }
                return (!same).then_some(entry);
            }
            _ => same && self.hashes.iter().all(|(taken, _)| *taken != key),
        };
        if !fits {
            return Some(entry);
        }
        self.hashes.push((key, value));
        None
    }
}

/// A hash under the key that it has in VICS.
fn hash(fingerprint: &Fingerprint) -> (&'static str, Value) {
    let kind = fingerprint.kind();
    let upper = || Value::from(fingerprint.hex().to_uppercase());
    if kind == MD5 {
        ("MD5", upper())
    } else if kind == SHA1 {
        ("SHA1", upper())
    } else if kind == SHA256 {
        ("SHA256", upper())
    } else if kind == PHOTODNA {
        ("PhotoDNA", STANDARD.encode(fingerprint.value()).into())
    } else {
        let name = if kind == PDQ {
            "PDQ".to_owned()
        } else {
            kind.to_string()
        };
        let mut one = Map::new();
        one.insert("HashName".to_owned(), name.into());
        one.insert("HashValue".to_owned(), fingerprint.hex().into());
        (ALTERNATIVES, Value::Array(vec![Value::Object(one)]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{entries, written};
    use super::super::vics::FORMAT;
    use super::*;
    use crate::fingerprints::Kind;

    fn entry(kind: Kind, byte: u8, id: &str) -> Entry {
        Entry::new(
            Fingerprint::new(kind, vec![byte; kind.bytes()]).unwrap(),
            id,
        )
    }

    #[test]
    fn what_is_written_reads_back() {
        let img_hash = "imghash-gradient-16-lanczos3".parse().unwrap();
        let mut all = vec![
            entry(SHA1, 1, "7"),
            entry(MD5, 2, "7"),
            entry(PHOTODNA, 3, "7"),
            entry(PDQ, 4, "7"),
            entry(img_hash, 5, "7"),
            entry(SHA256, 6, "7"),
            entry(SHA256, 7, "7"),
            entry(MD5, 8, "8"),
        ];
        for entry in &mut all[..7] {
            entry.category = Some("2".into());
            entry.date = Some("2026-01-02".into());
            entry.source = Some("a \"b\"".into());
        }
        let text = written(&FORMAT, &all);
        assert_eq!(text.matches("MediaID").count(), 3);
        assert_eq!(entries(&FORMAT, &text).unwrap(), all);
    }

    #[test]
    fn names_that_are_no_numbers_are_counted() {
        let mut all = [
            entry(MD5, 1, "a"),
            entry(SHA1, 1, "a"),
            entry(MD5, 2, "07"),
            entry(MD5, 3, ""),
        ];
        all[0].category = Some("A1".into());
        all[1].category = Some("A1".into());
        let read = entries(&FORMAT, &written(&FORMAT, &all)).unwrap();
        let ids: Vec<_> = read.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(
            ids,
            ["2147483647", "2147483647", "2147483646", "2147483645"]
        );
        assert_eq!(read[0].category, None);
    }
}
