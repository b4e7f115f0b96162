//! How a run begins: what its answers rest on is noted, and compared with what those of the last run rested on.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Basis;
use super::memory::Ids;
use crate::basis::Words;

/// What a run begins with.
pub(super) struct Begun {
    pub(super) ids: Ids,
    pub(super) run: i64,
    /// Nothing is remembered yet.
    pub(super) empty: bool,
    /// Why files are read or judged again.
    pub(super) notices: Vec<String>,
}

impl Begun {
    /// Notes that a run begins, and what its answers rest on.
    pub(super) fn note(connection: &Connection, basis: &Basis) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let last = Last::read(connection)?;
        let ids = Ids {
            settings: number(connection, &basis.settings)?,
            policy: number(connection, &basis.policy)?,
            judgement: number(connection, &basis.judgement)?,
        };
        let run = number_run(connection, ids)?;
        let empty: bool =
            connection.query_row("SELECT NOT EXISTS(SELECT 1 FROM files)", [], |row| {
                row.get(0)
            })?;
        connection.execute_batch("COMMIT")?;
        let notices = match last {
            Some(last) if !empty => last.notices(ids, basis),
            _ => Vec::new(),
        };
        Ok(Self {
            ids,
            run,
            empty,
            notices,
        })
    }
}

/// What the answers of the last run rested on.
struct Last {
    settings: i64,
    words: String,
    judgement: i64,
}

impl Last {
    fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        connection
            .query_row(
                "SELECT s.id, s.words, j.id FROM runs r, digests s, digests j \
                 WHERE s.id = r.settings AND j.id = r.judgement ORDER BY r.run DESC LIMIT 1",
                [],
                |row| {
                    Ok(Self {
                        settings: row.get(0)?,
                        words: row.get(1)?,
                        judgement: row.get(2)?,
                    })
                },
            )
            .optional()
    }

    /// Why what is remembered does not stand as it is.
    fn notices(&self, ids: Ids, basis: &Basis) -> Vec<String> {
        let mut notices = Vec::new();
        if self.settings != ids.settings {
            let differ = basis.settings.changed_since(&self.words);
            notices.push(format!(
                "since the last scan with this state, something changed that answers rest on, so files are read again: {differ}"
            ));
        }
        if self.judgement != ids.judgement {
            notices.push(
                "the lists or the policy (--list, --threshold, --policy) are not those of the last scan with this state, so what was stored is judged again"
                    .to_owned(),
            );
        }
        notices
    }
}

/// The number under which these words are known from now on.
fn number(connection: &Connection, words: &Words) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT OR IGNORE INTO digests(digest, words) VALUES (?1, ?2)",
        params![words.digest(), words.to_text()],
    )?;
    connection.query_row(
        "SELECT id FROM digests WHERE digest = ?1",
        [words.digest()],
        |row| row.get(0),
    )
}

/// A number for this run.
fn number_run(connection: &Connection, ids: Ids) -> rusqlite::Result<i64> {
    // A run that did not come to its end needs no number of its own.
    connection.execute("DELETE FROM runs WHERE finished IS NULL", [])?;
    connection.execute(
        "INSERT INTO runs(settings, judgement) VALUES (?1, ?2)",
        [ids.settings, ids.judgement],
    )?;
    Ok(connection.last_insert_rowid())
}
