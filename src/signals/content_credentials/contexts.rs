//! Validation contexts: for each file one that knows no more of the trust lists than the file can need.
//!
//! The library decodes every list for every file, and parses every anchor for every signature and time-stamp. A chain of
//! certificates can only end at an anchor whose subject is, byte for byte, the issuer of a certificate in the chain, and
//! all certificates stand as they are in the manifest store. So anchors whose names do not stand in the file are left out,
//! and a file that names none is checked as if there were no lists: either way no chain can be completed.
//!
//! A chosen context has fewer anchors than the full one and never more, so that it can never trust more. Whoever hides a
//! name from the search, by an unusual encoding, gets what leaving the certificate out would have given.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use c2pa::settings::{TrustAnchor, TrustListKind};
use c2pa::{Context, Settings};
use serde_json::json;

use super::mentions::{Mentioned, Mentions};
use super::trust::{Material, is_for_time_stamps, pem};
use super::validate::Place;
use crate::asset::{Asset, BlockKind, Format};
use crate::error::SetupError;

/// Most contexts that are kept. Images come from few signers; what more there are were made to fill memory.
const MAX_KEPT: usize = 64;

/// Every context that files were checked with, shared by all threads.
pub(super) struct Contexts {
    material: Material,
    mentions: Mentions,
    /// Settings without lists.
    offline: Settings,
    full: Arc<Context>,
    kept: Mutex<HashMap<Mentioned, Arc<Context>>>,
}

impl Contexts {
    /// Takes what the trust lists hold.
    ///
    /// # Errors
    /// The library refuses these settings.
    pub(super) fn new(material: Material) -> Result<Self, SetupError> {
        let anchors = material.anchors.iter().map(|anchor| anchor.der.as_slice());
        let everything = Mentioned {
            anchors: (0..material.anchors.len()).collect(),
            allowed: !material.allowed.is_empty(),
        };
        let refused = |error: c2pa::Error| SetupError::File {
            name: "trust lists".to_owned(),
            message: format!("the settings made from them were refused: {error}"),
        };
        let offline = offline(&material.key_usages).map_err(refused)?;
        Ok(Self {
            mentions: Mentions::new(anchors, material.allowed.clone()),
            full: context(&offline, &material, &everything).map_err(refused)?,
            kept: Mutex::default(),
            offline,
            material,
        })
    }

    /// The context for the manifest store at this place.
    pub(super) fn of(&self, asset: &Asset, place: Place<'_>) -> Arc<Context> {
        match place {
            Place::Apart(store) => self.for_bytes(&[store]),
            _ if hides_its_manifest(asset) => Arc::clone(&self.full),
            _ => self.for_bytes(&[asset.bytes(), &joined(asset)]),
        }
    }

    /// The context for a manifest store that stands, whole and as it is, in one of these pieces of bytes.
    pub(super) fn for_bytes(&self, pieces: &[&[u8]]) -> Arc<Context> {
        let Some(mentioned) = self.mentions.search(pieces) else {
            return Arc::clone(&self.full);
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(chosen) = kept.get(&mentioned) {
            return Arc::clone(chosen);
        }
        let Ok(chosen) = context(&self.offline, &self.material, &mentioned) else {
            return Arc::clone(&self.full);
        };
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(mentioned, Arc::clone(&chosen));
        chosen
    }
}

/// Formats in which names of a manifest need not stand as they are, or not where the walk saw them.
fn hides_its_manifest(asset: &Asset) -> bool {
    let blocks = &asset.container().blocks;
    match asset.format() {
        // An SVG holds its manifest in base64.
        None | Some(Format::Svg) => true,
        // The library takes segments for parts of a manifest that the walk does not.
        Some(Format::Jpeg) => blocks
            .iter()
            .any(|block| block.kind == BlockKind::App { number: 11 }),
        Some(_) => false,
    }
}

/// The manifest store of a format that stores it in pieces, between whose ends a name may stand.
fn joined(asset: &Asset) -> Vec<u8> {
    let pieces = || {
        let blocks = asset.container().blocks.iter();
        blocks
            .filter(|block| block.kind == BlockKind::Jumbf)
            .filter_map(|block| asset.bytes().get(block.range.clone()))
    };
    if pieces().nth(1).is_some() {
        pieces().collect::<Vec<_>>().concat()
    } else {
        Vec::new()
    }
}

/// How everything is checked but for whom to trust: without a network.
fn offline(key_usages: &str) -> c2pa::Result<Settings> {
    let settings = json!({
        "version": 1,
        "verify": {"verify_trust": true, "verify_timestamp_trust": true, "remote_manifest_fetch": false, "ocsp_fetch": false},
        // A did:web identity cannot be resolved offline and would make the whole file invalid.
        "core": {"decode_identity_assertions": false, "max_decompressed_manifest_size_in_mb": 1},
        "trust": {"trust_config": key_usages},
    });
    Settings::new().with_json(&settings.to_string())
}

/// A validation context that knows this part of the lists.
fn context(
    offline: &Settings,
    material: &Material,
    part: &Mentioned,
) -> c2pa::Result<Arc<Context>> {
    let mut settings = offline.clone();
    // Settings in text form would lose the order of the lists, and with it which of them a signer is on.
    settings.trust.anchors = Some(lists(material, part));
    Ok(Context::new().with_settings(settings)?.into_shared())
}

/// The lists in the library's form, without those of which nothing is left.
fn lists(material: &Material, part: &Mentioned) -> Vec<TrustAnchor> {
    let mut lists: Vec<TrustAnchor> = Vec::new();
    for number in &part.anchors {
        let Some(anchor) = material.anchors.get(*number) else {
            continue;
        };
        let known = lists
            .iter_mut()
            .find(|list| list.trust_uri.as_ref() == Some(&anchor.list));
        match known {
            Some(list) => list.trust_anchors.push_str(&pem(&anchor.der)),
            None => lists.push(TrustAnchor {
                trust_anchors: pem(&anchor.der),
                trust_uri: Some(anchor.list.clone()),
                trust_kind: if is_for_time_stamps(&anchor.list) {
                    TrustListKind::TSA
                } else {
                    TrustListKind::Manifest
                },
                ..TrustAnchor::default()
            }),
        }
    }
    if part.allowed {
        let mut digests: Vec<String> = material
            .allowed
            .iter()
            .map(|digest| STANDARD.encode(digest))
            .collect();
        digests.sort();
        lists.push(TrustAnchor {
            allowed_list: Some(digests.join("\n")),
            ..TrustAnchor::default()
        });
    }
    lists
}

#[cfg(test)]
mod tests;
