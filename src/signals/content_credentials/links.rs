//! Whether the manifests of ingredients are those that were taken in. The library checks their hashes, but leaves out of
//! its answer what any ingredient in the store recorded of itself, so that an exchanged manifest can bring the record that
//! hides its exchange; and where something claims to have redacted it, a manifest of version 1 is not compared at all.

use std::collections::{HashMap, HashSet, VecDeque};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use c2pa::Reader;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::boxes::{self, Found, cbor, part};
use super::redacted::rest_is_signed;
use super::store::{Source, Store};

/// Takes back what the library's answer says too much: that ingredients are as they were, or that a manifest binds the
/// image that is not the one that was taken in. `bytes` gives those of the manifest store.
pub(super) fn correct<'a>(reader: &Reader, store: &mut Store, bytes: impl FnOnce() -> &'a [u8]) {
    let matched = matched(reader);
    let active = reader.active_label().unwrap_or_default().to_owned();
    let own = matched.as_ref().is_none_or(|manifest| *manifest == active);
    let alone = store.manifests.len() <= 1 && own;
    if store.source != Source::Embedded || !store.is_vouched_for() || alone {
        return;
    }
    let Ok(details) = reader.to_crjson_value() else {
        return store.fail(
            "general.error",
            false,
            Some("the store cannot be read in detail"),
        );
    };
    let links = Links::of(bytes(), &details, &active);
    if links.broken {
        store.fail(EXCHANGED, true, None);
    }
    if links.broken || links.incomparable {
        // Which of them are meant is not known here.
        let past = store.manifests.iter_mut().filter(|one| one.depth > 0);
        past.for_each(|manifest| manifest.vouched_for = false);
    }
    if matched.is_some_and(|manifest| !links.pinned.contains(&manifest)) {
        let (code, why) = match links.broken {
            true => (
                EXCHANGED,
                "the manifest that binds the image is not the one that was taken in",
            ),
            false => (
                INCOMPARABLE,
                "the manifest that binds the image is compressed or redacted, and nothing shows that it is the one that was taken in",
            ),
        };
        store.fail(code, false, Some(why));
    }
}

const EXCHANGED: &str = "ingredient.manifest.mismatch";
const INCOMPARABLE: &str = "provscan.ingredient.incomparable";

/// The label of the manifest whose hash over the image matched.
fn matched(reader: &Reader) -> Option<String> {
    const MATCHES: [&str; 3] = [
        "assertion.dataHash.match",
        "assertion.bmffHash.match",
        "assertion.boxesHash.match",
    ];
    let codes = reader.validation_results()?.active_manifest()?;
    let mut success = codes.success().iter();
    let url = success
        .find(|status| MATCHES.contains(&status.code()))?
        .url()?;
    Some(url.rsplit('/').nth(2)?.to_owned())
}

/// How the ingredients of a store hang together.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Labels of the manifests that lead to the image by hashes that match.
    pub(super) pinned: HashSet<String>,
    /// Some ingredient's manifest is in the store, but is not what its user took in.
    pub(super) broken: bool,
    /// Some ingredient's manifest cannot be held to its hash: it is compressed, or parts of it were redacted by those that
    /// used it, and nothing else tells which one it was.
    pub(super) incomparable: bool,
}

impl Links {
    /// Follows the hashes from the active manifest. `details` is the store in the library's own detail.
    pub(super) fn of(store: &[u8], details: &Value, active: &str) -> Self {
        let found = by_label(store);
        let list = details.get("manifests").and_then(Value::as_array);
        let details: HashMap<&str, &Value> = list
            .into_iter()
            .flatten()
            .filter_map(|one| Some((one.get("label")?.as_str()?, one)))
            .collect();
        let mut links = Self::default();
        let mut redactions: Vec<&str> = Vec::new();
        let mut queue = VecDeque::from([active.to_owned()]);
        while let Some(next) = queue.pop_front() {
            let Some(detail) = details.get(next.as_str()) else {
                continue;
            };
            if !links.pinned.insert(next) {
                continue;
            }
            redactions.extend(redacted(detail));
            for reference in references(detail) {
                let Some(manifest) = found.get(reference.label) else {
                    continue;
                };
                let of_it = |uri: &&str| uri.split('/').any(|part| part == reference.label);
                let redacted = redactions.iter().any(of_it);
                // What was redacted takes the hash of the whole with it; the signature still tells which manifest it is.
                let known = || {
                    (redacted && reference.signed_the_same(store, manifest))
                        || reference.claims_the_same(store, manifest)
                };
                let same = || known() && rest_is_signed(store, manifest, &redactions);
                if reference.matches(store, manifest) || same() {
                    queue.push_back(reference.label.to_owned());
                } else if redacted || is_compressed(store, manifest) {
                    links.incomparable = true;
                } else {
                    links.broken = true;
                }
            }
        }
        links
    }
}

