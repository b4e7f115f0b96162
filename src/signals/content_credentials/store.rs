//! A manifest store in our own terms: the manifests in the order in which they lead to the image, and what validation
//! said. The library's types stop here.

use std::collections::{HashSet, VecDeque};

use c2pa::validation_status::ValidationStatus;
use c2pa::{Manifest as Read, Reader, Relationship};
use serde_json::Value;

use super::checked::Checked;
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
    /// A trusted signer stands behind it, and behind every manifest on the way to it.
    pub(super) vouched_for: bool,
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
            manifests: Vec::new(),
            failures: Vec::new(),
            signature_verified: false,
            trusted_by: None,
            time_trusted: false,
        };
        if let Some(active) = reader
            .validation_results()
            .and_then(|results| results.active_manifest())
        {
            store.add_failures(active.failure().iter().map(ValidationStatus::code), false);
            for status in active.success().iter().chain(active.informational()) {
                let list = status.trust_list_uri().filter(|list| !list.is_empty());
                match status.code() {
                    "claimSignature.validated" => store.signature_verified = true,
                    // Without a list it is the library's word only: version 1 claims had no lists for time-stamps.
                    "timeStamp.trusted" => store.time_trusted = list.is_some(),
                    "signingCredential.trusted" => {
                        store.trusted_by = Some(list.unwrap_or_default().to_owned())
                    }
                    _ => {}
                }
            }
        }
        store.walk(reader);
        store
    }

    /// Whom the signer of the active manifest is trusted by, according to another reading of the same store.
    pub(super) fn trust_as(&mut self, other: Option<&str>) {
        self.trusted_by = other.map(str::to_owned);
        if other.is_none() {
            self.add_failures(["signingCredential.untrusted"].into_iter(), false);
        }
    }

    /// The active manifest is bound to the image, whole, and signed by someone on a list whose certificate was valid.
    pub(super) fn is_vouched_for(&self) -> bool {
        let own =
            |failure: &&Failure| !failure.in_ingredient && failure.concern != Concern::Identity;
        let clean = !self.failures.iter().any(|failure| own(&failure));
        matches!(self.source, Source::Embedded)
            && clean
            && self.signature_verified
            && self.trusted_by.is_some()
    }

    /// Collects every manifest that leads to the image, breadth first, each once, and what is known against each.
    fn walk(&mut self, reader: &Reader) {
        let mut seen = HashSet::new();
        let mut queue = VecDeque::new();
        queue.extend(
            reader
                .active_label()
                .map(|label| (label.to_owned(), Role::Active, 0, true)),
        );
        while let Some((label, role, depth, vouched_for)) = queue.pop_front() {
            if self.manifests.len() >= MAX_MANIFESTS || !seen.insert(label.clone()) {
                continue;
            }
            let Some(read) = reader.get_manifest(&label) else {
                continue;
            };
            for ingredient in read.ingredients() {
                let checked = Checked::of(reader, &label, ingredient);
                self.add_failures(checked.failures.iter().map(String::as_str), true);
                if let Some(next) = ingredient.active_manifest() {
                    let vouched_for = vouched_for && checked.is_trusted();
                    queue.push_back((
                        next.to_owned(),
                        step(role, ingredient.relationship()),
                        depth + 1,
                        vouched_for,
                    ));
                }
            }
            self.manifests
                .push(translate(read, role, depth, vouched_for));
        }
    }

    fn add_failures<'a>(&mut self, codes: impl Iterator<Item = &'a str>, in_ingredient: bool) {
        self.failures.extend(codes.map(|code| Failure {
            code: code.to_owned(),
            concern: concern(code),
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

/// The role of an ingredient of a manifest with this role.
fn step(role: Role, relationship: &Relationship) -> Role {
    match (role, relationship) {
        (Role::Active | Role::Ancestor, Relationship::ParentOf) => Role::Ancestor,
        _ => Role::Ingredient,
    }
}

fn translate(read: &Read, role: Role, depth: u32, vouched_for: bool) -> Manifest {
    let mut manifest = Manifest {
        role,
        vouched_for,
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
