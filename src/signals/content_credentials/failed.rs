//! What an error of the library means: the one place that knows its error type.

use c2pa::Error;

use super::codes;
use super::places::has_manifest;
use crate::asset::Asset;
use crate::error::{Fault, FaultKind};
use crate::evidence::{Evidence, Strength};
use crate::signals::Outcome;

/// What an error means for this asset.
pub(super) fn failed(asset: &Asset, error: &Error) -> Outcome {
    match error {
        Error::UnsupportedType if !has_manifest(asset) => {
            Outcome::NotApplicable("content credentials are not read from this format")
        }
        _ if has_manifest(asset) || concerns_a_manifest(error) => {
            Outcome::Found(vec![unreadable(error)])
        }
        _ => Outcome::Failed(
            Vec::new(),
            Fault::new(
                FaultKind::Malformed,
                format!(
                    "the file is damaged where content credentials may stand: {}",
                    plain(error)
                ),
            ),
        ),
    }
}

/// Evidence of a store that cannot be read.
pub(super) fn unreadable(error: &Error) -> Evidence {
    Evidence::new(&codes::UNREADABLE, Strength::Declared).with("reason", plain(error))
}

/// Errors that only come up once a manifest was found, whatever our own walk saw.
fn concerns_a_manifest(error: &Error) -> bool {
    matches!(
        error,
        Error::PrereleaseError
            | Error::UnknownAlgorithm
            | Error::JumbfParseError(_)
            | Error::JumbfBoxNotFound
            | Error::ClaimMissing { .. }
            | Error::ClaimMissingHardBinding
            | Error::ClaimMissingSignatureBox
            | Error::ClaimMultipleHardBinding
            | Error::ClaimDecoding(_)
            | Error::ClaimVersion
            | Error::ClaimInvalidContent
            | Error::AssertionMissing { .. }
            | Error::AssertionDecoding(_)
            | Error::TooManyManifestStores
            | Error::TooManyAssertions { .. }
            | Error::CyclicIngredients { .. }
            | Error::InvalidClaim(_)
    )
}

/// The library's message on one line, at a length that fits a report.
pub(super) fn plain(error: &Error) -> String {
    let text = match error {
        Error::PrereleaseError => {
            "it was written to a draft of the standard, before version 1.0".to_owned()
        }
        // The kind of error is told by where the message stands.
        Error::InvalidAsset(reason) => reason.clone(),
        other => other.to_string(),
    };
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.chars().take(200).collect()
}

/// The outcome for a store that would cost too much.
pub(super) fn refused(reason: String) -> Outcome {
    let message = format!("its content credentials were not checked: {reason}");
    let evidence = Evidence::new(&codes::UNREADABLE, Strength::Declared).with("reason", reason);
    Outcome::Failed(vec![evidence], Fault::new(FaultKind::Unsupported, message))
}
