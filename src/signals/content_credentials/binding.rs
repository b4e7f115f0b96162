//! What the hard binding leaves out, by our own look at it: which bytes of the file the signature does not cover, and
//! whether a mismatch that the library reports is one of the signed bytes at all.
//!
//! A data hash names byte ranges that it leaves out (C2PA 2.2, section 18.5). The manifest itself has to be left out. Some
//! cameras and services leave out more, such as EXIF. The library holds ranges that do not match the manifest's place to be
//! a mismatch, as it must: what is left out is anybody's to write. For the reader these are different things.

use std::ops::Range;

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::codes;
use super::riff;
use super::status::Concern;
use super::store::{Failure, Manifest, Relation, Source, Store};
use super::unbound;
use crate::asset::{Asset, Cbor, Format, ManifestKind, RawManifest, RawStore, cbor_field};
use crate::evidence::{Evidence, Strength};

/// Most ranges that a data hash may leave out before it is not looked at.
const MAX_RANGES: usize = 1_000;

/// Most ranges that are listed.
const MAX_LISTED: usize = 10;

/// How the store is bound to the file.
#[derive(Debug, Default)]
pub(super) struct Binding {
    /// The kind of the image's own manifest, if the store could be read.
    pub(super) kind: Option<ManifestKind>,
    /// Bytes of the file.
    length: usize,
    /// Bytes that are not bound, the manifest's own included; `None` where the binding is not a data hash.
    unbound: Option<usize>,
    /// The store that was validated is not where a file of this format carries one, by our own reading.
    elsewhere: bool,
    /// The library found a data hash that matches, and we do not find it.
    unread: bool,
    /// What is left out beside the manifest itself.
    beyond: Vec<Range<usize>>,
    /// Metadata that stand there.
    holds: Vec<&'static str>,
    /// What is left out may hold a part of the picture.
    beyond_may_be_picture: bool,
    /// So may what is left out in one piece with the manifest, as if it were the manifest.
    room_may_be_picture: bool,
    /// What the mismatch is that the library reports, if it reports one.
    mismatch: Option<Mismatch>,
}

/// What a mismatch of the data hash comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mismatch {
    /// The bytes that are bound are those that were signed, and what is left out stands where metadata do; or all that
    /// differs is the size of the file, which an update has to change.
    Explained,
    /// An update moved what is bound, as it has to in this format, so that nobody can tell whether anything else changed.
    Incomparable,
    /// The file is not the one that was signed.
    Real,
}

impl Binding {
    /// Looks at the binding of a store that is embedded in the asset.
    pub(super) fn of(asset: &Asset, store: &Store) -> Self {
        let embedded = store.source == Source::Embedded;
        let Some(active) = store.active().filter(|_| embedded) else {
            return Self::default();
        };
        let raw = asset.manifest_store();
        let own = raw.and_then(|raw| find(raw, &active.label));
        let may_be_read = asset.format().is_some_and(|format| {
            let others = matches!(
                format,
                Format::Jpeg | Format::Png | Format::WebP | Format::JpegXl | Format::Gif
            );
            others || format.is_tiff()
        });
        let mut binding = Self {
            kind: own.map(|manifest| manifest.kind),
            length: asset.bytes().len(),
            elsewhere: own.is_none() && may_be_read,
            ..Self::default()
        };
        let hash = raw.and_then(|raw| binding_manifest(raw, store));
        match hash.and_then(DataHash::of) {
            Some(hash) => binding.look(asset, &hash, store),
            None => binding.unread = store.data_hash_matched && may_be_read,
        }
        binding
    }

    /// Adds to what validation found where the library took the binding's word: it cannot always find the store in the
    /// file again, and then lets a binding leave out whatever it names. A store that was made smaller would leave room for
    /// another picture, which nothing binds.
    pub(super) fn correct(&self, store: &mut Store) {
        if self.elsewhere {
            let why = "the store that was read does not lie where a file of this kind carries one";
            store.fail("provscan.place.unknown", false, Some(why));
        }
        if self.unread {
            let why = "what the data hash leaves out cannot be told";
            store.fail("provscan.binding.unread", false, Some(why));
        }
        let reported = store.failures.iter().any(is_mismatch);
        if self.room_may_be_picture && !reported {
            let why = "the manifest is smaller than the room that the binding leaves for it";
            store.fail(MISMATCH, false, Some(why));
        }
        if self.mismatch == Some(Mismatch::Incomparable) {
            for failure in store.failures.iter_mut().filter(|one| is_mismatch(one)) {
                failure.code = "provscan.update.incomparable".to_owned();
                failure.concern = Concern::Unchecked;
            }
        }
        store.bound_in_part = self.explains_the_mismatch();
        store.picture_not_bound = self.beyond_may_be_picture;
    }

