//! Reports for other programs and for browsers: their structure, over all samples.

use std::collections::BTreeSet;
use std::ffi::OsString;

use serde_json::Value;

use crate::support::{Folder, provscan_with, scan_of_samples};

/// The samples and a file that is not there, in this form.
fn report(format: &str) -> String {
    scan_of_samples(&["no/such/<script>.jpg"], format).out
}

fn texts<'a>(values: &'a Value, place: &str) -> BTreeSet<&'a str> {
    let values = values.as_array().unwrap().iter();
    values
        .map(|value| value.pointer(place).unwrap().as_str().unwrap())
        .collect()
}

#[test]
fn sarif_has_a_rule_an_artifact_and_a_level_for_every_result() {
    let log: Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let rules = texts(&run["tool"]["driver"]["rules"], "/id");
    let artifacts = texts(&run["artifacts"], "/location/uri");
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 100);
    for result in results {
        assert!(
            rules.contains(result["ruleId"].as_str().unwrap()),
            "{result}"
        );
        let uri = "/locations/0/physicalLocation/artifactLocation/uri";
        assert!(artifacts.contains(result.pointer(uri).unwrap().as_str().unwrap()));
        let level = result["level"].as_str().unwrap();
        assert_eq!(
            level == "none",
            result["kind"] == "informational",
            "{result}"
        );
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    }
    let levels: BTreeSet<&str> = results
        .iter()
        .map(|result| result["level"].as_str().unwrap())
        .collect();
    assert!(
        levels.is_superset(&BTreeSet::from(["note", "warning", "none"])),
        "{levels:?}"
    );
    let unread: BTreeSet<&str> = run["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|artifact| match artifact["hashes"]["sha-256"].as_str() {
            Some(hex) => hex.len() != 64,
            None => true,
        })
        .map(|artifact| artifact["location"]["uri"].as_str().unwrap())
        .collect();
    let mut expected = BTreeSet::from([
        "no/such/%3Cscript%3E.jpg",
        "samples/archives/photos.zip%21/../outside.jpg",
    ]);
    // A row that names an image which is not in the file.
    if cfg!(feature = "parquet") {
        expected.insert("samples/archives/data-set.parquet%21/3/elsewhere.jpg");
    }
    assert_eq!(unread, expected, "what is not there, or leads out");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let faults = texts(&run["tool"]["driver"]["notifications"], "/id");
    let told = texts(&invocation["toolExecutionNotifications"], "/descriptor/id");
    assert!(
        told.is_subset(&faults) && told.contains("unreadable"),
        "{told:?}"
    );
}

#[test]
fn an_empty_scan_is_a_sarif_log_and_a_page_too() {
    let folder = Folder::new();
    let scan = |format| {
        provscan_with([
            "scan".as_ref(),
            folder.path().as_os_str(),
            "-f".as_ref(),
            std::ffi::OsStr::new(format),
        ])
        .out
    };
    let log: Value = serde_json::from_str(&scan("sarif")).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert!(scan("html").contains("id=\"rows\">[\n\n]</script>"));
}

/// What stands in the element with this id.
fn data(page: &str, id: &str) -> Value {
    let (_, rest) = page
        .split_once(&format!("<script type=\"application/json\" id=\"{id}\">"))
        .unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// What a folder of a picture and a text comes to in this form, and the exit code.
fn mixed(form: &str, more: &[&str]) -> (i32, String) {
    let folder = Folder::new();
    folder.put_sample("plain/drawing.jpg");
    folder.put("notes.txt", b"notes\n");
    let mut arguments: Vec<OsString> = ["scan", "-f", form].map(OsString::from).into();
    arguments.push(folder.path().into());
    arguments.extend(more.iter().map(OsString::from));
    let ran = provscan_with(arguments);
    (ran.code, ran.out)
}

/// The digest of that text, on a list of what is harmless.
const ALLOW: &str = r#"{"list":"harmless","kind":"allow"}
{"type":"md5","value":"9c345463e1fec644c6eee8e6158d953f","id":"notes"}
"#;

#[test]
fn other_files_are_told_apart_from_what_could_not_be_checked() {
    let (code, out) = mixed("json", &[]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 0);
    let verdicts = json["summary"]["verdicts"].clone();
    assert_eq!(
        (&verdicts["other-file"], &verdicts["unchecked"]),
        (&1.into(), &0.into())
    );
    let about = data(&mixed("html", &[]).1, "about");
    assert_eq!(about["summary"]["verdicts"], verdicts);
    let log: Value = serde_json::from_str(&mixed("sarif", &[]).1).unwrap();
    assert_eq!(
        log["runs"][0]["invocations"][0]["executionSuccessful"],
        true
    );
    assert!(mixed("csv", &[]).1.contains("/notes.txt,other-file,pass,"));
    assert!(
        mixed("text", &[])
            .1
            .contains("1 other file, which is no image")
    );
    for form in ["json", "jsonl", "csv", "sarif", "html"] {
        let (code, out) = mixed(form, &["--no-other-files"]);
        assert_eq!((code, out.contains("notes.txt")), (0, false), "{form}");
    }
    let (_, out) = mixed("jsonl", &["--no-other-files"]);
    assert!(out.contains(r#""other_files":1,"#) && out.contains(r#""other-file":1}"#));
}

#[test]
fn an_other_file_that_is_on_a_list_fails_no_run() {
    let desk = Folder::new();
    let list = desk.put("allow.jsonl", ALLOW.as_bytes());
    let listed = ["--list", list.to_str().unwrap()];
    let (code, out) = mixed("jsonl", &listed);
    assert!(
        out.contains("known.allowed") && out.contains(r#""incomplete":0"#),
        "{out}"
    );
    assert_eq!(code, 0);
    assert!(
        mixed("text", &listed).1.contains("notes.txt"),
        "it has a line"
    );
}

#[test]
fn a_page_holds_every_input_and_what_its_codes_mean() {
    let page = report("html");
    assert_eq!(page, report("html"), "the same input gives the same page");
    assert_eq!(
        page.matches("<script").count(),
        3,
        "the rows, what they refer to, and the script"
    );
    assert!(page.contains("default-src 'none'") && !page.contains("unsafe-inline"));
    let (rows, about) = (data(&page, "rows"), data(&page, "about"));
    let rows = rows.as_array().unwrap();
    assert_eq!(about["summary"]["inputs"], rows.len());
    assert!(rows.iter().any(|row| row[0] == "no/such/<script>.jpg"));
    let codes = about["codes"].as_object().unwrap();
    for evidence in rows.iter().flat_map(|row| row[4].as_array().unwrap()) {
        let code = &codes[&evidence[0].to_string()];
        assert!(
            code["proves"].is_string() && code["limits"].is_string() && code["next"].is_string()
        );
    }
    for base64 in ["data:image", ";base64"] {
        assert!(!page.contains(base64), "no pictures in any form");
    }
}
