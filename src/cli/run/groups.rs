//! `--group`: which images look alike is known when the last one was seen, so records wait for it in a file that nobody else
//! sees and that is gone with this program.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};

use provscan::Inspection;
use provscan::fingerprints::SHA256;
use provscan::grouping::Grouping;
use provscan::inspect::Kept;
use provscan::prints::Prints;
use provscan::reports::{Line, MAX_LINE, read_record};
use provscan::scan::Answer;
use provscan::sources::Name;

/// Records that wait, and the groups that their images make.
pub(crate) struct Groups {
    waiting: BufWriter<File>,
    grouping: Grouping,
}

impl Groups {
    pub(crate) fn begin() -> io::Result<Self> {
        Ok(Self {
            // It has no name from the beginning, so that nothing of it is left however this ends.
            waiting: BufWriter::with_capacity(1 << 18, tempfile::tempfile()?),
            grouping: Grouping::default(),
        })
    }

    /// Puts off an answer that holds a stored record, with what was kept of the image.
    pub(crate) fn take(&mut self, answer: &Answer, kept: Option<&Kept>) -> io::Result<()> {
        let prints = kept.map(|kept| &kept.prints);
        self.grouping.add(prints.and_then(sha256), prints);
        let len = answer.rendered.len() as u64;
        self.waiting.write_all(&len.to_le_bytes())?;
        self.waiting.write_all(&answer.rendered)
    }

    /// Hands on every record with its group, in the order in which they came.
    pub(crate) fn finish(
        self,
        mut each: impl FnMut(&Name, &Inspection) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut file = self
            .waiting
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut waiting = BufReader::with_capacity(1 << 18, file);
        for group in self.grouping.finish() {
            let mut len = [0; 8];
            waiting.read_exact(&mut len)?;
            let len = u64::from_le_bytes(len);
            if len > MAX_LINE as u64 {
                return Err(io::Error::other(format!(
                    "a record of {len} bytes is too long to wait for its group; scan without --group"
                )));
            }
            let mut record = Vec::new();
            waiting.by_ref().take(len).read_to_end(&mut record)?;
            // An input whose answer was lost has none, and is counted all the same.
            if record.is_empty() {
                continue;
            }
            match read_record(&record).map_err(io::Error::other)? {
                Line::Image(name, mut inspection) => {
                    inspection.group = group;
                    each(&name, &inspection)?;
                }
                Line::Summary(_) => {}
            }
        }
        Ok(())
    }
}

fn sha256(prints: &Prints) -> Option<[u8; 32]> {
    let digests = prints.own().fingerprints().iter();
    let mut sha256 = digests.filter(|one| one.kind() == SHA256);
    sha256.next()?.value().first_chunk().copied()
}
