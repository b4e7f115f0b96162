//! The end of a log: its last whole record, found from behind, and what stands after it that no record is.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::line::{Head, Key, Line, changed};
use super::{AuditError, MAX_LINE};

/// Bytes that are read together, from the end backwards.
const PIECE: u64 = 64 << 10;

/// So far back the last whole record is looked for.
const MOST: u64 = 16 << 20;

/// What every log begins with.
const BEGINNING: &[u8] = b"{\"seq\":";

/// Where a log ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    /// The chain until its last whole record.
    pub(super) head: Head,
    /// Whether records are sealed with a key.
    pub(super) keyed: bool,
    /// Where that record ends, its end of line included.
    pub(super) end: u64,
    /// The whole record lacks nothing but its end of line.
    pub(super) unended: bool,
}

/// How far the chain of a log goes.
///
/// # Errors
/// It cannot be read, is no audit log, or its last record is not as it was written.
pub fn head_of(path: &Path) -> Result<Head, AuditError> {
    let cannot = |error: io::Error| AuditError::io(path, "it cannot be read", &error);
    let mut file = File::open(path).map_err(cannot)?;
    // Nobody is in the middle of a line meanwhile; where locks are unknown, what is torn is passed over.
    let _ = file.lock_shared();
    let len = file.metadata().map_err(cannot)?.len();
    let tail = read(&mut file, len, None, path)?;
    match tail {
        Some(tail) if tail.head != Head::START => Ok(tail.head),
        _ => Err(AuditError::new(path, "there is no record in it")),
    }
}

/// The end of a log of this length; nothing where it is empty.
pub(super) fn read(
    file: &mut File,
    len: u64,
    key: Option<&Key>,
    path: &Path,
) -> Result<Option<Tail>, AuditError> {
    if len == 0 {
        return Ok(None);
    }
    let cannot = |error: io::Error| AuditError::io(path, "it cannot be read", &error);
    let no_log = || {
        AuditError::new(
            path,
            "it is no audit log, or too much at its end is none; name another file",
        )
    };
    if !begins_as_a_log(file).map_err(cannot)? {
        return Err(no_log());
    }
    let (mut start, mut bytes) = (len, Vec::new());
    loop {
        if len - start > MOST {
            return Err(no_log());
        }
        let from = start.saturating_sub(PIECE.max(len - start));
        let mut piece = read_at(file, from, start - from).map_err(cannot)?;
        piece.append(&mut bytes);
        (start, bytes) = (from, piece);
        if let Some(tail) = last_record(&bytes, start, key, path)? {
            return Ok(Some(tail));
        }
        if start == 0 {
            // Not even the first record is whole.
            return Ok(Some(Tail {
                head: Head::START,
                keyed: key.is_some(),
                end: 0,
                unended: false,
            }));
        }
    }
}

/// The last whole record in these bytes, which begin at this place in the file.
fn last_record(
    bytes: &[u8],
    start: u64,
    key: Option<&Key>,
    path: &Path,
) -> Result<Option<Tail>, AuditError> {
    let mut end = bytes.len();
    loop {
        let upto = bytes.get(..end).unwrap_or_default();
        let ended = upto.last() == Some(&b'\n');
        let content = upto.strip_suffix(b"\n").unwrap_or(upto);
        let begin = match content.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => at + 1,
            None if start == 0 => 0,
            // It begins before these bytes.
            None => return Ok(None),
        };
        let line = content.get(begin..).unwrap_or_default();
        if let Some(line) = (line.len() <= MAX_LINE)
            .then(|| Line::parse(line))
            .flatten()
        {
            if !line.is_intact() {
                return Err(changed(path));
            }
            if key.is_some_and(|key| line.has_mac() && !line.is_sealed_by(key)) {
                let message =
                    "its last record was sealed with another key than that of --audit-key";
                return Err(AuditError::new(path, message));
            }
            return Ok(Some(Tail {
                head: line.head(),
                keyed: line.has_mac(),
                end: start + end as u64,
                unended: !ended,
            }));
        }
        if begin == 0 {
            return Ok(None);
        }
        end = begin;
    }
}

/// The digest of what stands after the last whole record, with the end of line that will close it.
pub(super) fn torn(file: &mut File, from: u64, len: u64) -> io::Result<(u64, [u8; 32], bool)> {
    let bytes = read_at(file, from, len - from)?;
    let open = bytes.last() != Some(&b'\n');
    let mut hasher = Sha256::new();
    hasher.update(&bytes);
    if open {
        hasher.update(b"\n");
    }
    Ok((len - from + u64::from(open), hasher.finalize().into(), open))
}

fn read_at(file: &mut File, from: u64, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether it begins as a log does, or is the beginning of that.
fn begins_as_a_log(file: &mut File) -> io::Result<bool> {
    let head = read_at(file, 0, BEGINNING.len() as u64)?;
    Ok(BEGINNING.starts_with(&head))
}
