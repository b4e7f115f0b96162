//! Whether the bytes that a hard binding leaves out are the manifest store and nothing else. The library looks at this
//! too, but where it cannot find the store in the file again (pieces of it apart, a stub of a segment among them) it takes
//! the binding's word: a store that was made smaller then leaves room for another picture that nothing binds.

use std::ops::Range;

use c2pa::Reader;
use serde_json::Value;

use crate::asset::{Asset, Block, BlockKind, Format};

/// Whether the data hash of this store, if it matched, leaves out no more than the store. `true` where another kind of
/// binding matched, or none.
pub(super) fn leaves_out_only_the_store(asset: &Asset, reader: &Reader) -> bool {
    let Some((manifest, assertion)) = matched(reader) else {
        return true;
    };
    let Some(format) = asset.format().filter(|format| framing(*format).is_some()) else {
        return true;
    };
    let Some(left_out) = exclusions(reader, &manifest, &assertion) else {
        return false;
    };
    // An update makes the store longer than the binding knew, so that it may leave out less, but never more.
    let store = place(asset, format);
    left_out.is_empty()
        || left_out
            .iter()
            .any(|range| range.start == store.start && range.end <= store.end)
}

/// The labels of the manifest and of the assertion whose data hash matched.
fn matched(reader: &Reader) -> Option<(String, String)> {
    let codes = reader.validation_results()?.active_manifest()?;
    let url = codes
        .success()
        .iter()
        .find(|status| status.code() == "assertion.dataHash.match")?
        .url()?;
    let mut path = url.rsplit('/');
    let assertion = path.next()?;
    let manifest = path.nth(1)?;
    Some((manifest.to_owned(), assertion.to_owned()))
}

/// What the data hash leaves out, as places in the file; `None` where it cannot be told.
fn exclusions(reader: &Reader, manifest: &str, assertion: &str) -> Option<Vec<Range<u64>>> {
    let store = reader.to_crjson_value().ok()?;
    let mut manifests = store.get("manifests")?.as_array()?.iter();
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
