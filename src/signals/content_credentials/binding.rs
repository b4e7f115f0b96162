//! Whether what binds the image to its manifest can be relied on.

use std::ops::Range;

use c2pa::Reader;
use serde_json::Value;

use super::links::Links;
use super::status::Concern;
use super::store::{Failure, Source, Store};
use crate::asset::{Asset, Block, BlockKind, Format};

/// Takes back what the library's answer says too much: that the binding holds, or that ingredients are as they were.
pub(super) fn examine(asset: &Asset, reader: &Reader, store: &mut Store) {
    if store.source != Source::Embedded || !store.is_vouched_for() {
        return;
    }
    let matched = matched(reader);
    let active = reader.active_label().unwrap_or_default().to_owned();
    let own = matched
        .as_ref()
        .is_none_or(|(manifest, _)| *manifest == active);
    let Ok(details) = reader.to_crjson_value() else {
        return store.failures.push(failure(UNREADABLE, false));
    };
    if store.manifests.len() > 1 || !own {
        let bytes = super::cost::embedded(asset).unwrap_or_default();
        let links = Links::of(&bytes, &details, &active);
        if links.broken {
            store.failures.push(failure(EXCHANGED, true));
        }
        if links.broken || links.redacted {
            // Which of them are meant is not known here.
            let past = store.manifests.iter_mut().filter(|one| one.depth > 0);
            past.for_each(|manifest| manifest.vouched_for = false);
        }
        if let Some((manifest, _)) = &matched
            && !links.pinned.contains(manifest)
        {
            store.failures.push(failure(EXCHANGED, false));
        }
    }
    if let Some((manifest, assertion)) = matched
        && leaves_out_more_than_the_store(asset, &details, &manifest, &assertion)
    {
        store.failures.push(failure(LEFT_OUT, false));
    }
}

const UNREADABLE: (&str, Concern) = ("general.error", Concern::Malformed);
const EXCHANGED: (&str, Concern) = ("ingredient.manifest.mismatch", Concern::ManifestAltered);
const LEFT_OUT: (&str, Concern) = ("assertion.dataHash.mismatch", Concern::ContentAltered);

fn failure((code, concern): (&str, Concern), in_ingredient: bool) -> Failure {
    Failure {
        code: code.to_owned(),
        concern,
        in_ingredient,
    }
}

/// Whether bytes are left out of the data hash that are no part of the store. The library looks at this too, but where it
/// cannot find the store in the file again (pieces of it apart, a stub of a segment among them) it takes the binding's
/// word: a store that was made smaller then leaves room for another picture that nothing binds.
fn leaves_out_more_than_the_store(
    asset: &Asset,
    details: &Value,
    manifest: &str,
    assertion: &str,
) -> bool {
    let Some(format) = asset.format().filter(|format| framing(*format).is_some()) else {
        return false;
    };
    if !assertion.starts_with("c2pa.hash.data") {
        return false;
    }
    let Some(left_out) = exclusions(details, manifest, assertion) else {
        return true;
    };
    // An update makes the store longer than the binding knew, so that it may leave out less, but never more.
    let store = place(asset, format);
    let within = |range: &Range<u64>| range.start == store.start && range.end <= store.end;
    !left_out.is_empty() && !left_out.iter().any(within)
}

/// The labels of the manifest and of the assertion whose hash over the image matched.
fn matched(reader: &Reader) -> Option<(String, String)> {
    const MATCHES: [&str; 3] = [
        "assertion.dataHash.match",
        "assertion.bmffHash.match",
        "assertion.boxesHash.match",
    ];
    let codes = reader.validation_results()?.active_manifest()?;
    let matches = |code: &str| MATCHES.contains(&code);
    let mut success = codes.success().iter();
    let url = success.find(|status| matches(status.code()))?.url()?;
    let mut path = url.rsplit('/');
    let assertion = path.next()?;
    let manifest = path.nth(1)?;
    Some((manifest.to_owned(), assertion.to_owned()))
}

/// What the data hash leaves out, as places in the file; `None` where it cannot be told.
fn exclusions(details: &Value, manifest: &str, assertion: &str) -> Option<Vec<Range<u64>>> {
    let mut manifests = details.get("manifests")?.as_array()?.iter();
    let hash = manifests
        .find(|one| one.get("label").and_then(Value::as_str) == Some(manifest))?
        .get("assertions")?
        .get(assertion)?;
    let Some(ranges) = hash.get("exclusions").filter(|ranges| !ranges.is_null()) else {
        return Some(Vec::new());
    };
    let range = |range: &Value| {
        let start = range.get("start")?.as_u64()?;
        Some(start..start.checked_add(range.get("length")?.as_u64()?)?)
    };
    ranges.as_array()?.iter().map(range).collect()
}

/// Bytes that carry the first piece of the store and stand before it, before a later piece, and behind the last.
struct Framing {
    first: usize,
    later: usize,
    last: usize,
}

/// How a format carries a store; `None` where its place is not compared.
fn framing(format: Format) -> Option<Framing> {
    let framing = |first, later, last| Some(Framing { first, later, last });
    match format {
        // Marker and length (4), `JP`, instance and number (8); a later segment repeats the header of the box (8).
        Format::Jpeg => framing(12, 20, 0),
        Format::Png => framing(8, 0, 4),
        Format::WebP => framing(8, 0, 0),
        Format::JpegXl => framing(0, 0, 0),
        _ => None,
    }
}

/// Where the store lies with what carries it: its first piece and those that follow without a gap.
fn place(asset: &Asset, format: Format) -> Range<u64> {
    let none = 0..0;
    let Some(framing) = framing(format) else {
        return none;
    };
    let mut pieces = pieces(asset).skip_while(|block| !super::is_a_store(asset, block));
    let Some(first) = pieces.next() else {
        return none;
    };
    let end = pieces
        .map_while({
            let mut end = first.range.end;
            move |block| {
                let adjoins = block.range.start == end + framing.later && framing.later > 0;
                end = block.range.end;
                adjoins.then_some(end)
            }
        })
        .last()
        .unwrap_or(first.range.end);
    first.range.start.saturating_sub(framing.first) as u64..(end + framing.last) as u64
}

fn pieces(asset: &Asset) -> impl Iterator<Item = &Block> {
    let blocks = asset.container().blocks.iter();
    blocks.filter(|block| block.kind == BlockKind::Jumbf)
}
