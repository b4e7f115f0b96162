//! Tables read back by the crate's own reader.

use ::parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;
use crate::inspect::{Group, SignalState};
use crate::reports::stored::lost;

fn table(rows: usize) -> impl FileReader {
    let report = make(ReportOptions::default());
    let mut assembly = report.assembly();
    let mut out = Vec::new();
    assembly.begin(&mut out).unwrap();
    for number in 0..rows {
        let mut inspection = lost("no permission");
        if number % 2 == 1 {
            inspection.faults.clear();
            inspection.signals = vec![("watermark", SignalState::NotApplicable("it is sound"))];
            inspection.bytes = Some(number as u64);
            inspection.group = Some(Group {
                id: "0123456789abcdef".into(),
                size: 2,
            });
        }
        let name = Name::new(format!("a{number}.jpg"));
        assembly
            .add(&report.record(&name, &inspection), &mut out)
            .unwrap();
    }
    assembly.end(&Summary::default(), &mut out).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&out).unwrap();
    SerializedFileReader::new(file).unwrap()
}

#[test]
fn rows_read_back_with_what_they_lack() {
    let table = table(2);
    let rows: Vec<String> = table
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert!(
        rows[0].contains(
            r#"path: "a0.jpg", verdict: "unchecked", action: "review", because: [], strength: null"#
        ),
        "{}",
        rows[0]
    );
    assert!(
        rows[0].contains(
            r#"errors: ["no permission"], group: null, group_size: null, evidence: "[]""#
        ),
        "{}",
        rows[0]
    );
    assert!(
        rows[1].contains(
            r#"bytes: 1, sha256: null, errors: [], group: "0123456789abcdef", group_size: 2"#
        ),
        "{}",
        rows[1]
    );
}

#[test]
fn it_is_told_why_a_signal_did_not_apply() {
    let table = table(2);
    let rows: Vec<String> = table
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert!(
        rows[0].contains(r#"list: [], entry: [], distance: null, tool: null"#),
        "{}",
        rows[0]
    );
    assert!(
        rows[1].contains(r#""watermark":"it is sound""#)
            && rows[1].contains(r#""watermark":"not-applicable""#),
        "{}",
        rows[1]
    );
}

#[test]
fn many_rows_are_several_groups_and_none_is_an_empty_table() {
    let many = table(MOST_ROWS + 1);
    let groups: Vec<i64> = many
        .metadata()
        .row_groups()
        .iter()
        .map(|group| group.num_rows())
        .collect();
    assert_eq!(groups, [MOST_ROWS as i64, 1]);
    assert_eq!(table(0).metadata().file_metadata().num_rows(), 0);
}
