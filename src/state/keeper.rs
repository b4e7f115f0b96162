//! What the one who passes answers on writes down: rows in batches, and with them how far an output has been appended.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension as _, params};
use xxhash_rust::xxh3::xxh3_64;

use super::lock::Lock;
use super::memory::{Ids, Memory};
use super::met::Met;
use super::row::{FileRow, JudgedRow, Keep, PrintsRow};
use super::seen::Seen;
use super::{Basis, StateError, schema};
use crate::scan::{Answer, Summary};
use crate::sinks::{Appending, Left};

/// Rows of one transaction, at most.
const ROWS: u32 = 4000;

/// How long rows wait: as much work is lost when the program is killed.
const WAIT: Duration = Duration::from_millis(500);

/// A state that a scan writes to. Nobody else can meanwhile.
#[derive(Debug)]
pub struct Keeper {
    // Its connections go before the one that writes, so that the last to be closed clears the log away.
    memory: Arc<Memory>,
    connection: Connection,
    path: PathBuf,
    run: i64,
    seen: Seen,
    met: Met,
    tally: Tally,
    batch: Option<(u32, Instant)>,
    output: Option<(i64, Appending)>,
    notices: Vec<String>,
    // The last to go: until then everything is written.
    _lock: Lock,
}

/// The one name that an output has, however it is written.
fn true_path(output: &Path) -> PathBuf {
    let beside = || {
        let folder = output
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(output.file_name()?))
    };
    let known = output.canonicalize().ok().or_else(beside);
    known.unwrap_or_else(|| output.to_owned())
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
        let begun = begin(&connection, basis).map_err(|error| StateError::sql(path, &error))?;
        Ok(Self {
            memory: Arc::new(Memory::new(path, begun.ids, begun.empty)),
            path: path.to_owned(),
            run: begun.run,
            notices: begun.notices,
            seen: Seen::default(),
            met: Met::to_remember(),
            tally: Tally::default(),
            batch: None,
            output: None,
            connection,
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
        let known = true_path(output);
        let known = known.as_os_str().as_encoded_bytes();
        self.begin_batch()?;
        let sql = |error: rusqlite::Error| StateError::sql(&self.path, &error);
        let row = self
            .connection
            .query_row(
                "SELECT output, format, bytes, tail FROM outputs WHERE path = ?1",
                [known],
                |row| {
                    let left = Left {
                        bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                        tail: row.get::<_, i64>(3)?.cast_unsigned(),
                    };
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, left))
                },
            )
            .optional()
            .map_err(sql)?;
        let refused = |message: String| StateError::new(output, message);
        let (number, appending) = match row {
            Some((number, was, left)) if was == format => {
                let appending = Appending::at(output, left);
                (
                    number,
                    appending.map_err(|error| refused(error.to_string()))?,
                )
            }
            Some((_, was, _)) => {
                return Err(refused(format!(
                    "records in the form {was} were appended to it; go on with that, or name another file"
                )));
            }
            None => {
                let appending =
                    Appending::open(output, head).map_err(|error| refused(error.to_string()))?;
                self.connection
                    .execute(
                        "INSERT INTO outputs(path, format, bytes, tail) VALUES (?1, ?2, 0, 0)",
                        params![known, format],
                    )
                    .map_err(sql)?;
                (self.connection.last_insert_rowid(), appending)
            }
        };
        self.notices.extend(appending.notice());
        self.output = Some((number, appending));
        self.commit()
    }

    /// Whether records are appended to an output here, so that nobody else writes them.
    pub fn appends(&self) -> bool {
        self.output.is_some()
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
        let due = |(rows, since): (u32, Instant)| rows >= ROWS || since.elapsed() >= WAIT;
        match self.batch.is_some_and(due) {
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
        if self.batch.is_none() {
            return Ok(());
        }
        if let Some((number, output)) = &mut self.output {
            let left = output
                .sync()
                .map_err(|error| StateError::new(output.path(), error.to_string()))?;
            let values = [*number, left.bytes.cast_signed(), left.tail.cast_signed()];
            self.connection
                .prepare_cached("UPDATE outputs SET bytes = ?2, tail = ?3 WHERE output = ?1")
                .and_then(|mut update| update.execute(values))
                .map_err(|error| StateError::sql(&self.path, &error))?;
        }
        self.connection
            .execute_batch("COMMIT")
            .map_err(|error| StateError::sql(&self.path, &error))?;
        self.batch = None;
        Ok(())
    }

    /// Ends a run that went through all its inputs: what it did not meet counts as gone. `tail` ends an output that records
    /// were appended to.
    ///
    /// # Errors
    /// As for [`take`](Self::take).
    pub fn finish(mut self, summary: &Summary, tail: &[u8]) -> Result<(), StateError> {
        self.begin_batch()?;
        if let Some((_, output)) = &mut self.output {
            output
                .write(tail)
                .map_err(|error| StateError::new(output.path(), error.to_string()))?;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs().cast_signed());
        let met = self.met.closed();
        let done = || -> rusqlite::Result<()> {
            self.connection.execute(
                "UPDATE runs SET seen = NULL, met = NULL WHERE seen IS NOT NULL",
                [],
            )?;
            self.connection.execute(
                "UPDATE runs SET finished = ?2, inputs = ?3, incomplete = ?4, seen = ?5, met = ?6 WHERE run = ?1",
                params![
                    self.run,
                    now,
                    summary.inputs.cast_signed(),
                    summary.incomplete.cast_signed(),
                    self.seen.to_bytes(),
                    met
                ],
            )?;
            Ok(())
        };
        done().map_err(|error| StateError::sql(&self.path, &error))?;
        self.commit()?;
        self.memory.close();
        // What is in the log goes to its place; if that fails now, the next run does it.
        let _ = self
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
                self.begin_batch()?;
                self.write(file, read, stamped, judged)
                    .map_err(|error| StateError::sql(&self.path, &error))?
            }
        };
        if !self.seen.add(file) {
            return Err(StateError::damaged(&self.path));
        }
        self.met.add(file, asked_for);
        Ok(file)
    }

    fn write(
        &mut self,
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
            (Some(row), _) => put_file(&self.connection, &row)?,
            (None, Some(file)) => file,
            (None, None) => return Err(rusqlite::Error::QueryReturnedNoRows),
        };
        if let Some(prints) = prints {
            let mut put = self.connection.prepare_cached(
                "INSERT OR REPLACE INTO prints(file, policy, basis, sum) VALUES (?1, ?2, ?3, ?4)",
            )?;
            put.execute(params![file, prints.policy, prints.basis, prints.sum(file)])?;
        }
        if let Some(judged) = judged {
            put_judged(&self.connection, file, &judged)?;
        }
        Ok(file)
    }

    /// Appends a record that is another than the one that was appended last for the same input.
    fn append(&mut self, file: Option<i64>, record: &[u8]) -> Result<(), StateError> {
        let Some((number, _)) = self.output else {
            return Ok(());
        };
        if record.is_empty() {
            return Ok(());
        }
        if let Some(file) = file
            && !self
                .is_news(number, file, xxh3_64(record).cast_signed())
                .map_err(|error| StateError::sql(&self.path, &error))?
        {
            return Ok(());
        }
        self.begin_batch()?;
        let Some((_, output)) = &mut self.output else {
            return Ok(());
        };
        output
            .write(record)
            .map_err(|error| StateError::new(output.path(), error.to_string()))
    }

    /// Notes what is appended for an input, and tells whether it differs from what was.
    fn is_news(&mut self, output: i64, file: i64, digest: i64) -> rusqlite::Result<bool> {
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT digest FROM appended WHERE output = ?1 AND file = ?2")?
            .query_row([output, file], |row| row.get(0))
            .optional()?;
        if last == Some(digest) {
            return Ok(false);
        }
        if self.batch.is_none() {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.batch = Some((0, Instant::now()));
        }
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO appended(output, file, digest) VALUES (?1, ?2, ?3)",
            )?
            .execute([output, file, digest])?;
        Ok(true)
    }

    fn begin_batch(&mut self) -> Result<(), StateError> {
        match &mut self.batch {
            Some((rows, _)) => *rows += 1,
            None => {
                self.connection
                    .execute_batch("BEGIN IMMEDIATE")
                    .map_err(|error| StateError::sql(&self.path, &error))?;
                self.batch = Some((1, Instant::now()));
            }
        }
        Ok(())
    }
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

