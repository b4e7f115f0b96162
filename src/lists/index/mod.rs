//! Looking up a hash among many: [`Exact`] for digests, [`Near`] for perceptual hashes.
//!
//! An index knows bytes and entry numbers, no kinds and no entries: a list keeps one index for each
//! [`Kind`](crate::fingerprints::Kind) in it, so that values of different kinds never meet. Both answer exactly, and in
//! an order that depends on nothing but the contents.

mod bands;
mod exact;
mod near;

pub use exact::Exact;
pub use near::{AnyHit, Hit, Near};

/// A value whose size is not that of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{found} bytes, the values of this index have {expected}")]
pub struct WrongSize {
    /// Bytes of the value.
    pub found: usize,
    /// Bytes of every value in the index.
    pub expected: usize,
}

fn check(value: &[u8], expected: usize) -> Result<(), WrongSize> {
    let found = value.len();
    if found == expected {
        Ok(())
    } else {
        Err(WrongSize { found, expected })
    }
}
