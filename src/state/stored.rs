//! What a state holds, read without a scan: every record in the order of the last scan, as it was judged or by other lists.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rusqlite::{Connection, OptionalExtension as _};

use super::counts::Counts;
use super::judge;
use super::memory::Ids;
use super::row::FileRow;
use super::rows::{LastRun, Whole};
use super::{Basis, StateError, schema};
use crate::inspect::{Inspection, Inspector, Kept};
use crate::policy::Policy;
use crate::reports::record_line;
use crate::scan::{Answer, Summary};
use crate::settings::Settings;
use crate::signals::Compared;
use crate::sources::Name;

/// A number that no judgement and no policy has.
pub(super) const NONE: i64 = -1;

/// A state that is read.
#[derive(Debug)]
pub struct Stored {
    connection: Connection,
    pub(super) path: PathBuf,
    pub(super) last: LastRun,
}

/// One input's record.
#[derive(Debug)]
pub struct StoredRecord {
    /// The record as `jsonl` has it, with its end.
    pub line: Vec<u8>,
    pub(super) counts: Counts,
    pub(super) bytes: u64,
    pub(super) asked_for: bool,
    pub(super) whys: Vec<u8>,
    /// What was kept of it beside the record.
    pub(super) kept: Option<Vec<u8>>,
    pub(super) inspection: Option<Inspection>,
}

impl StoredRecord {
    /// The name of the input and what is known of it.
    ///
    /// # Errors
    /// The record cannot be read, which is said of the state at this path.
    pub fn read(&mut self, state: &Path) -> Result<(Name, Inspection), StateError> {
        let (name, plain) =
            judge::image(&self.line, &self.whys).ok_or_else(|| StateError::damaged(state))?;
        Ok((name, self.inspection.take().unwrap_or(plain)))
    }

    /// Adds it to what a summary counts.
    pub fn count(&self, summary: &mut Summary) {
        let answer: Answer = self.counts.answer(self.asked_for, self.bytes, Vec::new());
        summary.add(&answer);
    }
}

/// Who judges, and the number that the state has for that policy.
#[derive(Clone, Copy)]
struct Judge<'a> {
    inspector: &'a Inspector,
    policy: i64,
}

impl Stored {
    /// Opens a state, also while a scan writes it.
    ///
    /// # Errors
    /// It is not there, no state, damaged, or of another version.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let connection = schema::open_to_read(path)?;
        let last = LastRun::read(&connection).map_err(|error| StateError::sql(path, &error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            last,
        })
    }

    /// Whether the last scan with this state went through all its inputs.
    pub fn is_finished(&self) -> bool {
        self.last.finished
    }

    /// Whether the last scan was judged by this policy.
    pub fn was_judged_by(&self, policy: &Policy) -> bool {
        let basis = Basis::of(&Settings::default(), policy);
        basis.policy.differ_from(&self.last.judgement).is_empty()
    }

    /// These settings with those of the last scan that say which signals were used and what they show, so that judging again
    /// draws the same conclusions.
    pub fn as_scanned(&self, settings: Settings) -> Settings {
        crate::basis::as_scanned(&self.last.settings, settings)
    }

    /// Hands on every record in the order of the last scan; all there are, in the order of paths, if `gone` says so or that
    /// scan did not come to its end. With an inspector, and what its answers rest on, each is judged by its lists and its
    /// policy; else it is as it was judged last, before any entry of a list was set aside.
    ///
    /// # Errors
    /// The state is damaged, something was not kept that the inspector's lists ask for, or `each` fails.
    pub fn records(
        &self,
        judge: Option<(&Inspector, &Basis)>,
        gone: bool,
        each: impl FnMut(StoredRecord) -> Result<(), StateError>,
    ) -> Result<(), StateError> {
        self.each(judge, gone, Ok, each)
    }

    /// Hands on what is made of every record, on many threads, in their order.
    pub(super) fn each<T: Send, E: From<StateError>>(
        &self,
        judge: Option<(&Inspector, &Basis)>,
        gone: bool,
        make: impl Fn(StoredRecord) -> Result<T, StateError> + Sync + Send,
        mut each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let judge = judge
            .map(|(inspector, basis)| self.judge(inspector, basis))
            .transpose()?;
        let (path, last) = (&self.path, &self.last);
        let connection = schema::reading(path)?;
        let (sender, chunks) = sync_channel::<Vec<Whole>>(2);
        std::thread::scope(|threads| {
            let reading = threads.spawn(move || {
                last.rows(&connection, path, gone, |chunk| sender.send(chunk).is_ok())
            });
            for chunk in chunks {
                for made in records(path, judge, &chunk, &make)? {
                    each(made)?;
                }
            }
            let read = reading
                .join()
                .unwrap_or_else(|_| Err(StateError::damaged(path)));
            Ok(read?)
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
}

/// What is made of some rows: what the lists say of many is found faster at once.
fn records<T: Send>(
    path: &Path,
    judge: Option<Judge<'_>>,
    rows: &[Whole],
    make: &(impl Fn(StoredRecord) -> Result<T, StateError> + Sync),
) -> Result<Vec<T>, StateError> {
    let damaged = || StateError::damaged(path);
    let Some(Judge { inspector, policy }) = judge else {
        let records = rows.par_iter().map(as_judged);
        return records
            .map(|record| make(record.ok_or_else(damaged)?))
            .collect();
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
        None => not_examined(inspector, &row.file).map(|record| StoredRecord {
            asked_for: row.asked_for,
            ..record
        }),
    });
    judged
        .map(|record| make(record.ok_or_else(damaged)?))
        .collect()
}

/// The record of a row as it was judged last.
fn as_judged(row: &Whole) -> Option<StoredRecord> {
    let judged = row.judged.as_ref()?;
    let counts = Counts::unpack(judged.counts)?;
    let (whys, kept) = row.beside();
    Some(StoredRecord {
        line: judge::line(&row.file.record, judged, counts),
        counts,
        bytes: row.file.bytes,
        asked_for: row.asked_for,
        whys,
        kept,
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
    let (whys, kept) = row.beside();
    Some(StoredRecord {
        line: judge::line(&row.file.record, &again.judged, again.counts),
        counts: again.counts,
        bytes: row.file.bytes,
        asked_for: row.asked_for,
        whys,
        kept,
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
        asked_for: false,
        whys: Vec::new(),
        kept: None,
        inspection: Some(inspection),
    })
}

impl Whole {
    /// The reasons of signals that did not apply, and what was kept to compare.
    fn beside(&self) -> (Vec<u8>, Option<Vec<u8>>) {
        let parts = self.prints.as_ref().and_then(judge::parts);
        parts.map_or((Vec::new(), None), |(_, whys, kept)| {
            (whys.to_vec(), Some(kept.to_vec()))
        })
    }
}
