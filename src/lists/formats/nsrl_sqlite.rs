//! The National Software Reference Library, version 3: an SQLite database with the table `FILE`, or its smaller editions,
//! which have `METADATA` or only `DISTINCT_HASH`.

use std::collections::HashMap;

use super::nsrl::{HASHES, known_good};
use super::sqlite::{Database, MAGIC, field, hash, text};
use super::words::NO_HASH;
use super::{Entry, Head, Intake, ListFormat, Place, ReadError, ReadOptions, Source};

pub(super) const FORMAT: ListFormat = ListFormat {
    name: "nsrl-sqlite",
    about: "NSRL version 3 (RDSv3), SQLite",
    looks_like: |head: Head<'_>| head.bytes().starts_with(MAGIC),
    read,
    write: None,
};

/// Tables and views with hashes, the one that says most first.
const TABLES: [&str; 3] = ["FILE", "METADATA", "DISTINCT_HASH"];

/// Most bytes of package names that are kept; of packages past them the number is told.
const MAX_NAMES: usize = 64 << 20;

fn read(
    source: &mut Source<'_>,
    _: &ReadOptions,
    intake: &mut dyn Intake,
) -> Result<(), ReadError> {
    let database = Database::open(source)?;
    let hashed = |table: &str| {
        HASHES
            .iter()
            .any(|(column, _)| database.has_column(table, column))
    };
    let table = TABLES.into_iter().find(|table| hashed(table)).ok_or_else(|| {
        let message = "no NSRL database: there is no FILE, METADATA or DISTINCT_HASH with sha256, sha1 or md5";
        ReadError::bad(Place::Whole, message)
    })?;
    intake.options(known_good());
    let packages = packages(&database)?;
    let column = |column: &str| match database.has_column(table, column) {
        true => format!("t.{column}"),
        false => "NULL".to_owned(),
    };
    let columns = ["sha256", "sha1", "md5", "file_name", "package_id"].map(column);
    let sql = format!("SELECT {} FROM {table} AS t", columns.join(", "));
    database.rows(&sql, |number, row| {
        let (name, package) = (text(field(row, 3)), text(field(row, 4)));
        let mut found = false;
        for (place, (_, kind)) in HASHES.iter().enumerate() {
            let value = hash(*kind, field(row, place));
            let value = value.map_err(|message| ReadError::bad(Place::Row(number), message))?;
            let Some(value) = value else { continue };
            let mut entry = Entry::new(value, name.as_str());
            let source = packages.get(&package).unwrap_or(&package);
            entry.source = (!source.is_empty()).then(|| source.clone());
            intake.entry(entry)?;
            found = true;
        }
        if !found {
            intake.leave_out(NO_HASH);
        }
        Ok(())
    })
}

