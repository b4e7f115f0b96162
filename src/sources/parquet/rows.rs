//! The rows of a file, a few at a time, however many there are.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader as _;
use parquet::file::serialized_reader::SerializedFileReader;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::columns::ImageColumn;
use super::{broke, damaged};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::sources::archive::names;
use crate::sources::{Input, Name, Place, Stamp};

/// Rows that are read at a time.
const BATCH: usize = 8;

/// Goes through the rows of a file.
pub(super) struct Rows {
    name: OsString,
    stamp: Stamp,
    reader: Arc<SerializedFileReader<File>>,
    columns: Vec<ImageColumn>,
    limits: Limits,
    /// The number of the next row.
    row: u64,
    /// The next part of the file, and the columns of this one.
    next_group: usize,
    open: Vec<(ColumnReader, Option<ColumnReader>)>,
    ready: VecDeque<Input>,
    ended: bool,
}

impl Rows {
    pub(super) fn new(
        name: OsString,
        stamp: Stamp,
        reader: Arc<SerializedFileReader<File>>,
        columns: Vec<ImageColumn>,
        limits: Limits,
    ) -> Self {
        Self {
            name,
            stamp,
            reader,
            columns,
            limits,
            row: 0,
            next_group: 0,
            open: Vec::new(),
            ready: VecDeque::new(),
            ended: false,
        }
    }

    /// Reads the next rows; false at the end of the file.
    fn read_on(&mut self) -> Result<bool, Fault> {
        if self.open.is_empty() {
            if self.next_group >= self.reader.num_row_groups() {
                return Ok(false);
            }
            self.open = self.group().map_err(|error| damaged(&error))?;
            self.next_group += 1;
        }
        let mut open = std::mem::take(&mut self.open);
        let mut most = 0;
        let mut found = Vec::new();
        for (number, (bytes, path)) in open.iter_mut().enumerate() {
            let bytes = batch(bytes)?;
            let mut path = match path {
                Some(path) => batch(path)?,
                None => Vec::new(),
            };
            path.resize(bytes.len(), None);
            most = most.max(bytes.len());
            let rows = bytes.into_iter().zip(path).enumerate();
            found.extend(rows.map(|(row, (bytes, path))| (row, number, bytes, path)));
        }
        found.sort_by_key(|(row, number, _, _)| (*row, *number));
        for (row, number, bytes, path) in found {
            if let Some(bytes) = bytes {
                let input = self.input(self.row + row as u64, number, &bytes, path.as_ref());
                self.ready.push_back(input);
            }
        }
        self.row += most as u64;
        if most > 0 {
            self.open = open;
        }
        Ok(true)
    }

    fn group(&self) -> Result<Vec<(ColumnReader, Option<ColumnReader>)>, ParquetError> {
        let group = self.reader.get_row_group(self.next_group)?;
        let open = |column: &ImageColumn| {
            let bytes = group.get_column_reader(column.bytes)?;
            let path = column.path.map(|path| group.get_column_reader(path));
            Ok((bytes, path.transpose()?))
        };
        self.columns.iter().map(open).collect()
    }

    fn input(&self, row: u64, column: usize, bytes: &ByteArray, path: Option<&ByteArray>) -> Input {
        let name = self
            .columns
            .get(column)
            .map_or("", |column| column.name.as_str());
        let path = path.map(|path| names::base(path.data()));
        let last = path.filter(|path| names::refused(path).is_none());
        let last = last.unwrap_or(name.as_bytes());
        let mut label = format!("{row}/").into_bytes();
        if self.columns.len() > 1 && last != name.as_bytes() {
            label.extend(name.as_bytes());
            label.push(b'/');
        }
        label.extend(last);
        let len = bytes.len() as u64;
        let place = if len > self.limits.max_bytes {
            let message = format!(
                "larger than the limit of {} bytes; --max-bytes raises it",
                self.limits.max_bytes
            );
            Place::Lost(Fault::new(FaultKind::Limit, message))
        } else {
            Place::Memory(bytes.data().to_vec())
        };
        Input {
            name: Name::new(names::joined(&self.name, &label)),
            place,
            asked_for: false,
            stamp: Some(Stamp {
                bytes: len,
                modified: self.stamp.modified,
                inode: xxh3_64_with_seed(
                    &label,
                    self.stamp.inode ^ self.stamp.bytes.rotate_left(32),
                ),
            }),
        }
    }
}

/// The next values of a column; those that are missing are none. No values at its end.
fn batch(column: &mut ColumnReader) -> Result<Vec<Option<ByteArray>>, Fault> {
    let ColumnReader::ByteArrayColumnReader(column) = column else {
        return Ok(Vec::new());
    };
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let read = column.read_records(BATCH, Some(&mut levels), None, &mut values);
    let (records, _, _) = read.map_err(|error| damaged(&error))?;
    if values.len() == records {
        return Ok(values.into_iter().map(Some).collect());
    }
    let present = levels.iter().copied().max().unwrap_or_default();
    let mut values = values.into_iter();
    let value = |level: &i16| {
        if *level == present {
            values.next()
        } else {
            None
        }
    };
    Ok(levels.iter().map(value).collect())
}

impl Iterator for Rows {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            if self.ended {
                return None;
            }
            // The library that reads the file may meet what it was not made for.
            let read = catch_unwind(AssertUnwindSafe(|| self.read_on()));
            match read.unwrap_or_else(|_| Err(broke())) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(fault) => {
                    self.ended = true;
                    return Some(Input::lost(Path::new(&self.name), fault).found());
                }
            }
        }
    }
}
