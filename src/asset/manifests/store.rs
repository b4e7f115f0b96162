//! From boxes to manifests and assertions. The nesting of a store is fixed, so nothing here recurses.

use std::ops::Range;
use std::sync::Arc;

use super::boxes::{Superbox, boxes};
use super::{Content, ManifestKind, RawAssertion, RawManifest, RawStore, StoreSlice};
use crate::asset::Limits;
use crate::asset::bytes::{ReadAt, find};

/// Most boxes that are read; the largest honest store seen has a tenth.
const MAX_BOXES: usize = 10_000;

/// Problems beyond these say nothing new.
const MAX_PROBLEMS: usize = 32;

/// The first four bytes of the type of a box that holds a file; the others spell a name.
const EMBEDDED_FILE: [u8; 4] = [0x40, 0xCB, 0x0C, 0x32];
const CODESTREAM: [u8; 4] = [0x65, 0x79, 0xD6, 0xFB];

/// Reads the first manifest store in these bytes.
pub(super) fn read(bytes: Arc<Vec<u8>>, limits: &Limits) -> RawStore {
    let mut reader = Reader {
        room: MAX_BOXES.min(limits.max_blocks),
        bytes,
        problems: Vec::new(),
    };
    let all = 0..reader.bytes.len();
    let store = reader
        .superboxes(all)
        .into_iter()
        .find(|found| found.kind == *b"c2pa");
    let mut manifests = Vec::new();
    match store {
        Some(store) => {
            for found in reader.superboxes(store.contents) {
                manifests.push(reader.manifest(found));
            }
        }
        None => reader.problem("no manifest store"),
    }
    RawStore {
        manifests,
        problems: reader.problems,
    }
}

struct Reader {
    bytes: Arc<Vec<u8>>,
    /// How many boxes may still be read.
    room: usize,
    problems: Vec<String>,
}

impl Reader {
    /// The superboxes that stand one after the other in `range`.
    fn superboxes(&mut self, range: Range<usize>) -> Vec<Superbox> {
        let bytes = self.bytes.clone();
        let mut found = Vec::new();
        for (kind, body) in self.children(&bytes, range) {
            if kind != *b"jumb" {
                continue;
            }
            match Superbox::read(&bytes, body.clone()) {
                Some(superbox) => found.push(superbox),
                None => self.problem(&format!("byte {}: a box without a description", body.start)),
            }
        }
        found
    }

    /// The boxes in `range`, as far as the limit reaches.
    fn children(&mut self, bytes: &[u8], range: Range<usize>) -> Vec<([u8; 4], Range<usize>)> {
        let mut found = Vec::new();
        for each in boxes(bytes, range) {
            let Some(room) = self.room.checked_sub(1) else {
                self.problem(&format!(
                    "more than {MAX_BOXES} boxes: the rest is not read"
                ));
                break;
            };
            self.room = room;
            if !each.whole {
                let kind = each.kind.escape_ascii();
                self.problem(&format!("byte {}: box {kind} is cut", each.body.start));
            }
            found.push((each.kind, each.body));
        }
        found
    }

    fn manifest(&mut self, found: Superbox) -> RawManifest {
        let kind = match &found.kind {
            b"c2ma" | b"c2md" => ManifestKind::Standard,
            b"c2um" => ManifestKind::Update,
            b"c2tm" => ManifestKind::TimeStamp,
            b"c2cm" => ManifestKind::Compressed,
            _ => ManifestKind::Other,
        };
        let mut manifest = RawManifest {
            label: found.label,
            kind,
            assertions: Vec::new(),
            claim: None,
            has_signature: false,
        };
        if matches!(kind, ManifestKind::Compressed | ManifestKind::Other) {
            return manifest;
        }
        for part in self.superboxes(found.contents) {
            match &part.kind {
                b"c2as" => {
                    for found in self.superboxes(part.contents) {
                        let assertion = self.assertion(found);
                        manifest.assertions.push(assertion);
                    }
                }
                b"c2cl" if manifest.claim.is_some() => {
                    self.problem("a manifest with more than one claim: the first is read");
                }
                b"c2cl" => manifest.claim = self.content(part.contents, b"cbor"),
                b"c2cs" => manifest.has_signature = true,
                _ => {}
            }
        }
        manifest
    }

    fn assertion(&mut self, found: Superbox) -> RawAssertion {
        let range = found.contents.clone();
        let (content, bytes) = match &found.kind {
            b"cbor" => (Content::Cbor, self.content(range, b"cbor")),
            b"json" => (Content::Json, self.content(range, b"json")),
            &CODESTREAM => (Content::Codestream, self.content(range, b"jp2c")),
            &EMBEDDED_FILE => {
                let media_type = self.content(range.clone(), b"bfdb");
                let media_type = media_type
                    .as_deref()
                    .map_or_else(String::new, media_type_of);
                let content = Content::EmbeddedFile { media_type };
                (content, self.content(range, b"bidb"))
            }
            _ => (Content::Other, None),
        };
        RawAssertion {
            label: found.label,
            content,
            bytes: bytes.unwrap_or_else(|| self.slice(found.contents)),
        }
    }

    /// The body of the first box of this kind in `range`.
    fn content(&mut self, range: Range<usize>, kind: &[u8; 4]) -> Option<StoreSlice> {
        let bytes = self.bytes.clone();
        let children = self.children(&bytes, range);
        let found = children.into_iter().find(|(own, _)| own == kind)?;
        Some(self.slice(found.1))
    }

    fn slice(&self, range: Range<usize>) -> StoreSlice {
        StoreSlice {
            store: self.bytes.clone(),
            range,
        }
    }

    fn problem(&mut self, message: &str) {
        if self.problems.len() < MAX_PROBLEMS && self.problems.iter().all(|noted| noted != message)
        {
            self.problems.push(message.to_owned());
        }
    }
}

/// The media type in a file's description: after one byte of flags, to the first zero byte.
fn media_type_of(description: &[u8]) -> String {
    let end = find(description, 1, 0).unwrap_or(description.len());
    String::from_utf8_lossy(description.clamped(1, end.saturating_sub(1))).into_owned()
}
