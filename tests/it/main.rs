//! The integration tests: one binary, a module for each subject.

mod asset;
mod cli;
mod corpus;
mod docs;
mod hostile;
mod lists;
mod pdq_plain;
mod pdq_reference;
mod samples;
mod scan;
mod schema;
mod support;
