//! What a state holds, read without a scan: every record in the order of paths, as it was judged or by other lists.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::judge;
use super::memory::Ids;
use super::row::{Counts, FileRow, JudgedRow, PrintsRow};
use super::seen::Seen;
use super::{Basis, StateError, schema};
use crate::inspect::{Inspection, Inspector, Kept};
use crate::reports::record_line;
use crate::scan::{Answer, Summary};
use crate::signals::Compared;
use crate::sources::Name;

/// Rows that are judged together; the next ones are read meanwhile.
const CHUNK: usize = 4096;

const ALL: &str = "SELECT f.file, f.path, f.stamp, f.content, f.settings, f.until, f.bytes, f.record, f.sum, \
     j.judgement, j.counts, j.record, j.sum, p.policy, p.basis, p.sum \
     FROM files f LEFT JOIN judged j ON j.file = f.file LEFT JOIN prints p ON p.file = f.file ORDER BY f.path";

/// A number that no judgement and no policy has.
const NONE: i64 = -1;

/// A state that is read.
#[derive(Debug)]
pub struct Stored {
    connection: Connection,
    path: PathBuf,
    seen: Option<Seen>,
}

/// One input's record.
#[derive(Debug)]
pub struct StoredRecord {
    /// The record as `jsonl` has it, with its end.
    pub line: Vec<u8>,
    counts: Counts,
    bytes: u64,
    inspection: Option<Inspection>,
}

impl StoredRecord {
    /// The name of the input and what is known of it.
    ///
    /// # Errors
    /// The record cannot be read, which is said of the state at this path.
    pub fn read(mut self, state: &Path) -> Result<(Name, Inspection), StateError> {
        let (name, plain) =
            judge::image(&self.line, &[]).ok_or_else(|| StateError::damaged(state))?;
        Ok((name, self.inspection.take().unwrap_or(plain)))
    }

    /// Adds it to what a summary counts.
    pub fn count(&self, summary: &mut Summary) {
        let answer: Answer = self.counts.answer(false, self.bytes, Vec::new());
        summary.add(&answer);
    }
}

/// Who judges, and the number that the state has for that policy.
#[derive(Clone, Copy)]
struct Judge<'a> {
    inspector: &'a Inspector,
    policy: i64,
}

/// A row as it stands in the database.
struct Whole {
    file: FileRow,
    judged: Option<JudgedRow>,
    prints: Option<PrintsRow>,
}

impl Stored {
    /// Opens a state, also while a scan writes it.
    ///
    /// # Errors
    /// It is not there, no state, damaged, or of another version.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let connection = schema::open_to_read(path)?;
        let seen = connection
            .query_row(
                "SELECT seen FROM runs WHERE seen IS NOT NULL ORDER BY run DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| StateError::sql(path, &error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            seen: seen.map(Seen::from_bytes),
        })
    }

    /// Whether a scan went through all its inputs with this state.
    pub fn is_finished(&self) -> bool {
        self.seen.is_some()
    }

    /// Hands on every record in the order of paths; those that the last whole scan did not meet only if `gone` says so. With
    /// an inspector, and what its answers rest on, each is judged by its lists and its policy; else it is as it was judged
    /// last, before any entry of a list was set aside.
    ///
    /// # Errors
    /// The state is damaged, something was not kept that the inspector's lists ask for, or `each` fails.
    pub fn records(
        &self,
        judge: Option<(&Inspector, &Basis)>,
        gone: bool,
        mut each: impl FnMut(StoredRecord) -> Result<(), StateError> + Send,
    ) -> Result<(), StateError> {
        let judge = judge
            .map(|(inspector, basis)| self.judge(inspector, basis))
            .transpose()?;
        let (sender, chunks) = sync_channel::<Vec<Whole>>(2);
        let path = &self.path;
        std::thread::scope(|threads| {
            let judging = threads.spawn(move || -> Result<(), StateError> {
                for chunk in chunks {
                    for record in records(path, judge, &chunk)? {
                        each(record)?;
                    }
                }
                Ok(())
            });
            let read = self.read(gone, |chunk| sender.send(chunk).is_ok());
            drop(sender);
            let judged = judging
                .join()
                .unwrap_or_else(|_| Err(StateError::damaged(path)));
            read.and(judged)
        })
    }

    fn judge<'a>(&self, inspector: &'a Inspector, basis: &Basis) -> Result<Judge<'a>, StateError> {
        let policy = self
            .connection
            .query_row(
                "SELECT id FROM digests WHERE digest = ?1",
                [basis.policy.digest()],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| StateError::sql(&self.path, &error))?;
        Ok(Judge {
            inspector,
            policy: policy.unwrap_or(NONE),
        })
    }

    /// Reads all rows in chunks, as long as somebody takes them.
    fn read(&self, gone: bool, mut take: impl FnMut(Vec<Whole>) -> bool) -> Result<(), StateError> {
        let sql = |error: rusqlite::Error| StateError::sql(&self.path, &error);
        let mut statement = self.connection.prepare(ALL).map_err(sql)?;
        let mut rows = statement.query([]).map_err(sql)?;
        let mut chunk = Vec::with_capacity(CHUNK);
        while let Some(row) = rows.next().map_err(sql)? {
            let file: i64 = row.get(0).map_err(sql)?;
            if !gone && self.seen.as_ref().is_some_and(|seen| !seen.has(file)) {
                continue;
            }
            let whole = whole(file, row).map_err(sql)?;
            chunk.push(whole.ok_or_else(|| StateError::damaged(&self.path))?);
            if chunk.len() == CHUNK
                && !take(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))
            {
                return Ok(());
            }
        }
        take(chunk);
        Ok(())
    }
}

