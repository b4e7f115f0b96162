//! Tables of one program, whose header is known beforehand: which columns hold hashes, and what else is kept of a record.

use super::rows::{Row, each_row};
use super::words::{NO_HASH, plain};
use super::{Entry, Intake, Place, ReadError, Source};
use crate::fingerprints::{Fingerprint, Kind};

/// What is known of such a table. Names of columns are in lower case, without blanks and marks.
pub(super) struct Table {
    /// What separates the fields.
    pub(super) delimiter: u8,
    /// Columns that hold hashes; of some only a number of characters from the left is the hash.
    pub(super) hashes: &'static [(&'static str, Kind, Option<usize>)],
    /// The column with the name of an entry.
    pub(super) id: &'static str,
    /// The column that says where it is from.
    pub(super) source: &'static str,
    /// The category of a record, or why it is left out.
    pub(super) judge: fn(&Record<'_>) -> Result<Option<String>, &'static str>,
}

/// A record whose fields go by the names in the header.
pub(super) struct Record<'a> {
    names: &'a [String],
    row: &'a Row<'a>,
}

impl Record<'_> {
    /// What stands in a column; nothing if there is no such column.
    pub(super) fn get(&self, name: &str) -> &str {
        let place = self.names.iter().position(|column| column == name);
        place
            .and_then(|place| self.row.get(place))
            .unwrap_or_default()
    }

    /// The same, if it is not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }
}

impl Table {
    /// Reads a table of this shape.
    ///
    /// # Errors
    /// The first record that is wrong.
    pub(super) fn read(
        &self,
        source: &mut Source<'_>,
        intake: &mut dyn Intake,
    ) -> Result<(), ReadError> {
        let mut names: Option<Vec<String>> = None;
        each_row(source, self.delimiter, |row| {
            let Some(names) = &names else {
                names = Some(self.header(&row)?);
                return Ok(());
            };
            if row.len() != names.len() {
                return Err(row.bad(format!(
                    "{} fields, the header has {}",
                    row.len(),
                    names.len()
                )));
            }
            self.record(&row, &Record { names, row: &row }, intake)
        })?;
        let missing = || ReadError::bad(Place::Whole, "there is no header");
        names.map(drop).ok_or_else(missing)
    }

    fn header(&self, row: &Row<'_>) -> Result<Vec<String>, ReadError> {
        let names: Vec<String> = row.fields().map(plain).collect();
        let known =
            |(name, ..): &(&str, Kind, Option<usize>)| names.iter().any(|column| column == name);
        match self.hashes.iter().any(known) {
            true => Ok(names),
            false => Err(row.bad("a header was expected here, and it names no column with hashes")),
        }
    }

    fn record(
        &self,
        row: &Row<'_>,
        record: &Record<'_>,
        intake: &mut dyn Intake,
    ) -> Result<(), ReadError> {
        let category = match (self.judge)(record) {
            Ok(category) => category,
            Err(why) => {
                intake.leave_out(why);
                return Ok(());
            }
        };
        let mut found = false;
        for (name, kind, cut) in self.hashes {
            let value = record.get(name);
            let value = cut.and_then(|cut| value.get(..cut)).unwrap_or(value);
            if value.is_empty() {
                continue;
            }
            let fingerprint = Fingerprint::parse_value(*kind, value);
            let mut entry = Entry::new(
                fingerprint.map_err(|error| row.bad(error.to_string()))?,
                record.get(self.id),
            );
            entry.category.clone_from(&category);
            entry.source = record.text(self.source);
            intake.entry(entry)?;
            found = true;
        }
        if !found {
            intake.leave_out(NO_HASH);
        }
        Ok(())
    }
}
