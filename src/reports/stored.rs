//! Scans that were stored, gone through again: lines of `jsonl`, or whatever else gives records one after another.

use std::io::{self, BufRead, Read as _};

use super::read::{Line, MAX_LINE, RecordError, read_record};
use crate::error::{Fault, FaultKind};
use crate::inspect::Inspection;
use crate::policy::Policy;
use crate::scan::{Answer, Summary};
use crate::sources::Name;

/// Why a stored scan could not be read on.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// It ends in the middle of a record: whoever wrote it was stopped.
    #[error("line {line} is cut off")]
    Cut {
        /// Counted from 1.
        line: u64,
    },
    /// A line that is no record.
    #[error("line {line}, {error}")]
    Record {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        error: RecordError,
    },
    /// Reading failed.
    #[error("after line {line}: {error}")]
    Read {
        /// The last line that was read.
        line: u64,
        /// What the system said.
        error: io::Error,
    },
}

/// The records of `jsonl`, one at a time. Empty lines are passed over.
pub fn stored_lines(mut lines: impl BufRead) -> impl Iterator<Item = Result<Line, StoredError>> {
    let (mut buffer, mut line, mut done) = (Vec::new(), 0, false);
    std::iter::from_fn(move || {
        while !done {
            buffer.clear();
            let limited = (&mut lines)
                .take(MAX_LINE as u64 + 1)
                .read_until(b'\n', &mut buffer);
            if let Err(error) = limited {
                done = true;
                return Some(Err(StoredError::Read { line, error }));
            }
            line += 1;
            let ended = buffer.last() == Some(&b'\n');
            done = !ended;
            if buffer.trim_ascii().is_empty() {
                continue;
            }
            let read = read_record(&buffer).map_err(|error| match error {
                RecordError::TooLong => StoredError::Record { line, error },
                _ if !ended => StoredError::Cut { line },
                error => StoredError::Record { line, error },
            });
            done |= read.is_err();
            return Some(read);
        }
        None
    })
}

/// What going through a stored scan came to.
#[derive(Debug)]
pub struct Replayed {
    /// What the scan itself counted; where it broke off, what its records say.
    pub summary: Summary,
    /// How it broke off. The summary counts that as an input that was not checked.
    pub broken: Option<String>,
}

/// Why going through a stored scan came to no end.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It cannot be read.
    #[error("{name}, {error}")]
    Read {
        /// What it is called.
        name: String,
        /// Where and why.
        error: StoredError,
    },
    /// A record could not be passed on.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Hands every record of a stored scan to `each`. One that broke off counts as an input that could not be checked, under the
/// name of the stored scan: nobody knows what else it would have held.
///
/// # Errors
/// A line that cannot be read, or the first error of `each`.
pub fn replay(
    name: &Name,
    stored: impl Iterator<Item = Result<Line, StoredError>>,
    mut each: impl FnMut(&Name, &Inspection) -> io::Result<()>,
) -> Result<Replayed, ReplayError> {
    let (mut counted, mut all) = (Summary::default(), Summary::default());
    let mut ends = Ends::default();
    let (mut ended, mut cut) = (false, None);
    for line in stored {
        match line {
            Ok(Line::Image(name, inspection)) => {
                let answer = Answer::of(false, &inspection, Vec::new());
                counted.add(&answer);
                all.add(&answer);
                ended = false;
                each(&name, &inspection)?;
            }
            Ok(Line::Summary(stated)) => {
                ends.add(stated, std::mem::take(&mut counted));
                ended = true;
            }
            Err(error @ StoredError::Cut { .. }) => {
                (ended, cut) = (false, Some(error));
            }
            Err(error) => {
                let name = super::safe(&name.to_text()).into_owned();
                return Err(ReplayError::Read { name, error });
            }
        }
    }
    let mut summary = ends.joined(all, counted);
    let broken = (!ended).then(|| broken_off(cut.as_ref()));
    if let Some(broken) = &broken {
        let lost = lost(broken);
        summary.add(&Answer::of(true, &lost, Vec::new()));
        summary.interrupted = true;
        each(name, &lost)?;
    }
    Ok(Replayed { summary, broken })
}

/// The summaries of a stored scan.
#[derive(Default)]
struct Ends {
    last: Option<Summary>,
    /// Some other run wrote into the file, too.
    several: bool,
    /// The most inputs that a run could not check.
    incomplete: u64,
}

