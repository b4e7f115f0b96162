//! Whether the signer's certificate was in force: told apart from whether it is trusted, and from whether the image is
//! intact. A genuine image outlives the certificate that signed it.

use super::status::Concern;
use super::store::Store;

/// How the signature stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Currency {
    /// The certificate is in force.
    Valid,
    /// It was in force at a time of signing for which a listed authority vouches.
    ValidWhenSigned,
    /// It has expired; it was in force at the time that a time-stamp gives, and nobody on a list vouches for that.
    ValidAsStated,
    /// It has expired, and nothing shows that it signed before.
    Expired,
    /// It was revoked.
    Revoked,
    /// The certificate could not be judged.
    Unknown,
}

impl Currency {
    pub(super) fn of(store: &Store) -> Self {
        if store.has(Concern::Revoked) {
            Self::Revoked
        } else if store.has(Concern::Expired) {
            Self::Expired
        } else if !store.signature_verified {
            Self::Unknown
        } else if store.time_trusted_by.is_some() {
            Self::ValidWhenSigned
        } else if store.rests_on_an_unlisted_clock {
            Self::ValidAsStated
        } else {
            Self::Valid
        }
    }

    /// The words in every output.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid now",
            Self::ValidWhenSigned => "valid when signed, by a trusted time-stamp",
            Self::ValidAsStated => {
                "expired since; valid at the time that its time-stamp gives, for which nobody on a list vouches"
            }
            Self::Expired => "expired, and nothing shows that it signed before",
            Self::Revoked => "revoked",
            Self::Unknown => "not known",
        }
    }
}