    fn look(&mut self, asset: &Asset, hash: &DataHash, store: &Store) {
        let own = asset.manifest_ranges();
        let meant = grown(&hash.exclusions, own);
        let excluded = joined(meant.clone(), self.length);
        self.unbound = Some(excluded.iter().map(ExactSizeIterator::len).sum());
        self.beyond = without(&excluded, own);
        let with_manifest = |range: &Range<usize>| own.iter().any(|own| overlap(range, own));
        let around = meant.into_iter().filter(with_manifest).collect();
        let room = without(&joined(around, self.length), own);
        self.holds = unbound::metadata_in(asset, &self.beyond);
        self.beyond_may_be_picture = unbound::may_be_picture(asset, &self.beyond);
        self.room_may_be_picture = unbound::may_be_picture(asset, &room);
        // Only asked where the library says that they differ: it costs another reading of the file.
        let reported = store.failures.iter().any(is_mismatch);
        self.mismatch = reported.then(|| self.judge(asset, hash, &excluded));
    }

    /// What the mismatch is that the library reports.
    fn judge(&self, asset: &Asset, hash: &DataHash, excluded: &[Range<usize>]) -> Mismatch {
        let updated = self.kind == Some(ManifestKind::Update);
        let moved = || {
            let own = asset.manifest_ranges();
            let bound = riff::bound_before_an_update(asset.bytes(), &hash.exclusions, own);
            bound.is_some_and(|bound| hash.matches(&bound, &[]))
        };
        let in_head = !self.beyond.is_empty() && unbound::is_in_head(asset, &self.beyond);
        match asset.format() {
            _ if in_head && hash.matches(asset.bytes(), excluded) => Mismatch::Explained,
            Some(Format::WebP) if updated && moved() => Mismatch::Explained,
            Some(format) if format.is_tiff() && updated => Mismatch::Incomparable,
            _ => Mismatch::Real,
        }
    }

    /// Whether a reported mismatch is only that the manifest leaves out more than itself, or that an update lengthened it.
    pub(super) fn explains_the_mismatch(&self) -> bool {
        self.mismatch == Some(Mismatch::Explained)
    }

    /// How much of the file is bound, `98.7 %`.
    pub(super) fn share(&self) -> Option<String> {
        let bound = self.length.checked_sub(self.unbound?)?;
        let per_mille = bound.checked_mul(1000)?.checked_div(self.length)?;
        Some(format!("{}.{} %", per_mille / 10, per_mille % 10))
    }

    /// What the signature leaves out beside the manifest.
    pub(super) fn evidence(&self) -> Option<Evidence> {
        if self.mismatch.is_some() && !self.explains_the_mismatch() {
            // The ranges are meant for another file, or for this one as it was.
            return None;
        }
        let bytes: usize = self.beyond.iter().map(ExactSizeIterator::len).sum();
        let ranges: Vec<String> = self
            .beyond
            .iter()
            .take(MAX_LISTED)
            .map(|range| format!("{}-{}", range.start, range.end))
            .collect();
        let holds: Vec<String> = self.holds.iter().map(|name| (*name).to_owned()).collect();
        (bytes > unbound::TRIFLE).then(|| {
            Evidence::new(&codes::UNBOUND_PARTS, Strength::Declared)
                .with("bytes_left_out", u32::try_from(bytes).unwrap_or(u32::MAX))
                .with("ranges", ranges)
                .with_some("in_them", (!holds.is_empty()).then_some(holds))
                .with_some("bytes_bound", self.share())
        })
    }
}

const MISMATCH: &str = "assertion.dataHash.mismatch";

fn is_mismatch(failure: &Failure) -> bool {
    failure.code == MISMATCH && !failure.in_ingredient
}

fn find<'a>(raw: &'a RawStore, label: &str) -> Option<&'a RawManifest> {
    // Of two with one label the library takes the later one.
    let read = |manifest: &&RawManifest| {
        matches!(
            manifest.kind,
            ManifestKind::Standard | ManifestKind::Update | ManifestKind::Compressed
        )
    };
    let mut manifests = raw.manifests.iter().rev().filter(read);
    manifests.find(|manifest| manifest.label == label)
}

/// The manifest that binds the content: the image's own, or where it binds nothing, as updates do not, that of a parent.
fn binding_manifest<'a>(raw: &'a RawStore, store: &Store) -> Option<&'a RawManifest> {
    let mut next: Option<&Manifest> = store.active();
    // Each step leads to another manifest, so that there are no more steps than manifests.
    for _ in 0..store.manifests.len() {
        let manifest = next?;
        let raw = find(raw, &manifest.label)?;
        let binds = raw
            .assertions
            .iter()
            .any(|one| one.label.starts_with("c2pa.hash."));
        if raw.kind == ManifestKind::Compressed || binds {
            return Some(raw);
        }
        next = manifest
            .ingredients
            .iter()
            .find(|one| one.relation == Relation::Parent)
            .and_then(|parent| store.manifest(parent.manifest.as_deref()?));
    }
    None
}

/// A data hash assertion.
struct DataHash {
    exclusions: Vec<Range<usize>>,
    algorithm: String,
    hash: Vec<u8>,
}

