//! A manifest store in our own terms: the manifests in the order in which they lead to the image, and what validation
//! said of them.

use super::assertions::{Action, MetadataField, Reservation, SoftBinding};
use super::status::Concern;

/// Where the manifest store was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// In the image.
    Embedded,
    /// In a file beside it, with this name.
    Sidecar(String),
    /// It was fetched from this address.
    Remote(String),
    /// It is the whole file; there is no image.
    Alone,
}

impl Source {
    /// It was not in the image, so that it may be of another one.
    pub(super) fn is_apart(&self) -> bool {
        matches!(self, Self::Sidecar(_) | Self::Remote(_))
    }
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

/// What an ingredient was to the image that it went into (C2PA 2.2, section 18.15.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Parent,
    Component,
    Input,
}

impl Relation {
    /// The role of an ingredient of a manifest with this role.
    pub(super) fn step(self, role: Role) -> Role {
        match (role, self) {
            (Role::Active | Role::Ancestor, Self::Parent) => Role::Ancestor,
            _ => Role::Ingredient,
        }
    }

    /// The standard's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Parent => "parentOf",
            Self::Component => "componentOf",
            Self::Input => "inputTo",
        }
    }
}

/// Something that went into an image, as its manifest tells.
#[derive(Debug)]
pub(super) struct Ingredient {
    pub(super) relation: Relation,
    pub(super) title: Option<String>,
    pub(super) format: Option<String>,
    /// The label of its own manifest, if it came with one.
    pub(super) manifest: Option<String>,
    /// Digital source type, where it is declared of the ingredient itself.
    pub(super) source_type: Option<String>,
    /// Failure codes that validation found or that were recorded when it was taken in.
    pub(super) failures: Vec<String>,
    /// Someone found its signer trusted and nobody found anything against it.
    pub(super) trusted: bool,
    /// The signer passes on from elsewhere what is said of it here. Its own manifest speaks for itself all the same.
    pub(super) gathered: bool,
}

/// One manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) label: String,
    pub(super) role: Role,
    /// A trusted signer stands behind it, and behind every manifest on the way to it.
    pub(super) vouched_for: bool,
    /// Ingredient steps from the image: 0 for the active manifest.
    pub(super) depth: u32,
    pub(super) title: Option<String>,
    /// The software that wrote the claim.
    pub(super) generator: Option<String>,
    /// The organisation in the signing certificate.
    pub(super) signer: Option<String>,
    /// The time-stamped signing time, RFC 3339.
    pub(super) signed_at: Option<String>,
    /// Signing certificate and its issuers, PEM.
    pub(super) certificates: String,
    pub(super) actions: Vec<Action>,
    /// The writer says that the list of actions is complete.
    pub(super) all_actions_included: bool,
    pub(super) ingredients: Vec<Ingredient>,
    /// Adobe's assertion from before digital source types is there; whether it was gathered.
    pub(super) legacy_generative: Option<bool>,
    pub(super) metadata: Vec<MetadataField>,
    pub(super) reservations: Vec<Reservation>,
    pub(super) soft_bindings: Vec<SoftBinding>,
    /// It holds a CAWG identity assertion.
    pub(super) names_someone: bool,
    /// JUMBF addresses of assertions that were taken out of ingredients.
    pub(super) redactions: Vec<String>,
}

/// One failure that validation reported.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) concern: Concern,
    /// It is about an ingredient, not about the active manifest.
    pub(super) in_ingredient: bool,
    /// What the library says about it.
    pub(super) explanation: Option<String>,
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
    /// A data hash over the file matched.
    pub(super) data_hash_matched: bool,
    /// The list that the signer of the active manifest is on.
    pub(super) trusted_by: Option<String>,
    /// The list that its signer was on while a certificate was in force that has expired or been revoked since.
    pub(super) listed_while_in_force: Option<String>,
    /// The list of time-stamping authorities that vouches for the time of signing.
    pub(super) time_trusted_by: Option<String>,
    /// The manifest carries evidence that the certificate had not been revoked.
    pub(super) shown_not_revoked: bool,
    /// The certificate has expired, and that it signed before rests on a time-stamp for which nobody on a list vouches:
    /// claims of version 1 had no lists for time-stamps, so that the library believes any.
    pub(super) rests_on_an_unlisted_clock: bool,
    /// A mismatch is only that the binding leaves out more than the manifest.
    pub(super) bound_in_part: bool,
    /// The binding leaves out something that the picture may be made of.
    pub(super) picture_not_bound: bool,
    /// Labels of manifests that nothing leads to.
    pub(super) unreferenced: Vec<String>,
    /// There were more manifests than are followed.
    pub(super) cut_short: bool,
}

impl Store {
    /// The image's own manifest.
    pub(super) fn active(&self) -> Option<&Manifest> {
        self.manifests.first()
    }

    /// The manifest with this label.
    pub(super) fn manifest(&self, label: &str) -> Option<&Manifest> {
        self.manifests
            .iter()
            .find(|manifest| manifest.label == label)
    }

    /// Its signer is on no list for signers after all.
    pub(super) fn distrust(&mut self) {
        self.trusted_by = None;
        self.fail("signingCredential.untrusted", false, None);
    }

    /// The active manifest is bound to the image, whole, and signed by someone on a list whose certificate was valid.
    pub(super) fn is_vouched_for(&self) -> bool {
        let against =
            |failure: &Failure| !failure.in_ingredient && failure.concern != Concern::Identity;
        matches!(self.source, Source::Embedded)
            && !self.picture_not_bound
            && !self.rests_on_an_unlisted_clock
            && !self.failures.iter().any(against)
            && self.signature_verified
            && self.trusted_by.is_some()
    }

    /// Notes a failure.
    pub(super) fn fail(&mut self, code: &str, in_ingredient: bool, explanation: Option<&str>) {
        self.failures.push(Failure {
            code: code.to_owned(),
            concern: super::status::concern(code),
            in_ingredient,
            explanation: explanation.map(str::to_owned),
        });
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

    /// Whether there is a failure of this concern in the active manifest.
    pub(super) fn has(&self, wanted: Concern) -> bool {
        self.failures
            .iter()
            .any(|failure| failure.concern == wanted && !failure.in_ingredient)
    }
}