impl Ends {
    fn add(&mut self, stated: Summary, counted: Summary) {
        self.several |= self.last.is_some() || counted.inputs > stated.inputs;
        self.incomplete = self.incomplete.max(stated.incomplete);
        self.last = Some(settled(stated, counted));
    }

    /// What all came to. Runs that are appended to one file each state all that they went through, though they add only what
    /// is new, so that of several the records count. Nothing that could not be checked is lost by that.
    fn joined(self, all: Summary, rest: Summary) -> Summary {
        let Some(mut last) = self.last else {
            return all;
        };
        if !self.several {
            last.join(rest);
            return last;
        }
        let missing = self.incomplete.saturating_sub(all.incomplete);
        let unseen = last.strongest.filter(|_| last.inputs > all.inputs);
        Summary {
            incomplete: all.incomplete + missing,
            other_files_asked_for: missing.min(all.other_files),
            strongest: all.strongest.max(unseen),
            quarantined: last.quarantined,
            interrupted: last.interrupted,
            ..all
        }
    }
}

/// The summary of a scan with what its record does not hold, from the records before it. Where the scan printed only some of
/// them, an action that others reached counts, too: it may be one that only a failed check asked for.
fn settled(stated: Summary, counted: Summary) -> Summary {
    let whole = counted.inputs == stated.inputs;
    let reached = stated.actions.keys().next_back().copied();
    let asked_for = stated.incomplete.saturating_sub(counted.incomplete);
    Summary {
        other_files_asked_for: if whole {
            asked_for.min(stated.other_files)
        } else {
            0
        },
        other_media: counted.other_media,
        strongest: counted.strongest.max(reached.filter(|_| !whole)),
        ..stated
    }
}

fn broken_off(cut: Option<&StoredError>) -> String {
    let place = cut.map(|cut| format!(": {cut}")).unwrap_or_default();
    format!(
        "the stored scan breaks off{place}; what came after that is not in this report: scan again, or go on with the scan"
    )
}

/// The answer for what is missing.
pub(crate) fn lost(broken: &str) -> Inspection {
    Inspection::unread(
        Fault::new(FaultKind::Unreadable, broken),
        &Policy::default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::{record_line, summary_line};

    fn go(text: &[u8]) -> Result<(usize, Replayed), ReplayError> {
        let mut seen = 0;
        let replayed = replay(&Name::new("scan.jsonl"), stored_lines(text), |_, _| {
            seen += 1;
            Ok(())
        })?;
        Ok((seen, replayed))
    }

    fn record() -> Vec<u8> {
        record_line(&Name::new("a.jpg"), &lost("no permission"))
    }

    fn summary(inputs: u64) -> Vec<u8> {
        summary_line(&Summary {
            inputs,
            incomplete: inputs,
            ..Summary::default()
        })
    }

    #[test]
    fn of_several_runs_in_one_file_the_records_count() {
        let text = [record(), summary(2), record(), record(), summary(2)].concat();
        let (seen, replayed) = go(&text).unwrap();
        assert_eq!(
            (seen, replayed.summary.inputs, replayed.broken),
            (3, 3, None)
        );
        let killed = [record(), record(), summary(1)].concat();
        assert_eq!(go(&killed).unwrap().1.summary.inputs, 2);
        let selected = [record(), summary(2)].concat();
        assert_eq!(go(&selected).unwrap().1.summary.inputs, 2);
    }

    #[test]
    fn a_scan_that_broke_off_is_an_input_that_was_not_checked() {
        let whole = [record(), record()].concat();
        for (text, says) in [
            (&whole[..whole.len() - 9], "line 2 is cut off"),
            (&whole[..], "breaks off;"),
            (b"", "breaks off;"),
        ] {
            let (_, replayed) = go(text).unwrap();
            assert!(replayed.broken.unwrap().contains(says));
            assert_eq!(replayed.summary.incomplete, replayed.summary.inputs);
        }
    }

    #[test]
    fn what_is_no_record_is_named_by_its_line() {
        let text = [record(), b"\n{\"schema\": 1}\n".to_vec(), summary(2)].concat();
        let error = go(&text).unwrap_err().to_string();
        assert!(error.starts_with("scan.jsonl, line 3, column "), "{error}");
    }
}
