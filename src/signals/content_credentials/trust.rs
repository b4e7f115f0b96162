//! Whom to trust: lists of certificates, given by the user, and the validation context made from them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use c2pa::{Context, Settings};
use serde_json::json;

use crate::error::SetupError;

/// What the certificates of a list are trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustKind {
    /// Roots and intermediates that signing certificates must lead to.
    Signer,
    /// Roots that time-stamping certificates must lead to.
    TimeStamp,
    /// Signing certificates that are trusted one by one: PEM, or lines with the base64 SHA-256 of the DER form.
    AllowedSigner,
}

/// One list of certificates.
#[derive(Debug, Clone)]
pub struct TrustList {
    /// The name that results give for it.
    pub name: String,
    /// What it is trusted for.
    pub kind: TrustKind,
    /// Its content.
    pub pem: String,
}

/// Every list that signatures are checked against.
#[derive(Debug, Clone, Default)]
pub struct TrustSettings {
    /// In the order given.
    pub lists: Vec<TrustList>,
}

impl TrustSettings {
    /// Whether signers can be checked at all.
    pub fn has_signer_lists(&self) -> bool {
        self.lists
            .iter()
            .any(|list| list.kind != TrustKind::TimeStamp)
    }
}

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
    build(&signers.cloned().collect::<Vec<_>>(), false)
}

/// The validation context: offline, with these lists.
///
/// # Errors
/// A list that holds no certificate, or one that does not parse.
pub(super) fn context(trust: &TrustSettings) -> Result<Arc<Context>, SetupError> {
    build(&trust.lists, true)
}

fn build(lists: &[TrustList], check_time_stamps: bool) -> Result<Arc<Context>, SetupError> {
    let anchors = lists.iter().map(anchor).collect::<Result<Vec<_>, _>>()?;
    let settings = json!({
        "version": 1,
        "verify": {"verify_trust": true, "verify_timestamp_trust": check_time_stamps, "remote_manifest_fetch": false, "ocsp_fetch": false},
        // A did:web identity cannot be resolved offline and would make the whole file invalid.
        "core": {"decode_identity_assertions": false, "max_decompressed_manifest_size_in_mb": 1},
        "trust": {"trust_config": KEY_USAGES, "anchors": anchors},
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
fn anchor(list: &TrustList) -> Result<serde_json::Value, SetupError> {
    let certificates = certificates(&list.pem);
    let hashes = list
        .pem
        .lines()
        .filter(|line| is_digest(line.trim()))
        .count();
    let usable = certificates.as_ref().is_ok_and(|count| *count > 0);
    let usable =
        usable || (list.kind == TrustKind::AllowedSigner && hashes > 0 && certificates.is_ok());
    if !usable {
        let message = match certificates {
            Err(nth) => format!("certificate {nth} is no valid PEM; the list was not loaded"),
            Ok(_) => "no certificate found; PEM with `-----BEGIN CERTIFICATE-----` was expected"
                .to_owned(),
        };
        return Err(SetupError::File {
            name: list.name.clone(),
            message,
        });
    }
    let uri = format!(
        "{}{}",
        if list.kind == TrustKind::TimeStamp {
            FOR_TIME_STAMPS
        } else {
            FOR_SIGNERS
        },
        list.name
    );
    Ok(match list.kind {
        TrustKind::Signer => {
            json!({"trust_kind": "manifest", "trust_uri": uri, "trust_anchors": list.pem})
        }
        TrustKind::TimeStamp => {
            json!({"trust_kind": "tsa", "trust_uri": uri, "trust_anchors": list.pem})
        }
        TrustKind::AllowedSigner => {
            json!({"trust_kind": "manifest", "trust_uri": uri, "trust_anchors": "", "allowed_list": list.pem})
        }
    })
}

/// How many certificates the PEM text holds, or the number of the first that is broken.
fn certificates(pem: &str) -> Result<usize, usize> {
    let mut count = 0;
    for block in pem.split("-----BEGIN CERTIFICATE-----").skip(1) {
        count += 1;
        let (body, _) = block.split_once("-----END CERTIFICATE-----").ok_or(count)?;
        let body: String = body.split_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| count)?;
        // A certificate is a DER sequence (RFC 5280, section 4.1).
        if der.first() != Some(&0x30) || der.len() < 64 {
            return Err(count);
        }
    }
    Ok(count)
}

/// The base64 form of a SHA-256 digest.
fn is_digest(line: &str) -> bool {
    line.len() == 44 && STANDARD.decode(line).is_ok_and(|digest| digest.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(kind: TrustKind, pem: &str) -> TrustSettings {
        TrustSettings {
            lists: vec![TrustList {
                name: "roots.pem".into(),
                kind,
                pem: pem.into(),
            }],
        }
    }

    #[test]
    fn a_list_without_certificates_is_refused_by_name() {
        let error = context(&list(TrustKind::Signer, "hello"))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("roots.pem: no certificate found"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_certificate_is_named_by_its_place() {
        let pem = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        let error = context(&list(TrustKind::TimeStamp, pem))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "roots.pem: certificate 1 is no valid PEM; the list was not loaded"
        );
    }

    #[test]
    fn an_allowed_list_may_hold_digests_only() {
        let digest = STANDARD.encode([7; 32]);
        assert!(context(&list(TrustKind::AllowedSigner, &digest)).is_ok());
        assert!(context(&list(TrustKind::Signer, &digest)).is_err());
    }

    #[test]
    fn no_list_at_all_is_a_valid_setting() {
        assert!(context(&TrustSettings::default()).is_ok());
    }
}
