//! What logs may tell. Events go out by [`tracing`]; nobody sees them, and they cost nothing, where a program installs no
//! subscriber for them. The message of each is its name in a word or two, and what belongs to it are its fields.
//!
//! No event at the level `INFO` or above has names of files, what callers call them, hashes or tokens, unless a subscriber
//! wants [`NAMES`] at `DEBUG`.

use std::time::Duration;

use tracing::{Level, error, info};

/// The target that a subscriber lets through at the level `DEBUG` to have names and ids of inputs in the events of others. It
/// has no events of its own.
pub const NAMES: &str = "provscan::names";

/// Whether events may tell names and ids of inputs.
pub fn may_name() -> bool {
    tracing::enabled!(target: NAMES, Level::DEBUG)
}

/// Milliseconds, to the microsecond.
pub fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

/// Tells that what is judged by was loaded, or why not.
pub fn loaded(what: &str, result: &Result<(), String>) {
    match result {
        Ok(()) => info!(what, ok = true, "loaded"),
        Err(why) => {
            let kept = "what was loaded before stays";
            error!(what, ok = false, why = why.as_str(), kept, "loaded");
        }
    }
}
