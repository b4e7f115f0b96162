//! Bloom filters of DCSO's form, as hashlookup publishes them: a set that can be asked, and no list of entries.

use super::{Head, ListFormat};
use crate::fingerprints::SHA1;
use crate::lists::Bloom;
use crate::lists::bloom::looks_like;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "bloom",
    about: "a Bloom filter of DCSO's form (hashlookup), binary",
    looks_like: |head: Head<'_>| looks_like(head.bytes()),
    read: |source, options, intake| {
        let filter = Bloom::read(source.reader())?;
        // What hashlookup publishes holds SHA-1.
        Ok(intake.filter(options.kind.unwrap_or(SHA1), filter)?)
    },
    write: None,
};
