//! The values of columns, one at a time.

use std::sync::Arc;

use parquet::column::page::PageReader;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{AsBytes, ByteArrayType, DataType, FixedLenByteArrayType};
use parquet::file::serialized_reader::SerializedPageReader;

use super::columns::HashColumn;
use super::rows::Table;
use super::{damaged, fault};
use crate::error::{Fault, FaultKind};
use crate::fingerprints::{Fingerprint, Kind};

/// The values of a column.
pub(super) struct Values<T: DataType> {
    reader: ColumnReaderImpl<T>,
    /// The level of a value that is there.
    present: i16,
}

impl<T: DataType> Values<T> {
    pub(super) fn new(table: &Table, group: usize, column: usize) -> Result<Self, Fault> {
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
    pub(super) fn next(&mut self) -> Result<Option<T::T>, Fault> {
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

/// The hashes in a column.
pub(super) struct HashValues {
    column: HashColumn,
    values: Either,
}

enum Either {
    Any(Values<ByteArrayType>),
    Fixed(Values<FixedLenByteArrayType>),
}

impl HashValues {
    pub(super) fn new(table: &Table, group: usize, column: &HashColumn) -> Result<Self, Fault> {
        let number = column.number;
        Ok(Self {
            values: match column.fixed {
                true => Either::Fixed(Values::new(table, group, number)?),
                false => Either::Any(Values::new(table, group, number)?),
            },
            column: column.clone(),
        })
    }

    /// The next hash, if it is there, and what is wrong with it if it is none. The value itself is not told: it may be one that
    /// is on a list.
    pub(super) fn next(&mut self) -> Result<Option<Result<Fingerprint, Fault>>, Fault> {
        let value = match &mut self.values {
            Either::Any(values) => values
                .next()?
                .map(|value| read(&self.column, value.as_bytes())),
            Either::Fixed(values) => {
                let value = values.next()?;
                value.map(|value| read(&self.column, value.as_bytes()))
            }
        };
        Ok(value.flatten())
    }
}

/// Reads a hash as text, or as the bytes that it is; nothing where there is none.
fn read(column: &HashColumn, value: &[u8]) -> Option<Result<Fingerprint, Fault>> {
    if value.is_empty() {
        return None;
    }
    let of_text = |kind: Kind| {
        let text = str::from_utf8(value)
            .map_err(|_| format!("{} bytes, a {kind} hash has {}", value.len(), kind.bytes()))?;
        Fingerprint::parse_value(kind, text.trim()).map_err(|error| error.to_string())
    };
    let kind = column.kind;
    let found = match value.len() == kind.bytes() && !column.text {
        true => Fingerprint::new(kind, value).map_err(|error| error.to_string()),
        false => of_text(kind),
    };
    Some(found.map_err(|why| {
        let message = format!(
            "its column {} holds no hash of that kind: {why}",
            column.name
        );
        Fault::new(FaultKind::Malformed, message)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_text_or_bytes_and_never_told() {
        let mut column = HashColumn {
            name: "hash".into(),
            kind: "md5".parse().unwrap(),
            number: 0,
            fixed: false,
            text: false,
        };
        let hex = "00112233445566778899aabbccddeeff";
        let of_text = read(&column, hex.as_bytes()).unwrap().unwrap();
        let of_bytes = read(&column, of_text.value()).unwrap().unwrap();
        assert_eq!(of_text, of_bytes);
        assert!(read(&column, b"").is_none());
        column.text = true;
        let fault = read(&column, b"0123456789abcdef").unwrap().unwrap_err();
        assert!(!fault.to_string().contains("0123"), "{fault}");
        assert!(read(&column, &[0xff; 16]).unwrap().is_err());
    }
}
