//! What the one who passes answers on writes down: rows in batches, and with them how far an output has been appended.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};
use xxhash_rust::xxh3::xxh3_64;

use super::batch::Batches;
use super::begin::Begun;
use super::lock::Lock;
use super::memory::Memory;
use super::met::Met;
use super::outputs::Output;
use super::row::{FileRow, JudgedRow, Keep, PrintsRow};
use super::seen::Seen;
use super::{Basis, StateError, schema};
use crate::scan::{Answer, Summary};

/// A state that a scan writes to. Nobody else can meanwhile.
#[derive(Debug)]
pub struct Keeper {
    // Its connections go before the one that writes, so that the last to be closed clears the log away.
    memory: Arc<Memory>,
    batches: Batches,
    run: i64,
    seen: Seen,
    met: Met,
    tally: Tally,
    output: Option<Output>,
    notices: Vec<String>,
    // The last to go: until then everything is written.
    _lock: Lock,
}

/// What became of the inputs of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Read and inspected.
    pub read: u64,
    /// As they were, and so is their answer.
    pub unchanged: u64,
    /// As they were, and judged anew by other lists or another policy.
    pub judged: u64,
    /// Of those that were read, the ones that the state did not hold.
    pub new: u64,
}

impl Tally {
    /// All inputs.
    pub fn all(self) -> u64 {
        self.read + self.unchanged + self.judged
    }
}

impl Keeper {
    /// Opens a state for a scan; one that is not there is made.
    ///
    /// # Errors
    /// Somebody else is using it, it is no state, damaged, of another version, or cannot be written to.
    pub fn open(path: &Path, basis: &Basis) -> Result<Self, StateError> {
        let lock = Lock::take(path)?;
        let connection = schema::open(path)?;
        let begun =
            Begun::note(&connection, basis).map_err(|error| StateError::sql(path, &error))?;
        Ok(Self {
            memory: Arc::new(Memory::new(path, begun.ids, begun.empty)),
            batches: Batches::new(connection, path),
            run: begun.run,
            notices: begun.notices,
            seen: Seen::default(),
            met: Met::to_remember(),
            tally: Tally::default(),
            output: None,
            _lock: lock,
        })
    }

    /// What workers look up.
    pub fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.memory)
    }

    /// What the user should know before the scan: why files are read or judged again.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// What became of the inputs so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether it held no file before this run.
    pub fn is_first(&self) -> bool {
        self.memory.is_empty()
    }

    /// How many files had to be read again because hashes that the lists ask for were not kept.
    pub fn lacking(&self) -> u64 {
        self.memory
            .lacking
            .load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Appends records to this output from now on: what it has beyond the last commit is cut off and comes again. `head` is
    /// what an empty output begins with.
    ///
    /// # Errors
    /// It is shorter than it was left, was written in another form, or cannot be written to.
    pub fn append_to(
        &mut self,
        output: &Path,
        format: &str,
        head: &[u8],
    ) -> Result<(), StateError> {
        self.batches.begin()?;
        let output = Output::open(&self.batches, output, format, head)?;
        self.notices.extend(output.notice());
        self.output = Some(output);
        self.commit()
    }

    /// Writes down what is to be remembered of an answer, and appends its record if it is another than last time.
    ///
    /// # Errors
    /// The state or the output cannot be written, or the state was found to be damaged.
    pub fn take(&mut self, answer: &Answer) -> Result<(), StateError> {
        let keep = answer.keep.as_deref().and_then(Keep::from_bytes);
        let file = match keep {
            Some(keep) => Some(self.keep(keep)?),
            None => None,
        };
        self.append(file, &answer.rendered)?;
        match self.batches.is_due() {
            true => self.commit(),
            false => Ok(()),
        }
    }

    /// Makes what was written last, through a crash of the program and of the system.
    ///
    /// # Errors
    /// As for [`take`](Self::take).
    pub fn commit(&mut self) -> Result<(), StateError> {
        if let Some(broken) = self.memory.broken() {
            return Err(broken);
        }
        if !self.batches.is_open() {
            return Ok(());
        }
        if let Some(output) = &mut self.output {
            output.sync(&self.batches)?;
        }
        self.batches.commit()
    }

    /// Ends a run that went through all its inputs: what it did not meet counts as gone. `tail` ends an output that records
    /// were appended to.
    ///
    /// # Errors
    /// As for [`take`](Self::take).
    pub fn finish(mut self, summary: &Summary, tail: &[u8]) -> Result<(), StateError> {
        self.batches.begin()?;
        if let Some(output) = &mut self.output {
            output.write(tail)?;
        }
        self.note_finished(summary)
            .map_err(|error| self.batches.error(&error))?;
        self.commit()?;
        self.memory.close();
        // What is in the log goes to its place; if that fails now, the next run does it.
        let _ =
            self.batches
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        Ok(())
    }

    /// Ends a run that somebody stopped: what was answered until then is remembered, and nothing counts as gone.
    ///
    /// # Errors
    /// As for [`take`](Self::take).
    pub fn stop(mut self) -> Result<(), StateError> {
        self.commit()?;
        self.memory.close();
        Ok(())
    }

    /// Notes what a run that came to its end met; of those before it nobody asks any more.
    fn note_finished(&mut self, summary: &Summary) -> rusqlite::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs().cast_signed());
        let connection = &self.batches.connection;
        connection.execute(
            "UPDATE runs SET seen = NULL, met = NULL WHERE seen IS NOT NULL",
            [],
        )?;
        connection.execute(
            "UPDATE runs SET finished = ?2, inputs = ?3, incomplete = ?4, seen = ?5, met = ?6 WHERE run = ?1",
            params![
                self.run,
                now,
                summary.inputs.cast_signed(),
                summary.incomplete.cast_signed(),
                self.seen.to_bytes(),
                self.met.closed()
            ],
        )?;
        Ok(())
    }

    /// Writes down what became of one input, and gives the number of its row.
    fn keep(&mut self, keep: Keep) -> Result<i64, StateError> {
        match (&keep.read, &keep.judged) {
            (Some(_), _) => self.tally.read += 1,
            (None, Some(_)) => self.tally.judged += 1,
            (None, None) => self.tally.unchanged += 1,
        }
        self.tally.new += u64::from(keep.file.is_none());
        let asked_for = keep.asked_for;
        let file = match (keep.file, keep.read, keep.stamped, keep.judged) {
            (Some(file), None, None, None) => file,
            (file, read, stamped, judged) => {
                self.batches.begin()?;
                write(&self.batches.connection, file, read, stamped, judged)
                    .map_err(|error| self.batches.error(&error))?
            }
        };
        if !self.seen.add(file) {
            return Err(StateError::damaged(self.batches.path()));
        }
        self.met.add(file, asked_for);
        Ok(file)
    }

    /// Appends a record that is another than the one that was appended last for the same input.
    fn append(&mut self, file: Option<i64>, record: &[u8]) -> Result<(), StateError> {
        let Some(output) = &mut self.output else {
            return Ok(());
        };
        if record.is_empty() {
            return Ok(());
        }
        let Some(file) = file else {
            self.batches.begin()?;
            return output.write(record);
        };
        let digest = xxh3_64(record).cast_signed();
        let same = output.has(&self.batches, file, digest);
        if same.map_err(|error| self.batches.error(&error))? {
            return Ok(());
        }
        self.batches.begin()?;
        output
            .note(&self.batches, file, digest)
            .map_err(|error| self.batches.error(&error))?;
        output.write(record)
    }
}

