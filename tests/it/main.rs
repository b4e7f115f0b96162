//! The integration tests: one binary, a module for each subject.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected is meant to stop"
)]

mod allocations;
mod asset;
mod audit;
mod cli;
mod corpus;
mod credentials;
mod decoding;
mod docs;
mod edit_traces;
mod fetched;
mod filter;
mod formats;
mod groups;
mod hostile;
mod hostile_manifests;
mod jumbf;
mod kept;
mod lists;
mod media;
#[cfg(feature = "pdf")]
mod pdf;
mod pdq_plain;
mod pdq_reference;
#[cfg(feature = "queue")]
mod queue;
mod reports;
mod samples;
mod scan;
mod schema;
#[cfg(feature = "server")]
mod server;
mod sources;
#[cfg(feature = "sqlite")]
mod state;
mod stored;
mod support;
mod thumbnails;
mod trust;
#[cfg(all(feature = "watch", target_os = "linux"))]
mod watch;
mod watermark;
