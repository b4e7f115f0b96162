//! The rows of a file, one at a time, however many there are.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use parquet::column::page::PageReader;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::columns::ImageColumn;
use super::pages::Pages;
use super::{contained, damaged, fault};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::sources::archive::budget::Budget;
use crate::sources::archive::names;
use crate::sources::{Input, Name, Place, Stamp};

/// A file that is open.
pub(super) struct Table {
    pub(super) name: OsString,
    pub(super) stamp: Stamp,
    pub(super) footer: ParquetMetaData,
    pub(super) columns: Vec<ImageColumn>,
    pub(super) budget: Budget,
    pub(super) pages: Arc<Pages>,
    pub(super) limits: Limits,
}

/// Goes through the rows of a file.
pub(super) struct Rows {
    table: Table,
    /// The number of the next row.
    row: u64,
    group: Option<Group>,
    next_group: usize,
    ready: VecDeque<Input>,
    ended: bool,
}

/// A part of the file, whose columns lie together.
struct Group {
    /// Rows that are still to come.
    left: u64,
    /// The columns of images, and those of names beside them.
    columns: Vec<(Values, Option<Values>)>,
}

impl Rows {
    pub(super) fn new(table: Table) -> Self {
        Self {
            table,
            row: 0,
            group: None,
            next_group: 0,
            ready: VecDeque::new(),
            ended: false,
        }
    }

    /// Reads the next row; false at the end of the file.
    fn read_on(&mut self) -> Result<bool, Fault> {
        let Some(group) = self.group.as_mut().filter(|group| group.left > 0) else {
            self.group = self.table.group(self.next_group)?;
            self.next_group += 1;
            return Ok(self.group.is_some());
        };
        for (number, (bytes, path)) in group.columns.iter_mut().enumerate() {
            let bytes = bytes.next()?;
            let path = match path {
                Some(path) => path.next()?,
                None => None,
            };
            let input = self.table.input(self.row, number, bytes, path)?;
            self.ready.extend(input);
        }
        group.left -= 1;
        self.row += 1;
        Ok(true)
    }
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
            match contained(|| self.read_on()) {
                Ok(true) => {}
                Ok(false) => self.ended = true,
                Err(fault) => {
                    self.ended = true;
                    let lost = Input::lost(Path::new(&self.table.name), fault).found();
                    self.ready.push_back(lost);
                }
            }
        }
    }
}

impl Table {
    fn group(&self, number: usize) -> Result<Option<Group>, Fault> {
        let Some(group) = self.footer.row_groups().get(number) else {
            return Ok(None);
        };
        let rows = u64::try_from(group.num_rows());
        let left = rows.map_err(|_| damaged("it has a negative number of rows"))?;
        let values = |column: usize| Values::new(self, number, column);
        let open = |column: &ImageColumn| {
            Ok((values(column.bytes)?, column.path.map(values).transpose()?))
        };
        let columns = self
            .columns
            .iter()
            .map(open)
            .collect::<Result<_, Fault>>()?;
        Ok(Some(Group { left, columns }))
    }

    /// The image of a row, if it has one. A row that names a file in place of an image is not passed over.
    fn input(
        &self,
        row: u64,
        column: usize,
        bytes: Option<ByteArray>,
        path: Option<ByteArray>,
    ) -> Result<Option<Input>, Fault> {
        let len = bytes.as_ref().map_or(0, ByteArray::len) as u64;
        let fits = len <= self.limits.max_bytes;
        // Every row counts, as a table may claim any number of them.
        self.budget.spend(if fits { len } else { 0 })?;
        let place = match bytes {
            Some(bytes) if fits => Place::Memory(bytes.data().to_vec()),
            Some(_) => Place::Lost(Fault::new(
                FaultKind::Limit,
                format!(
                    "larger than the limit of {} bytes; --max-bytes raises it",
                    self.limits.max_bytes
                ),
            )),
            None if path.as_ref().is_some_and(|path| !path.is_empty()) => Place::Lost(Fault::new(
                FaultKind::Unsupported,
                "the row names a file and does not hold it; scan the folder in which it lies",
            )),
            None => return Ok(None),
        };
        let label = self.label(row, column, path.as_ref().map(ByteArray::data));
        let seed = self.stamp.inode ^ self.stamp.bytes.rotate_left(32);
        Ok(Some(Input {
            name: Name::new(names::joined(&self.name, &label)),
            place,
            asked_for: false,
            stamp: Some(Stamp {
                bytes: len,
                modified: self.stamp.modified,
                inode: xxh3_64_with_seed(&label, seed),
            }),
        }))
    }

    /// What an image is called: its row, and the last part of the name beside it, or else the name of its column.
    fn label(&self, row: u64, column: usize, path: Option<&[u8]>) -> Vec<u8> {
        let column = self.columns.get(column);
        let column = column.map_or("", |column| column.name.as_str()).as_bytes();
        let last = path
            .map(names::base)
            .filter(|path| names::refused(path).is_none());
        let row = row.to_string().into_bytes();
        let parts = match last {
            Some(last) if self.columns.len() > 1 => vec![&row, column, last],
            Some(last) => vec![row.as_slice(), last],
            None => vec![row.as_slice(), column],
        };
        parts.join(&b'/')
    }
}

/// The values of a column, one at a time.
struct Values {
    reader: ColumnReaderImpl<ByteArrayType>,
    /// The level of a value that is there.
    present: i16,
}

impl Values {
    fn new(table: &Table, group: usize, column: usize) -> Result<Self, Fault> {
        let missing = || damaged("its footer names a column that is not there");
        let group = table.footer.row_groups().get(group).ok_or_else(missing)?;
        let chunk = group.columns().get(column).ok_or_else(missing)?;
        let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
        let pages = SerializedPageReader::new(Arc::clone(&table.pages), chunk, rows, None);
        let pages: Box<dyn PageReader> = Box::new(pages.map_err(fault)?);
        let described = chunk.column_descr_ptr();
        Ok(Self {
            present: described.max_def_level(),
            reader: ColumnReaderImpl::new(described, pages),
        })
    }

    /// The next value, if it is there.
    fn next(&mut self) -> Result<Option<ByteArray>, Fault> {
        let (mut levels, mut values) = (Vec::new(), Vec::new());
        let read = self
            .reader
            .read_records(1, Some(&mut levels), None, &mut values);
        match read.map_err(fault)? {
            (0, _, _) => Err(damaged("it has fewer rows than it says")),
            _ if self.present > 0 && levels.first() != Some(&self.present) => Ok(None),
            _ => Ok(values.pop()),
        }
    }
}