/// What packages are called, by their numbers.
fn packages(database: &Database) -> Result<HashMap<String, String>, ReadError> {
    let mut names = HashMap::new();
    if !["package_id", "name"]
        .iter()
        .all(|column| database.has_column("PKG", column))
    {
        return Ok(names);
    }
    let mut room = MAX_NAMES;
    database.rows("SELECT p.package_id, p.name FROM PKG AS p", |_, row| {
        let (id, name) = (text(field(row, 0)), text(field(row, 1)));
        // A map takes some room for each of its members, too.
        let size = id.len() + name.len() + 64;
        if size <= room {
            room -= size;
            names.insert(id, name);
        }
        Ok(())
    })?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::super::ReadError;
    use super::super::sqlite::testing::{detected, imported, made};
    use super::*;
    use crate::fingerprints::{MD5, SHA1, SHA256};
    use crate::lists::ListKind;
    use proptest::prelude::*;
    use std::io::Write;
    use std::sync::OnceLock;

    const FILE: &str = "CREATE TABLE FILE (sha256 TEXT, sha1 TEXT, md5 TEXT, crc32 TEXT, file_name TEXT, file_size INTEGER, package_id INTEGER);";
    const PKG: &str = "CREATE TABLE PKG (package_id INTEGER, name TEXT, version TEXT); INSERT INTO PKG VALUES (5, 'Office Suite', '1');";

    fn row(package: u32) -> String {
        format!(
            "INSERT INTO FILE VALUES ('{}', '{}', '{}', '', 'a''b.gif', 7, {package});",
            "EF".repeat(32),
            "CD".repeat(20),
            "AB".repeat(16)
        )
    }

    fn error(sql: &str) -> String {
        imported(&FORMAT, &made(sql)).unwrap_err().to_string()
    }

    #[test]
    fn a_library_is_read() {
        let path = made(&format!("{FILE}{PKG}{}{}", row(5), row(6)));
        assert_eq!(detected(&path), "nsrl-sqlite");
        let found = imported(&FORMAT, &path).unwrap();
        let told: Vec<_> = found
            .entries
            .iter()
            .map(|e| (e.fingerprint.kind(), e.source.as_deref().unwrap()))
            .collect();
        assert_eq!(
            told[..3],
            [
                (SHA256, "Office Suite"),
                (SHA1, "Office Suite"),
                (MD5, "Office Suite")
            ]
        );
        assert_eq!(told[3..], [(SHA256, "6"), (SHA1, "6"), (MD5, "6")]);
        assert!(found.entries.iter().all(|e| e.id == "a'b.gif"));
        assert_eq!(found.options.kind, Some(ListKind::Allow));
    }

    #[test]
    fn the_smallest_edition_is_read() {
        let sql = format!(
            "{FILE}{} CREATE VIEW DISTINCT_HASH AS SELECT DISTINCT sha1, md5 FROM FILE;",
            row(5)
        );
        let sql = sql
            .replace("TABLE FILE", "TABLE THINGS")
            .replace("INTO FILE", "INTO THINGS")
            .replace("FROM FILE", "FROM THINGS");
        let found = imported(&FORMAT, &made(&sql)).unwrap();
        assert_eq!(found.entries.len(), 2);
    }

    #[test]
    fn errors_name_the_row_and_no_hash() {
        let bad = row(5).replace("CD", "deadbeef");
        assert_eq!(
            error(&format!("{FILE}{}{bad}", row(5))),
            "row 2: 160 hex digits, a sha1 hash has 40"
        );
        assert!(error("CREATE TABLE x (y);").starts_with("the whole list: no NSRL database"));
    }

    #[test]
    fn views_cannot_do_more_than_select() {
        let view = |select: &str| {
            error(&format!(
                "CREATE TABLE x (y); INSERT INTO x VALUES (1); CREATE VIEW FILE AS {select};"
            ))
        };
        // Either the view is refused when it is looked at, or its rows come to an end.
        for select in [
            "WITH RECURSIVE n(sha1) AS (SELECT 1 UNION ALL SELECT sha1 + 1 FROM n) SELECT NULL AS sha1 FROM n",
            "SELECT load_extension('x') AS sha1",
            "SELECT hex(randomblob(1000000)) AS sha1",
            "SELECT value AS sha1 FROM json_each('[1]')",
            "SELECT name AS sha1 FROM pragma_database_list",
            "SELECT name AS sha1 FROM sqlite_master",
            "SELECT sha1 FROM FILE",
        ] {
            let error = view(select);
            assert!(error.starts_with("the whole list: "), "{select}: {error}");
        }
        let virtual_table = error("CREATE VIRTUAL TABLE FILE USING fts5(sha1);");
        assert!(
            virtual_table.contains("parts that no database of hashes has"),
            "{virtual_table}"
        );
    }

    #[test]
    fn views_that_multiply_rows_come_to_an_end() {
        let digits =
            "CREATE TABLE x (y); INSERT INTO x VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);";
        let error = error(&format!(
            "{digits} CREATE VIEW FILE AS SELECT NULL AS sha1 FROM x a, x b, x c, x d, x e, x f, x g, x h, x i, x j;"
        ));
        assert!(
            error.contains("more rows than the file has bytes"),
            "{error}"
        );
    }

    #[test]
    fn a_database_that_is_being_written_is_refused() {
        let path = made(FILE);
        let mut beside = path.as_os_str().to_owned();
        beside.push("-wal");
        std::fs::write(&beside, "x").unwrap();
        let error = imported(&FORMAT, &path).unwrap_err().to_string();
        std::fs::remove_file(&beside).unwrap();
        assert!(error.contains("ends in -wal"), "{error}");
    }

    #[test]
    fn any_file_name_will_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?c#d%41é&mode=rw.db");
        std::fs::copy(made(FILE), &path).unwrap();
        assert!(imported(&FORMAT, &path).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn no_altered_database_panics_or_tells_a_hash(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut: Option<prop::sample::Index>) {
            static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
            let mut bytes = WHOLE.get_or_init(|| std::fs::read(made(&format!("{FILE}{PKG}{}{}", row(5), row(6)))).unwrap()).clone();
            for (place, byte) in edits {
                let at = place.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let mut altered = tempfile::NamedTempFile::new().unwrap();
            altered.write_all(&bytes).unwrap();
            for format in [&FORMAT, &super::super::kdb::FORMAT] {
                let result: Result<_, ReadError> = imported(format, altered.path());
                if let Err(error) = result {
                    let error = error.to_string();
                    prop_assert!(!error.contains("CDCD") && !error.contains("ABAB"), "{}", error);
                }
            }
        }
    }
}
