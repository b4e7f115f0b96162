//! The integration tests: one binary, a module for each subject.

mod asset;
mod cli;
mod hostile;
mod lists;
mod pdq_plain;
mod pdq_reference;
mod scan;
mod support;
