//! Tables of every shape, with and without a header.

use super::super::words::NO_HASH;
use super::super::{Imported, ReadError, ReadOptions, Source, csv};
use crate::evidence::Action;

fn mapped(columns: &[(&str, &str)], kind: Option<&str>, text: &str) -> Result<Imported, ReadError> {
    let own = |(field, column): &(&str, &str)| (field.to_string(), column.to_string());
    let options = ReadOptions {
        columns: columns.iter().map(own).collect(),
        kind: kind.map(|kind| kind.parse().unwrap()),
    };
    let mut imported = Imported::default();
    (csv::FORMAT.read)(
        &mut Source::from_bytes(text.as_bytes()),
        &options,
        &mut imported,
    )?;
    Ok(imported)
}

fn error(columns: &[(&str, &str)], text: &str) -> String {
    mapped(columns, None, text).unwrap_err().to_string()
}

#[test]
fn a_table_without_a_header_is_read_by_numbers() {
    let cache = format!(
        "{},7001,2026-01-02,a b\n{},7002,,\n",
        "0f".repeat(32),
        "1e".repeat(32)
    );
    let columns = [
        ("value", "1"),
        ("id", "2"),
        ("date", "3"),
        ("category", "4"),
    ];
    let imported = mapped(&columns, Some("pdq"), &cache).unwrap();
    assert_eq!(imported.entries.len(), 2);
    let entry = &imported.entries[0];
    assert_eq!(
        (
            entry.id.as_str(),
            entry.date.as_deref(),
            entry.category.as_deref()
        ),
        ("7001", Some("2026-01-02"), Some("a b"))
    );
    let by_kind = mapped(&[("pdq", "1"), ("id", "2")], None, &cache).unwrap();
    assert_eq!(by_kind.entries[1].id, "7002");
    // A first hash that is broken is a mistake, and no header.
    assert_eq!(
        error(&[("pdq", "1")], &cache[1..]),
        "line 1: 63 hex digits, a pdq hash has 64"
    );
}

#[test]
fn a_header_is_passed_over_and_may_name_the_columns() {
    let text = format!(
        "Ref\tMD5 of file\tClass\n1\t{}\tB\n2\t\tC\n",
        "ab".repeat(16)
    );
    for columns in [
        [("id", "1"), ("md5", "2"), ("category", "3")],
        [("id", "ref"), ("md5", "MD5 of file"), ("category", "Class")],
    ] {
        let imported = mapped(&columns, None, &text).unwrap();
        let entry = &imported.entries[0];
        assert_eq!(
            (entry.id.as_str(), entry.category.as_deref()),
            ("1", Some("B"))
        );
        assert_eq!((imported.entries.len(), imported.left_out[NO_HASH]), (1, 1));
    }
}

#[test]
fn what_is_asked_for_wrongly_is_named() {
    let text = format!("a,b\n1,{}\n", "ab".repeat(16));
    assert_eq!(
        error(&[("md5", "c")], &text),
        "line 1: the header has no column \"c\""
    );
    assert!(
        error(&[("md5", "3")], &text)
            .starts_with("line 1: there is no column 3: this record has 2 fields")
    );
    assert!(error(&[("md5", "0")], &text).contains("no column 0"));
    assert!(error(&[("id", "a")], &text).starts_with("the whole list: no column with hashes"));
    assert!(error(&[("md6", "a")], &text).contains("column \"md6\": no fingerprint is called"));
    let secret = "deadbeef".repeat(4);
    assert!(!error(&[("md5", &secret)], &text).contains("deadbeef"));
}

#[test]
fn a_record_may_hold_several_hashes() {
    let text = format!(
        "Image ID;SHA-1;MD5;PDQ;PDNA;quality;threshold;action\n7;{};{};{};;90;20;Review\n8;;;;;;;\n",
        "cd".repeat(20),
        "ab".repeat(16),
        "0f".repeat(32)
    );
    let imported = mapped(&[], None, &text).unwrap();
    let told: Vec<_> = imported
        .entries
        .iter()
        .map(|e| {
            (
                e.fingerprint.kind().to_string(),
                e.fingerprint.quality(),
                e.threshold,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("sha1".into(), None, None),
            ("md5".into(), None, None),
            ("pdq".into(), Some(90), Some(20))
        ]
    );
    assert!(
        imported
            .entries
            .iter()
            .all(|e| e.id == "7" && e.action == Some(Action::Review))
    );
    assert_eq!(imported.left_out[NO_HASH], 1);
}

#[test]
fn overrides_are_checked() {
    let pdq = "0f".repeat(32);
    let bad = |fields: &str| {
        error(
            &[],
            &format!("type,value,threshold,min_quality,action\n{fields}\n"),
        )
    };
    assert!(bad(&format!("pdq,{pdq},257,,")).ends_with("from 0 to 256"));
    assert!(bad(&format!("pdq,{pdq},,101,")).contains("least quality"));
    assert!(bad(&format!("pdq,{pdq},,,deadbeef")).ends_with("block, review, label and pass"));
    assert!(bad(&format!("md5,{},3,,", &pdq[..32])).contains("no threshold"));
}

#[test]
fn foreign_algorithms_are_counted_and_unknown_ones_named() {
    let text = format!(
        "type,value\ntmk,x\nSHA-512,{0}{0}\nmd5,{0}\n",
        "ab".repeat(16)
    );
    let imported = mapped(&[], None, &text).unwrap();
    assert_eq!((imported.entries.len(), imported.left_out.len()), (1, 2));
    let unknown = error(&[], "type,value\nmd7,00\n");
    assert!(
        unknown.starts_with("line 2: no fingerprint is called \"md7\""),
        "{unknown}"
    );
}

#[test]
fn what_the_caller_names_is_added_to_what_the_header_says() {
    let text = format!(
        "ID;Prüfsumme MD5;SHA-256;Kategorie\n7;{0};{0}{0};A1\n",
        "ab".repeat(16)
    );
    let named = [("md5", "Prüfsumme MD5"), ("category", "Kategorie")];
    let entries = mapped(&named, None, &text).unwrap().entries;
    let kinds: Vec<String> = entries
        .iter()
        .map(|entry| entry.fingerprint.kind().to_string())
        .collect();
    assert_eq!(kinds, ["md5", "sha256"]);
    for entry in entries {
        assert_eq!(
            (entry.id.as_str(), entry.category.as_deref()),
            ("7", Some("A1"))
        );
    }
    // A column that was named is not also what its header says.
    let entries = mapped(&[("source", "SHA-256"), ("md5", "2")], None, &text)
        .unwrap()
        .entries;
    assert_eq!((entries.len(), entries[0].source.is_some()), (1, true));
}
