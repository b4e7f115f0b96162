//! Whom to trust: lists of certificates, given by the user.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

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

/// What the lists hold: anchors, those for signers first, and digests of signing certificates that are allowed by
/// themselves.
///
/// # Errors
/// A list that holds no certificate, or one that does not parse.
pub(super) fn material(trust: &TrustSettings) -> Result<Material, SetupError> {
    let mut material = Material::default();
    let mut for_time_stamps = Vec::new();
    for list in &trust.lists {
        let certificates = certificates(list)?;
        let anchors = |purpose: &str| {
            let list = format!("{purpose}{}", list.name);
            let anchor = move |der| Anchor {
                list: list.clone(),
                der,
            };
            certificates.iter().cloned().map(anchor).collect::<Vec<_>>()
        };
        match list.kind {
            TrustKind::Signer => material.anchors.extend(anchors(FOR_SIGNERS)),
            TrustKind::TimeStamp => for_time_stamps.extend(anchors(FOR_TIME_STAMPS)),
            TrustKind::AllowedSigner => {
                let digests = certificates.iter().map(Sha256::digest);
                material.allowed.extend(digests.map(<[u8; 32]>::from));
                material.allowed.extend(list.pem.lines().filter_map(digest));
            }
        }
    }
    // The library takes any anchor for a signer's, and the first that fits: no signer is taken for trusted by a list for
    // time-stamps who is trusted by one for signers too.
    material.anchors.extend(for_time_stamps);
    Ok(material)
}

/// What all lists hold together.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// In the order in which they are tried.
    pub(super) anchors: Vec<Anchor>,
    /// SHA-256 of the DER form.
    pub(super) allowed: HashSet<[u8; 32]>,
}

impl Material {
    /// There are no lists.
    pub(super) fn is_empty(&self) -> bool {
        self.anchors.is_empty() && self.allowed.is_empty()
    }
}

/// A certificate that others may lead to.
#[derive(Debug)]
pub(super) struct Anchor {
    /// The name that the library gives for its list in results.
    pub(super) list: String,
    /// The certificate.
    pub(super) der: Vec<u8>,
}

/// The certificates of a list in DER form, where it holds what a list of its kind must.
fn certificates(list: &TrustList) -> Result<Vec<Vec<u8>>, SetupError> {
    let refused = |message: String| SetupError::File {
        name: list.name.clone(),
        message,
    };
    let certificates = decoded(&list.pem).map_err(|nth| {
        refused(format!(
            "certificate {nth} is no valid PEM; the list was not loaded"
        ))
    })?;
    let digests = list.kind == TrustKind::AllowedSigner
        && list.pem.lines().any(|line| digest(line).is_some());
    if certificates.is_empty() && !digests {
        return Err(refused(
            "no certificate found; PEM with `-----BEGIN CERTIFICATE-----` was expected".to_owned(),
        ));
    }
    Ok(certificates)
}

/// The certificates in PEM text, or the number of the first that is broken.
fn decoded(pem: &str) -> Result<Vec<Vec<u8>>, usize> {
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let decode = |(before, block): (usize, &str)| {
        let (body, _) = block
            .split_once("-----END CERTIFICATE-----")
            .ok_or(before + 1)?;
        let body: String = body.split_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| before + 1)?;
        // A certificate is a DER sequence (RFC 5280, section 4.1).
        let plausible = der.first() == Some(&0x30) && der.len() >= 64;
        plausible.then_some(der).ok_or(before + 1)
    };
    blocks.enumerate().map(decode).collect()
}

/// A SHA-256 digest in base64.
fn digest(line: &str) -> Option<[u8; 32]> {
    let line = line.trim();
    let bytes = (line.len() == 44).then(|| STANDARD.decode(line).ok())??;
    bytes.try_into().ok()
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
        let error = material(&list(TrustKind::Signer, "hello"))
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
        let error = material(&list(TrustKind::TimeStamp, pem))
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
        assert!(material(&list(TrustKind::AllowedSigner, &digest)).is_ok());
        assert!(material(&list(TrustKind::Signer, &digest)).is_err());
    }

    #[test]
    fn no_list_at_all_is_a_valid_setting() {
        assert!(material(&TrustSettings::default()).is_ok());
    }
}
