//! Rows as they stand in the database, read in the order of the scan that met them.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row, Statement};

use super::StateError;
use super::met::{Met, Run, runs};
use super::row::{FileRow, JudgedRow, PrintsRow};
use super::seen::Seen;

const ROWS: &str = "SELECT f.file, f.path, f.stamp, f.content, f.settings, f.until, f.bytes, f.record, f.sum, \
     j.judgement, j.counts, j.record, j.sum, p.policy, p.basis, p.sum \
     FROM files f LEFT JOIN judged j ON j.file = f.file LEFT JOIN prints p ON p.file = f.file \
     WHERE f.file BETWEEN ?1 AND ?2 ORDER BY f.file";

/// Rows that are judged together; the next ones are read meanwhile.
const CHUNK: usize = 4096;

/// The last scan that came to its end, and whether that is the last one.
#[derive(Debug, Default)]
pub(super) struct LastRun {
    pub(super) finished: bool,
    pub(super) inputs: u64,
    seen: Option<Seen>,
    met: Option<Vec<u8>>,
    /// What its answers rest on.
    pub(super) settings: String,
    pub(super) judgement: String,
}

/// A row as it stands in the database.
pub(super) struct Whole {
    pub(super) file: FileRow,
    pub(super) judged: Option<JudgedRow>,
    pub(super) prints: Option<PrintsRow>,
    /// Somebody asked for the file by name.
    pub(super) asked_for: bool,
}

impl LastRun {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let last = connection
            .query_row(
                "SELECT r.finished IS NOT NULL, s.words, j.words FROM runs r, digests s, digests j \
                 WHERE s.id = r.settings AND j.id = r.judgement ORDER BY r.run DESC LIMIT 1",
                [],
                |row| {
                    Ok(Self {
                        finished: row.get(0)?,
                        settings: row.get(1)?,
                        judgement: row.get(2)?,
                        ..Self::default()
                    })
                },
            )
            .optional()?;
        let mut last = last.unwrap_or_default();
        if last.finished {
            connection
                .query_row(
                    "SELECT seen, met, inputs FROM runs WHERE seen IS NOT NULL ORDER BY run DESC LIMIT 1",
                    [],
                    |row| {
                        last.seen = row.get::<_, Option<Vec<u8>>>(0)?.map(Seen::from_bytes);
                        last.met = row.get(1)?;
                        last.inputs = row.get::<_, i64>(2)?.cast_unsigned();
                        Ok(())
                    },
                )
                .optional()?;
        }
        Ok(last)
    }

    /// Hands on all rows in chunks, as long as somebody takes them: those that the last scan met, in its order; all there are,
    /// in the order of paths, if `gone` says so or the last scan did not come to its end.
    pub(super) fn rows(
        &self,
        connection: &Connection,
        path: &Path,
        gone: bool,
        take: impl FnMut(Vec<Whole>) -> bool,
    ) -> Result<(), StateError> {
        let sql = |error: rusqlite::Error| StateError::sql(path, &error);
        let mut reading = Reading {
            statement: connection.prepare(ROWS).map_err(sql)?,
            path,
            chunk: Vec::new(),
            take,
            left: u64::MAX,
        };
        match &self.met {
            Some(met) if !gone => {
                // More than it counted comes from bytes that somebody made up.
                reading.left = self.inputs;
                reading.all(runs(met))
            }
            _ => {
                let mut by_path = self.by_path(connection, gone).map_err(sql)?;
                reading.all(runs(by_path.closed().unwrap_or_default()))
            }
        }
    }

    fn by_path(&self, connection: &Connection, gone: bool) -> rusqlite::Result<Met> {
        let mut asked_for = Seen::default();
        for run in runs(self.met.as_deref().unwrap_or_default()).filter(|run| run.asked_for) {
            let rows = usize::try_from(self.inputs).unwrap_or(usize::MAX);
            for row in (run.first..=run.last).take(rows) {
                asked_for.add(row);
            }
        }
        let mut by_path = Met::default();
        let mut files = connection.prepare("SELECT file FROM files ORDER BY path")?;
        for file in files.query_map([], |row| row.get::<_, i64>(0))? {
            let file = file?;
            if gone || self.seen.as_ref().is_none_or(|seen| seen.has(file)) {
                by_path.add(file, asked_for.has(file));
            }
        }
        Ok(by_path)
    }
}

/// Rows that are being read.
struct Reading<'a, T> {
    statement: Statement<'a>,
    path: &'a Path,
    chunk: Vec<Whole>,
    take: T,
    /// So many more may come.
    left: u64,
}

impl<T: FnMut(Vec<Whole>) -> bool> Reading<'_, T> {
    fn all(mut self, runs: impl Iterator<Item = Run>) -> Result<(), StateError> {
        for run in runs {
            if !self.run(run)? {
                return Ok(());
            }
        }
        (self.take)(self.chunk);
        Ok(())
    }

    /// Reads rows that follow each other; false when nobody wants more.
    fn run(&mut self, run: Run) -> Result<bool, StateError> {
        let sql = |error: rusqlite::Error| StateError::sql(self.path, &error);
        let damaged = || StateError::damaged(self.path);
        let mut rows = self.statement.query([run.first, run.last]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            self.left = self.left.checked_sub(1).ok_or_else(damaged)?;
            let whole = whole(row, run.asked_for).map_err(sql)?;
            self.chunk.push(whole.ok_or_else(damaged)?);
            if self.chunk.len() == CHUNK
                && !(self.take)(std::mem::replace(
                    &mut self.chunk,
                    Vec::with_capacity(CHUNK),
                ))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A row as it was written, or nothing.
fn whole(row: &Row<'_>, asked_for: bool) -> rusqlite::Result<Option<Whole>> {
    let number: i64 = row.get(0)?;
    let file = FileRow {
        path: row.get(1)?,
        stamp: row.get(2)?,
        content: row.get(3)?,
        settings: row.get(4)?,
        until: row.get(5)?,
        bytes: row.get::<_, i64>(6)?.cast_unsigned(),
        record: row.get(7)?,
    };
    if file.sum() != row.get::<_, i64>(8)? {
        return Ok(None);
    }
    let judged = match row.get::<_, Option<i64>>(9)? {
        Some(judgement) => {
            let judged = JudgedRow {
                judgement,
                counts: row.get(10)?,
                record: row.get(11)?,
            };
            (judged.sum(number) == row.get::<_, i64>(12)?).then_some(judged)
        }
        None => None,
    };
    let prints = match row.get::<_, Option<i64>>(13)? {
        Some(policy) => {
            let prints = PrintsRow {
                policy,
                basis: row.get(14)?,
            };
            (prints.sum(number) == row.get::<_, i64>(15)?).then_some(prints)
        }
        None => None,
    };
    Ok(Some(Whole {
        file,
        judged,
        prints,
        asked_for,
    }))
}
