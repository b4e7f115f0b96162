//! What validating a manifest store would cost, counted before the library starts on it. The library compares every
//! assertion of a manifest with every other, hashes an ingredient's manifest anew for each use of it, and copies a store
//! several times over: a file of a few megabytes can take hours, or more memory than there is.

use std::sync::atomic::AtomicBool;

use c2pa::Error;
use c2pa::jumbf_io::load_jumbf_from_stream;

use super::boxes::{Found, label, next_box};
use super::validate::{Budgeted, Place, media_type};
use crate::asset::{Asset, Block, BlockKind, Format};

/// Largest store, in bytes. The largest honest ones seen have 3 MB, most of that thumbnails.
const MAX_STORE: usize = 32 << 20;
/// Most JUMBF superboxes of a store.
const MAX_BOXES: usize = 10_000;
/// Most boxes of one manifest's assertion store.
const MAX_ASSERTIONS: usize = 1_000;
/// Most uses of ingredients in all manifests together; the longest honest history seen has 52.
const MAX_INGREDIENTS: usize = 500;
/// Most bytes that uses of ingredients may have hashed.
const MAX_HASHED: usize = 256 << 20;
/// Most values in the CBOR and JSON of all manifests: one takes up to 700 bytes once it is read. The corpus has none with
/// more than 9,000.
const MAX_VALUES: usize = 300_000;
/// Most values in one claim, which lists assertions and redactions: it is searched once for each.
const MAX_CLAIM: usize = 20_000;
/// Most compressed manifests, whose content is not counted here; the library inflates each to 1 MB at most.
const MAX_COMPRESSED: usize = 4;
/// Stores up to this size need no counting: they have no room for what is counted.
const SMALL: usize = 64 << 10;

/// Why a store is not validated, if it asks for more work than any honest one.
pub(super) fn refusal(asset: &Asset, place: Place<'_>) -> Option<String> {
    match place {
        Place::WholeFile => too_much(asset.bytes()),
        Place::Apart(store) => too_much(store),
        Place::InFile if is_small(asset) => None,
        Place::InFile if room(asset) > MAX_STORE => {
            say("bytes of the manifest store", room(asset), MAX_STORE)
        }
        Place::InFile => too_much(&embedded(asset).ok()?),
    }
}

/// The store as the library reads it: what a walk of our own sees could be another one.
///
/// # Errors
/// Those of the library on finding a store.
pub(super) fn embedded(asset: &Asset) -> Result<Vec<u8>, Error> {
    let spent = AtomicBool::new(false);
    load_jumbf_from_stream(media_type(asset), &mut Budgeted::new(asset, &spent))
}

/// Whether all that could be a piece of a store is small. Where the walk knows fewer places than the library, it is not
/// asked.
fn is_small(asset: &Asset) -> bool {
    let container = asset.container();
    if !matches!(
        container.format,
        Some(Format::Jpeg | Format::Png | Format::WebP)
    ) {
        return asset.len() <= SMALL as u64;
    }
    let compressed = |block: &Block| {
        let piece = asset.bytes().get(block.range.clone()).unwrap_or_default();
        piece.windows(4).any(|four| four == b"brob")
    };
    container.problems.is_empty() && room(asset) <= SMALL && !places(asset).any(compressed)
}

/// Bytes of the file that could be pieces of a store.
fn room(asset: &Asset) -> usize {
    places(asset).map(|block| block.range.len()).sum()
}

fn places(asset: &Asset) -> impl Iterator<Item = &Block> {
    let place =
        |block: &&Block| matches!(block.kind, BlockKind::Jumbf | BlockKind::App { number: 11 });
    asset.container().blocks.iter().filter(place)
}

/// What is counted of a store.
#[derive(Default)]
struct Counts {
    boxes: usize,
    compressed: usize,
    /// Boxes that are assertions of the manifest that was entered last.
    assertions: usize,
    ingredients: usize,
    largest_manifest: usize,
    values: usize,
    largest_claim: usize,
}

