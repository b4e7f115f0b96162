//! A manifest store in our own terms: the manifests in the order in which they lead to the image, and what validation
//! said. The library's types stop here.

use std::collections::{HashSet, VecDeque};

use c2pa::validation_results::StatusCodes;
use c2pa::{Manifest as Read, Reader, Relationship};
use serde_json::Value;

use super::status::{Concern, concern};

/// Most manifests that are followed; the longest honest history seen had 30.
const MAX_MANIFESTS: usize = 500;

/// Where the manifest store was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// In the image.
    Embedded,
    /// In a file beside it, with this name.
    Sidecar(String),
    /// It is the whole file; there is no image.
    Alone,
}

/// How a manifest leads to the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the image's own.
    Active,
    /// It is that of an earlier state of the image, by an unbroken line of parents.
    Ancestor,
    /// It is that of something that went into the image.
    Ingredient,
}

/// One thing that was done.
#[derive(Debug, Clone, Default)]
pub(super) struct Action {
    /// The action's name, `c2pa.created`.
    pub(super) name: String,
    /// The digital source type, as written.
    pub(super) source_type: Option<String>,
    /// The software that did it.
    pub(super) agent: Option<String>,
    /// What the software says it did.
    pub(super) description: Option<String>,
}

/// One manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) role: Role,
    /// Ingredient steps from the image: 0 for the active manifest.
    pub(super) depth: u32,
    /// The software that wrote the claim.
    pub(super) generator: Option<String>,
    /// The organisation in the signing certificate.
    pub(super) signer: Option<String>,
    /// The time-stamped signing time, RFC 3339.
    pub(super) signed_at: Option<String>,
    pub(super) actions: Vec<Action>,
    /// Digital source types declared of ingredients that may have no manifest of their own, with how they came in.
    pub(super) ingredient_types: Vec<(Role, String)>,
    /// Adobe's assertion from before digital source types.
    pub(super) legacy_generative: bool,
    /// Training and mining uses and what is allowed, `(use, allowed|notAllowed|constrained)`.
    pub(super) reservations: Vec<(String, String)>,
}

/// One failure that validation reported.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) concern: Concern,
    /// It is about an ingredient, not about the active manifest.
    pub(super) in_ingredient: bool,
}

/// A manifest store.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) source: Source,
    /// The active manifest first, then by distance from it.
    pub(super) manifests: Vec<Manifest>,
    pub(super) failures: Vec<Failure>,
    /// The signature of the active manifest verified, whoever made it.
    pub(super) signature_verified: bool,
    /// The list that the signer of the active manifest is on.
    pub(super) trusted_by: Option<String>,
    /// The time of signing is vouched for by a trusted time-stamping authority.
    pub(super) time_trusted: bool,
}

impl Store {
    /// Translates what the library read.
    pub(super) fn read(reader: &Reader, source: Source) -> Self {
        let mut store = Self {
            source,
            manifests: manifests(reader),
            failures: Vec::new(),
            signature_verified: false,
            trusted_by: None,
            time_trusted: false,
        };
        let Some(results) = reader.validation_results() else {
            return store;
        };
        if let Some(active) = results.active_manifest() {
            store.add_failures(active, false);
            for status in active.success().iter().chain(active.informational()) {
                match status.code() {
                    "claimSignature.validated" => store.signature_verified = true,
                    "timeStamp.trusted" => store.time_trusted = true,
                    "signingCredential.trusted" => {
                        store.trusted_by =
                            Some(status.trust_list_uri().unwrap_or("trust list").to_owned());
                    }
                    _ => {}
                }
            }
        }
        for delta in results.ingredient_deltas().into_iter().flatten() {
            store.add_failures(delta.validation_deltas(), true);
        }
        store
    }

    fn add_failures(&mut self, codes: &StatusCodes, in_ingredient: bool) {
        self.failures
            .extend(codes.failure().iter().map(|status| Failure {
                code: status.code().to_owned(),
                concern: concern(status.code()),
                in_ingredient,
            }));
    }

    /// The image's own manifest.
    pub(super) fn active(&self) -> Option<&Manifest> {
        self.manifests.first()
    }

    /// Codes of failures of this concern, sorted, each once.
    pub(super) fn codes(&self, wanted: Concern, in_ingredient: bool) -> Vec<String> {
        let mut codes: Vec<String> = self
            .failures
            .iter()
            .filter(|failure| failure.concern == wanted && failure.in_ingredient == in_ingredient)
            .map(|failure| failure.code.clone())
            .collect();
        codes.sort();
        codes.dedup();
        codes
    }
}