/// The records of some rows: what the lists say of many is found faster at once.
fn records(
    path: &Path,
    judge: Option<Judge<'_>>,
    rows: &[Whole],
) -> Result<Vec<StoredRecord>, StateError> {
    let damaged = || StateError::damaged(path);
    let Some(Judge { inspector, policy }) = judge else {
        let records = rows.par_iter().map(as_judged);
        return records.map(|record| record.ok_or_else(damaged)).collect();
    };
    let stored = rows.par_iter().map(|row| {
        let prints = row.prints.as_ref()?;
        judge::Stored::read(&row.file.record, prints)
    });
    let stored: Vec<Option<judge::Stored<'_>>> = stored.collect();
    let kept: Vec<&Kept> = stored.iter().flatten().map(|one| &one.kept).collect();
    if !kept.iter().all(|kept| inspector.can_judge_from(kept)) {
        return Err(StateError::new(
            path,
            "hashes of a kind that the lists hold were not kept; scan the files again with these lists and this state",
        ));
    }
    let mut compared = inspector.compared_all(&kept).into_iter();
    let stored = stored.into_iter().map(|stored| {
        let stored = stored?;
        Some((stored, compared.next().flatten()))
    });
    let both: Vec<_> = rows.iter().zip(stored).collect();
    let judged = both.into_par_iter().map(|(row, stored)| match stored {
        Some((stored, compared)) => judged(inspector, policy, row, stored, compared),
        None => not_examined(inspector, &row.file),
    });
    judged.map(|record| record.ok_or_else(damaged)).collect()
}

/// The record of a row as it was judged last.
fn as_judged(row: &Whole) -> Option<StoredRecord> {
    let judged = row.judged.as_ref()?;
    let counts = Counts::unpack(judged.counts)?;
    Some(StoredRecord {
        line: judge::line(&row.file.record, judged, counts),
        counts,
        bytes: row.file.bytes,
        inspection: None,
    })
}

/// The record of a row by other lists and a policy.
fn judged(
    inspector: &Inspector,
    policy: i64,
    row: &Whole,
    stored: judge::Stored<'_>,
    compared: Option<Compared>,
) -> Option<StoredRecord> {
    let ids = Ids {
        settings: row.file.settings,
        policy,
        judgement: NONE,
    };
    let again = judge::again(inspector, stored, &ids, true, compared)?;
    Some(StoredRecord {
        line: judge::line(&row.file.record, &again.judged, again.counts),
        counts: again.counts,
        bytes: row.file.bytes,
        inspection: again.inspection,
    })
}

/// The record of an input that could not be read, so that no list has anything to say of it.
fn not_examined(inspector: &Inspector, file: &FileRow) -> Option<StoredRecord> {
    let (name, mut inspection) = judge::image(&file.record, &[])?;
    inspector.judge_again(&mut inspection);
    Some(StoredRecord {
        line: record_line(&name, &inspection),
        counts: Counts::of(&inspection),
        bytes: file.bytes,
        inspection: Some(inspection),
    })
}

/// A row as it was written, or nothing.
fn whole(file: i64, row: &Row<'_>) -> rusqlite::Result<Option<Whole>> {
    let found = FileRow {
        path: row.get(1)?,
        stamp: row.get(2)?,
        content: row.get(3)?,
        settings: row.get(4)?,
        until: row.get(5)?,
        bytes: row.get::<_, i64>(6)?.cast_unsigned(),
        record: row.get(7)?,
    };
    if found.sum() != row.get::<_, i64>(8)? {
        return Ok(None);
    }
    let judged = match row.get::<_, Option<i64>>(9)? {
        Some(judgement) => {
            let judged = JudgedRow {
                judgement,
                counts: row.get(10)?,
                record: row.get(11)?,
            };
            (judged.sum(file) == row.get::<_, i64>(12)?).then_some(judged)
        }
        None => None,
    };
    let prints = match row.get::<_, Option<i64>>(13)? {
        Some(policy) => {
            let prints = PrintsRow {
                policy,
                basis: row.get(14)?,
            };
            (prints.sum(file) == row.get::<_, i64>(15)?).then_some(prints)
        }
        None => None,
    };
    Ok(Some(Whole {
        file: found,
        judged,
        prints,
    }))
}
