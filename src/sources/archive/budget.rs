//! What all members of an archive may take together: an archive may claim, and inflate to, far more than it is long.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::asset::Limits;
use crate::error::{Fault, FaultKind};

/// What is left for one archive and those within it.
pub(in crate::sources) struct Budget {
    left: Mutex<Left>,
    limits: Limits,
}

struct Left {
    bytes: u64,
    members: usize,
}

impl Budget {
    /// For an archive of this length.
    pub(in crate::sources) fn new(len: u64, limits: &Limits) -> Self {
        Self {
            left: Mutex::new(Left {
                bytes: allowance(len, limits),
                members: limits.max_members,
            }),
            limits: limits.clone(),
        }
    }

    /// Takes a member of this size out of what is left.
    pub(in crate::sources) fn spend(&self, size: u64) -> Result<(), Fault> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let members = left.members.checked_sub(1);
        left.members = members.ok_or_else(|| too_many(&self.limits))?;
        let bytes = left.bytes.checked_sub(size);
        left.bytes = bytes.ok_or_else(|| too_large(&self.limits))?;
        Ok(())
    }
}

/// The bytes that an archive of this length may grow to.
pub(super) fn allowance(len: u64, limits: &Limits) -> u64 {
    let grown = len.saturating_mul(limits.max_archive_ratio);
    grown.max(limits.max_bytes).min(limits.max_archive_bytes)
}

/// The fault of an archive that grows too large.
pub(super) fn too_large(limits: &Limits) -> Fault {
    let message = format!(
        "what it holds grows to more than {} bytes, or to more than {} times its own length; what comes after was not read; --max-archive-bytes and --max-archive-ratio raise that",
        limits.max_archive_bytes, limits.max_archive_ratio
    );
    Fault::new(FaultKind::Limit, message)
}

fn too_many(limits: &Limits) -> Fault {
    let message = format!(
        "it holds more than {} members; those after were not read; --max-members raises that",
        limits.max_members
    );
    Fault::new(FaultKind::Limit, message)
}
