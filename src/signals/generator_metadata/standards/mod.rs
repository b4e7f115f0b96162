//! What standards have for declaring an origin, and for reserving rights.

mod iptc;
mod rights;
mod tc260;

use super::{Clues, Mark, RATE, shapes};

#[cfg(test)]
use super::testing;

/// Every mark of this kind, in the order in which they are looked for.
pub(super) const ALL: &[Mark] = &[iptc::MARK, tc260::MARK, rights::MARK];
