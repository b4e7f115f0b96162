//! Who claims to stand behind an image: identity assertions of the Creator Assertions Working Group (CAWG Identity
//! Assertion 1.1). They are judged apart from the image: a name that cannot be checked makes no image less intact.

use std::sync::{Arc, OnceLock};

use c2pa::validation_status::ValidationStatus;
use c2pa::{Context, Reader, Settings};
use serde_json::{Value as Json, json};

use super::codes;
use super::status::Concern;
use super::store::{Source, Store};
use crate::asset::{Asset, Cbor, RawAssertion, RawStore, cbor_field, read_cbor};
use crate::evidence::{Code, Evidence, Strength, Value};

/// Most identities that are read from one manifest.
const MAX_IDENTITIES: usize = 20;

/// Statuses that say that nobody could check, not that something is wrong.
const NOT_CHECKED: &[&str] = &[
    "cawg.ica.did_unavailable",
    "cawg.identity.sig_type.unknown",
    "cawg.x509.algorithm.unsupported",
];

/// Statuses that say that the one who vouches for the name is on no list.
const NOT_TRUSTED: &[&str] = &[
    "cawg.x509.credential.untrusted",
    "cawg.ica.untrusted_issuer",
];

/// The context in which identities are checked; made when a file first names someone.
#[derive(Default)]
pub(super) struct Identities(OnceLock<Option<Arc<Context>>>);

impl Identities {
    /// Everyone whom the image's own manifest names. `validate` reads the store once more, in the context given to it.
    pub(super) fn evidence(
        &self,
        asset: &Asset,
        store: &Store,
        validate: impl FnOnce(&Arc<Context>) -> Option<Reader>,
    ) -> Vec<Evidence> {
        let of_another_image = store.source.is_apart() && store.has(Concern::ContentAltered);
        if of_another_image || !store.active().is_some_and(|active| active.names_someone) {
            return Vec::new();
        }
        let context = self.0.get_or_init(|| context().ok());
        let reader = context.as_ref().and_then(validate);
        let assertions = assertions(asset, store);
        assertions
            .iter()
            .take(MAX_IDENTITIES)
            .map(|assertion| one(assertion, &statuses(reader.as_ref(), &assertion.label)))
            .collect()
    }
}

/// Without a network, and without lists: whoever is named is at most shown to have signed. The store was validated before;
/// identities are checked while it is read, whether it is validated after that or not.
fn context() -> c2pa::Result<Arc<Context>> {
    let settings = json!({
        "version": 1,
        "verify": {"verify_after_reading": false, "verify_trust": false, "remote_manifest_fetch": false, "ocsp_fetch": false},
        "core": {"decode_identity_assertions": true},
    });
    let settings = Settings::new().with_json(&settings.to_string())?;
    Ok(Context::new().with_settings(settings)?.into_shared())
}

/// The identity assertions of the image's own manifest.
fn assertions(asset: &Asset, store: &Store) -> Vec<RawAssertion> {
    let beside;
    let raw = match (&store.source, asset.sidecar()) {
        (Source::Embedded, _) => asset.manifest_store(),
        (Source::Alone, _) => asset.manifest_store(),
        (Source::Sidecar(_), Some(sidecar)) => {
            beside = RawStore::read(&sidecar.bytes, asset.limits());
            Some(&beside)
        }
        _ => None,
    };
    let active = store.active().map(|active| active.label.as_str());
    raw.into_iter()
        .flat_map(|raw| &raw.manifests)
        .filter(|manifest| Some(manifest.label.as_str()) == active)
        .flat_map(|manifest| manifest.labelled("cawg.identity").cloned())
        .collect()
}

