//! Whether a log is as it was written: line by line, in one pass, in memory for one line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::line::{Head, Key, Line, recovery};
use super::{AuditError, MAX_LINE};

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1; none where it is about the log as a whole.
    pub line: Option<u64>,
    /// What is wrong with it.
    pub what: String,
}

/// What was found in the files that were gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Records in these files.
    pub records: u64,
    /// Those of them that are answers.
    pub answers: u64,
    /// Those that account for a line that a writer did not finish.
    pub recoveries: u64,
    /// What is not as it was written.
    pub problems: u64,
    /// What the first file goes on from, where it does.
    pub after: Option<Head>,
    /// The last record.
    pub head: Option<Head>,
    /// There are seals that were not checked for want of a key.
    pub unchecked_seals: bool,
    /// The record that was expected is there.
    pub expected: bool,
}

/// Goes through the files of one log, oldest first.
#[derive(Debug)]
pub struct Verifier {
    key: Option<Key>,
    expect: Option<Head>,
    found: Found,
    /// Where the chain stands; nothing before the first record, and after one that could not be read.
    head: Option<Head>,
}

/// Where a pass through one file stands.
struct Pass<'a> {
    line: u64,
    /// Bytes since the last record that no record are, and the first line of them.
    strange: Option<Strange>,
    first: bool,
    tell: &'a mut dyn FnMut(Problem),
}

struct Strange {
    line: u64,
    bytes: u64,
    sha256: Sha256,
}

impl Verifier {
    /// Checks seals, too, where there is a key, and that a record is there, where one is expected.
    pub fn new(key: Option<Key>, expect: Option<Head>) -> Self {
        Self {
            key,
            expect,
            found: Found::default(),
            head: None,
        }
    }