/// Writes the rows of one input, and gives the number of its own.
fn write(
    connection: &Connection,
    file: Option<i64>,
    read: Option<(FileRow, PrintsRow)>,
    stamped: Option<FileRow>,
    judged: Option<JudgedRow>,
) -> rusqlite::Result<i64> {
    let (row, prints) = match (read, stamped) {
        (Some((row, prints)), _) => (Some(row), Some(prints)),
        (None, stamped) => (stamped, None),
    };
    let file = match (row, file) {
        (Some(row), _) => put_file(connection, &row)?,
        (None, Some(file)) => file,
        (None, None) => return Err(rusqlite::Error::QueryReturnedNoRows),
    };
    if let Some(prints) = prints {
        let mut put = connection.prepare_cached(
            "INSERT OR REPLACE INTO prints(file, policy, basis, sum) VALUES (?1, ?2, ?3, ?4)",
        )?;
        put.execute(params![file, prints.policy, prints.basis, prints.sum(file)])?;
    }
    if let Some(judged) = judged {
        put_judged(connection, file, &judged)?;
    }
    Ok(file)
}

fn put_file(connection: &Connection, row: &FileRow) -> rusqlite::Result<i64> {
    let mut put = connection.prepare_cached(
        "INSERT INTO files(path, stamp, content, settings, until, bytes, record, sum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT(path) DO UPDATE SET stamp = excluded.stamp, content = excluded.content, \
         settings = excluded.settings, until = excluded.until, bytes = excluded.bytes, \
         record = excluded.record, sum = excluded.sum RETURNING file",
    )?;
    put.query_row(
        params![
            row.path,
            row.stamp,
            row.content,
            row.settings,
            row.until,
            row.bytes.cast_signed(),
            row.record,
            row.sum()
        ],
        |row| row.get(0),
    )
}

fn put_judged(connection: &Connection, file: i64, judged: &JudgedRow) -> rusqlite::Result<()> {
    let mut put = connection.prepare_cached(
        "INSERT OR REPLACE INTO judged(file, judgement, counts, record, sum) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    put.execute(params![
        file,
        judged.judgement,
        judged.counts,
        judged.record,
        judged.sum(file)
    ])?;
    Ok(())
}
