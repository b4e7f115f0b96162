//! Stored scans: every record of every sample reads back as what it was written from, and a report of a stored scan is the
//! report that the scan would have made.

use std::fs;

use provscan::reports::{Line, read_record, record_line};

use crate::support::{Folder, Ran, Random, provscan, provscan_with, root, run, scan_of_samples};

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

/// Few enough that the names of particulars that come of it leave room for those of other tests.
const CHANGES: usize = 2000;

#[test]
fn a_changed_record_is_an_error_or_reads_back() {
    let whole = provscan_with(["scan", "samples/content_credentials", "--format", "jsonl"]);
    let lines: Vec<&str> = whole.out.lines().collect();
    let mut random = Random::new(6);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..CHANGES {
        let mut line = lines[random.below(lines.len())].as_bytes().to_vec();
        let at = random.below(line.len());
        match random.below(3) {
            0 => line[at] = random.next() as u8,
            1 => line.truncate(at),
            _ => drop(line.drain(at..line.len().min(at + 9))),
        }
        match read_record(&line) {
            Ok(Line::Image(name, inspection)) => {
                let again = record_line(&name, &inspection);
                let Ok(Line::Image(name, inspection)) = read_record(&again) else {
                    panic!("{}", String::from_utf8_lossy(&again));
                };
                assert_eq!(record_line(&name, &inspection), again);
                read += 1;
            }
            Ok(Line::Summary(_)) => read += 1,
            Err(error) => {
                assert!(error.to_string().len() < 2000);
                refused += 1;
            }
        }
    }
    assert!(
        read > 100 && refused > 100,
        "{read} read, {refused} refused"
    );
}

/// The arguments of a scan in which every verdict occurs, and some inputs fail.
fn scan(format: &str) -> Ran {
    scan_of_samples(&["no/such/file.jpg", "samples/README.md"], format)
}

#[test]
fn a_report_of_a_stored_scan_is_that_of_the_scan() {
    let stored = scan("jsonl");
    for format in ["jsonl", "json", "csv", "text", "sarif", "html"] {
        let direct = scan(format);
        let report = run(
            provscan().args(["report", "-", "--format", format]),
            stored.out.as_bytes(),
        );
        assert!(report.out == direct.out, "{format} differs");
        assert_eq!(
            (report.code, report.err),
            (direct.code, String::new()),
            "{format}"
        );
    }
}

#[test]
fn a_scan_that_broke_off_is_said_and_is_no_success() {
    let folder = Folder::new();
    let whole = provscan_with(["scan", "samples/plain", "--format", "jsonl"]);
    let records: Vec<&str> = whole
        .out
        .lines()
        .filter(|line| line.contains(r#""type":"image""#))
        .collect();
    let torn = folder.put(
        "torn.jsonl",
        format!("{}\n{}", records[0], &records[1][..50]),
    );
    let ran = run(provscan().arg("report").arg(&torn), b"");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(
        ran.err
            .contains("the stored scan breaks off: line 2 is cut off"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.contains("2 images") && ran.out.contains("torn.jsonl"),
        "{}",
        ran.out
    );

    let unended = folder.put("unended.jsonl", records.join("\n") + "\n");
    let ran = run(provscan().arg("report").arg(&unended), b"");
    assert_eq!(ran.code, 3, "{}", ran.err);

    let foreign = folder.put("foreign.jsonl", format!("{}\n{{\"a\": 1}}\n", records[0]));
    let ran = run(provscan().arg("report").arg(&foreign), b"");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("foreign.jsonl, line 2, "), "{}", ran.err);
}

#[test]
fn an_interrupted_scan_stays_one_in_every_report() {
    let folder = Folder::new();
    let whole = provscan_with(["scan", "samples/plain", "--format", "jsonl"]);
    let stored = whole
        .out
        .replace(r#","verdicts":"#, r#","interrupted":true,"verdicts":"#);
    let path = folder.put("stopped.jsonl", &stored);
    for (format, says) in [
        ("jsonl", r#""interrupted":true"#),
        ("text", "Interrupted: "),
        (
            "html",
            "<p>This scan was interrupted: not all files were checked.</p>",
        ),
    ] {
        let ran = run(
            provscan()
                .arg("report")
                .arg(&path)
                .args(["--format", format]),
            b"",
        );
        assert_eq!(ran.code, 3, "{format}: {}", ran.err);
        assert!(ran.out.contains(says), "{format}: {}", ran.out);
    }
}

#[test]
fn runs_in_one_file_are_counted_by_their_records() {
    let whole = provscan_with(["scan", "samples/plain", "--format", "jsonl"]).out;
    let end = whole.lines().last().unwrap();
    let feed = format!("{whole}{end}\n");
    let ran = run(
        provscan().args(["report", "-", "--format", "jsonl"]),
        feed.as_bytes(),
    );
    assert_eq!(ran.out, whole);
}
