//! What is said of a picture that could not be compared.

use crate::asset::PixelError;
use crate::error::{Fault, FaultKind};
use crate::fingerprints::FingerprintError;

/// What kept the file's own picture from being compared. That it cannot be decoded is told in the same words whatever it was
/// decoded for.
pub(super) fn own(error: Option<FingerprintError>) -> Option<Fault> {
    match error {
        Some(FingerprintError::Pixels(
            error @ (PixelError::TooLarge(_) | PixelError::Malformed(_)),
        )) => Some(error.fault()),
        error => of("the picture", error),
    }
}

/// What kept the picture of this name from being compared.
pub(super) fn of(name: &str, error: Option<FingerprintError>) -> Option<Fault> {
    let error = error?;
    let kind = match &error {
        FingerprintError::Unfit(_) => return None,
        FingerprintError::Unread(fault) => return Some(fault.clone()),
        FingerprintError::Pixels(PixelError::Unsupported(_)) => FaultKind::Unsupported,
        FingerprintError::Pixels(PixelError::TooLarge(_)) => FaultKind::Limit,
        FingerprintError::Pixels(PixelError::Malformed(_)) => FaultKind::Malformed,
    };
    let message = format!("{name} could not be compared with the lists: {error}");
    Some(Fault::new(kind, message))
}
