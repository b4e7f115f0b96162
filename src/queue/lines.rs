//! Requests a line each, and moments in words: what both brokers need.

use std::io::{self, BufRead, Read as _};
use std::time::{Duration, UNIX_EPOCH};

use crate::trust::date::Moment;

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 64 << 20;

/// The next line that is not blank.
pub(super) fn next(lines: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    loop {
        let mut line = Vec::new();
        let read = lines.take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
        if read as u64 > MAX_LINE {
            let message = format!("a line is longer than {MAX_LINE} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        if read == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if !line.is_empty() {
            return Ok(Some(line.to_vec()));
        }
    }
}

/// A moment in words, given in seconds since 1970.
pub(super) fn moment(seconds: u64) -> String {
    Moment::from(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}