fn too_much(store: &[u8]) -> Option<String> {
    if let Some(reason) = say("bytes of the manifest store", store.len(), MAX_STORE) {
        return Some(reason);
    }
    let mut counts = Counts::default();
    let hashed = |counts: &Counts| counts.ingredients.saturating_mul(counts.largest_manifest);
    let whole = 0..store.len();
    let mut levels = vec![whole];
    while let Some(level) = levels.last_mut() {
        let Some(found) = next_box(store, level) else {
            levels.pop();
            continue;
        };
        let depth = levels.len();
        counts.add(store, &found, depth);
        let reason = say("boxes in the manifest store", counts.boxes, MAX_BOXES)
            .or_else(|| {
                say(
                    "assertions of one manifest",
                    counts.assertions,
                    MAX_ASSERTIONS,
                )
            })
            .or_else(|| say("uses of ingredients", counts.ingredients, MAX_INGREDIENTS))
            .or_else(|| say("values in CBOR and JSON", counts.values, MAX_VALUES))
            .or_else(|| say("values in one claim", counts.largest_claim, MAX_CLAIM))
            .or_else(|| say("compressed manifests", counts.compressed, MAX_COMPRESSED))
            .or_else(|| {
                say(
                    "bytes of ingredients to be hashed",
                    hashed(&counts),
                    MAX_HASHED,
                )
            });
        if reason.is_some() {
            return reason;
        }
        if &found.kind == b"jumb" && depth < DEEPEST {
            levels.push(found.content);
        }
    }
    None
}

/// The refusal where a count is too high.
fn say(what: &str, count: usize, most: usize) -> Option<String> {
    (count > most).then(|| {
        format!("{what}: {count}, where provscan reads {most} at most; no honest one is known that needs as many")
    })
}

/// The store, its manifests, their assertion stores, the assertions: deeper boxes are only counted.
const DEEPEST: usize = 32;
const MANIFEST: usize = 2;
const ASSERTION: usize = 4;

impl Counts {
    fn add(&mut self, store: &[u8], found: &Found, depth: usize) {
        let length = found.content.len();
        self.boxes += usize::from(&found.kind == b"jumb");
        self.compressed += usize::from(&found.kind == b"brob");
        let content = store.get(found.content.clone()).unwrap_or_default();
        let values = match &found.kind {
            b"cbor" => values_of_cbor(content),
            b"json" => values_of_json(content),
            _ => 0,
        };
        self.values += values;
        if depth == MANIFEST {
            self.assertions = 0;
            self.largest_manifest = self.largest_manifest.max(length);
        }
        if depth == ASSERTION {
            self.assertions += usize::from(&found.kind == b"jumb");
            if label(store, found).starts_with(b"c2pa.ingredient") {
                self.ingredients += 1;
            }
        }
        // A claim and a signature hold their values themselves, assertions lie one deeper.
        if depth == ASSERTION {
            self.largest_claim = self.largest_claim.max(values);
        }
    }
}

/// The values in a piece of CBOR (RFC 8949), however they nest. A byte string counts as one for every eight bytes: the
/// library makes a list of numbers of it.
fn values_of_cbor(mut rest: &[u8]) -> usize {
    let mut count = 0;
    while let Some((first, tail)) = rest.split_first() {
        count += 1;
        let (major, short) = (first >> 5, first & 0x1f);
        let size = match short {
            24..=27 => 1 << (short - 24),
            _ => 0,
        };
        let Some((argument, tail)) = tail.split_at_checked(size) else {
            break;
        };
        let value = match short {
            0..24 => usize::from(short),
            _ => argument
                .iter()
                .fold(0, |all, byte| all << 8 | usize::from(*byte)),
        };
        let skip = match major {
            2 | 3 => value.min(tail.len()),
            _ => 0,
        };
        if major == 2 {
            count += skip / 8;
        }
        rest = tail.get(skip..).unwrap_or_default();
    }
    count
}

/// The values in a piece of JSON, or a few more.
fn values_of_json(text: &[u8]) -> usize {
    let begins = |byte: &&u8| matches!(byte, b',' | b':' | b'[' | b'{');
    1 + text.iter().filter(begins).count()
}