/// The manifests of a store by label; of two with the same label the library takes the later one.
fn by_label(store: &[u8]) -> HashMap<&str, Found> {
    let named = |manifest: Found| Some((boxes::name(store, &manifest)?, manifest));
    boxes::manifests(store).filter_map(named).collect()
}

/// What one manifest redacts of others.
fn redacted(manifest: &Value) -> impl Iterator<Item = &str> {
    let claim = ["claim", "claim.v2"]
        .iter()
        .find_map(|key| manifest.get(key));
    let list = claim.and_then(|claim| claim.get("redacted_assertions"));
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str)
}

/// What an ingredient says of its manifest.
struct Reference<'a> {
    label: &'a str,
    hash: Vec<u8>,
    /// The hash of its signature, from version 2 of ingredients on.
    signature: Option<Vec<u8>>,
}

/// The references of one manifest.
fn references<'a>(manifest: &'a Value) -> impl Iterator<Item = Reference<'a>> {
    let assertions = manifest.get("assertions").and_then(Value::as_object);
    let ingredients = assertions.into_iter().flatten();
    ingredients
        .filter(|(label, _)| label.starts_with("c2pa.ingredient"))
        .filter_map(|(_, ingredient)| {
            let uri = ingredient
                .get("activeManifest")
                .or_else(|| ingredient.get("c2pa_manifest"))?;
            let label = uri.get("url")?.as_str()?.split("/c2pa/").nth(1)?;
            Some(Reference {
                label: label.split('/').next()?,
                hash: hash(uri)?,
                signature: ingredient.get("claimSignature").and_then(hash),
            })
        })
}

/// The hash of a hashed URI.
fn hash(uri: &Value) -> Option<Vec<u8>> {
    let text = uri.get("hash")?.as_str()?;
    STANDARD
        .decode(text.strip_prefix("b64'")?.strip_suffix('\'')?)
        .ok()
}

impl Reference<'_> {
    /// Whether this manifest has the signature that was meant: what it binds, but for what was redacted, is the same.
    fn signed_the_same(&self, store: &[u8], manifest: &Found) -> bool {
        let meant = self.signature.as_deref();
        let found = part(store, manifest, b"c2cs");
        let bytes = found.and_then(|part| store.get(part.content));
        meant
            .zip(bytes)
            .is_some_and(|(meant, bytes)| is_hash(meant, bytes))
    }

    /// Whether this is the manifest that was meant, by the hash of its box.
    fn matches(&self, store: &[u8], manifest: &Found) -> bool {
        let whole = store.get(manifest.content.clone()).unwrap_or_default();
        is_hash(&self.hash, whole)
    }

    /// Whether this manifest has the claim that was meant: before C2PA 1.3 its hash was what was kept.
    fn claims_the_same(&self, store: &[u8], manifest: &Found) -> bool {
        cbor(store, manifest, b"c2cl").is_some_and(|claim| is_hash(&self.hash, claim))
    }
}

/// Whether this is the hash of these bytes. Its length tells the algorithm: C2PA allows three, of different lengths.
pub(super) fn is_hash(hash: &[u8], bytes: &[u8]) -> bool {
    match hash.len() {
        32 => Sha256::digest(bytes).as_slice() == hash,
        48 => Sha384::digest(bytes).as_slice() == hash,
        64 => Sha512::digest(bytes).as_slice() == hash,
        _ => false,
    }
}

/// Whether the manifest is compressed, by the type in its description.
fn is_compressed(store: &[u8], manifest: &Found) -> bool {
    boxes::kind(store, manifest).as_ref() == Some(b"c2cm")
}
