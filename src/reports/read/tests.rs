//! Records that cannot be read, each with the reason; that real ones read back is tested over all samples.

use super::*;
use crate::reports::{record_line, summary_line};

/// A record with one piece of evidence, whose detail is given.
fn record(detail: &str) -> String {
    format!(
        r#"{{"schema":"provscan/1","type":"image","path":"a.jpg","verdict":"no-evidence","action":"pass","because":[],"evidence":[{{"code":"c2pa.ai-generated","signal":"content_credentials","claim":"ai-generated","strength":"declared","summary":"{}","detail":{detail}}}],"signals":{{"watermark":"not-applicable"}}}}"#,
        crate::signals::code("c2pa.ai-generated").unwrap().1.summary
    )
}

fn error(line: &str) -> String {
    read_record(line.as_bytes()).unwrap_err().to_string()
}

#[test]
fn every_kind_of_particular_reads_back_in_its_order() {
    let line = record(
        r#"{"z":"a\u202e\n","a":-7,"m":true,"texts":["x","y"],"none":[],"record":{"z":1,"a":{"deep":"er"}},"records":[{"b":1},{"a":2}]}"#,
    );
    let Line::Image(name, inspection) = read_record(line.as_bytes()).unwrap() else {
        panic!("it is an image");
    };
    assert_eq!(
        String::from_utf8(record_line(&name, &inspection)).unwrap(),
        line + "\n"
    );
}

#[test]
fn what_only_some_records_hold_reads_back() {
    let line = record(r#"{"a":1}"#)
        .replace(r#""detail""#, r#""asks_for":"block","detail""#)
        .replace(r#""because":[]"#, r#""action_on_evidence":"label","because":["c2pa.ai-generated"]"#)
        .replace(r#""action":"pass""#, r#""action":"review""#)
        .replace(r#""watermark":"not-applicable"}"#, r#""watermark":"failed"},"errors":[{"kind":"limit","message":"m"}],"notes":["n"],"group":{"id":"0123456789abcdef","size":3},"moved_to":"aside/a.jpg""#);
    let Line::Image(name, inspection) = read_record(line.as_bytes()).unwrap() else {
        panic!("it is an image");
    };
    assert_eq!(inspection.verdict.action_on_evidence, Action::Label);
    assert_eq!(inspection.evidence[0].asks_for, Some(Action::Block));
    assert_eq!(
        String::from_utf8(record_line(&name, &inspection)).unwrap(),
        line + "\n"
    );
}

#[test]
fn what_ties_a_record_to_its_request_reads_back() {
    let key = "0123456789abcdef".repeat(4);
    let line = record(r#"{"a":1}"#)
        .replace(r#""path""#, r#""id":"\u001b seven","path""#)
        .replace(r#""verdict""#, r#""looked_up":["md5","pdq"],"verdict""#)
        .replace(
            r#""watermark":"not-applicable"}"#,
            &format!(r#""watermark":"failed"}},"key":"{key}""#),
        );
    let Line::Image(name, inspection) = read_record(line.as_bytes()).unwrap() else {
        panic!("it is an image");
    };
    assert_eq!(
        String::from_utf8(record_line(&name, &inspection)).unwrap(),
        line.clone() + "\n"
    );
    assert!(error(&line.replace(&key, "k")).contains("`key` is not 64 hex digits"));
    assert!(error(&line.replace("pdq", "qdp")).contains("kind of hash"));
}

#[test]
fn a_path_that_is_no_text_reads_back() {
    let line = record(r#"{"a":1}"#).replace(r#""a.jpg""#, r#"{"bytes":"/y5qcGc="}"#);
    let Line::Image(name, inspection) = read_record(line.as_bytes()).unwrap() else {
        panic!("it is an image");
    };
    assert_eq!(
        String::from_utf8(record_line(&name, &inspection)).unwrap(),
        line.clone() + "\n"
    );
    assert!(error(&line.replace("/y5q", "####")).contains("`path` is not a path"));
}

#[test]
fn a_summary_reads_back() {
    let mut summary = Summary {
        inputs: 3,
        bytes: 9,
        interrupted: true,
        ..Summary::default()
    };
    summary.findings.insert(crate::policy::Finding::Known, 3);
    summary.quarantined.push(Quarantined {
        list: "l".into(),
        entry: "e".into(),
        hash: "pdq".into(),
        files: 5,
        set_aside: 1,
    });
    let line = summary_line(&summary);
    let Line::Summary(read) = read_record(&line).unwrap() else {
        panic!("it is a summary");
    };
    assert_eq!(read, summary);
    assert_eq!(summary_line(&read), line);
}

#[test]
fn words_of_newer_versions_are_named() {
    let line = record("{}");
    let newer = error(&line.replace("c2pa.ai-generated", "c2pa.ai-dreamt"));
    assert!(
        newer.contains("`c2pa.ai-dreamt` is no code that this version knows; a newer one wrote it"),
        "{newer}"
    );
    let schema = error(&line.replace("provscan/1", "provscan/2"));
    assert!(schema.contains("the schema is `provscan/2`"), "{schema}");
    assert!(
        read_record(
            line.replace(r#""because""#, r#""later":[{}],"because""#)
                .as_bytes()
        )
        .is_ok()
    );
}

#[test]
fn hostile_lines_are_errors() {
    let line = record("{}");
    assert_eq!(
        error(&line.replace(r#""path":"a.jpg","#, "")),
        "the record has no `path`"
    );
    assert!(error(&line.replace(r#""a.jpg""#, "7")).contains("expected a path"));
    assert!(matches!(
        read_record(&line.as_bytes()[..line.len() - 9]),
        Err(RecordError::Cut)
    ));
    assert!(error(&record(r#"{"a":1.5}"#)).contains("expected a text"));
    assert!(error(&record(r#"{"a":99999999999999999999}"#)).contains("expected a text"));
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    assert!(error(&record(&deep)).contains("recursion limit"));
    assert!(error(&line.replace("a.jpg", "a.jpg\u{1b}[31m")).starts_with("column "));
    let quoted = error(&line.replace("\"watermark\"", "\"\\u001b[31m\""));
    assert!(!quoted.contains('\u{1b}'), "{quoted}");
}

#[test]
fn names_of_particulars_are_bounded() {
    assert!(error(&record(&format!(r#"{{"{}":1}}"#, "k".repeat(65)))).contains("longer than 64"));
}
