//! The rows of a file, one at a time, however many there are.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::metadata::ParquetMetaData;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::columns::{Columns, HashColumn, ImageColumn};
use super::pages::Pages;
use super::values::{HashValues, Values};
use super::{contained, damaged};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::fingerprints::Fingerprint;
use crate::prints::Prints;
use crate::sources::archive::budget::Budget;
use crate::sources::archive::names;
use crate::sources::{Hashes, Input, Name, Place, Stamp};

/// A file that is open.
pub(super) struct Table {
    pub(super) name: OsString,
    pub(super) stamp: Stamp,
    pub(super) footer: ParquetMetaData,
    pub(super) columns: Columns,
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
    images: Vec<(Values<ByteArrayType>, Option<Values<ByteArrayType>>)>,
    hashes: Vec<HashValues>,
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
        let (mut found, mut has_image) = (Vec::new(), false);
        for (number, (bytes, path)) in group.images.iter_mut().enumerate() {
            let bytes = bytes.next()?;
            let path = match path {
                Some(path) => path.next()?,
                None => None,
            };
            has_image |= bytes.is_some();
            found.extend(self.table.input(self.row, number, bytes, path)?);
        }
        let (mut hashes, mut faults) = (Vec::new(), Vec::new());
        for column in &mut group.hashes {
            match column.next()? {
                Some(Ok(hash)) => hashes.push(hash),
                Some(Err(fault)) => faults.push(fault),
                None => {}
            }
        }
        // An image says more than what somebody wrote beside it.
        let has_hashes = !hashes.is_empty() || !faults.is_empty();
        match has_hashes && !has_image {
            true => {
                let hashed = self.table.hashed(self.row, hashes, faults)?;
                self.ready.push_back(hashed);
            }
            false => self.ready.extend(found),
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
        let image = |column: &ImageColumn| {
            Ok((values(column.bytes)?, column.path.map(values).transpose()?))
        };
        let hashes = |column: &HashColumn| HashValues::new(self, number, column);
        let Columns {
            images,
            hashes: hashed,
        } = &self.columns;
        Ok(Some(Group {
            left,
            images: images.iter().map(image).collect::<Result<_, Fault>>()?,
            hashes: hashed.iter().map(hashes).collect::<Result<_, Fault>>()?,
        }))
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
        Ok(Some(self.found(&label, place, len)))
    }

    /// The hashes of a row without an image.
    fn hashed(
        &self,
        row: u64,
        hashes: Vec<Fingerprint>,
        faults: Vec<Fault>,
    ) -> Result<Input, Fault> {
        self.budget.spend(0)?;
        let prints = Prints::of_hashes(hashes);
        let kept = size_of::<Prints>() as u64;
        let place = Place::Hashes(Box::new(Hashes { prints, faults }));
        Ok(Input {
            kept,
            ..self.found(row.to_string().as_bytes(), place, 0)
        })
    }

    fn found(&self, label: &[u8], place: Place, bytes: u64) -> Input {
        let seed = self.stamp.inode ^ self.stamp.bytes.rotate_left(32);
        Input {
            stamp: Some(Stamp {
                bytes,
                modified: self.stamp.modified,
                inode: xxh3_64_with_seed(label, seed),
            }),
            ..Input::named(Name::new(names::joined(&self.name, label)), place).found()
        }
    }

    /// What an image is called: its row, and the last part of the name beside it, or else the name of its column.
    fn label(&self, row: u64, column: usize, path: Option<&[u8]>) -> Vec<u8> {
        let images = &self.columns.images;
        let column = images.get(column);
        let column = column.map_or("", |column| column.name.as_str()).as_bytes();
        let last = path
            .map(names::base)
            .filter(|path| names::refused(path).is_none());
        let row = row.to_string().into_bytes();
        let parts = match last {
            Some(last) if images.len() > 1 => vec![&row, column, last],
            Some(last) => vec![row.as_slice(), last],
            None => vec![row.as_slice(), column],
        };
        parts.join(&b'/')
    }
}
