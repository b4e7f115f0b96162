//! A manifest of which something was taken out. The hash by which it was taken in no longer fits it; what is left is held
//! to its own signature instead: by our own look, since the library leaves out of its answer what any ingredient in the
//! store has recorded, true or not.

use std::collections::HashSet;

use c2pa::crypto::cose::Verifier;
use c2pa::status_tracker::StatusTracker;

use super::boxes::{self, Found, next_box};
use super::links::is_hash;
use crate::asset::{Cbor, cbor_field, read_cbor};

/// Lists of assertions in a claim, of both versions.
const LISTS: [&str; 3] = ["assertions", "created_assertions", "gathered_assertions"];

/// Whether the claim is what was signed, every assertion that it lists is there as it was or is among the redactions, and
/// there are no others.
pub(super) fn rest_is_signed(store: &[u8], manifest: &Found, redactions: &[&str]) -> bool {
    let claim = boxes::cbor(store, manifest, b"c2cl");
    let signature = boxes::cbor(store, manifest, b"c2cs");
    let Some((claim, signature)) = claim.zip(signature) else {
        return false;
    };
    let mut log = StatusTracker::default();
    let verifier = Verifier::IgnoreProfileAndTrustPolicy;
    let signed = verifier.verify_signature(signature, claim, &[], None, &mut log);
    let Some(claim) = read_cbor(claim).filter(|_| signed.is_ok()) else {
        return false;
    };
    let lists = LISTS
        .iter()
        .filter_map(|list| cbor_field(&claim, list)?.as_array());
    let listed: Vec<&Cbor> = lists.flatten().collect();
    let names: HashSet<&str> = listed.iter().filter_map(|one| name_of(one)).collect();
    let is_listed = |one: Found| boxes::name(store, &one).is_some_and(|name| names.contains(name));
    let as_it_was = |one: &&Cbor| is_as_it_was(store, manifest, one, redactions).unwrap_or(false);
    !listed.is_empty()
        && listed.iter().all(as_it_was)
        && assertions(store, manifest).is_some_and(|mut all| all.all(is_listed))
}

/// The label of the assertion that this refers to.
fn name_of(reference: &Cbor) -> Option<&str> {
    cbor_field(reference, "url")?.as_text()?.rsplit('/').next()
}

/// Whether the assertion that this refers to is as it was, or was redacted.
fn is_as_it_was(
    store: &[u8],
    manifest: &Found,
    reference: &Cbor,
    redactions: &[&str],
) -> Option<bool> {
    let hash = cbor_field(reference, "hash")?.as_bytes()?;
    let name = name_of(reference)?;
    let mut found = assertions(store, manifest)?;
    let mut found = found
        .by_ref()
        .filter(|one| boxes::name(store, one) == Some(name));
    let own = boxes::name(store, manifest)?;
    let redacted = || {
        let is_meant = |uri: &&str| {
            uri.rsplit('/').next() == Some(name) && uri.split('/').any(|part| part == own)
        };
        redactions.iter().any(is_meant)
    };
    Some(match (found.next(), found.next()) {
        (None, _) => redacted(),
        (Some(one), None) => is_hash(hash, store.get(one.content)?),
        // Which of two the library reads is not known here.
        (Some(_), Some(_)) => false,
    })
}

/// The boxes of a manifest's assertion store, behind its description; `None` where there is no one such store.
fn assertions<'a>(
    store: &'a [u8],
    manifest: &Found,
) -> Option<impl Iterator<Item = Found> + use<'a>> {
    let mut level = boxes::part(store, manifest, b"c2as")?.content;
    let description = next_box(store, &mut level)?;
    let boxes = std::iter::from_fn(move || next_box(store, &mut level));
    (&description.kind == b"jumd").then_some(boxes)
}
