//! Fetching over a network, for callers that ask for it: the interface alone. Without an implementation in the settings
//! nothing leaves the machine.

use std::fmt::Debug;

/// Fetches a document by its address.
pub trait Remote: Send + Sync + Debug {
    /// The document's bytes, at most `max_bytes` of them.
    ///
    /// # Errors
    /// The address is not allowed, does not answer in time, or holds more than `max_bytes`.
    fn fetch(&self, url: &str, max_bytes: u64) -> Result<Vec<u8>, RemoteError>;
}

/// Why a document could not be fetched, in words that name the address and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RemoteError(pub String);
