//! Files that are no states, and states that somebody damaged: refused in words, or not believed. Never a wrong answer.

use std::fs;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::Tree;
use crate::support::{Ran, Random};

/// That a run refused the state, named it and said what to do.
fn refused(ran: &Ran, why: &str) {
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("a.state: "), "{}", ran.err);
    assert!(ran.err.contains(why), "{}", ran.err);
    assert_eq!(ran.out, "");
}

#[test]
fn what_is_no_state_is_refused_and_left_alone() {
    let tree = Tree::of(&["plain"], 1);
    let foreign = "this file is no state of a scan; `provscan scan --state FILE` makes one";
    let mut random = Random::new(1);
    let noise: Vec<u8> = (0..50_000).map(|_| random.next() as u8).collect();
    let header = [b"SQLite format 3\0".as_slice(), &noise].concat();
    for (bytes, why) in [
        (noise, foreign),
        (b"a note".to_vec(), foreign),
        (header, "makes one"),
    ] {
        fs::write(tree.at("a.state"), &bytes).unwrap();
        let ran = tree.scan("--state a.state");
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.contains("a.state: ") && ran.err.contains(why) || ran.err.contains("damaged"),
            "{}",
            ran.err
        );
        assert_eq!(fs::read(tree.at("a.state")).unwrap(), bytes);
    }
    fs::remove_file(tree.at("a.state")).unwrap();
    let connection = Connection::open(tree.at("a.state")).unwrap();
    connection
        .execute_batch("CREATE TABLE notes(text)")
        .unwrap();
    refused(&tree.scan("--state a.state"), foreign);
    refused(
        &tree.run("scan in --state a.state --append -o in"),
        "no state",
    );
    fs::create_dir(tree.at("folder.state")).unwrap();
    assert_eq!(tree.scan("--state folder.state").code, 2);
}

#[test]
fn a_state_of_another_version_or_with_more_in_it_is_refused() {
    for (change, why) in [
        ("PRAGMA user_version = 99", "this state is of version 99"),
        ("CREATE TABLE more(x)", "the state is damaged; remove it"),
        ("DROP TABLE judged", "the state is damaged; remove it"),
        (
            "CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM judged; END",
            "the state is damaged; remove it",
        ),
    ] {
        let tree = Tree::of(&["plain"], 1);
        tree.scan("--state a.state");
        let connection = Connection::open(tree.at("a.state")).unwrap();
        connection.execute_batch(change).unwrap();
        drop(connection);
        refused(&tree.scan("--state a.state"), why);
    }
}

/// Rows with nonsense are rows that are not there.
#[test]
fn nonsense_in_rows_is_not_believed() {
    let tree = Tree::of(&["plain", "known_image"], 1);
    let list = crate::support::root().join("samples/lists/known.csv");
    let words = format!("--state a.state --list {}", list.display());
    let expected = tree.scan(&words);
    let mut random = Random::new(2);
    for (table, columns) in [
        (
            "files",
            &[
                "stamp", "content", "settings", "until", "bytes", "record", "sum",
            ][..],
        ),
        ("judged", &["judgement", "counts", "record", "sum"]),
        ("prints", &["policy", "basis", "sum"]),
    ] {
        for column in columns {
            let connection = Connection::open(tree.at("a.state")).unwrap();
            let kind: String = connection
                .query_row(
                    "SELECT type FROM pragma_table_info(?1) WHERE name = ?2",
                    [table, column],
                    |row| row.get(0),
                )
                .unwrap();
            let noise = (0..random.below(300)).map(|_| random.next() as u8);
            let value = match kind.as_str() {
                "INTEGER" => Value::Integer(random.next().cast_signed()),
                _ => Value::Blob(noise.collect()),
            };
            let sql = format!("UPDATE {table} SET {column} = ?1 WHERE file % 2 = 0");
            connection.execute(&sql, [value]).unwrap();
            drop(connection);
            let ran = tree.scan(&words);
            assert_eq!(
                (&ran.out, ran.code),
                (&expected.out, expected.code),
                "{table}.{column}"
            );
        }
    }
}

/// Whatever happens to the bytes of the file, the answer is right or there is none.
#[test]
fn a_damaged_file_gives_the_right_answer_or_none() {
    let tree = Tree::of(&["plain", "known_image"], 1);
    let expected = tree.scan("--state a.state");
    let whole = fs::read(tree.at("a.state")).unwrap();
    let mut random = Random::new(3);
    let mut refused = 0;
    for round in 0..16 {
        let mut bytes = whole.clone();
        match round % 4 {
            0 => bytes.truncate(random.below(whole.len())),
            1 => bytes.truncate(whole.len() / 16384 / 2 * 16384),
            _ => {
                for _ in 0..=random.below(200) {
                    let place = random.below(bytes.len());
                    bytes[place] = random.next() as u8;
                }
            }
        }
        fs::write(tree.at("a.state"), bytes).unwrap();
        let ran = tree.scan("--state a.state");
        match ran.code {
            2 => {
                assert!(ran.err.contains("a.state: "), "{}", ran.err);
                refused += 1;
            }
            code => assert_eq!((ran.out, code), (expected.out.clone(), expected.code)),
        }
        for name in ["a.state-wal", "a.state-shm", "a.state"] {
            let _ = fs::remove_file(tree.at(name));
        }
    }
    assert!(refused > 0);
}
