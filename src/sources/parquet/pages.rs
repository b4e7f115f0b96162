//! The bytes of a table, as the library asks for them. What a page claims to be is looked at before room is made for it.

use std::io::{Read as _, Take};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use super::damaged;
use super::thrift::{I32, STRUCT, Thrift};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::sources::span::{Span, SpanReader};

/// Most bytes of what stands before a page.
const MAX_HEAD: u64 = 1 << 20;

/// So many of them hold the numbers that count, which come first.
const CHECKED: u64 = 128;

/// The numbers of encodings whose values take no more room than they have.
const ENCODINGS: [i64; 4] = [0, 2, 3, 8];

/// Bytes that stand before each value of a dictionary.
const VALUE_HEAD: i64 = 4;

/// A table, page by page.
pub(super) struct Pages {
    file: Span,
    most: u64,
}

impl Pages {
    pub(super) fn new(file: Span, limits: &Limits) -> Self {
        Self {
            file,
            most: limits.max_bytes,
        }
    }

    fn check_len(&self, len: i64) -> std::result::Result<(), Fault> {
        match u64::try_from(len) {
            Ok(len) if len <= self.most => Ok(()),
            Ok(_) => Err(Fault::new(
                FaultKind::Limit,
                format!(
                    "a page of the table is larger than the limit of {} bytes; what comes after was not read; --max-bytes raises it",
                    self.most
                ),
            )),
            Err(_) => Err(damaged("a page has a negative length")),
        }
    }

    /// Looks at what stands before a page.
    fn check(&self, head: &[u8]) -> std::result::Result<(), Fault> {
        let page = Page::read(head).ok_or_else(|| damaged("what should be a page is none"))?;
        self.check_len(page.unpacked)?;
        self.check_len(page.packed)?;
        if page.is_dictionary && page.values > page.unpacked / VALUE_HEAD {
            return Err(damaged("a dictionary has more values than bytes for them"));
        }
        match ENCODINGS.contains(&page.encoding) {
            true => Ok(()),
            false => Err(Fault::new(
                FaultKind::Unsupported,
                "its images are stored as differences from each other, which is not read here; what comes after was not read; export the images to files and scan those",
            )),
        }
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.file.len()
    }
}

impl ChunkReader for Pages {
    type T = Take<SpanReader>;

    /// Is called for what stands before pages, and for nothing else.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let head = self.file.from(start);
        self.check(&head.head(CHECKED)).map_err(ours)?;
        Ok(head.reader().take(MAX_HEAD))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let part = self.file.part(start, length as u64);
        let part = part.ok_or_else(|| ours(damaged("a page lies outside of the file")))?;
        let bytes = part.head(length as u64);
        match bytes.len() == length {
            true => Ok(bytes.into()),
            false => Err(ours(damaged("it became shorter while it was read"))),
        }
    }
}

fn ours(fault: Fault) -> ParquetError {
    ParquetError::External(Box::new(fault))
}

/// What a page claims.
#[derive(Debug, Default, PartialEq)]
struct Page {
    unpacked: i64,
    packed: i64,
    is_dictionary: bool,
    values: i64,
    encoding: i64,
}

impl Page {
    /// Reads it; `None` where it is no page that holds values.
    fn read(head: &[u8]) -> Option<Self> {
        let (mut thrift, mut last) = (Thrift(head), 0);
        let mut page = Self::default();
        loop {
            let (kind, id) = thrift.field(last)?;
            match (kind, id) {
                (I32, 2) => page.unpacked = thrift.number()?,
                (I32, 3) => page.packed = thrift.number()?,
                (STRUCT, 5 | 7) => {
                    page.is_dictionary = id == 7;
                    return page.values_of(&mut thrift, 2);
                }
                (STRUCT, 8) => return page.values_of(&mut thrift, 4),
                // What holds no values is passed over as a whole.
                (STRUCT, 6) => return Some(page),
                (0, _) => return None,
                (kind, _) => thrift.skip(kind)?,
            }
            last = id;
        }
    }

    /// The number of values, and their encoding, which is the field with this number.
    fn values_of(mut self, thrift: &mut Thrift<'_>, encoding: i16) -> Option<Self> {
        let mut last = 0;
        loop {
            let (kind, id) = thrift.field(last)?;
            match (kind, id) {
                (I32, 1) => self.values = thrift.number()?,
                (I32, id) if id == encoding => {
                    self.encoding = thrift.number()?;
                    return Some(self);
                }
                (0, _) => return None,
                (kind, _) => thrift.skip(kind)?,
            }
            last = id;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(head: &[u8]) -> String {
        let limits = Limits {
            max_bytes: 1000,
            ..Limits::default()
        };
        let pages = Pages::new(Span::of_memory(head.to_vec()), &limits);
        match pages.get_read(0) {
            Ok(_) => String::new(),
            Err(error) => super::super::fault(error).to_string(),
        }
    }

    #[test]
    fn pages_that_claim_too_much_are_refused_before_they_are_read() {
        // A data page of 20 bytes, unpacked 40, with 3 values in plain encoding.
        assert_eq!(
            checked(&[0x15, 0, 0x15, 80, 0x15, 40, 0x2c, 0x15, 6, 0x15, 0]),
            ""
        );
        // The same, 2 GiB.
        let large = [0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 40];
        let large = [large.as_slice(), &[0x2c, 0x15, 6, 0x15, 0]].concat();
        assert!(checked(&large).contains("--max-bytes"));
        let negative = [0x15, 0, 0x15, 81, 0x15, 40, 0x2c, 0x15, 6, 0x15, 0];
        assert!(checked(&negative).contains("negative"));
        // A dictionary of 40 bytes: ten values fit, eleven do not.
        let dictionary =
            |values: u8| [0x15, 4, 0x15, 80, 0x15, 40, 0x4c, 0x15, values * 2, 0x15, 0];
        assert_eq!(checked(&dictionary(10)), "");
        assert!(checked(&dictionary(11)).contains("dictionary"));
        // Differences of lengths.
        let differences = [0x15, 0, 0x15, 80, 0x15, 40, 0x2c, 0x15, 6, 0x15, 12];
        assert!(checked(&differences).contains("differences"));
        assert!(checked(&[]).contains("none") && checked(&[0xff; 40]).contains("none"));
    }
}
