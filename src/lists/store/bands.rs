//! Writing a band: the rows of a shelf in the order of some bits of their values.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use rayon::slice::ParallelSliceMut;
use tempfile::SpooledTempFile;

use super::header::BandHeader;
use super::pages::PageWriter;
use super::starts::StartsBuilder;
use super::write::{ALIGNED, Spool, read_again, write_starts};

/// Most rows that are sorted at a time.
const ROWS_AT_ONCE: u64 = 1 << 24;

/// Writes the rows of a band in the order of their keys. Of a list that is larger than memory, a part of the keys at a time.
pub(super) fn write_band<W: Write>(
    keys: Spool,
    bits: u32,
    rows: u64,
    row_bytes: u32,
    out: &mut PageWriter<W>,
) -> io::Result<BandHeader> {
    let mut file = read_again(keys)?;
    out.align(ALIGNED)?;
    let at = out.at();
    let mut starts = StartsBuilder::new();
    for (from, to) in ranges(&mut file, bits, rows)? {
        let mut pairs: Vec<u64> = Vec::new();
        each_key(&mut file, |row, key| {
            if (from..to).contains(&u64::from(key)) {
                pairs.push(u64::from(key) << 32 | u64::from(row));
            }
        })?;
        pairs.par_sort_unstable();
        for pair in pairs {
            starts.push(pair >> 32);
            let row = (pair as u32).to_le_bytes();
            out.put(row.get(..row_bytes as usize).unwrap_or(&row))?;
        }
    }
    Ok(BandHeader {
        rows: at,
        starts: write_starts(starts, 1 << bits, rows, out)?,
    })
}

/// Ranges of keys with no more rows than are sorted at a time, as far as keys can be told apart.
fn ranges(file: &mut SpooledTempFile, bits: u32, rows: u64) -> io::Result<Vec<(u64, u64)>> {
    let all = 1_u64 << bits;
    if rows <= ROWS_AT_ONCE {
        return Ok(vec![(0, all)]);
    }
    let shift = bits.saturating_sub(12);
    let mut counts = vec![0_u64; 1 << (bits - shift)];
    each_key(file, |_, key| {
        if let Some(count) = counts.get_mut((key >> shift) as usize) {
            *count += 1;
        }
    })?;
    let (mut ranges, mut from, mut held) = (Vec::new(), 0, 0);
    for (bucket, count) in (0_u64..).zip(&counts) {
        if held > 0 && held + count > ROWS_AT_ONCE {
            ranges.push((from, bucket << shift));
            (from, held) = (bucket << shift, 0);
        }
        held += count;
    }
    ranges.push((from, all));
    Ok(ranges)
}

/// Goes through the keys that were written, with their rows.
fn each_key(file: &mut SpooledTempFile, mut each: impl FnMut(u32, u32)) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let (mut row, mut bytes) = (0, [0; 4]);
    while reader.read(bytes.split_at_mut(1).0)? > 0 {
        reader.read_exact(bytes.split_at_mut(1).1)?;
        each(row, u32::from_le_bytes(bytes));
        row += 1;
    }
    Ok(())
}
