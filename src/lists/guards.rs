//! Hashes that would match what they should not: kept out when a list is made, and counted for its owner.

use std::io;
use std::sync::Arc;

use super::{List, Query};
use crate::fingerprints::{Fingerprint, Kind};

/// Why a placeholder is left out.
pub(super) const PLACEHOLDER: &str = "a hash of zeros, as is written for unreadable files";

/// Why the digest of nothing is left out.
const NO_FILE: &str = "the digest of an empty file: every empty file would match it";

/// MD5, SHA-1 and SHA-256 of no bytes at all.
const EMPTY: [&[u8]; 3] = [
    b"\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e",
    b"\xda\x39\xa3\xee\x5e\x6b\x4b\x0d\x32\x55\xbf\xef\x95\x60\x18\x90\xaf\xd8\x07\x09",
    b"\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52\xb8\x55",
];

/// Why a flat hash is left out.
const FLAT: &str = "a hash of almost only zeros or ones: every flat picture would match it";

/// Why a value that too many entries share is left out.
const REPEATED: &str = "the same picture hash on implausibly many entries: a placeholder, or a blank picture (--max-repeats)";

/// Why further entries of a value are left out that is on the list already.
pub(super) const BEYOND: &str =
    "further entries with a hash that a thousand entries have: it stays on the list";

/// Why what an allow list knows is left out.
const ALLOWED: &str = "on the allow list, or within its threshold";

/// So many entries may share one picture hash, unless something else is asked for.
const MAX_REPEATS: u64 = 100;

/// What is kept out of a list when it is made.
#[derive(Debug, Clone)]
pub struct Guards {
    /// So many entries may share one picture hash; beyond, all of them are left out. Some programs write the same dummy for
    /// every item.
    pub max_repeats: u64,
    /// Lists of harmless images: what is on them, or within their threshold, is left out.
    pub allow: Vec<Arc<List>>,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_repeats: MAX_REPEATS,
            allow: Vec::new(),
        }
    }
}

impl Guards {
    /// For entries that were already let in.
    pub fn none() -> Self {
        Self {
            max_repeats: u64::MAX,
            allow: Vec::new(),
        }
    }

    /// Why a value that so many entries share is left out, if it is.
    pub(super) fn doubts(
        &self,
        kind: Kind,
        value: &[u8],
        entries: u64,
    ) -> io::Result<Option<&'static str>> {
        if kind.needs_pixels() && entries > self.max_repeats {
            return Ok(Some(REPEATED));
        }
        for list in &self.allow {
            let query = Query::new(Fingerprint::new(kind, value).map_err(io::Error::other)?);
            if !list
                .find(kind, &[query])
                .map_err(io::Error::other)?
                .is_empty()
            {
                return Ok(Some(ALLOWED));
            }
        }
        Ok(None)
    }
}

/// Why a hash is left out whatever list it is on.
pub(super) fn refuses(fingerprint: &Fingerprint) -> Option<&'static str> {
    let kind = fingerprint.kind();
    if kind.exact() {
        let empty = EMPTY.iter().any(|digest| *digest == fingerprint.value());
        return empty.then_some(NO_FILE);
    }
    let ones: u32 = fingerprint
        .value()
        .iter()
        .map(|byte| byte.count_ones())
        .sum();
    let few = kind.bits() / 16;
    match ones {
        0 => Some(PLACEHOLDER),
        ones if ones <= few || ones >= kind.bits() - few => Some(FLAT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprints::{MD5, SHA1, SHA256, Wanted, digests};

    #[test]
    fn the_digests_of_nothing_are_those_that_are_computed() {
        let of_nothing = digests(b"", Wanted::ALL);
        let values: [Box<[u8]>; 3] = [
            Box::new(of_nothing.md5.unwrap()),
            Box::new(of_nothing.sha1.unwrap()),
            Box::new(of_nothing.sha256.unwrap()),
        ];
        for (kind, value) in [MD5, SHA1, SHA256].into_iter().zip(values) {
            assert_eq!(
                refuses(&Fingerprint::new(kind, value).unwrap()),
                Some(NO_FILE)
            );
        }
    }
}
