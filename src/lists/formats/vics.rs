//! Project VIC's VICS, versions 1.2, 1.3 and 2.0: hash sets (also those of CAID) and case files.
//!
//! A hash set is an object whose `value` is an array of media; in a case file it is an array of cases, each with its `Media`.
//! Media become entries that share an id, one for each hash: `MD5`, `SHA1`, `SHA256`, `PhotoDNA`, those of `AlternativeHashes`
//! whose name is known, and the MD5s of its `MediaFiles`.
//!
//! * The id is the `MediaID`; in a case file the case goes before it, since cases count on their own: `CASE/7`, or `#2/7` in the
//!   second case of a file if its `CaseID` does not stand before its media.
//! * The category is the bare number, of whatever region the file is from; a list's `categories` say what it means there. All
//!   are taken in: that something is not pertinent or not yet looked at is known in a hash set, too.
//! * `DateUpdated` is the date, `PrecategorizationSource` the source. The rest is not read.

use std::cell::Cell;

use serde::de::{Error, MapAccess};

use super::json::{Handover, Many, Object, has_key, read};
use super::json_values::{hash, kind_named, parsed, word};
use super::vics_write::write;
use super::{Entry, ListFormat};
use crate::fingerprints::{Fingerprint, Kind, MD5, PHOTODNA, SHA1, SHA256};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "vics",
    about: "Project VIC or CAID, VICS JSON of version 1.2, 1.3 or 2.0",
    looks_like: |head| {
        let model = head.contains("ProjectVic") || head.contains("VICSDATAMODEL");
        has_key(head, "MediaID") || model && has_key(head, "value")
    },
    read: |source, _, intake| read(source, intake, Element::default),
    write: Some(write),
};

/// Most different hashes of one media; honest ones have a handful.
const MAX_HASHES: usize = 1 << 10;

const OTHER_KIND: &str = "an alternative hash of a kind that is not known here";
const NO_HASH: &str = "media without a hash";

/// What stands in `value`: media, or a case. The file itself is read as one, too: it is the only one that has a `value`,
/// and some programs write the bare media.
#[derive(Default)]
struct Element {
    /// Which one it is, counted from 1; 0 for what stands outermost.
    number: u64,
    outer: bool,
    case: Option<String>,
    media: Media<'static>,
}

impl Object<Handover<'_>> for Element {
    const EXPECTED: &'static str = "media or cases of VICS, in an object with `value`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut Handover<'_>,
    ) -> Result<bool, A::Error> {
        match key {
            "value" => {
                self.outer = true;
                let count = Cell::new(0);
                let make = || Self::numbered(&count);
                map.next_value_seed(Many { make, sink })?;
                Ok(true)
            }
            "Media" => {
                self.outer = true;
                let number = self.number.max(1);
                let case = self.case.clone().unwrap_or_else(|| format!("#{number}"));
                let make = || Media::of(&case);
                map.next_value_seed(Many { make, sink })?;
                Ok(true)
            }
            "CaseID" => word(map, &mut self.case),
            _ => self.media.take(key, map, sink),
        }
    }

    fn end<E: Error>(self, sink: &mut Handover<'_>) -> Result<(), E> {
        if self.outer {
            return Ok(());
        }
        if self.number == 0 && self.media.is_empty() {
            return Err(E::custom("neither `value` nor media in this object"));
        }
        self.media.end(sink)
    }
}

impl Element {
    fn numbered(count: &Cell<u64>) -> Self {
        count.set(count.get() + 1);
        Self {
            number: count.get(),
            ..Self::default()
        }
    }
}

/// A picture or a video.
#[derive(Default)]
struct Media<'a> {
    case: Option<&'a str>,
    id: Option<String>,
    category: Option<String>,
    updated: Option<String>,
    source: Option<String>,
    hashes: Hashes,
}

impl<'a> Media<'a> {
    fn of(case: &'a str) -> Self {
        Self {
            case: Some(case),
            ..Self::default()
        }
    }

    fn is_empty(&self) -> bool {
        self.id.is_none() && self.hashes.known.is_empty()
    }

