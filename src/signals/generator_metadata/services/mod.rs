//! What services, phones and editors write into the files that they make or change.

mod apple;
mod bytedance;
mod google;
mod midjourney;
mod samsung;
mod vendors;
mod xai;

use super::{Clues, Mark, RATE, shapes};

#[cfg(test)]
use super::testing;

/// Every mark of this kind, in the order in which they are looked for.
pub(super) const ALL: &[Mark] = &[
    midjourney::MARK,
    google::MARK,
    xai::MARK,
    samsung::MARK,
    apple::MARK,
    vendors::MARK,
    bytedance::MARK,
];
