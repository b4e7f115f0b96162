//! Entries of hash lists that match implausibly much of a scan: a flat picture, a logo, or a hash that somebody planted.
//!
//! From some number of different files on, what such an entry matches is no longer taken for the known picture, only shown
//! to a person; and the entry is named at the end. Only perceptual hashes are held to this: equal digests are equal files.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::evidence::{Evidence, Strength, Value};
use crate::inspect::Inspection;

/// When an entry is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarantineOptions {
    /// So many different files it may match, whatever the scan; `None` for no limit at all.
    pub files: Option<u64>,
    /// Above that, such a share of all inputs so far, in per cent.
    pub share: u64,
}

impl Default for QuarantineOptions {
    fn default() -> Self {
        Self {
            files: Some(100),
            share: 5,
        }
    }
}

/// An entry that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarantined {
    /// The list it is on.
    pub list: String,
    /// Its id, or its number where it has none.
    pub entry: String,
    /// Which hash of it.
    pub hash: String,
    /// How many different files it matched until it was set aside.
    pub files: u64,
    /// How many inputs it matched after that.
    pub set_aside: u64,
}

/// List, entry and kind of hash.
type Key = (String, String, String);

/// What matched how much so far.
#[derive(Debug, Default)]
pub(crate) struct Quarantine {
    options: QuarantineOptions,
    inputs: u64,
    /// The files that an entry matched, by a part of their digest.
    matched: HashMap<Key, HashSet<u64>>,
    entries: BTreeMap<Key, Quarantined>,
}

impl Quarantine {
    pub(crate) fn new(options: QuarantineOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Counts an input.
    pub(crate) fn count(&mut self) {
        self.inputs += 1;
    }

    /// Counts what an image matched, and lowers what is said by entries that were set aside; true if anything was.
    pub(crate) fn look(&mut self, inspection: &mut Inspection) -> bool {
        let Some(limit) = self.options.files else {
            return false;
        };
        let limit = limit.max(self.inputs.saturating_mul(self.options.share) / 100);
        let file = inspection.sha256.as_deref().and_then(|hex| hex.get(..16));
        let file = file
            .and_then(|hex| u64::from_str_radix(hex, 16).ok())
            .unwrap_or(self.inputs);
        let mut lowered = false;
        for evidence in inspection
            .evidence
            .iter_mut()
            .filter(|evidence| is_subject(evidence))
        {
            let key = key(evidence);
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.set_aside += 1;
            } else {
                let files = self.matched.entry(key.clone()).or_default();
                files.insert(file);
                let count = files.len() as u64;
                if count <= limit {
                    continue;
                }
                self.matched.remove(&key);
                self.entries
                    .insert(key.clone(), quarantined(key, count - 1));
            }
            lower(evidence);
            lowered = true;
        }
        lowered
    }

    /// The entries that were set aside, in the order of their lists and names.
    pub(crate) fn entries(&self) -> Vec<Quarantined> {
        self.entries.values().cloned().collect()
    }
}

/// Whether evidence rests on a perceptual hash of a list.
pub(crate) fn is_subject(evidence: &Evidence) -> bool {
    evidence.strength == Strength::Measured
        && evidence.get("list").is_some()
        && evidence.get("distance").is_some()
}

fn key(evidence: &Evidence) -> Key {
    let text = |key: &str| {
        evidence
            .get(key)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    (text("list"), text("entry"), text("hash"))
}

fn quarantined((list, entry, hash): Key, files: u64) -> Quarantined {
    Quarantined {
        list,
        entry,
        hash,
        files,
        set_aside: 1,
    }
}

/// What is said is left for a person to look at.
fn lower(evidence: &mut Evidence) {
    evidence.strength = Strength::Hint;
    evidence.asks_for = None;
    evidence.detail.push(("quarantined", Value::Flag(true)));
}