pub(super) fn put_judged(
    connection: &Connection,
    file: i64,
    judged: &JudgedRow,
) -> rusqlite::Result<()> {
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

/// What a run begins with.
struct Begun {
    ids: Ids,
    run: i64,
    empty: bool,
    notices: Vec<String>,
}

/// Notes that a run begins, and what its answers rest on.
fn begin(connection: &Connection, basis: &Basis) -> rusqlite::Result<Begun> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let last = connection
        .query_row(
            "SELECT s.id, s.words, j.id FROM runs r, digests s, digests j \
             WHERE s.id = r.settings AND j.id = r.judgement ORDER BY r.run DESC LIMIT 1",
            [],
            |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, i64>(2)?,
                ))
            },
        )
        .optional()?;
    let number = |words: &super::basis::Words| -> rusqlite::Result<i64> {
        connection.execute(
            "INSERT OR IGNORE INTO digests(digest, words) VALUES (?1, ?2)",
            params![words.digest(), words.to_text()],
        )?;
        connection.query_row(
            "SELECT id FROM digests WHERE digest = ?1",
            [words.digest()],
            |row| row.get(0),
        )
    };
    let ids = Ids {
        settings: number(&basis.settings)?,
        policy: number(&basis.policy)?,
        judgement: number(&basis.judgement)?,
    };
    // A run that did not come to its end needs no number of its own.
    connection.execute("DELETE FROM runs WHERE finished IS NULL", [])?;
    connection.execute(
        "INSERT INTO runs(settings, judgement) VALUES (?1, ?2)",
        [ids.settings, ids.judgement],
    )?;
    let run = connection.last_insert_rowid();
    let empty: bool =
        connection.query_row("SELECT NOT EXISTS(SELECT 1 FROM files)", [], |row| {
            row.get(0)
        })?;
    connection.execute_batch("COMMIT")?;
    let mut notices = Vec::new();
    if let (Some((settings, words, judgement)), false) = (last, empty) {
        if settings != ids.settings {
            let differ = basis.settings.changed_since(&words);
            notices.push(format!(
                "since the last scan with this state, something changed that answers rest on, so files are read again: {differ}"
            ));
        }
        if judgement != ids.judgement {
            notices.push(
                "the lists or the policy (--list, --threshold, --policy) are not those of the last scan with this state, so what was stored is judged again"
                    .to_owned(),
            );
        }
    }
    Ok(Begun {
        ids,
        run,
        empty,
        notices,
    })
}
