//! Rights, names and lookup keys: who allows training, who claims to stand behind the image, and by which watermark or
//! fingerprint its credentials can be found again.

use super::assertions::Reservation;
use super::codes;
use super::findings::relied_on;
use super::store::{Manifest, Role, Store};
use crate::evidence::{Evidence, Value};

/// Most soft bindings and watermark actions that are listed.
const MAX_LISTED: usize = 20;

/// What the manifests say of rights and keys.
pub(super) fn evidence(store: &Store) -> Vec<Evidence> {
    let mut found = Vec::new();
    found.extend(training(store));
    found.extend(soft_bindings(store));
    found.extend(watermarked(store));
    found
}

/// Each use that the image's own manifest, or that of an earlier state of it, speaks of. What anyone reserved stays
/// reserved, whatever was written on top. `constrained` counts as not allowed (CAWG 1.1).
fn training(store: &Store) -> Option<Evidence> {
    let own = |manifest: &&Manifest| manifest.role != Role::Ingredient;
    let speaking = store.manifests.iter().filter(own);
    let mut speaking = speaking.filter(|manifest| !manifest.reservations.is_empty());
    let reserves = |manifest: &&Manifest| {
        manifest
            .reservations
            .iter()
            .any(|one| one.permission != "allowed")
    };
    let nearest = speaking
        .clone()
        .find(reserves)
        .or_else(|| speaking.next())?;
    let mut uses = nearest.reservations.clone();
    uses.sort();
    uses.dedup();
    let reserved: Vec<String> = uses
        .iter()
        .filter(|one| one.permission != "allowed")
        .map(|one| one.usage.clone())
        .collect();
    let code = match reserved.is_empty() {
        true => &codes::TRAINING_ALLOWED,
        false => &codes::DO_NOT_TRAIN,
    };
    let vouched_for = nearest.vouched_for && !uses.iter().any(|one| one.gathered);
    let steps_back = (nearest.depth > 0).then_some(nearest.depth);
    let evidence = Evidence::new(code, relied_on(store, vouched_for)).with_some(
        "not_allowed",
        (!reserved.is_empty()).then_some(once(reserved)),
    );
    Some(
        evidence
            .with("uses", uses.iter().map(words).collect::<Vec<_>>())
            .with_some("steps_back", steps_back),
    )
}

/// `ai_training: constrained (ask first)`
fn words(one: &Reservation) -> String {
    match &one.constraint {
        Some(constraint) => format!("{}: {} ({constraint})", one.usage, one.permission),
        None => format!("{}: {}", one.usage, one.permission),
    }
}

fn once(mut words: Vec<String>) -> Vec<String> {
    words.dedup();
    words
}

/// Algorithms and values, of the image and of what it was made from.
fn soft_bindings(store: &Store) -> Option<Evidence> {
    let all = store.manifests.iter().flat_map(|manifest| {
        let record = |binding: &super::assertions::SoftBinding| {
            let steps_back = Value::from(manifest.depth);
            let mut fields = vec![
                ("algorithm", Value::from(binding.algorithm.as_str())),
                ("values", Value::Texts(binding.values.clone())),
            ];
            if manifest.depth > 0 {
                fields.push(("steps_back", steps_back));
            }
            Value::Record(fields)
        };
        manifest.soft_bindings.iter().map(record)
    });
    let listed: Vec<Value> = all.take(MAX_LISTED).collect();
    let first = store
        .manifests
        .iter()
        .flat_map(|manifest| &manifest.soft_bindings)
        .next()?;
    let algorithm = owner(&first.algorithm);
    Some(
        Evidence::new(&codes::SOFT_BINDING, relied_on(store, false))
            .with_some("looked_up_with", algorithm)
            .with("bindings", Value::Records(listed)),
    )
}

/// Whose algorithm it is, for those of the official list (c2pa-org/softbinding-algorithm-list) that are for images.
fn owner(algorithm: &str) -> Option<&'static str> {
    const OWNERS: &[(&str, &str)] = &[
        ("com.adobe.trustmark", "Adobe TrustMark (watermark)"),
        ("com.adobe.icn", "Adobe image fingerprint"),
        ("com.digimarc", "Digimarc (watermark)"),
        ("io.iscc", "ISCC, ISO 24138 (fingerprint)"),
        ("ai.steg", "Steg.AI (watermark)"),
        ("ai.trufo", "Trufo (watermark)"),
        ("app.overlai", "Overlai (watermark)"),
        ("castLabs", "castLabs (watermark)"),
        ("com.imatag", "Imatag (watermark)"),
        ("com.nagra", "Nagra NexGuard (watermark)"),
        ("com.mentaport", "Mentaport (watermark)"),
        ("com.digicaps", "Digicaps (fingerprint)"),
        ("com.microsoft.invismark", "Microsoft InvisMark (watermark)"),
        ("ai.contentlens", "ContentLens"),
        ("es.lumatrace", "Lumatrace"),
        ("com.markany", "MarkAny (watermark)"),
        ("com.aiwatermark.pixelseal", "Pixel Seal (watermark)"),
    ];
    OWNERS
        .iter()
        .find(|(prefix, _)| algorithm.starts_with(prefix))
        .map(|(_, owner)| *owner)
}

/// Actions that put a watermark in.
fn watermarked(store: &Store) -> Option<Evidence> {
    let mut all = store.manifests.iter().flat_map(|manifest| {
        let actions = manifest.actions.iter();
        actions
            .filter(|action| action.name.starts_with("c2pa.watermarked"))
            .map(move |action| (manifest, action))
    });
    let (manifest, action) = all.next()?;
    Some(
        Evidence::new(
            &codes::WATERMARKED,
            relied_on(store, manifest.vouched_for && !action.gathered),
        )
        .with("action", action.name.as_str())
        .with_some("says", action.description.as_deref())
        .with_some(
            "tool",
            action.agent.as_deref().or(manifest.generator.as_deref()),
        )
        .with_some("signer", manifest.signer.as_deref())
        .with_some("steps_back", (manifest.depth > 0).then_some(manifest.depth)),
    )
}
