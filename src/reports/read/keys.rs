//! Names of particulars, each kept once for as long as the program runs.
//!
//! Evidence names its particulars by constants of the program, of which there are some hundreds. Records that name many more
//! were not written by it, and get an error instead of the memory.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// Most names that are kept; the program itself has fewer than a tenth of them.
const MAX_KEYS: usize = 4096;

/// Longest name, in bytes.
const MAX_KEY: usize = 64;

static KEYS: RwLock<Option<HashSet<&'static str>>> = RwLock::new(None);

/// The name as one that lasts.
pub(super) fn known(name: &str) -> Result<&'static str, String> {
    let keys = KEYS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = keys.as_ref().and_then(|keys| keys.get(name)) {
        return Ok(known);
    }
    drop(keys);
    keep(name)
}

fn keep(name: &str) -> Result<&'static str, String> {
    if name.len() > MAX_KEY {
        return Err(format!(
            "the name of a particular is longer than {MAX_KEY} bytes"
        ));
    }
    let mut keys = KEYS.write().unwrap_or_else(PoisonError::into_inner);
    let keys = keys.get_or_insert_default();
    if let Some(known) = keys.get(name) {
        return Ok(known);
    }
    if keys.len() >= MAX_KEYS {
        return Err(format!(
            "`{name}` is the name of a particular after {MAX_KEYS} others, and no version of provscan writes so many"
        ));
    }
    let kept: &'static str = Box::leak(name.into());
    keys.insert(kept);
    Ok(kept)
}
