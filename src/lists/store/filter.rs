//! Bloom filters in a compiled list: sets that say "surely not" or "probably".

use super::header::FilterHeader;
use super::pages::{Damaged, PAGE, Pages};
use crate::fingerprints::{Kind, to_hex};
use crate::lists::bloom::places;

/// A set of digests that can be asked, but not listed.
#[derive(Debug)]
pub(crate) struct Filter {
    kind: Kind,
    header: FilterHeader,
}

impl Filter {
    /// Checks that its bits lie within the file's sections.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn new(header: FilterHeader, sections: u64) -> Result<Self, String> {
        let kind: Kind = header
            .kind
            .parse()
            .map_err(|_| "its filter is of a kind that this version does not know".to_owned())?;
        let end = header.at.checked_add(header.bits.div_ceil(8));
        let fits =
            header.at >= PAGE as u64 && header.bits > 0 && end.is_some_and(|end| end <= sections);
        match fits && kind.exact() {
            true => Ok(Self { kind, header }),
            false => Err("the parts of its filter do not fit together".into()),
        }
    }

    /// The kind of digest that is in it.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// How many values are in it, as its maker says.
    pub(crate) fn entries(&self) -> u64 {
        self.header.entries
    }

    /// The chance that a value is found which is not in it.
    pub(crate) fn chance(&self) -> f64 {
        self.header.chance
    }

    /// Whether a digest is probably in it; no is certain. Digests went in as hexadecimal text in upper case.
    pub(super) fn holds(&self, pages: &Pages, value: &[u8]) -> Result<bool, Damaged> {
        let text = to_hex(value).to_uppercase();
        for place in places(text.as_bytes(), self.header.hashes, self.header.bits) {
            let byte = pages.get((self.header.at + place / 8) as usize, 1)?;
            if byte.first().is_none_or(|byte| byte >> (place % 8) & 1 == 0) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