impl DataHash {
    fn of(manifest: &RawManifest) -> Option<Self> {
        let value = manifest.labelled("c2pa.hash.data").next()?.cbor()?;
        let exclusions = cbor_field(&value, "exclusions").and_then(Cbor::as_array);
        let range = |one: &Cbor| {
            let number = |key| {
                let value = cbor_field(one, key)?.as_integer()?;
                usize::try_from(value).ok()
            };
            let start = number("start")?;
            Some(start..start.checked_add(number("length")?)?)
        };
        let ranges: Option<Vec<_>> = exclusions
            .into_iter()
            .flatten()
            .take(MAX_RANGES + 1)
            .map(range)
            .collect();
        Some(Self {
            exclusions: ranges.filter(|ranges| ranges.len() <= MAX_RANGES)?,
            algorithm: cbor_field(&value, "alg")
                .and_then(Cbor::as_text)
                .unwrap_or("sha256")
                .to_owned(),
            hash: cbor_field(&value, "hash").and_then(Cbor::as_bytes)?.clone(),
        })
    }

    /// Whether the bytes outside of the excluded ranges have this hash.
    fn matches(&self, bytes: &[u8], excluded: &[Range<usize>]) -> bool {
        let bound = outside(excluded, bytes.len());
        let pieces = bound.into_iter().filter_map(|range| bytes.get(range));
        let hash = match self.algorithm.as_str() {
            "sha256" => digest::<Sha256>(pieces),
            "sha384" => digest::<Sha384>(pieces),
            "sha512" => digest::<Sha512>(pieces),
            _ => return false,
        };
        hash == self.hash
    }
}

fn digest<'a, D: Digest>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut digest = D::new();
    pieces.for_each(|piece| digest.update(piece));
    digest.finalize().to_vec()
}

/// Ranges in order, those that touch or overlap as one, none beyond the end.
pub(super) fn joined(mut ranges: Vec<Range<usize>>, length: usize) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let range = range.start.min(length)..range.end.min(length);
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ if range.is_empty() => {}
            _ => out.push(range),
        }
    }
    out
}

/// What lies outside of these ranges, which are in order and apart.
fn outside(ranges: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    for range in ranges {
        out.push(from..range.start);
        from = range.end;
    }
    out.push(from..length);
    out.retain(|range| !range.is_empty());
    out
}

/// What is in `ranges` and not in `others`; both in order and apart.
pub(super) fn without(ranges: &[Range<usize>], others: &[Range<usize>]) -> Vec<Range<usize>> {
    let end = ranges.last().map_or(0, |range| range.end);
    let free = outside(&joined(others.to_vec(), end), end);
    let mut out = Vec::new();
    for range in ranges {
        for free in &free {
            let common = range.start.max(free.start)..range.end.min(free.end);
            if !common.is_empty() {
                out.push(common);
            }
        }
    }
    out
}

/// The ranges as they are meant now: a manifest that was added to, as updates do, is longer than the binding knew, and what
/// stands behind it lies further on (C2PA 2.2, section 15.12.1).
fn grown(exclusions: &[Range<usize>], own: &[Range<usize>]) -> Vec<Range<usize>> {
    let known = |own: &&Range<usize>| {
        let same = exclusions.iter().find(|range| range.start == own.start);
        same.is_some_and(|range| range.len() < own.len())
    };
    let Some(own) = own.iter().find(known) else {
        return exclusions.to_vec();
    };
    let growth = excluded_growth(exclusions, std::slice::from_ref(own));
    let shifted = |range: &Range<usize>| match range.start {
        start if start == own.start => own.clone(),
        start if start > own.start => {
            start.saturating_add(growth)..range.end.saturating_add(growth)
        }
        _ => range.clone(),
    };
    exclusions.iter().map(shifted).collect()
}

/// By how many bytes the manifest has grown since the binding was made.
fn excluded_growth(exclusions: &[Range<usize>], own: &[Range<usize>]) -> usize {
    let known = own.iter().find_map(|own| {
        let before = exclusions.iter().find(|range| range.start == own.start)?;
        own.len().checked_sub(before.len())
    });
    known.unwrap_or(0)
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined_inverted_and_subtracted() {
        let ranges = joined(vec![10..20, 0..2, 18..25, 40..400], 50);
        assert_eq!(ranges, [0..2, 10..25, 40..50]);
        assert_eq!(outside(&ranges, 50), [2..10, 25..40]);
        assert_eq!(
            without(&ranges, &[12..15, 45..50]),
            [0..2, 10..12, 15..25, 40..45]
        );
        assert!(without(&[], std::slice::from_ref(&(1..2))).is_empty());
    }

    #[test]
    fn what_stands_behind_a_manifest_that_grew_lies_further_on() {
        let meant = grown(&[0..4, 10..20, 30..35], std::slice::from_ref(&(10..27)));
        assert_eq!(meant, [0..4, 10..27, 37..42]);
        // One that shrank keeps what the binding says: the room is what matters then.
        let kept = grown(&[10..20, 30..35], std::slice::from_ref(&(10..15)));
        assert_eq!(kept, [10..20, 30..35]);
    }
}
