//! provscan tells where an image comes from, and says how it knows.
pub mod asset;
pub mod fingerprints;
pub mod lists;
