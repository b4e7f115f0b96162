//! Hash sets of Autopsy and The Sleuth Kit (`.kdb`): an SQLite database with the table `hashes`, version 1.

use super::sqlite::{Database, MAGIC, field, hash, text};
use super::words::NO_HASH;
use super::{Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};
use crate::fingerprints::{MD5, SHA1, SHA256};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "kdb",
    about: "a hash set of Autopsy or The Sleuth Kit (.kdb), SQLite",
    looks_like: |head: Head<'_>| head.bytes().starts_with(MAGIC) && head.contains("db_properties"),
    read,
    write: None,
};

/// The version of the schema that is known.
const VERSION: &str = "1";

/// The first name of a file with each hash, and else its first comment, stands for it.
const ROWS: &str = "SELECT h.md5, h.sha1, h.sha2_256, coalesce(n.name, c.comment) FROM hashes AS h \
    LEFT JOIN (SELECT hash_id, min(name) AS name FROM file_names GROUP BY hash_id) AS n ON n.hash_id = h.id \
    LEFT JOIN (SELECT hash_id, min(comment) AS comment FROM comments GROUP BY hash_id) AS c ON c.hash_id = h.id";

/// The same, where only the hashes are there.
const BARE_ROWS: &str = "SELECT h.md5, h.sha1, h.sha2_256, NULL FROM hashes AS h";

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let database = Database::open(source)?;
    check(&database)?;
    let named =
        database.has_column("file_names", "hash_id") && database.has_column("comments", "hash_id");
    database.rows(if named { ROWS } else { BARE_ROWS }, |number, row| {
        let id = text(field(row, 3));
        let mut found = false;
        for (place, kind) in [MD5, SHA1, SHA256].into_iter().enumerate() {
            let value = hash(kind, field(row, place));
            let value = value.map_err(|message| ReadError::bad(Place::Row(number), message))?;
            if let Some(value) = value {
                intake.entry(Entry::new(value, id.as_str()))?;
                found = true;
            }
        }
        if !found {
            intake.leave_out(NO_HASH);
        }
        Ok(())
    })
}

/// Whether it is a hash set of the version that is known.
fn check(database: &Database) -> Result<(), ReadError> {
    let columns = ["md5", "sha1", "sha2_256"];
    if !columns
        .iter()
        .all(|column| database.has_column("hashes", column))
        || !database.has("db_properties")
    {
        return Err(ReadError::bad(
            Place::Whole,
            "no Autopsy hash set: there is no table `hashes` with md5, sha1 and sha2_256",
        ));
    }
    let mut known = false;
    database.rows(
        "SELECT p.value FROM db_properties AS p WHERE p.name = 'Schema Version'",
        |_, row| {
            known = text(field(row, 0)) == VERSION;
            Ok(())
        },
    )?;
    if !known {
        return Err(ReadError::bad(
            Place::Whole,
            format!("an Autopsy hash set of another version than {VERSION}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::testing::{detected, imported, made};
    use super::*;

    const SCHEMA: &str = "CREATE TABLE db_properties (name TEXT NOT NULL, value TEXT NOT NULL);
        INSERT INTO db_properties VALUES ('Schema Version', '1');
        CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));
        CREATE TABLE file_names (name TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(name, hash_id));
        CREATE TABLE comments (comment TEXT NOT NULL, hash_id INTEGER NOT NULL, PRIMARY KEY(comment, hash_id));
        CREATE INDEX md5_index ON hashes(md5);";

    #[test]
    fn a_set_is_read() {
        let rows = "INSERT INTO hashes (md5, sha1) VALUES (x'07070707070707070707070707070707', x'0808080808080808080808080808080808080808');
            INSERT INTO hashes (md5) VALUES (x'09090909090909090909090909090909'), (NULL);
            INSERT INTO file_names VALUES ('b.jpg', 1), ('a.jpg', 1); INSERT INTO comments VALUES ('case 7', 2);";
        let path = made(&format!("{SCHEMA}{rows}"));
        assert_eq!(detected(&path), "kdb");
        let found = imported(&FORMAT, &path).unwrap();
        let told: Vec<_> = found
            .entries
            .iter()
            .map(|e| (e.fingerprint.kind(), e.id.as_str()))
            .collect();
        assert_eq!(told, [(MD5, "a.jpg"), (SHA1, "a.jpg"), (MD5, "case 7")]);
        assert_eq!(found.left_out[NO_HASH], 1);
    }

    #[test]
    fn errors_name_the_row_and_no_hash() {
        let bad = |rows: &str| {
            imported(&FORMAT, &made(&format!("{SCHEMA}{rows}")))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            bad("INSERT INTO hashes (md5) VALUES (NULL), ('deadbeef');"),
            "row 2: 8 hex digits, a md5 hash has 32"
        );
        assert_eq!(
            bad("INSERT INTO hashes (md5) VALUES (7);"),
            "row 1: a number where a md5 hash was expected"
        );
        assert!(
            bad("UPDATE db_properties SET value = 'deadbeef';").ends_with("another version than 1")
        );
        assert!(bad("DROP TABLE hashes;").starts_with("the whole list: no Autopsy hash set"));
        assert!(
            bad("DROP TABLE hashes; CREATE VIEW hashes AS SELECT 1 AS md5;")
                .contains("no Autopsy hash set")
        );
    }

    #[test]
    fn a_set_has_to_be_a_file() {
        let error = super::super::read(MAGIC, Some(&FORMAT))
            .unwrap_err()
            .to_string();
        assert!(error.contains("only be read from a plain file"), "{error}");
    }
}
