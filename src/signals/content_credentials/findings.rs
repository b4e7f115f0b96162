//! From a manifest store to evidence: first its state, then what it says of the image's origin, then reservations.

use super::codes;
use super::origin::{Origins, Statement, origins};
use super::status::Concern;
use super::store::{Source, Store};
use super::trust;
use crate::evidence::{Code, Evidence, Strength};

/// Most texts that one detail lists.
const MAX_LISTED: usize = 20;

/// Everything that a store gives, its state first.
pub(super) fn evidence(store: &Store, lists_loaded: bool) -> Vec<Evidence> {
    let mut found = state(store, lists_loaded);
    if matches!(store.source, Source::Sidecar(_))
        && !store.codes(Concern::ContentAltered, false).is_empty()
    {
        // The manifest may be of another image: what it says must not be said of this one.
        return found;
    }
    found.extend(origin_evidence(store, &origins(&store.manifests)));
    found.extend(reservations(store));
    found
}

/// How far to rely on what a manifest says; `backed` tells whether a trusted signer stands behind it.
fn relied_on(store: &Store, backed: bool) -> Strength {
    match store.source {
        // There is no image here of which it could be said.
        Source::Alone => Strength::Hint,
        _ if backed && store.is_vouched_for() => Strength::Proven,
        _ => Strength::Declared,
    }
}

/// The state of the credentials: every way in which they are damaged, or else whom their signature leads to.
fn state(store: &Store, lists_loaded: bool) -> Vec<Evidence> {
    if store.source == Source::Alone {
        return vec![describe(store, &codes::LONE_MANIFEST, Strength::Declared)];
    }
    let own = |wanted| store.codes(wanted, false);
    let mut found = Vec::new();
    let altered = own(Concern::ContentAltered);
    if !altered.is_empty() {
        found.push(content_altered(store).with("statuses", altered));
    }
    for (concern, code) in [
        (Concern::ManifestAltered, &codes::MANIFEST_ALTERED),
        (Concern::Malformed, &codes::MALFORMED),
        (Concern::Unchecked, &codes::NOT_CHECKABLE),
    ] {
        let statuses = own(concern);
        if !statuses.is_empty() {
            found.push(describe(store, code, Strength::Declared).with("statuses", statuses));
        }
    }
    if found.is_empty() {
        found.push(signer_state(store, lists_loaded));
    }
    if let Source::Sidecar(name) = &store.source {
        found.push(
            Evidence::new(&codes::SIDECAR, Strength::Declared).with("sidecar", name.as_str()),
        );
    }
    let mut ingredient = store.codes(Concern::ContentAltered, true);
    ingredient.extend(store.codes(Concern::ManifestAltered, true));
    if !ingredient.is_empty() {
        let evidence = Evidence::new(&codes::INGREDIENT_ALTERED, Strength::Declared);
        found.push(evidence.with("statuses", ingredient));
    }
    found
}

/// A broken hard binding: proof of a change where a trusted signer's signature holds, and only a wrong companion where
/// the manifest lay beside the image.
fn content_altered(store: &Store) -> Evidence {
    match &store.source {
        Source::Sidecar(_) => describe(store, &codes::SIDECAR_MISMATCH, Strength::Declared),
        _ => {
            let proven = store.signature_verified && store.trusted_by.is_some();
            let strength = if proven {
                Strength::Proven
            } else {
                Strength::Declared
            };
            describe(store, &codes::CONTENT_ALTERED, strength)
        }
    }
}

/// Intact credentials, by what is known of their signer.
fn signer_state(store: &Store, lists_loaded: bool) -> Evidence {
    let has = |concern| !store.codes(concern, false).is_empty();
    let code = if has(Concern::Revoked) {
        &codes::REVOKED
    } else if has(Concern::BadCertificate) {
        &codes::BAD_CERTIFICATE
    } else if has(Concern::Expired) {
        &codes::EXPIRED
    } else if store.trusted_by.is_some() && !has(Concern::Untrusted) {
        &codes::TRUSTED
    } else if lists_loaded {
        &codes::UNTRUSTED
    } else {
        &codes::SIGNER_NOT_CHECKED
    };
    let strength = if store.is_vouched_for() && code == &codes::TRUSTED {
        Strength::Proven
    } else {
        Strength::Declared
    };
    describe(store, code, strength)
}

/// Evidence about the store as a whole, with who signed it and what was done.
fn describe(store: &Store, code: &'static Code, strength: Strength) -> Evidence {
    let Some(active) = store.active() else {
        return Evidence::new(code, strength);
    };
    let count = u32::try_from(store.manifests.len()).unwrap_or(u32::MAX);
    let actions: Vec<String> = active
        .actions
        .iter()
        .map(|a| a.name.clone())
        .take(MAX_LISTED)
        .collect();
    Evidence::new(code, strength)
        .with_some("signer", active.signer.as_deref())
        .with_some("trust_list", store.trusted_by.as_deref().map(trust::name))
        .with_some("generator", active.generator.as_deref())
        .with_some("signed_at", active.signed_at.as_deref())
        .with_some(
            "time_vouched_for",
            active.signed_at.as_ref().map(|_| store.time_trusted),
        )
        .with_some("actions", (!actions.is_empty()).then_some(actions))
        .with("manifests", count)
        .with_some(
            "sidecar",
            match &store.source {
                Source::Sidecar(name) => Some(name.as_str()),
                _ => None,
            },
        )
}

/// What the manifests say of the origin. Something that a model made outranks an ordinary edit or a capture further down,
/// but all that is said is reported.
fn origin_evidence(store: &Store, origins: &Origins) -> Vec<Evidence> {
    let rows: [(&Option<Statement>, &'static Code); 5] = [
        (&origins.generated, &codes::AI_GENERATED),
        (&origins.ai_edited, &codes::AI_EDITED),
        (&origins.ai_ingredient, &codes::AI_INGREDIENT),
        (&origins.captured, &codes::CAPTURED),
        (&origins.edited, &codes::EDITED),
    ];
    rows.into_iter()
        .filter_map(|(statement, code)| {
            statement
                .as_ref()
                .map(|statement| origin(store, statement, code))
        })
        .collect()
}

fn origin(store: &Store, statement: &Statement, code: &'static Code) -> Evidence {
    Evidence::new(code, relied_on(store, statement.vouched_for))
        .with_some("tool", statement.tool.as_deref())
        .with_some("action", statement.action.as_deref())
        .with_some("source_type", statement.source_type.as_deref())
        .with_some("says", statement.description.as_deref())
        .with_some("signer", statement.signer.as_deref())
        .with_some(
            "steps_back",
            (statement.depth > 0).then_some(statement.depth),
        )
        .with_some(
            "sidecar",
            match &store.source {
                Source::Sidecar(name) => Some(name.as_str()),
                _ => None,
            },
        )
}

/// Reservations against training and mining, in the image's own manifest. `constrained` counts as not allowed (CAWG 1.1).
fn reservations(store: &Store) -> Option<Evidence> {
    let mut reserved: Vec<String> = store
        .active()?
        .reservations
        .iter()
        .filter(|(_, allowed)| allowed != "allowed")
        .map(|(name, _)| name.clone())
        .collect();
    reserved.sort();
    reserved.dedup();
    (!reserved.is_empty()).then(|| {
        Evidence::new(&codes::DO_NOT_TRAIN, relied_on(store, true)).with("not_allowed", reserved)
    })
}