/// What validation says of one assertion.
fn statuses(reader: Option<&Reader>, label: &str) -> Vec<String> {
    let results = reader.and_then(|reader| reader.validation_results()?.active_manifest());
    let all = results.into_iter().flat_map(|codes| {
        let informational = codes.informational().iter().chain(codes.failure());
        codes.success().iter().chain(informational)
    });
    let about = |status: &&ValidationStatus| {
        status.code().starts_with("cawg.")
            && status
                .url()
                .is_none_or(|url| url.ends_with(label) || !url.contains("cawg.identity"))
    };
    let mut codes: Vec<String> = all
        .filter(about)
        .map(|status| status.code().to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// One identity, and whether it verifies.
fn one(assertion: &RawAssertion, statuses: &[String]) -> Evidence {
    let value = assertion.cbor();
    let payload = value
        .as_ref()
        .and_then(|value| cbor_field(value, "signer_payload"));
    let kind = payload
        .and_then(|payload| cbor_field(payload, "sig_type"))
        .and_then(Cbor::as_text);
    let named = value.as_ref().map(named).unwrap_or_default();
    let (code, verified) = judged(statuses);
    // No list says whom to believe about names, so that none of them is proven.
    Evidence::new(code, Strength::Declared)
        .with("verified", verified)
        .with_some("kind", kind)
        .with_some(
            "named",
            (!named.is_empty()).then_some(Value::Records(named)),
        )
        .with_some(
            "statuses",
            (!statuses.is_empty()).then(|| statuses.to_vec()),
        )
}

/// What the statuses come to, in words.
fn judged(statuses: &[String]) -> (&'static Code, &'static str) {
    let has = |known: &[&str]| {
        statuses
            .iter()
            .any(|status| known.contains(&status.as_str()))
    };
    let good = |status: &String| {
        NOT_TRUSTED.contains(&status.as_str())
            || [
                ".credential_valid",
                ".trusted",
                ".validated",
                ".well-formed",
            ]
            .iter()
            .any(|end| status.ends_with(end))
    };
    let broken = |status: &&String| !good(status) && !NOT_CHECKED.contains(&status.as_str());
    match () {
        () if statuses.iter().any(|status| broken(&status)) => (
            &codes::IDENTITY_BROKEN,
            "no: the statuses name what is wrong",
        ),
        () if has(&["cawg.ica.did_unavailable"]) => (
            &codes::IDENTITY,
            "not checked: the issuer's key lies on the network, and nothing is fetched",
        ),
        () if has(NOT_CHECKED) => (
            &codes::IDENTITY,
            "not checked: its kind of signature is not known here",
        ),
        () if has(&["cawg.x509.signature.validated", "cawg.ica.untrusted_issuer"]) => (
            &codes::IDENTITY,
            "the signature holds, but its signer is on no list: anyone can make a certificate with any name",
        ),
        () => (&codes::IDENTITY, "not checked"),
    }
}

/// Those whom an identity claims aggregation names: a credential in JSON, in a COSE signature (CAWG 1.1, section 8.1).
fn named(assertion: &Cbor) -> Vec<Value> {
    let signature = cbor_field(assertion, "signature").and_then(Cbor::as_bytes);
    let Some(Cbor::Tag(_, message)) = signature.and_then(|bytes| read_cbor(bytes)) else {
        return Vec::new();
    };
    let payload = message
        .as_array()
        .and_then(|parts| parts.get(2))
        .and_then(Cbor::as_bytes);
    let credential: Option<Json> = payload.and_then(|payload| serde_json::from_slice(payload).ok());
    let identities = credential
        .as_ref()
        .and_then(|credential| credential.pointer("/credentialSubject/verifiedIdentities"))
        .and_then(Json::as_array);
    identities
        .into_iter()
        .flatten()
        .take(MAX_IDENTITIES)
        .map(person)
        .collect()
}

fn person(identity: &Json) -> Value {
    let text = |pointer: &str| identity.pointer(pointer).and_then(Json::as_str);
    let fields = [
        ("name", text("/name")),
        ("username", text("/username")),
        ("address", text("/uri").or_else(|| text("/address"))),
        ("according_to", text("/provider/name")),
        ("verified_at", text("/verifiedAt")),
    ];
    let known = |(key, value): (&'static str, Option<&str>)| Some((key, Value::from(value?)));
    Value::Record(fields.into_iter().filter_map(known).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(statuses: &[&str]) -> (&'static str, &'static str) {
        let statuses: Vec<String> = statuses.iter().map(|status| (*status).to_owned()).collect();
        let (code, words) = judged(&statuses);
        (code.name, words)
    }

    #[test]
    fn a_key_that_is_out_of_reach_breaks_nothing() {
        let (code, words) = verdict(&["cawg.ica.did_unavailable"]);
        assert_eq!(code, "c2pa.identity");
        assert!(words.starts_with("not checked"));
    }

    #[test]
    fn only_what_is_wrong_is_called_broken() {
        assert_eq!(
            verdict(&[
                "cawg.identity.well-formed",
                "cawg.x509.signature.validated",
                "cawg.x509.credential.untrusted"
            ])
            .0,
            "c2pa.identity"
        );
        for wrong in [
            "cawg.x509.signature.mismatch",
            "cawg.ica.signature_mismatch",
            "cawg.identity.assertion.mismatch",
            "cawg.something.new",
        ] {
            assert_eq!(verdict(&[wrong]).0, "c2pa.identity-broken", "{wrong}");
        }
    }
}