/// Every manifest that leads to the image, breadth first, each once.
fn manifests(reader: &Reader) -> Vec<Manifest> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut queue: VecDeque<(String, Role, u32)> = reader
        .active_label()
        .map(|label| (label.to_owned(), Role::Active, 0))
        .into_iter()
        .collect();
    while let Some((label, role, depth)) = queue.pop_front() {
        if found.len() >= MAX_MANIFESTS || !seen.insert(label.clone()) {
            continue;
        }
        let Some(read) = reader.get_manifest(&label) else {
            continue;
        };
        for ingredient in read.ingredients() {
            if let Some(next) = ingredient.active_manifest() {
                queue.push_back((
                    next.to_owned(),
                    step(role, ingredient.relationship()),
                    depth + 1,
                ));
            }
        }
        found.push(translate(read, role, depth));
    }
    found
}

/// The role of an ingredient of a manifest with this role.
fn step(role: Role, relationship: &Relationship) -> Role {
    match (role, relationship) {
        (Role::Active | Role::Ancestor, Relationship::ParentOf) => Role::Ancestor,
        _ => Role::Ingredient,
    }
}

fn translate(read: &Read, role: Role, depth: u32) -> Manifest {
    let mut manifest = Manifest {
        role,
        depth,
        generator: generator(read),
        signer: read
            .signature_info()
            .and_then(|info| info.issuer.clone().or_else(|| info.common_name.clone())),
        signed_at: read.signature_info().and_then(|info| info.time.clone()),
        actions: Vec::new(),
        ingredient_types: Vec::new(),
        legacy_generative: false,
        reservations: Vec::new(),
    };
    for assertion in read.assertions() {
        let Ok(value) = assertion.value() else {
            continue;
        };
        match assertion.label() {
            label if label.starts_with("c2pa.actions") => manifest.actions.extend(actions(value)),
            label if label.starts_with("com.adobe.generative-ai") => {
                manifest.legacy_generative = true
            }
            label if label.ends_with(".training-mining") => {
                manifest.reservations.extend(reservations(value))
            }
            _ => {}
        }
    }
    for ingredient in read.ingredients() {
        let declared = ingredient
            .digital_source_type()
            .and_then(|t| serde_json::to_value(t).ok());
        if let Some(Value::String(declared)) = declared {
            manifest
                .ingredient_types
                .push((step(role, ingredient.relationship()), declared));
        }
    }
    manifest
}

/// Name and version of the software that wrote the claim.
fn generator(read: &Read) -> Option<String> {
    let info = read
        .claim_generator_info
        .as_ref()
        .and_then(|infos| infos.first());
    match info {
        Some(info) => Some(match &info.version {
            Some(version) => format!("{} {version}", info.name),
            None => info.name.clone(),
        }),
        None => read.claim_generator().map(str::to_owned),
    }
}

/// The actions of an actions assertion, version 1 or 2.
fn actions(value: &Value) -> Vec<Action> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let list = value.get("actions").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|action| Action {
            name: text(action, "action").unwrap_or_default(),
            source_type: text(action, "digitalSourceType").or_else(|| {
                action
                    .get("parameters")
                    .and_then(|parameters| text(parameters, "com.adobe.digitalSourceType"))
            }),
            agent: action.get("softwareAgent").and_then(agent),
            description: text(action, "description"),
        })
        .collect()
}

/// A software agent: a string in version 1, a name and a version in version 2.
fn agent(value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match value {
        Value::String(name) => Some(name.clone()),
        _ => match (text("name")?, text("version")) {
            (name, Some(version)) => Some(format!("{name} {version}")),
            (name, None) => Some(name.to_owned()),
        },
    }
}

/// Uses and permissions of a training-and-mining assertion (C2PA 1.4, section 19.22; CAWG 1.1).
fn reservations(value: &Value) -> Vec<(String, String)> {
    let entries = value.get("entries").and_then(Value::as_object);
    entries
        .into_iter()
        .flatten()
        .filter_map(|(name, entry)| {
            let allowed = entry.get("use").and_then(Value::as_str)?;
            let short = name.rsplit('.').next().unwrap_or(name);
            Some((short.to_owned(), allowed.to_owned()))
        })
        .collect()
}
