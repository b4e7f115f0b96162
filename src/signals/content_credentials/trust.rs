//! The validation context that is made from trust lists.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use c2pa::{Context, Settings};
use serde_json::json;

use crate::error::SetupError;
use crate::trust::{TrustKind, TrustList, TrustSettings};

/// Extended key usages that a signing or time-stamping certificate may have: e-mail protection, document signing, time
/// stamping, OCSP signing, Microsoft's C2PA signing, C2PA claim signing (C2PA 2.2, section 14.5).
const KEY_USAGES: &str = "1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.5.5.7.3.8\n1.3.6.1.5.5.7.3.9\n1.3.6.1.4.1.311.76.59.1.9\n1.3.6.1.4.1.62558.2.1\n";

/// What stands before a list's name in the library's results: it takes any anchor for signers, so that results have to
/// tell which kind of list it was.
const FOR_SIGNERS: &str = "signer:";
const FOR_TIME_STAMPS: &str = "tsa:";

/// Whether the library means a list for time-stamps, whose roots vouch for no signer.
pub(super) fn is_for_time_stamps(list: &str) -> bool {
    list.starts_with(FOR_TIME_STAMPS)
}

/// The name of a list that the library means. It names none for signers that are allowed one by one.
pub(super) fn name(list: &str) -> &str {
    let name = list
        .strip_prefix(FOR_SIGNERS)
        .or_else(|| list.strip_prefix(FOR_TIME_STAMPS))
        .unwrap_or(list);
    if name.is_empty() {
        "allowed list"
    } else {
        name
    }
}

/// A context that knows the lists for signers only and takes time-stamps as they are: it tells whether a signer is on one
/// of them, which a root that stands in both kinds of list leaves open.
///
/// # Errors
/// As for [`context`].
pub(super) fn signers_only(trust: &TrustSettings) -> Result<Arc<Context>, SetupError> {
    let signers = trust
        .lists
        .iter()
        .filter(|list| list.kind != TrustKind::TimeStamp);
    build(&signers.cloned().collect::<Vec<_>>(), &trust.ekus, false)
}

/// The validation context: offline, with these lists.
///
/// # Errors
/// The library refuses a list.
pub(super) fn context(trust: &TrustSettings) -> Result<Arc<Context>, SetupError> {
    build(&trust.lists, &trust.ekus, true)
}

fn build(
    lists: &[TrustList],
    ekus: &[String],
    check_time_stamps: bool,
) -> Result<Arc<Context>, SetupError> {
    let anchors: Vec<_> = lists.iter().map(anchor).collect();
    let key_usages = format!("{KEY_USAGES}{}", ekus.join("\n"));
    let settings = json!({
        "version": 1,
        "verify": {"verify_trust": true, "verify_timestamp_trust": check_time_stamps, "remote_manifest_fetch": false, "ocsp_fetch": false},
        // A did:web identity cannot be resolved offline and would make the whole file invalid.
        "core": {"decode_identity_assertions": false},
        "trust": {"trust_config": key_usages, "anchors": anchors},
    });
    let refused = |error: c2pa::Error| SetupError::File {
        name: lists
            .iter()
            .map(|list| list.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        message: format!("the trust lists were refused: {error}"),
    };
    let settings = Settings::new()
        .with_json(&settings.to_string())
        .map_err(refused)?;
    Ok(Context::new()
        .with_settings(settings)
        .map_err(refused)?
        .into_shared())
}

/// One list in the library's form.
fn anchor(list: &TrustList) -> serde_json::Value {
    let label = list.label();
    match list.kind {
        TrustKind::Signer => {
            json!({"trust_kind": "manifest", "trust_uri": format!("{FOR_SIGNERS}{label}"), "trust_anchors": pem(list)})
        }
        TrustKind::TimeStamp => {
            json!({"trust_kind": "tsa", "trust_uri": format!("{FOR_TIME_STAMPS}{label}"), "trust_anchors": pem(list)})
        }
        TrustKind::AllowedSigner => {
            let digests: Vec<String> = list
                .digests()
                .map(|digest| STANDARD.encode(digest))
                .collect();
            json!({"trust_kind": "manifest", "trust_uri": format!("{FOR_SIGNERS}{label}"), "trust_anchors": "", "allowed_list": digests.join("\n")})
        }
    }
}

/// The anchors of a list in the one form that the library takes.
fn pem(list: &TrustList) -> String {
    list.ders()
        .map(|der| {
            let body = STANDARD.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        })
        .collect()
}

/// The list that a trusted signer is on, in the library's form, where the library leaves it out: it names none for signers
/// that are allowed one by one.
pub(super) fn allowed_by(trust: &TrustSettings, chain: &str) -> Option<String> {
    let (_, rest) = chain.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_whitespace().collect();
    let list = trust.allowed_by(&STANDARD.decode(body).ok()?)?;
    Some(format!("{FOR_SIGNERS}{}", list.label()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::ListOrigin;

    #[test]
    fn anchors_reach_the_library_as_they_are() {
        let root = include_bytes!("../../../samples/trust/test-root.pem");
        let read = |kind| TrustList::read("roots.pem", kind, ListOrigin::User, root).unwrap();
        let lists = TrustKind::ALL.map(read).to_vec();
        let trust = TrustSettings {
            lists,
            ekus: vec!["1.2.3".to_owned()],
        };
        assert!(context(&trust).is_ok());
        let der = x509_parser::pem::Pem::iter_from_buffer(pem(&trust.lists[0]).as_bytes())
            .next()
            .unwrap()
            .unwrap()
            .contents;
        assert_eq!(trust.lists[0].ders().next().unwrap(), der);
    }

    #[test]
    fn the_list_that_allows_a_signer_is_found_by_its_certificate() {
        let signer = include_str!("../../../samples/trust/test-signer.pem");
        let list = TrustList::read(
            "one.pem",
            TrustKind::AllowedSigner,
            ListOrigin::User,
            signer.as_bytes(),
        );
        let trust = TrustSettings {
            lists: vec![list.unwrap()],
            ekus: Vec::new(),
        };
        assert_eq!(
            allowed_by(&trust, signer).as_deref(),
            Some("signer:user: one.pem")
        );
        let other = include_str!("../../../samples/trust/unknown-signer.pem");
        assert_eq!(allowed_by(&trust, other), None);
        assert_eq!(allowed_by(&trust, "no certificate"), None);
    }

    #[test]
    fn no_list_at_all_is_a_valid_setting() {
        assert!(context(&TrustSettings::default()).is_ok());
    }
}
