//! What stands in which column of a table: told by the names in its header, or by the caller.

mod names;
#[cfg(test)]
mod tests;

use super::rows::Row;
use super::words::{NO_HASH, foreign, kind_of};
use super::{Entry, Intake, ReadError, kind};
use crate::evidence::Action;
use crate::fingerprints::{Fingerprint, Kind};

/// Where each thing stands in a record.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The kind of the hash in `value`.
    kind: Option<usize>,
    value: Option<usize>,
    /// The kind of all hashes in `value`.
    bare: Option<Kind>,
    /// Columns that hold hashes of one kind.
    hashes: Vec<(Kind, usize)>,
    id: Option<usize>,
    category: Option<usize>,
    source: Option<usize>,
    date: Option<usize>,
    quality: Option<usize>,
    threshold: Option<usize>,
    min_quality: Option<usize>,
    action: Option<usize>,
    /// How many fields a record has, where a header says so.
    len: Option<usize>,
}

impl Columns {
    /// Whether the first record is a header, and no entry.
    pub(super) fn has_header(&self) -> bool {
        self.len.is_some()
    }

    /// Drops half a pair of kind and value; whether any column with hashes is left.
    fn settle(&mut self) -> bool {
        if self.value.is_none() || self.kind.is_none() && self.bare.is_none() {
            (self.kind, self.value) = (None, None);
        }
        self.value.is_some() || !self.hashes.is_empty()
    }

    /// Hands on what a record holds.
    pub(super) fn read(&self, row: &Row<'_>, intake: &mut dyn Intake) -> Result<(), ReadError> {
        if let Some(len) = self.len.filter(|len| *len != row.len()) {
            return Err(row.bad(format!("{} fields, the header has {len}", row.len())));
        }
        let bad = |message: String| row.bad(message);
        let pair = self.pair(row).map_err(bad)?;
        let own = self.own(row).map_err(bad)?;
        let several = self.hashes.len() + usize::from(self.value.is_some()) > 1;
        match (&pair, own.is_empty()) {
            (Pair::Foreign(why), _) => intake.leave_out(why),
            (Pair::None, true) => intake.leave_out(NO_HASH),
            _ => {}
        }
        let pair = match pair {
            Pair::Hash(fingerprint) => Some(fingerprint),
            Pair::None | Pair::Foreign(_) => None,
        };
        for fingerprint in pair.into_iter().chain(own) {
            let entry = self.entry(row, fingerprint, several).map_err(bad)?;
            intake.entry(entry)?;
        }
        Ok(())
    }

    /// The hashes in columns of their own.
    fn own(&self, row: &Row<'_>) -> Result<Vec<Fingerprint>, String> {
        let values = self.hashes.iter().map(|(kind, place)| {
            let value = row.get(*place).ok_or_else(|| Self::missing(row, *place))?;
            let hash = (!value.is_empty()).then(|| Fingerprint::parse_value(*kind, value));
            hash.transpose().map_err(|error| error.to_string())
        });
        values.filter_map(Result::transpose).collect()
    }

    fn missing(row: &Row<'_>, place: usize) -> String {
        format!(
            "{} fields, but a hash was expected in column {}",
            row.len(),
            place + 1
        )
    }

    /// The hash in `value`.
    fn pair(&self, row: &Row<'_>) -> Result<Pair, String> {
        let Some(place) = self.value else {
            return Ok(Pair::None);
        };
        let value = row.get(place).ok_or_else(|| Self::missing(row, place))?;
        if value.is_empty() {
            return Ok(Pair::None);
        }
        let kind = match (self.kind.and_then(|place| row.get(place)), self.bare) {
            (Some(word), _) if !word.is_empty() => match (kind_of(word), foreign(word)) {
                (Some(kind), _) => kind,
                (None, Some(why)) => return Ok(Pair::Foreign(why)),
                (None, None) => kind(word)?,
            },
            (_, Some(bare)) => bare,
            _ => return Err("there is no type".to_owned()),
        };
        let fingerprint = Fingerprint::parse_value(kind, value);
        fingerprint
            .map(Pair::Hash)
            .map_err(|error| error.to_string())
    }

    /// An entry of a record. Where several hashes share a record, what is said of likeness is not said of its digests.
    fn entry(
        &self,
        row: &Row<'_>,
        fingerprint: Fingerprint,
        shared: bool,
    ) -> Result<Entry, String> {
        let field = |place: Option<usize>| place.and_then(|place| row.get(place));
        let text = |place| field(place).filter(|text| !text.is_empty());
        let owned = |place| text(place).map(str::to_owned);
        let kind = fingerprint.kind();
        let alike = !(shared && kind.exact());
        let quality = percent(text(self.quality), "quality")?;
        let threshold = text(self.threshold)
            .filter(|_| alike)
            .map(|bits| threshold(kind, bits));
        let action = text(self.action).map(|word| {
            let fine = word.to_ascii_lowercase().parse::<Action>();
            fine.map_err(|_| "the action is none of block, review, label and pass".to_owned())
        });
        Ok(Entry {
            fingerprint: fingerprint.with_quality(quality.filter(|_| alike)),
            id: field(self.id).unwrap_or_default().to_owned(),
            category: owned(self.category),
            source: owned(self.source),
            date: owned(self.date),
            threshold: threshold.transpose()?,
            min_quality: percent(text(self.min_quality), "least quality")?.filter(|_| alike),
            action: action.transpose()?,
        })
    }
}

/// What stands in `type` and `value`.
enum Pair {
    None,
    Foreign(&'static str),
    Hash(Fingerprint),
}

fn percent(text: Option<&str>, what: &str) -> Result<Option<u8>, String> {
    let number = text.map(|text| text.parse().ok().filter(|number| *number <= 100_u8));
    match number {
        Some(None) => Err(format!("the {what} is no whole number from 0 to 100")),
        number => Ok(number.flatten()),
    }
}

fn threshold(kind: Kind, text: &str) -> Result<u32, String> {
    let bits = text.parse().ok().filter(|bits| *bits <= kind.bits());
    match bits {
        Some(bits) if !kind.exact() => Ok(bits),
        _ if kind.exact() => Err(format!(
            "{kind} hashes match when they are equal; they have no threshold"
        )),
        _ => Err(format!(
            "the threshold is no whole number from 0 to {}",
            kind.bits()
        )),
    }
}
