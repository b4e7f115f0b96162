//! The integration tests: one binary, a module for each subject.

mod asset;
mod docs;
mod pdq_plain;
mod pdq_reference;
mod schema;
