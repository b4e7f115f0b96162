//! What is known against an ingredient, and whether its signer is trusted.

use c2pa::status_tracker::LogKind;
use c2pa::validation_results::StatusCodes;
use c2pa::validation_status::{ValidationStatus, log_kind};
use c2pa::{Ingredient, Reader};

use super::status::{Concern, concern};
use super::trust;

/// What is known of an ingredient's manifest: from validation now, and from the record that its user made on taking it
/// in. The library leaves out of the first what the second says already.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) failures: Vec<String>,
    trusted: bool,
}

impl Checked {
    pub(super) fn of(reader: &Reader, label: &str, ingredient: &Ingredient) -> Self {
        let mut checked = Self::default();
        match (
            ingredient.validation_results(),
            ingredient.validation_status(),
        ) {
            (Some(recorded), _) => {
                recorded
                    .active_manifest()
                    .into_iter()
                    .for_each(|codes| checked.add(codes, false));
                for delta in recorded.ingredient_deltas().into_iter().flatten() {
                    checked
                        .failures
                        .extend(failures(delta.validation_deltas().failure()));
                }
            }
            // Records of version 1 list failures, and at times successes among them.
            (None, Some(recorded)) => {
                let failed = recorded
                    .iter()
                    .filter(|status| log_kind(status.code()) == LogKind::Failure);
                checked
                    .failures
                    .extend(failed.map(|status| status.code().to_owned()));
            }
            (None, None) => {}
        }
        let now = reader
            .validation_results()
            .and_then(|results| results.ingredient_deltas());
        let mine = |uri: &str| {
            let own = ingredient
                .label()
                .is_some_and(|own| uri.ends_with(&format!("/{own}")));
            own && uri.contains(label)
        };
        for delta in now
            .into_iter()
            .flatten()
            .filter(|delta| mine(delta.ingredient_assertion_uri()))
        {
            checked.add(delta.validation_deltas(), true);
        }
        checked
    }

    fn add(&mut self, codes: &StatusCodes, now: bool) {
        self.failures.extend(failures(codes.failure()));
        self.trusted |= codes.success().iter().any(|status| {
            let by_signers = status
                .trust_list_uri()
                .is_some_and(|list| !trust::is_for_time_stamps(list));
            status.code() == "signingCredential.trusted" && (!now || by_signers)
        });
    }

    /// Someone found its signer trusted, and nobody found anything against it but for a named identity.
    pub(super) fn is_trusted(&self) -> bool {
        self.trusted
            && self
                .failures
                .iter()
                .all(|code| concern(code) == Concern::Identity)
    }
}

fn failures(statuses: &[ValidationStatus]) -> impl Iterator<Item = String> {
    meant(statuses).map(|status| status.code().to_owned())
}

/// The failures that are meant. Where the algorithm of a signature is not supported, the library says of the signature
/// that it is wrong, too, which nobody has looked at. And it fails a manifest over a watermark or fingerprint whose
/// algorithm is not in the register that it was built with, which is a key to look up and nothing that is checked here.
pub(super) fn meant(statuses: &[ValidationStatus]) -> impl Iterator<Item = &ValidationStatus> {
    const UNSUPPORTED: &str = "algorithm.unsupported";
    let is = |status: &ValidationStatus, code: &str, place: &str| {
        status.code() == code && status.url().is_some_and(|url| url.contains(place))
    };
    let not_looked_at = statuses
        .iter()
        .any(|status| is(status, UNSUPPORTED, SIGNATURE));
    statuses.iter().filter(move |status| {
        let assumed = not_looked_at && status.code() == "claimSignature.mismatch";
        !assumed && !is(status, UNSUPPORTED, "/c2pa.soft-binding")
    })
}

/// What the library calls a signature whose manifest it does not name.
const SIGNATURE: &str = "Cose_Sign1";