    /// Goes through the next file. Every problem is told as it is found.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file(&mut self, path: &Path, tell: &mut dyn FnMut(Problem)) -> Result<(), AuditError> {
        let cannot = |error: io::Error| AuditError::io(path, "it cannot be read", &error);
        let file = File::open(path).map_err(cannot)?;
        self.go_through(Live::new(file), tell).map_err(cannot)
    }

    fn go_through(&mut self, reader: impl Read, tell: &mut dyn FnMut(Problem)) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 18, reader);
        let mut pass = Pass {
            line: 0,
            strange: None,
            first: true,
            tell,
        };
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = MAX_LINE as u64 + 1;
            if (&mut reader).take(most).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            pass.line += 1;
            let ended = line.last() == Some(&b'\n');
            let content = line.strip_suffix(b"\n").unwrap_or(&line);
            match Line::parse(content) {
                Some(record) => self.record(&record, content, ended, &mut pass),
                None => {
                    pass.stray(&line);
                    if !ended {
                        skip_line(&mut reader, &mut pass)?;
                    }
                }
            }
        }
        self.end_of_file(pass);
        Ok(())
    }

    /// One line that has the form of a record.
    fn record(&mut self, record: &Line<'_>, content: &[u8], ended: bool, pass: &mut Pass<'_>) {
        let line = pass.line;
        if !record.is_intact() {
            let before = pass.strange.take().map_or(line, |strange| strange.line);
            self.problem(
                pass,
                before,
                "it is not as it was written: its hash is another",
            );
            // What follows was chained to what it says of itself, or that was changed as well.
            self.head = Some(record.head());
            pass.first = false;
            return;
        }
        if !ended {
            self.problem(pass, line, "its end of line is missing");
        }
        self.seal(record, pass);
        self.strange_before(record, content, pass);
        self.place(record, pass);
        self.found.records += 1;
        self.found.answers += u64::from(record.is("answer"));
        self.found.recoveries += u64::from(record.is("recovery"));
        self.found.expected |= self.expect == Some(record.head());
        self.head = Some(record.head());
        self.found.head = self.head;
        pass.first = false;
    }

    /// Whether it was sealed with the key.
    fn seal(&mut self, record: &Line<'_>, pass: &mut Pass<'_>) {
        let what = match &self.key {
            None => {
                self.found.unchecked_seals |= record.has_mac();
                return;
            }
            Some(key) if record.is_sealed_by(key) => return,
            Some(_) if record.has_mac() => {
                "it was sealed with another key, or is not as it was written"
            }
            Some(_) => "it was not sealed with a key",
        };
        self.problem(pass, pass.line, what);
    }

    /// Lines that no records are have to be accounted for by the record after them.
    fn strange_before(&mut self, record: &Line<'_>, content: &[u8], pass: &mut Pass<'_>) {
        let accounted = record.is("recovery").then(|| recovery(content)).flatten();
        let strange = pass.strange.take();
        let told = strange.map(|strange| {
            let sha256: [u8; 32] = strange.sha256.finalize().into();
            (strange.line, strange.bytes, sha256)
        });
        match (told, accounted) {
            (Some((_, bytes, sha256)), Some(said)) if said == (bytes, sha256) => {}
            (Some((line, ..)), _) => {
                self.problem(
                    pass,
                    line,
                    "it is no record, and no recovery record after it accounts for it",
                );
                // Whatever stood there cannot be told, so the chain is taken up anew.
                self.head = Some(record.base());
            }
            (None, _) if record.is("recovery") => {
                self.problem(
                    pass,
                    pass.line,
                    "the unfinished line that it accounts for is missing",
                );
            }
            _ => {}
        }
    }

    /// Whether it follows the record before it.
    fn place(&mut self, record: &Line<'_>, pass: &mut Pass<'_>) {
        let begins = record.is("begin") || record.is("recovery");
        if pass.first && !begins {
            self.problem(
                pass,
                pass.line,
                "the beginning of the log before it is missing",
            );
        }
        let base = record.base();
        let Some(head) = self.head else {
            if base != Head::START {
                self.found.after = Some(base);
            }
            return;
        };
        if base == head {
            return;
        }
        let what = match (base.count, head.count) {
            (base, head) if base > head => format!(
                "{} records are missing before it: it has the number {}, and the one before {head}",
                base - head,
                record.seq
            ),
            (base, head) if base < head => format!(
                "it stands in another order, or twice: it has the number {}, and the one before {head}",
                record.seq
            ),
            _ => "it does not follow the record before it, which was another".to_owned(),
        };
        self.problem(pass, pass.line, what);
    }

    fn end_of_file(&mut self, mut pass: Pass<'_>) {
        if let Some(strange) = pass.strange.take() {
            let what = "it is no record: a writer did not finish it, which the next one will account for, or it was changed";
            self.problem(&mut pass, strange.line, what);
        } else if pass.line == 0 {
            (pass.tell)(Problem {
                line: None,
                what: "there is no record in it".to_owned(),
            });
            self.found.problems += 1;
        }
    }

    fn problem(&mut self, pass: &mut Pass<'_>, line: u64, what: impl Into<String>) {
        self.found.problems += 1;
        (pass.tell)(Problem {
            line: Some(line),
            what: what.into(),
        });
    }

    /// What was found, once the last file was gone through.
    pub fn finish(mut self, tell: &mut dyn FnMut(Problem)) -> Found {
        if let Some(expect) = self.expect
            && !self.found.expected
        {
            let head = self.found.head.map_or(0, |head| head.count);
            let what = match expect.count > head {
                true => format!(
                    "records at the end are missing: number {} was expected, and the last one is {head}",
                    expect.count
                ),
                false => format!(
                    "record {} is not the one that was expected, or not in these files",
                    expect.count
                ),
            };
            tell(Problem { line: None, what });
            self.found.problems += 1;
        }
        self.found
    }
}

impl Pass<'_> {
    /// Bytes that are no record, or go on with what is none.
    fn stray(&mut self, bytes: &[u8]) {
        let strange = self.strange.get_or_insert_with(|| Strange {
            line: self.line,
            bytes: 0,
            sha256: Sha256::new(),
        });
        strange.bytes += bytes.len() as u64;
        strange.sha256.update(bytes);
    }
}

/// Passes over the rest of a line that is too long for a record.
fn skip_line(reader: &mut impl BufRead, pass: &mut Pass<'_>) -> io::Result<()> {
    loop {
        let bytes = reader.fill_buf()?;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let rest = bytes.get(..end.map_or(bytes.len(), |end| end + 1));
        let rest = rest.unwrap_or_default();
        pass.stray(rest);
        let read = rest.len();
        reader.consume(read);
        if end.is_some() || read == 0 {
            return Ok(());
        }
    }
}

/// A log that may be written to meanwhile: at its end nobody is in the middle of a line.
struct Live {
    file: File,
    locked: bool,
}

impl Live {
    fn new(file: File) -> Self {
        Self {
            file,
            locked: false,
        }
    }
}

impl Read for Live {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(bytes)?;
        if read > 0 || self.locked || bytes.is_empty() {
            return Ok(read);
        }
        // Where locks are unknown nothing is lost but this.
        let _ = self.file.lock_shared();
        self.locked = true;
        self.file.read(bytes)
    }
}
