//! EnCase hash sets (`.hash`, version 1): a header of 1 152 bytes with the name of the set, then records of an MD5 and two
//! bytes that say nothing here.

use std::io::{BufRead, Read};

use super::{Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::fingerprints::{Fingerprint, MD5};
use crate::lists::ListOptions;

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "encase",
    about: "an EnCase hash set (.hash), binary",
    looks_like: |head: Head<'_>| head.bytes().starts_with(MAGIC),
    read,
    write: None,
};

const MAGIC: &[u8] = b"HASH\r\n\xff\0";

/// Bytes before the first record.
const HEADER: usize = 1152;

/// Where the header says how many records there are.
const COUNT: usize = 16;

/// Where the name of the set begins, and how many bytes it can take.
const NAME: std::ops::Range<usize> = 1032..1112;

const MD5_BYTES: usize = 16;

/// An MD5 and two more bytes.
const RECORD: usize = MD5_BYTES + 2;

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let reader = source.reader();
    let header = header(reader)?;
    let count = header.get(COUNT..).and_then(|rest| rest.first_chunk());
    let count = u64::from(u32::from_le_bytes(*count.unwrap_or(&[0; 4])));
    intake.options(ListOptions {
        name: name(&header),
        ..ListOptions::default()
    });
    for number in 0.. {
        let at = HEADER as u64 + number * RECORD as u64;
        let record = exactly(reader, RECORD)?;
        let bad = |message: String| Err(ReadError::bad(Place::Byte(at), message));
        match (record.is_empty(), number == count) {
            (true, true) => break,
            (true, false) => {
                return bad(format!(
                    "the file ends after {number} of the {count} records that its header names"
                ));
            }
            (false, true) => {
                return bad(format!(
                    "the file goes on after the {count} records that its header names"
                ));
            }
            (false, false) => {}
        }
        let Some(md5) = record
            .first_chunk::<MD5_BYTES>()
            .filter(|_| record.len() == RECORD)
        else {
            return bad(format!(
                "the file ends within a record, which takes {RECORD} bytes"
            ));
        };
        let value = Fingerprint::new(MD5, *md5);
        let value = value.map_err(|error| ReadError::bad(Place::Byte(at), error.to_string()))?;
        intake.entry(Entry::new(value, ""))?;
    }
    Ok(())
}

/// All that stands before the first record.
fn header(reader: &mut dyn BufRead) -> Result<Vec<u8>, ReadError> {
    let header = exactly(reader, HEADER)?;
    if !header.starts_with(MAGIC) {
        return Err(ReadError::bad(
            Place::Byte(0),
            "no EnCase hash set: it does not begin with `HASH`",
        ));
    }
    if header.len() < HEADER {
        let message = format!("the file ends within its header, which takes {HEADER} bytes");
        return Err(ReadError::bad(Place::Byte(header.len() as u64), message));
    }
    Ok(header)
}

/// The next bytes: fewer than asked for only where the file ends.
fn exactly(reader: &mut dyn BufRead, bytes: usize) -> Result<Vec<u8>, ReadError> {
    let mut found = Vec::new();
    let mut limited = reader.take(bytes as u64);
    limited.read_to_end(&mut found).map_err(ReadError::Source)?;
    Ok(found)
}

/// The name of the set, if it has one.
fn name(header: &[u8]) -> Option<String> {
    let units = header.get(NAME)?.as_chunks::<2>().0.iter();
    let units = units.map(|unit| u16::from_le_bytes(*unit));
    let units = units.take_while(|unit| *unit != 0);
    let name: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Imported, detect};
    use super::*;

    fn set(count: u32, records: &[[u8; MD5_BYTES]]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8] = 1;
        bytes[COUNT..COUNT + 4].copy_from_slice(&count.to_le_bytes());
        for (place, unit) in "Näme".encode_utf16().enumerate() {
            bytes[NAME.start + place * 2..][..2].copy_from_slice(&unit.to_le_bytes());
        }
        for record in records {
            bytes.extend(record);
            bytes.extend([0, 1]);
        }
        bytes
    }

    fn imported(bytes: &[u8]) -> Result<Imported, ReadError> {
        super::super::read(bytes, Some(&FORMAT))
    }

    #[test]
    fn a_set_is_read() {
        let bytes = set(2, &[[7; 16], [8; 16]]);
        assert_eq!(
            detect(Source::from_bytes(&bytes).head()).unwrap().name,
            "encase"
        );
        let found = imported(&bytes).unwrap();
        assert_eq!(found.options.name.as_deref(), Some("Näme"));
        let values: Vec<_> = found
            .entries
            .iter()
            .map(|e| e.fingerprint.value())
            .collect();
        assert_eq!(values, [[7; 16], [8; 16]]);
    }

    #[test]
    fn counts_are_checked_against_what_is_there() {
        let bad = |bytes: &[u8]| imported(bytes).unwrap_err().to_string();
        let one = set(u32::MAX, &[[7; 16]]);
        assert_eq!(
            bad(&one),
            "byte 1170: the file ends after 1 of the 4294967295 records that its header names"
        );
        assert_eq!(
            bad(&set(0, &[[7; 16]])),
            "byte 1152: the file goes on after the 0 records that its header names"
        );
        assert_eq!(
            bad(&one[..1160]),
            "byte 1152: the file ends within a record, which takes 18 bytes"
        );
        assert_eq!(
            bad(&one[..1000]),
            "byte 1000: the file ends within its header, which takes 1152 bytes"
        );
        assert!(bad(b"deadbeef").starts_with("byte 0: no EnCase hash set"));
    }
}
