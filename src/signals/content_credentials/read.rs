//! From what the library read to a [`Store`]: the library's types stop here.

use std::collections::{HashSet, VecDeque};

use c2pa::validation_status::ValidationStatus;
use c2pa::{Ingredient as ReadIngredient, Manifest as ReadManifest, Reader, Relationship};
use serde_json::Value;

use super::assertions::{self, Assertions};
use super::checked::{self, Checked};
use super::store::{Ingredient, Manifest, Relation, Role, Source, Store};
use crate::asset::{Asset, RawManifest, cbor_field, read_cbor};

/// Most manifests that are followed; the longest honest history seen had 30.
const MAX_MANIFESTS: usize = 500;

/// Translates what the library read.
pub(super) fn store(asset: &Asset, reader: &Reader, source: Source) -> Store {
    let gathered = gathered(asset);
    let mut store = Store {
        source,
        manifests: Vec::new(),
        failures: Vec::new(),
        signature_verified: false,
        data_hash_matched: false,
        trusted_by: None,
        listed_while_in_force: None,
        time_trusted_by: None,
        shown_not_revoked: false,
        rests_on_an_unlisted_clock: false,
        bound_in_part: false,
        picture_not_bound: false,
        unreferenced: Vec::new(),
        cut_short: false,
    };
    let results = reader.validation_results();
    if let Some(active) = results.and_then(|results| results.active_manifest()) {
        for status in checked::meant(active.failure()) {
            store.fail(status.code(), false, status.explanation());
        }
        for status in active.success().iter().chain(active.informational()) {
            note(&mut store, status);
        }
    }
    walk(&mut store, reader, &gathered);
    store
}

/// Assertions that a claim passes on from elsewhere: the labels of manifest and assertion. The library tells it of most
/// assertions, and not of ingredients.
type Gathered = HashSet<(String, String)>;

fn gathered(asset: &Asset) -> Gathered {
    let manifests = asset.manifest_store().map(|store| store.manifests.iter());
    let of = |manifest: &RawManifest| {
        let claim = manifest.claim.as_ref().and_then(|claim| read_cbor(claim));
        let list = claim
            .as_ref()
            .and_then(|claim| cbor_field(claim, "gathered_assertions")?.as_array());
        let urls = list
            .into_iter()
            .flatten()
            .filter_map(|one| cbor_field(one, "url")?.as_text());
        let labels = urls.filter_map(|url| Some(url.rsplit('/').next()?.to_owned()));
        labels
            .map(|label| (manifest.label.clone(), label))
            .collect::<Vec<_>>()
    };
    manifests.into_iter().flatten().flat_map(of).collect()
}

/// Takes in what validation found in favour of the active manifest.
fn note(store: &mut Store, status: &ValidationStatus) {
    let list = status.trust_list_uri().filter(|list| !list.is_empty());
    match status.code() {
        "assertion.dataHash.match" => store.data_hash_matched = true,
        "claimSignature.validated" => store.signature_verified = true,
        // Without a list it is the library's word only: version 1 claims had no lists for time-stamps.
        "timeStamp.trusted" => store.time_trusted_by = list.map(str::to_owned),
        "signingCredential.trusted" => {
            store.trusted_by = Some(list.unwrap_or_default().to_owned());
        }
        "signingCredential.ocsp.notRevoked" => store.shown_not_revoked = true,
        _ => {}
    }
}

