//! The integration tests: one binary, a module for each subject.

mod asset;
mod corpus;
mod docs;
mod pdq_plain;
mod pdq_reference;
mod samples;
mod schema;
