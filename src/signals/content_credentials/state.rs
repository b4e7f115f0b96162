//! The state of content credentials on three axes that are never mixed: integrity (are these the signed bytes?), trust
//! (who signed, and on which list), and currency (was the certificate in force when it signed?).

use super::binding::Binding;
use super::codes;
use super::currency::Currency;
use super::findings::sidecar;
use super::status::Concern;
use super::store::{Source, Store};
use super::trust;
use crate::evidence::{Code, Evidence, Strength};

/// Most texts that one detail lists.
const MAX_LISTED: usize = 20;

/// Every way in which the credentials are damaged, or else whom their signature leads to; then how they are bound, and
/// what is known against ingredients.
pub(super) fn evidence(store: &Store, binding: &Binding, lists_loaded: bool) -> Vec<Evidence> {
    let axes = Axes {
        store,
        binding,
        lists_loaded,
    };
    if store.source == Source::Alone {
        return vec![axes.describe(&codes::LONE_MANIFEST, Strength::Declared)];
    }
    let mut found = axes.damage();
    if found.is_empty() {
        found.push(axes.whole());
    }
    found.extend(apart(store));
    found.extend(binding.evidence());
    found.extend(ingredients(store));
    found
}

/// What the three axes are read from.
struct Axes<'a> {
    store: &'a Store,
    binding: &'a Binding,
    lists_loaded: bool,
}

impl Axes<'_> {
    /// Every way in which the active manifest, or what it binds, is not as it was signed.
    fn damage(&self) -> Vec<Evidence> {
        let own = |wanted| self.store.codes(wanted, false);
        let mut found = Vec::new();
        let altered = own(Concern::ContentAltered);
        if !altered.is_empty() {
            found.push(self.content_altered().with("statuses", altered));
        }
        for (concern, code) in [
            (Concern::ManifestAltered, &codes::MANIFEST_ALTERED),
            (Concern::Malformed, &codes::MALFORMED),
            (Concern::Unchecked, &codes::NOT_CHECKABLE),
        ] {
            let statuses = own(concern);
            if !statuses.is_empty() {
                let evidence = self
                    .describe(code, Strength::Declared)
                    .with("statuses", statuses);
                found.push(evidence.with_some("explanation", self.explanation(concern)));
            }
        }
        found
    }

    /// What the library says about the first failure of this concern.
    fn explanation(&self, concern: Concern) -> Option<&str> {
        let mut failures = self.store.failures.iter();
        let first =
            failures.find(|failure| failure.concern == concern && !failure.in_ingredient)?;
        first.explanation.as_deref()
    }

    /// A broken hard binding: proof of a change where a trusted signer's signature holds, only a wrong companion where the
    /// manifest was not in the image, and no change at all where our own look shows that everything bound is as it was.
    fn content_altered(&self) -> Evidence {
        let trusted = self.store.signature_verified && self.store.trusted_by.is_some();
        match &self.store.source {
            Source::Sidecar(_) => self.describe(&codes::SIDECAR_MISMATCH, Strength::Declared),
            Source::Remote(_) => self.describe(&codes::REMOTE_MISMATCH, Strength::Declared),
            _ if self.binding.explains_the_mismatch() => {
                self.describe(&codes::BOUND_IN_PART, Strength::Declared)
            }
            _ if trusted => self.describe(&codes::CONTENT_ALTERED, Strength::Proven),
            _ => self.describe(&codes::CONTENT_ALTERED, Strength::Declared),
        }
    }

    /// Intact credentials, by what is known of their signer.
    fn whole(&self) -> Evidence {
        let code = if self.store.has(Concern::Revoked) {
            &codes::REVOKED
        } else if self.store.has(Concern::BadCertificate) {
            &codes::BAD_CERTIFICATE
        } else if self.store.has(Concern::Expired) {
            &codes::EXPIRED
        } else if self.store.picture_not_bound {
            &codes::PICTURE_NOT_BOUND
        } else if self.is_trusted() {
            &codes::TRUSTED
        } else if self.lists_loaded {
            &codes::UNTRUSTED
        } else {
            &codes::SIGNER_NOT_CHECKED
        };
        let proven = self.store.is_vouched_for() && code == &codes::TRUSTED;
        let strength = if proven {
            Strength::Proven
        } else {
            Strength::Declared
        };
        let statuses: Vec<String> = [Concern::Revoked, Concern::BadCertificate, Concern::Expired]
            .into_iter()
            .flat_map(|concern| self.store.codes(concern, false))
            .collect();
        self.describe(code, strength)
            .with_some("statuses", (!statuses.is_empty()).then_some(statuses))
    }

    fn is_trusted(&self) -> bool {
        self.store.trusted_by.is_some() && !self.store.has(Concern::Untrusted)
    }

    /// Evidence about the store as a whole: the three axes, who signed it and what was done.
    fn describe(&self, code: &'static Code, strength: Strength) -> Evidence {
        let store = self.store;
        let Some(active) = store.active() else {
            return Evidence::new(code, strength);
        };
        let currency = Currency::of(store);
        let count = u32::try_from(store.manifests.len()).unwrap_or(u32::MAX);
        let actions: Vec<String> = active
            .actions
            .iter()
            .map(|action| action.name.clone())
            .take(MAX_LISTED)
            .collect();
        Evidence::new(code, strength)
            .with_some("integrity", self.integrity())
            .with("trust", self.trust())
            .with("currency", currency.as_str())
            .with_some("signer", active.signer.as_deref())
            .with_some("generator", active.generator.as_deref())
            .with_some("signed_at", active.signed_at.as_deref())
            .with_some(
                "time_vouched_for_by",
                // The library does not ask of every signer, and of one who is not trusted nobody needs to know.
                active.signed_at.as_ref().and_then(|_| {
                    match (&store.time_trusted_by, &store.trusted_by) {
                        (Some(list), _) => Some(trust::name(list)),
                        (None, Some(_)) => Some("nobody on a list"),
                        (None, None) => None,
                    }
                }),
            )
            .with_some(
                "revocation",
                store
                    .shown_not_revoked
                    .then_some("evidence inside says: not revoked"),
            )
            .with_some("bytes_bound", self.binding.share())
            .with_some("actions", (!actions.is_empty()).then_some(actions))
            .with("manifests", count)
            .with_some("sidecar", sidecar(store))
    }

    /// Whether these are the signed bytes; nothing where there is no image to say it of.
    fn integrity(&self) -> Option<&'static str> {
        let has = |concern| self.store.has(concern);
        Some(match () {
            () if self.store.source == Source::Alone => return None,
            () if has(Concern::ManifestAltered) => "manifest altered",
            () if has(Concern::ContentAltered) && self.binding.explains_the_mismatch() => {
                "bound in part"
            }
            () if has(Concern::ContentAltered) && self.store.source.is_apart() => {
                "not of this file"
            }
            () if has(Concern::ContentAltered) => "content altered",
            () if has(Concern::Malformed) => "malformed",
            () if has(Concern::Unchecked) => "not checkable",
            () if self.store.picture_not_bound => "bound in part",
            () => "intact",
        })
    }

    /// The list that the signer is on, or why there is none.
    fn trust(&self) -> String {
        match &self.store.trusted_by {
            Some(list) if !self.store.has(Concern::Untrusted) => trust::name(list).to_owned(),
            _ => match &self.store.listed_while_in_force {
                Some(list) => format!("{}, while its certificate was in force", trust::name(list)),
                None if self.lists_loaded => "on no list".to_owned(),
                None => "not checked: no trust list installed or in use".to_owned(),
            },
        }
    }
}

