//! What workers look up: each takes a connection of its own for the moment, and nobody waits for whoever writes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row};

use super::row::{FileRow, JudgedRow, Keep, PrintsRow};
use super::{StateError, judge, schema};
use crate::inspect::Kept;
use crate::scan::Answer;

/// Lookups that see the same snapshot: beginning one costs as much as a lookup, and an old one lets the log grow.
const LOOKUPS: u32 = 256;

/// How old a snapshot becomes.
const AGE: Duration = Duration::from_millis(200);

const FIND: &str = "SELECT f.file, f.stamp, f.content, f.settings, f.until, f.bytes, f.record, f.sum, \
     j.judgement, j.counts, j.record, j.sum \
     FROM files f LEFT JOIN judged j ON j.file = f.file WHERE f.path = ?1";

const PRINTS: &str = "SELECT policy, basis, sum FROM prints WHERE file = ?1";

const ALL_PRINTS: &str = "SELECT policy, basis, sum, file FROM prints WHERE file BETWEEN ?1 AND ?2";

/// The numbers under which the database knows what this scan's answers rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) settings: i64,
    pub(super) policy: i64,
    pub(super) judgement: i64,
}

/// What is remembered of earlier scans.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    pub(super) ids: Ids,
    /// Nothing is remembered yet, so that nothing needs to be looked up.
    empty: bool,
    readers: Mutex<Vec<Reader>>,
    broken: Mutex<Option<StateError>>,
    pub(super) lacking: AtomicU64,
}

/// One connection.
#[derive(Debug)]
struct Reader {
    connection: Connection,
    /// Lookups in this snapshot, and when it began; `None` while there is none.
    snapshot: Option<(u32, Instant)>,
}

/// What is remembered of one input. Its rows are as they were written.
#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) file: i64,
    pub(super) row: FileRow,
    pub(super) judged: Option<JudgedRow>,
}

impl Memory {
    pub(super) fn new(path: &Path, ids: Ids, empty: bool) -> Self {
        Self {
            path: path.to_owned(),
            ids,
            empty,
            readers: Mutex::default(),
            broken: Mutex::default(),
            lacking: AtomicU64::new(0),
        }
    }

    /// Whether the state held no file when it was opened.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// What is remembered under a key. What is damaged is not remembered: the file is read instead.
    pub(super) fn find(&self, key: &[u8]) -> Option<Remembered> {
        if self.empty {
            return None;
        }
        self.ask(|reader| {
            reader.look()?;
            let mut statement: CachedStatement<'_> = reader.connection.prepare_cached(FIND)?;
            let found = statement.query_row([key], |row| remembered(key, row));
            Ok(found.optional()?.flatten())
        })
    }

    /// What lists can be asked about a file.
    pub(super) fn prints(&self, file: i64) -> Option<PrintsRow> {
        self.ask(|reader| {
            reader.look()?;
            let mut statement = reader.connection.prepare_cached(PRINTS)?;
            let found = statement.query_row([file], |row| prints(file, row));
            Ok(found.optional()?.flatten())
        })
    }

    /// The same of all files whose numbers lie between these.
    pub(super) fn all_prints(&self, first: i64, last: i64) -> Option<Vec<(i64, PrintsRow)>> {
        self.ask(|reader| {
            reader.look()?;
            let mut statement = reader.connection.prepare_cached(ALL_PRINTS)?;
            let found = statement.query_map([first, last], |row| {
                let file = row.get(3)?;
                Ok(prints(file, row)?.map(|prints| (file, prints)))
            })?;
            let found = found.filter_map(rusqlite::Result::transpose);
            Ok(Some(found.collect::<rusqlite::Result<_>>()?))
        })
    }

    /// What was kept of the image that an answer is of, from what the answer gives to be remembered.
    pub fn kept(&self, answer: &Answer) -> Option<Kept> {
        let keep = Keep::from_bytes(answer.keep.as_deref()?)?;
        let prints = match (keep.read, keep.file) {
            (Some((_, prints)), _) => prints,
            (None, file) => self.prints(file?)?,
        };
        let (_, _, kept) = judge::parts(&prints)?;
        Kept::from_bytes(kept).ok()
    }

    /// Ends snapshots before something that takes long.
    pub(super) fn rest(&self) {
        if self.empty {
            return;
        }
        let free = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(mut reader) = free {
            let _ = reader.rest();
            self.put_back(reader);
        }
    }

    /// Ends all lookups: a snapshot that is still open would hold up whoever clears the log away.
    pub(super) fn close(&self) {
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The first thing that went wrong with the database. The scan goes on without it until somebody asks.
    pub(super) fn broken(&self) -> Option<StateError> {
        self.broken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Notes that a file is read again because hashes of a kind that the lists ask for were not kept.
    pub(super) fn lacks_hashes(&self) {
        self.lacking.fetch_add(1, Ordering::Relaxed);
    }

    fn ask<T>(&self, ask: impl FnOnce(&mut Reader) -> rusqlite::Result<Option<T>>) -> Option<T> {
        let free = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut reader = match free {
            Some(reader) => reader,
            None => match schema::reading(&self.path) {
                Ok(connection) => Reader {
                    connection,
                    snapshot: None,
                },
                Err(error) => return self.breaks(error),
            },
        };
        match ask(&mut reader) {
            Ok(found) => {
                self.put_back(reader);
                found
            }
            Err(error) => self.breaks(StateError::sql(&self.path, &error)),
        }
    }

    fn put_back(&self, reader: Reader) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.push(reader);
    }

    fn breaks<T>(&self, error: StateError) -> Option<T> {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.get_or_insert(error);
        None
    }
}

impl Reader {
    /// Sees to it that there is a snapshot, and none that is old.
    fn look(&mut self) -> rusqlite::Result<()> {
        let old = |(lookups, began): (u32, Instant)| lookups >= LOOKUPS || began.elapsed() > AGE;
        if self.snapshot.is_some_and(old) {
            self.rest()?;
        }
        match &mut self.snapshot {
            Some((lookups, _)) => *lookups += 1,
            None => {
                self.connection.prepare_cached("BEGIN")?.execute([])?;
                self.snapshot = Some((0, Instant::now()));
            }
        }
        Ok(())
    }

    fn rest(&mut self) -> rusqlite::Result<()> {
        if self.snapshot.take().is_some() {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

/// What was kept of a file as it was written, or nothing.
fn prints(file: i64, row: &Row<'_>) -> rusqlite::Result<Option<PrintsRow>> {
    let prints = PrintsRow {
        policy: row.get(0)?,
        basis: row.get(1)?,
    };
    Ok((prints.sum(file) == row.get::<_, i64>(2)?).then_some(prints))
}

/// A row as it was written, or nothing.
fn remembered(key: &[u8], row: &Row<'_>) -> rusqlite::Result<Option<Remembered>> {
    let file = row.get(0)?;
    let found = FileRow {
        path: key.to_vec(),
        stamp: row.get(1)?,
        content: row.get(2)?,
        settings: row.get(3)?,
        until: row.get(4)?,
        bytes: row.get::<_, i64>(5)?.cast_unsigned(),
        record: row.get(6)?,
    };
    if found.sum() != row.get::<_, i64>(7)? {
        return Ok(None);
    }
    let judged = match row.get::<_, Option<i64>>(8)? {
        Some(judgement) => {
            let judged = JudgedRow {
                judgement,
                counts: row.get(9)?,
                record: row.get(10)?,
            };
            (judged.sum(file) == row.get::<_, i64>(11)?).then_some(judged)
        }
        None => None,
    };
    Ok(Some(Remembered {
        file,
        row: found,
        judged,
    }))
}
