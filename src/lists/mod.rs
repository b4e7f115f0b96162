//! Known hashes.

pub mod index;
