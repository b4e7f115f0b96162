//! A manifest of which something was taken out. The hash by which it was taken in no longer fits it; what is left is held
//! to its own signature instead: by our own look, since the library leaves out of its answer what any ingredient in the
//! store has recorded, true or not.

use c2pa::crypto::cose::Verifier;
use c2pa::status_tracker::StatusTracker;

use super::boxes::{Found, label, next_box};
use super::links::{is_hash, part};
use crate::asset::{Cbor, cbor_field, read_cbor};

/// Lists of assertions in a claim, of both versions.
const LISTS: [&str; 3] = ["assertions", "created_assertions", "gathered_assertions"];

/// Whether the claim is what was signed, and every assertion that it lists is there as it was or is among the redactions.
pub(super) fn rest_is_signed(store: &[u8], manifest: &Found, redactions: &[&str]) -> bool {
    let Some(claim) = content(store, manifest, b"c2pa.claim") else {
        return false;
    };
    let signed = content(store, manifest, b"c2pa.signature").is_some_and(|signature| {
        let mut log = StatusTracker::default();
        let verifier = Verifier::IgnoreProfileAndTrustPolicy;
        verifier
            .verify_signature(signature, claim, &[], None, &mut log)
            .is_ok()
    });
    let Some(claim) = read_cbor(claim).filter(|_| signed) else {
        return false;
    };
    let listed = LISTS
        .iter()
        .filter_map(|list| cbor_field(&claim, list)?.as_array())
        .flatten();
    let mut listed = listed.peekable();
    listed.peek().is_some()
        && listed
            .all(|reference| is_as_it_was(store, manifest, reference, redactions).unwrap_or(false))
}

/// Whether the assertion that this refers to is as it was, or was redacted.
fn is_as_it_was(
    store: &[u8],
    manifest: &Found,
    reference: &Cbor,
    redactions: &[&str],
) -> Option<bool> {
    let url = cbor_field(reference, "url")?.as_text()?;
    let hash = cbor_field(reference, "hash")?.as_bytes()?;
    let name = url.rsplit('/').next()?;
    let mut found = assertions(store, manifest).filter(|one| is_called(store, one, name));
    let redacted = || {
        let own = label(store, manifest).split(|byte| *byte == 0).next();
        let own = own
            .and_then(|own| std::str::from_utf8(own).ok())
            .unwrap_or_default();
        let end = format!("/{name}");
        redactions
            .iter()
            .any(|uri| uri.contains(own) && uri.ends_with(&end))
    };
    Some(match (found.next(), found.next()) {
        (None, _) => redacted(),
        (Some(one), None) => is_hash(hash, store.get(one.content)?),
        // Which of two the library reads is not known here.
        (Some(_), Some(_)) => false,
    })
}

/// The boxes of a manifest's assertion store.
fn assertions<'a>(store: &'a [u8], manifest: &Found) -> impl Iterator<Item = Found> + use<'a> {
    let mut level = part(store, manifest, b"c2pa.assertions").map_or(0..0, |part| part.content);
    let boxes = std::iter::from_fn(move || next_box(store, &mut level));
    boxes.filter(|one| &one.kind == b"jumb")
}

fn is_called(store: &[u8], found: &Found, name: &str) -> bool {
    label(store, found).split(|byte| *byte == 0).next() == Some(name.as_bytes())
}

/// What the superbox of this name in a manifest holds: the content of the first box behind its description.
pub(super) fn content<'a>(store: &'a [u8], manifest: &Found, name: &[u8]) -> Option<&'a [u8]> {
    let mut inside = part(store, manifest, name)?.content;
    next_box(store, &mut inside)?;
    store.get(next_box(store, &mut inside)?.content)
}
