//! Tables: records of separated fields, read one by one, each with the line on which it begins.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{Place, ReadError, Source};

/// Most fields of a record.
const MAX_FIELDS: usize = 1 << 10;

/// Most bytes of a record, over all its lines.
const MAX_RECORD: usize = 4 << 20;

/// One record of a table.
pub(super) struct Row<'a> {
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    text: &'a str,
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// A field, without the blanks around it; `None` past the last.
    pub(super) fn get(&self, place: usize) -> Option<&'a str> {
        let end = *self.ends.get(place)?;
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end).map(str::trim)
    }

    /// All fields, in order.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).filter_map(|place| self.get(place))
    }

    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Something that is wrong in it.
    pub(super) fn bad(&self, message: impl Into<String>) -> ReadError {
        ReadError::bad(Place::Line(self.line), message)
    }
}

/// Goes through the records of a table. Blank lines, and lines that begin with `#` where a record could, are passed over.
///
/// # Errors
/// The text cannot be read, a record does not end, or what `each` returns.
pub(super) fn each_row(
    source: &mut Source<'_>,
    delimiter: u8,
    mut each: impl FnMut(Row<'_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut record = Record::new(delimiter);
    source.all_lines(|number, line| {
        let blank = line.trim().is_empty() || line.starts_with('#');
        if record.begun.is_none() && blank {
            return Ok(());
        }
        record.feed(number, line)?;
        record.deliver(&mut each)
    })?;
    match record.begun {
        Some(line) => Err(ReadError::bad(
            Place::Line(line),
            "the quotation mark that opens here is never closed",
        )),
        None => Ok(()),
    }
}

/// A record that is put together from lines: a quoted field may hold line ends.
struct Record {
    reader: Reader,
    begun: Option<u64>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    fields: usize,
    whole: bool,
}

impl Record {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            begun: None,
            bytes: vec![0; 1 << 12],
            ends: vec![0; MAX_FIELDS],
            filled: 0,
            fields: 0,
            whole: false,
        }
    }

    /// Takes in one more line.
    fn feed(&mut self, number: u64, line: &str) -> Result<(), ReadError> {
        let begun = *self.begun.get_or_insert(number);
        for mut input in [line.as_bytes(), b"\n"] {
            while !input.is_empty() && !self.whole {
                let (bytes, ends) = (
                    self.bytes.get_mut(self.filled..).unwrap_or_default(),
                    self.ends.get_mut(self.fields..).unwrap_or_default(),
                );
                let (result, taken, wrote, ended) = self.reader.read_record(input, bytes, ends);
                input = input.get(taken..).unwrap_or_default();
                self.filled += wrote;
                self.fields += ended;
                match result {
                    ReadRecordResult::Record => self.whole = true,
                    ReadRecordResult::OutputFull if self.bytes.len() < MAX_RECORD => {
                        self.bytes.resize(self.bytes.len() * 2, 0);
                    }
                    ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                        return Err(ReadError::bad(
                            Place::Line(begun),
                            "a record that is too long; is a quotation mark missing?",
                        ));
                    }
                    ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
                }
            }
        }
        Ok(())
    }

    /// Hands the record on if it is whole.
    fn deliver(
        &mut self,
        each: &mut impl FnMut(Row<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        if !std::mem::take(&mut self.whole) {
            return Ok(());
        }
        let line = self.begun.take().unwrap_or(1);
        let bytes = self.bytes.get(..self.filled).unwrap_or_default();
        let ends = self.ends.get(..self.fields).unwrap_or_default();
        let text = std::str::from_utf8(bytes)
            .map_err(|_| ReadError::bad(Place::Line(line), "not UTF-8"))?;
        each(Row { line, text, ends })?;
        (self.filled, self.fields) = (0, 0);
        Ok(())
    }
}
