//! Validation status codes and what each means for the reader. Classified by code alone: the overall state of a manifest
//! calls genuine files invalid whose credential has merely expired.

/// What a failure code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Concern {
    /// The picture or its file is not what was signed.
    ContentAltered,
    /// The manifest is not what was signed.
    ManifestAltered,
    /// It does not follow the standard, so that less of it can be relied on.
    Malformed,
    /// The signer's certificate was revoked.
    Revoked,
    /// The signer's certificate is unfit for signing.
    BadCertificate,
    /// The certificate had expired, or nothing shows that it had not when it signed.
    Expired,
    /// The signer is on no loaded list.
    Untrusted,
    /// A part could not be reached or is of a kind that cannot be checked here.
    Unchecked,
    /// It concerns a named identity (CAWG), never the integrity of the image.
    Identity,
}

/// Failure codes by concern (C2PA 2.2, section 15.2.2, and the library's own additions). An entry that ends in a dot is
/// a prefix.
const CONCERNS: &[(Concern, &[&str])] = &[
    (
        Concern::ContentAltered,
        &[
            "assertion.dataHash.mismatch",
            "assertion.bmffHash.mismatch",
            "assertion.boxesHash.mismatch",
            "assertion.boxesHash.unknownBox",
            "assertion.collectionHash.mismatch",
            "assertion.collectionHash.incorrectFileCount",
            "assertion.multiAssetHash.mismatch",
            "assertion.multiAssetHash.missingPart",
        ],
    ),
    (
        Concern::ManifestAltered,
        &[
            "assertion.hashedURI.mismatch",
            "hashedURI.mismatch",
            "hashedURI.missing",
            "claimSignature.mismatch",
            "claimSignature.missing",
            "assertion.missing",
            "assertion.undeclared",
            "assertion.outsideManifest",
            "assertion.notRedacted",
            "assertion.selfRedacted",
            "assertion.dataHash.redacted",
            "assertion.action.redacted",
            "ingredient.hashedURI.mismatch",
            "ingredient.manifest.mismatch",
            "ingredient.manifest.missing",
            "ingredient.claimSignature.mismatch",
            "ingredient.claimSignature.missing",
            "manifest.unreferenced",
        ],
    ),
    (Concern::Untrusted, &["signingCredential.untrusted"]),
    (
        Concern::Expired,
        &[
            "signingCredential.expired",
            "claimSignature.outsideValidity",
        ],
    ),
    (Concern::BadCertificate, &["signingCredential.invalid"]),
    (Concern::Revoked, &["signingCredential.ocsp.revoked"]),
    (
        Concern::Unchecked,
        &[
            "algorithm.unsupported",
            "manifest.inaccessible",
            "assertion.inaccessible",
            "signingCredential.ocsp.unknown",
            "provscan.ingredient.incomparable",
            "provscan.binding.unread",
        ],
    ),
    (Concern::Identity, &["cawg."]),
];

/// What a failure code is about. A code that is not in the table is about the standard not being followed: it is
/// reported, and nothing stronger is read into it.
pub(super) fn concern(code: &str) -> Concern {
    CONCERNS
        .iter()
        .find(|(_, codes)| {
            codes
                .iter()
                .any(|known| *known == code || (known.ends_with('.') && code.starts_with(known)))
        })
        .map_or(Concern::Malformed, |(concern, _)| *concern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_is_never_read_as_tampering() {
        assert_eq!(concern("signingCredential.expired"), Concern::Expired);
        assert_eq!(
            concern("assertion.dataHash.mismatch"),
            Concern::ContentAltered
        );
        assert_eq!(concern("cawg.ica.did_unavailable"), Concern::Identity);
        assert_eq!(concern("something.new"), Concern::Malformed);
    }

    #[test]
    fn no_code_stands_in_two_places() {
        let mut all: Vec<_> = CONCERNS
            .iter()
            .flat_map(|(_, codes)| codes.iter())
            .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