    fn name(&self) -> String {
        match (self.case, self.id.as_deref()) {
            (Some(case), Some(id)) => format!("{case}/{id}"),
            (_, id) => id.unwrap_or_default().to_owned(),
        }
    }
}

impl Object<Handover<'_>> for Media<'_> {
    const EXPECTED: &'static str = "media, an object with `MediaID` and hashes";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: &mut Handover<'_>,
    ) -> Result<bool, A::Error> {
        let sink = &mut self.hashes;
        match key {
            "MediaID" => word(map, &mut self.id),
            "Category" => word(map, &mut self.category),
            "DateUpdated" => word(map, &mut self.updated),
            "PrecategorizationSource" => word(map, &mut self.source),
            "MD5" => sink.take(map, MD5),
            "SHA1" => sink.take(map, SHA1),
            "SHA256" => sink.take(map, SHA256),
            "PhotoDNA" => sink.take(map, PHOTODNA),
            "AlternativeHashes" => {
                let make = Alternative::default;
                map.next_value_seed(Many { make, sink })?;
                Ok(true)
            }
            "MediaFiles" => {
                let make = || MediaFile;
                map.next_value_seed(Many { make, sink })?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn end<E: Error>(mut self, sink: &mut Handover<'_>) -> Result<(), E> {
        let hashes = std::mem::take(&mut self.hashes);
        for _ in 0..hashes.unknown {
            sink.leave_out(OTHER_KIND);
        }
        if hashes.known.is_empty() {
            sink.leave_out(NO_HASH);
        }
        let name = self.name();
        for fingerprint in hashes.known {
            let mut entry = Entry::new(fingerprint, name.clone());
            entry.category.clone_from(&self.category);
            entry.date.clone_from(&self.updated);
            entry.source.clone_from(&self.source);
            sink.entry(entry)?;
        }
        Ok(())
    }
}

/// The hashes of one media, each once.
#[derive(Default)]
struct Hashes {
    known: Vec<Fingerprint>,
    unknown: u64,
}

impl Hashes {
    fn take<'de, A: MapAccess<'de>>(&mut self, map: &mut A, kind: Kind) -> Result<bool, A::Error> {
        match hash(map, kind)? {
            Some(fingerprint) => self.add(fingerprint).map(|()| true),
            None => Ok(true),
        }
    }

    fn add<E: Error>(&mut self, fingerprint: Fingerprint) -> Result<(), E> {
        if self.known.contains(&fingerprint) {
            return Ok(());
        }
        if self.known.len() >= MAX_HASHES {
            let message = format!("more than {MAX_HASHES} different hashes in one media");
            return Err(E::custom(message));
        }
        self.known.push(fingerprint);
        Ok(())
    }
}

/// A hash that has no key of its own.
#[derive(Default)]
struct Alternative {
    name: Option<String>,
    value: Option<String>,
}

impl Object<Hashes> for Alternative {
    const EXPECTED: &'static str = "an object with `HashName` and `HashValue`";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut Hashes,
    ) -> Result<bool, A::Error> {
        match key {
            "HashName" => word(map, &mut self.name),
            "HashValue" => word(map, &mut self.value),
            "MD5" => sink.take(map, MD5),
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, sink: &mut Hashes) -> Result<(), E> {
        let (Some(name), Some(value)) = (self.name, self.value) else {
            return Ok(());
        };
        let kind = kind_named(&name).or_else(|| name.to_ascii_lowercase().parse().ok());
        match kind {
            Some(kind) => sink.add(parsed(kind, &value)?),
            None => {
                sink.unknown += 1;
                Ok(())
            }
        }
    }
}

/// A file with this content.
struct MediaFile;

impl Object<Hashes> for MediaFile {
    const EXPECTED: &'static str = "a file, an object";

    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        sink: &mut Hashes,
    ) -> Result<bool, A::Error> {
        match key {
            "MD5" => sink.take(map, MD5),
            _ => Ok(false),
        }
    }

    fn end<E: Error>(self, _: &mut Hashes) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
