//! Stored records: every record of every sample reads back as what it was written from.

use std::fs;

use provscan::reports::{Line, read_record, record_line};

use crate::support::root;

/// A golden is a record that was indented; this takes that back.
fn on_one_line(golden: &str) -> String {
    let mut line: String = golden.lines().map(str::trim_start).collect();
    let (mut text, mut escaped) = (false, false);
    // Outside of texts, the indented form has a space after each colon.
    line.retain(|c| {
        let keep = text || c != ' ';
        match text {
            true if escaped => escaped = false,
            true if c == '\\' => escaped = true,
            _ if c == '"' => text = !text,
            _ => {}
        }
        keep
    });
    line
}

#[test]
fn every_golden_record_reads_back_byte_for_byte() {
    let mut read = 0;
    for folder in fs::read_dir(root().join("samples")).unwrap() {
        let Ok(files) = fs::read_dir(folder.unwrap().path()) else {
            continue;
        };
        for file in files {
            let path = file.unwrap().path();
            let golden = fs::read_to_string(&path).unwrap_or_default();
            if path.extension().is_none_or(|ending| ending != "json")
                || !golden.contains(r#""type": "image""#)
            {
                continue;
            }
            let line = on_one_line(&golden);
            match read_record(line.as_bytes()) {
                Ok(Line::Image(name, inspection)) => {
                    let again = record_line(&name, &inspection);
                    assert_eq!(
                        String::from_utf8(again).unwrap().trim_end(),
                        line,
                        "{}",
                        path.display()
                    );
                }
                other => panic!("{}: {other:?}", path.display()),
            }
            read += 1;
        }
    }
    assert!(read > 100, "only {read} goldens");
}
