//! Entries in the order of their values, however many there are: what does not fit into memory goes to files that have no
//! name, in sorted runs, and the runs are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use rayon::slice::ParallelSliceMut;
use tempfile::SpooledTempFile;

use super::Workspace;
use super::details::number;

/// Bytes of one record at most: a value, a number and details.
const MAX_RECORD: u64 = 1 << 20;

/// What is read of a run at once.
const BUFFER: usize = 256 << 10;

/// One entry on its way into the list.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The value of its hash.
    pub(super) value: Vec<u8>,
    /// Its place among all entries that were taken in.
    pub(super) number: u64,
    /// What is known of it.
    pub(super) details: Vec<u8>,
}

/// Takes in records of values of one size, and gives them back in order.
pub(super) struct Sorter {
    size: usize,
    workspace: Workspace,
    bytes: Vec<u8>,
    /// The first bytes of each record's value, and where it begins.
    places: Vec<(u64, u32)>,
    runs: Vec<SpooledTempFile>,
    len: u64,
}

impl Sorter {
    pub(super) fn new(size: usize, workspace: Workspace) -> Self {
        Self {
            size,
            workspace,
            bytes: Vec::new(),
            places: Vec::new(),
            runs: Vec::new(),
            len: 0,
        }
    }

    /// How many records there are.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len() + self.places.len() * size_of::<(u64, u32)>()
    }

    /// Takes in one record.
    ///
    /// # Errors
    /// The disk is full.
    pub(super) fn push(&mut self, value: &[u8], place: u64, details: &[u8]) -> io::Result<()> {
        let needed = value.len() + details.len() + 20;
        if self.bytes.len() + needed > self.workspace.run_bytes() {
            self.spill()?;
        }
        let at = u32::try_from(self.bytes.len()).map_err(io::Error::other)?;
        self.places.push((prefix(value), at));
        self.bytes.extend_from_slice(value);
        number(place, &mut self.bytes);
        number(details.len() as u64, &mut self.bytes);
        self.bytes.extend_from_slice(details);
        self.len += 1;
        Ok(())
    }

    /// Writes what is in memory as a sorted run.
    pub(super) fn spill(&mut self) -> io::Result<()> {
        if self.places.is_empty() {
            return Ok(());
        }
        self.sort();
        let mut run = BufWriter::with_capacity(BUFFER, self.workspace.spool());
        for (_, at) in &self.places {
            let at = *at as usize;
            let end = at + record_len(self.bytes.get(at..).unwrap_or_default(), self.size);
            run.write_all(self.bytes.get(at..end).unwrap_or_default())?;
        }
        let run = run.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.runs.push(run);
        self.bytes.clear();
        self.places.clear();
        Ok(())
    }

    fn sort(&mut self) {
        let (bytes, size) = (&self.bytes, self.size);
        let value = |at: u32| bytes.get(at as usize..at as usize + size);
        self.places.par_sort_unstable_by(|(a, at), (b, bt)| {
            // Entries of one value stay in the order in which they came.
            a.cmp(b)
                .then_with(|| value(*at).cmp(&value(*bt)))
                .then(at.cmp(bt))
        });
    }

    /// All records, in order of their values, and those of one value in the order in which they came.
    pub(super) fn merge(mut self) -> io::Result<Merge> {
        self.spill()?;
        self.bytes = Vec::new();
        self.places = Vec::new();
        let size = self.size;
        let mut merge = Merge {
            runs: Vec::new(),
            next: BinaryHeap::new(),
        };
        for (place, mut run) in self.runs.into_iter().enumerate() {
            run.seek(SeekFrom::Start(0))?;
            let mut run = Run {
                reader: BufReader::with_capacity(BUFFER, run),
                size,
                record: Record::default(),
            };
            if run.advance()? {
                merge.next.push(Reverse((
                    prefix(&run.record.value),
                    std::mem::take(&mut run.record.value),
                    place,
                )));
            }
            merge.runs.push(run);
        }
        Ok(merge)
    }
}

/// Records in order.
pub(super) struct Merge {
    runs: Vec<Run>,
    /// The next value of each run.
    next: BinaryHeap<Reverse<(u64, Vec<u8>, usize)>>,
}

impl Merge {
    /// The next record.
    pub(super) fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        let Some(Reverse((_, value, place))) = self.next.pop() else {
            return Ok(false);
        };
        let Some(run) = self.runs.get_mut(place) else {
            return Ok(false);
        };
        let empty = std::mem::replace(&mut record.value, value);
        record.number = run.record.number;
        std::mem::swap(&mut record.details, &mut run.record.details);
        run.record.value = empty;
        if run.advance()? {
            let value = std::mem::take(&mut run.record.value);
            self.next.push(Reverse((prefix(&value), value, place)));
        }
        Ok(true)
    }
}

/// A sorted run that is read.
struct Run {
    reader: BufReader<SpooledTempFile>,
    size: usize,
    record: Record,
}

impl Run {
    fn advance(&mut self) -> io::Result<bool> {
        self.record.value.resize(self.size, 0);
        let (first, rest) = self.record.value.split_at_mut(self.size.min(1));
        if self.reader.read(first)? == 0 {
            return Ok(false);
        }
        self.reader.read_exact(rest)?;
        self.record.number = self.number()?;
        let len = self.number()?.min(MAX_RECORD);
        self.record
            .details
            .resize(usize::try_from(len).map_err(io::Error::other)?, 0);
        self.reader.read_exact(&mut self.record.details)?;
        Ok(true)
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.reader.read_exact(&mut byte)?;
            let [byte] = byte;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        Ok(number)
    }
}

/// The length of the record that begins these bytes.
fn record_len(bytes: &[u8], size: usize) -> usize {
    let mut reader = super::details::Reader(bytes);
    let mut len = || {
        reader.bytes(size)?;
        reader.number()?;
        let details = usize::try_from(reader.number()?).ok()?;
        reader.bytes(details)?;
        Some(bytes.len() - reader.0.len())
    };
    len().unwrap_or(bytes.len())
}

/// The first eight bytes, which mostly settle an order.
fn prefix(value: &[u8]) -> u64 {
    let mut first = [0; 8];
    first
        .iter_mut()
        .zip(value)
        .for_each(|(to, byte)| *to = *byte);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn records_come_back_in_order(records in prop::collection::vec((prop::collection::vec(0..3_u8, 9), prop::collection::vec(any::<u8>(), 0..200)), 0..300), memory in 300..20_000_usize, spilled: bool) {
            let workspace = if spilled { Workspace::beside(std::env::temp_dir(), memory) } else { Workspace::memory() };
            let mut sorter = Sorter::new(9, workspace);
            for (number, (value, details)) in (0..).zip(&records) {
                sorter.push(value, number, details).unwrap();
            }
            let mut merge = sorter.merge().unwrap();
            let mut expected: Vec<_> = (0..).zip(&records).map(|(number, (value, details))| Record { value: value.clone(), number, details: details.clone() }).collect();
            expected.sort_by(|a, b| a.value.cmp(&b.value));
            let (mut found, mut record) = (Vec::new(), Record::default());
            while merge.next(&mut record).unwrap() {
                found.push(record.clone());
            }
            prop_assert_eq!(found, expected);
        }
    }
}
