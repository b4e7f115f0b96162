//! The end of a file, which says what columns it has and where they lie. It is looked at before the library reads it: that
//! one makes room for what is claimed, and goes as deep as columns are nested.

use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::thrift::{LIST, STRUCT, Thrift};
use super::{damaged, fault};
use crate::error::{Fault, FaultKind};
use crate::sources::span::Span;

/// Largest footer that is read.
const MAX_BYTES: u64 = 8 << 20;

/// Most columns, with the groups that hold them.
const MAX_COLUMNS: u64 = 10_000;

/// Deepest nesting of columns.
const MAX_DEPTH: usize = 32;

/// What stands at the very end: the length of the footer, and a mark.
const TAIL: u64 = 8;

/// Reads the footer of a file.
pub(super) fn read(file: &Span) -> Result<ParquetMetaData, Fault> {
    let at = file.len().checked_sub(TAIL);
    let tail: Option<[u8; TAIL as usize]> = at.and_then(|at| file.array(at));
    let len = match tail {
        Some([a, b, c, d, b'P', b'A', b'R', b'1']) => u64::from(u32::from_le_bytes([a, b, c, d])),
        Some([.., b'P', b'A', b'R', b'E']) => {
            let message = "the table is encrypted, which is not read here";
            return Err(Fault::new(FaultKind::Unsupported, message));
        }
        _ => return Err(damaged("it does not end as such tables do")),
    };
    if len > MAX_BYTES {
        return Err(too_much());
    }
    let part = at
        .and_then(|at| at.checked_sub(len))
        .and_then(|at| file.part(at, len));
    let bytes = part
        .map(|part| part.head(len))
        .filter(|bytes| bytes.len() as u64 == len);
    let bytes = bytes.ok_or_else(|| damaged("it is shorter than it says"))?;
    check(&bytes).unwrap_or_else(|| Err(damaged("its footer is none")))?;
    ParquetMetaDataReader::decode_metadata(&bytes).map_err(fault)
}

/// Whether the columns are few and flat enough; `None` for what is no footer.
fn check(footer: &[u8]) -> Option<Result<(), Fault>> {
    let mut thrift = Thrift(footer);
    let mut last = 0;
    loop {
        match thrift.field(last)? {
            (0, _) => return Some(Ok(())),
            (LIST, 2) => {
                let (STRUCT, count) = thrift.list()? else {
                    return None;
                };
                if count > MAX_COLUMNS || !is_flat(&mut thrift, count)? {
                    return Some(Err(too_much()));
                }
                last = 2;
            }
            (kind, id) => {
                thrift.skip(kind)?;
                last = id;
            }
        }
    }
}

/// Whether columns are nested no deeper than is followed.
fn is_flat(thrift: &mut Thrift<'_>, count: u64) -> Option<bool> {
    // How many columns are still to come in each of the groups that are open.
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..count {
        while open.last().is_some_and(|left| *left <= 0) {
            open.pop();
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        let children = children(thrift)?;
        if children > 0 {
            open.push(children);
        }
        if open.len() > MAX_DEPTH {
            return Some(false);
        }
    }
    Some(true)
}

/// How many columns a group has; 0 for a column.
fn children(thrift: &mut Thrift<'_>) -> Option<i64> {
    let (mut last, mut children) = (0, 0);
    loop {
        match thrift.field(last)? {
            (0, _) => return Some(children),
            (super::thrift::I32, 5) => {
                children = thrift.number()?;
                last = 5;
            }
            (kind, id) => {
                thrift.skip(kind)?;
                last = id;
            }
        }
    }
}

fn too_much() -> Fault {
    let message = "the footer of the table is larger, or has more or deeper columns, than any honest one; export the images to files and scan those";
    Fault::new(FaultKind::Limit, message)
}
