//! What trust lists hold, in the form in which contexts are made from it.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use c2pa::crypto::cose::{CertificateTrustPolicy, TrustAnchorType};

use crate::trust::{Certificate, TrustKind, TrustList, TrustSettings};

/// Extended key usages that a signing or time-stamping certificate may have: e-mail protection, document signing, time
/// stamping, OCSP signing, Microsoft's C2PA signing, C2PA claim signing (C2PA 2.2, section 14.5).
const KEY_USAGES: &str = "1.3.6.1.5.5.7.3.4\n1.3.6.1.5.5.7.3.36\n1.3.6.1.5.5.7.3.8\n1.3.6.1.5.5.7.3.9\n1.3.6.1.4.1.311.76.59.1.9\n1.3.6.1.4.1.62558.2.1\n";

/// What stands before a list's name in the library's results: it takes any anchor for signers, so that results have to
/// tell which kind of list it was.
const FOR_SIGNERS: &str = "signer:";
pub(super) const FOR_TIME_STAMPS: &str = "tsa:";

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

/// What all lists hold together.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// In the order in which they are tried: those for signers first.
    pub(super) anchors: Vec<Anchor>,
    /// SHA-256 of the DER form of signing certificates that are allowed by themselves.
    pub(super) allowed: HashSet<[u8; 32]>,
    /// Extended key usages that are taken, a line each.
    pub(super) key_usages: String,
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

/// What the lists hold.
pub(super) fn material(trust: &TrustSettings) -> Material {
    let mut material = Material {
        key_usages: format!("{KEY_USAGES}{}", trust.ekus.join("\n")),
        ..Material::default()
    };
    let mut for_time_stamps = Vec::new();
    for list in &trust.lists {
        let anchors = |purpose: &str| {
            let label = format!("{purpose}{}", list.label());
            let anchor = move |der: &[u8]| Anchor {
                list: label.clone(),
                der: der.to_vec(),
            };
            list.ders().map(anchor).collect::<Vec<_>>()
        };
        match list.kind {
            TrustKind::Signer => material.anchors.extend(anchors(FOR_SIGNERS)),
            TrustKind::TimeStamp => for_time_stamps.extend(anchors(FOR_TIME_STAMPS)),
            TrustKind::AllowedSigner => material.allowed.extend(list.digests()),
        }
    }
    // The library takes any anchor for a signer's, and the first that fits: no signer is taken for trusted by a list for
    // time-stamps who is trusted by one for signers too.
    material.anchors.extend(for_time_stamps);
    material
}

/// The list that a trusted signer is on, in the library's form, where the library leaves it out: it names none for signers
/// that are allowed one by one.
pub(super) fn allowed_by(trust: &TrustSettings, chain: &str) -> Option<String> {
    let chain = certificates(chain);
    let list = trust.allowed_by(chain.first()?.der())?;
    Some(format!("{FOR_SIGNERS}{}", list.label()))
}

/// The list that a signer was on while its certificate was in force, in the library's form: for a certificate that has
/// expired or been revoked since. The chain is verified as of an hour after the certificate was issued.
pub(super) fn list_while_in_force(trust: &TrustSettings, chain: &str) -> Option<String> {
    if let Some(allowed) = allowed_by(trust, chain) {
        return Some(allowed);
    }
    let certificates = certificates(chain);
    let signer = certificates.first()?;
    let in_force = signer.issued_at().saturating_add(60 * 60);
    let ders: Vec<Vec<u8>> = certificates.iter().map(|one| one.der().to_vec()).collect();
    let usages = format!("{KEY_USAGES}{}", trust.ekus.join("\n"));
    let mut lists = trust
        .lists
        .iter()
        .filter(|list| list.kind == TrustKind::Signer);
    let leads_there = |list: &&TrustList| {
        let mut policy = CertificateTrustPolicy::new();
        policy.add_valid_ekus(usages.as_bytes());
        let anchors: String = list.ders().map(pem).collect();
        let kind = TrustAnchorType::Manifest;
        let added = policy.add_trust_anchors(anchors.as_bytes(), &list.label(), kind, None);
        let led = policy.check_certificate_trust(&ders, signer.der(), Some(in_force));
        added.is_ok() && led.is_ok()
    };
    lists
        .find(leads_there)
        .map(|list| format!("{FOR_SIGNERS}{}", list.label()))
}

/// Whether the signing certificate of a chain is no longer in force, as of now.
pub(super) fn has_expired(chain: &str) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_secs());
    let expires_at = certificates(chain).first().map(Certificate::expires_at);
    expires_at.is_some_and(|expires_at| expires_at < i64::try_from(now).unwrap_or(i64::MAX))
}

/// A certificate in the one form that the library takes.
pub(super) fn pem(der: &[u8]) -> String {
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(der)
    )
}

/// Most certificates of a chain that are read.
const MAX_CERTIFICATES: usize = 20;

/// The certificates of a chain in PEM form that can be read, in order.
pub(super) fn certificates(chain: &str) -> Vec<Certificate> {
    chain
        .split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .take(MAX_CERTIFICATES)
        .filter_map(|block| {
            let (body, _) = block.split_once("-----END CERTIFICATE-----")?;
            let body: String = body.split_whitespace().collect();
            Certificate::parse(STANDARD.decode(body).ok()?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::ListOrigin;

    fn settings(kind: TrustKind, pem: &str) -> TrustSettings {
        let list = TrustList::read("one.pem", kind, ListOrigin::User, pem.as_bytes());
        TrustSettings {
            lists: vec![list.unwrap()],
            ekus: vec!["1.2.3".to_owned()],
        }
    }

    #[test]
    fn lists_for_signers_come_before_those_for_time_stamps() {
        let root = include_str!("../../../samples/trust/test-root.pem");
        let mut trust = settings(TrustKind::TimeStamp, root);
        trust.lists.extend(settings(TrustKind::Signer, root).lists);
        let material = material(&trust);
        let lists: Vec<&str> = material
            .anchors
            .iter()
            .map(|anchor| anchor.list.as_str())
            .collect();
        assert_eq!(lists, ["signer:user: one.pem", "tsa:user: one.pem"]);
        assert!(material.key_usages.ends_with("\n1.2.3"));
        assert_eq!(
            material.anchors[0].der,
            trust.lists[0].ders().next().unwrap()
        );
    }

    #[test]
    fn the_list_that_allows_a_signer_is_found_by_its_certificate() {
        let signer = include_str!("../../../samples/trust/test-signer.pem");
        let trust = settings(TrustKind::AllowedSigner, signer);
        assert_eq!(
            allowed_by(&trust, signer).as_deref(),
            Some("signer:user: one.pem")
        );
        assert_eq!(material(&trust).allowed.len(), 1);
        let other = include_str!("../../../samples/trust/unknown-signer.pem");
        assert_eq!(allowed_by(&trust, other), None);
        assert_eq!(allowed_by(&trust, "no certificate"), None);
    }
}
