//! Hashes that would match what they should not: kept out when a list is read, or counted for its owner.

use crate::fingerprints::Fingerprint;

/// Why a placeholder is left out.
pub(super) const PLACEHOLDER: &str = "a hash of zeros, as is written for unreadable files";

/// Whether a hash stands for no picture: the reference program writes zeros with quality 100 for a file that it could not
/// read. Such an entry would match every blank image.
pub(super) fn is_placeholder(fingerprint: &Fingerprint) -> bool {
    !fingerprint.kind().exact() && fingerprint.value().iter().all(|byte| *byte == 0)
}