/// Collects every manifest that leads to the image, each once, and what is known against each: first the line of earlier
/// states of the image, so that none of them is taken for a mere part of it, then the rest, breadth first.
fn walk(store: &mut Store, reader: &Reader, gathered: &Gathered) {
    let mut seen = HashSet::new();
    let mut queue = VecDeque::new();
    queue.extend(
        reader
            .active_label()
            .map(|label| (label.to_owned(), Role::Active, 0, true)),
    );
    while let Some((label, role, depth, vouched_for)) = queue.pop_front() {
        if seen.contains(&label) {
            continue;
        }
        if store.manifests.len() >= MAX_MANIFESTS {
            store.cut_short = true;
            break;
        }
        seen.insert(label.clone());
        let Some(read) = reader.get_manifest(&label) else {
            continue;
        };
        let manifest = manifest((reader, gathered), read, label, role, depth, vouched_for);
        for ingredient in &manifest.ingredients {
            for code in &ingredient.failures {
                store.fail(code, true, None);
            }
            if let Some(next) = &ingredient.manifest {
                let vouched_for = vouched_for && ingredient.trusted;
                let role = ingredient.relation.step(role);
                let next = (next.clone(), role, depth + 1, vouched_for);
                match role {
                    Role::Ancestor => queue.push_front(next),
                    _ => queue.push_back(next),
                }
            }
        }
        store.manifests.push(manifest);
    }
    store.manifests.sort_by_key(|manifest| manifest.depth);
    if !store.cut_short {
        let labels = reader.manifests().keys();
        store.unreferenced = labels
            .filter(|label| !seen.contains(*label))
            .cloned()
            .collect();
        store.unreferenced.sort();
    }
}

fn manifest(
    (reader, gathered): (&Reader, &Gathered),
    read: &ReadManifest,
    label: String,
    role: Role,
    depth: u32,
    vouched_for: bool,
) -> Manifest {
    let signature = read.signature_info();
    let said = said(read);
    let ingredients = read
        .ingredients()
        .iter()
        .map(|one| ingredient((reader, gathered), &label, one))
        .collect();
    Manifest {
        label,
        role,
        vouched_for,
        depth,
        title: read.title().map(str::to_owned),
        generator: generator(read),
        signer: signature.and_then(|info| info.issuer.clone().or_else(|| info.common_name.clone())),
        signed_at: signature.and_then(|info| info.time.clone()),
        certificates: signature
            .map(|info| info.cert_chain.clone())
            .unwrap_or_default(),
        actions: said.actions,
        all_actions_included: said.all_actions_included,
        ingredients,
        legacy_generative: said.legacy_generative,
        metadata: said.metadata,
        reservations: said.reservations,
        soft_bindings: said.soft_bindings,
        names_someone: said.names_someone,
        redactions: read.redactions().unwrap_or_default().to_vec(),
    }
}

/// What the assertions say.
fn said(read: &ReadManifest) -> Assertions {
    let mut said = Assertions::default();
    // Before version 2, a claim did not tell its own statements from those that it passes on.
    let tells_apart = read.claim_version().is_some_and(|version| version >= 2);
    for assertion in read.assertions() {
        if let Ok(value) = assertion.value() {
            said.add(
                assertion.label(),
                value,
                tells_apart && !assertion.created(),
            );
        }
    }
    said
}

fn ingredient(
    (reader, gathered): (&Reader, &Gathered),
    label: &str,
    read: &ReadIngredient,
) -> Ingredient {
    let checked = Checked::of(reader, label, read);
    let own = (
        label.to_owned(),
        read.label().unwrap_or_default().to_owned(),
    );
    let gathered_here = gathered.contains(&own);
    let declared = read
        .digital_source_type()
        .and_then(|declared| serde_json::to_value(declared).ok());
    Ingredient {
        relation: match read.relationship() {
            Relationship::ParentOf => Relation::Parent,
            Relationship::InputTo => Relation::Input,
            _ => Relation::Component,
        },
        title: read.title().map(str::to_owned),
        format: read.format().map(str::to_owned),
        manifest: read.active_manifest().map(str::to_owned),
        source_type: declared.as_ref().and_then(Value::as_str).map(str::to_owned),
        trusted: checked.is_trusted(),
        gathered: gathered_here,
        failures: checked.failures,
    }
}

/// Name and version of the software that wrote the claim.
fn generator(read: &ReadManifest) -> Option<String> {
    let info = read
        .claim_generator_info
        .as_ref()
        .and_then(|infos| infos.first());
    match info {
        Some(info) => Some(assertions::named(&info.name, info.version.as_deref())),
        None => read.claim_generator().map(str::to_owned),
    }
}