/// The manifest was not in the image: what that means.
fn apart(store: &Store) -> Option<Evidence> {
    match &store.source {
        Source::Sidecar(name) => {
            Some(Evidence::new(&codes::SIDECAR, Strength::Declared).with("sidecar", name.as_str()))
        }
        Source::Remote(url) => {
            Some(Evidence::new(&codes::FETCHED, Strength::Declared).with("url", url.as_str()))
        }
        Source::Embedded | Source::Alone => None,
    }
}

/// What is known against ingredients, the gravest first.
fn ingredients(store: &Store) -> Vec<Evidence> {
    let rows: [(&'static Code, &[Concern]); 3] = [
        (
            &codes::INGREDIENT_ALTERED,
            &[Concern::ContentAltered, Concern::ManifestAltered],
        ),
        (
            &codes::INGREDIENT_MALFORMED,
            &[Concern::Malformed, Concern::Unchecked],
        ),
        (
            &codes::INGREDIENT_UNTRUSTED,
            &[
                Concern::Untrusted,
                Concern::Expired,
                Concern::BadCertificate,
                Concern::Revoked,
            ],
        ),
    ];
    let evidence = |(code, concerns): (&'static Code, &[Concern])| {
        let statuses: Vec<String> = concerns
            .iter()
            .flat_map(|concern| store.codes(*concern, true))
            .collect();
        (!statuses.is_empty())
            .then(|| Evidence::new(code, Strength::Declared).with("statuses", statuses))
    };
    rows.into_iter().filter_map(evidence).collect()
}
