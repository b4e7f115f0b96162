//! Reports for other programs and for browsers: their structure, over all samples.

use std::collections::BTreeSet;

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
    let hashed = |artifact: &&Value| {
        artifact["hashes"]["sha-256"]
            .as_str()
            .is_some_and(|hex| hex.len() == 64)
    };
    let artifacts = run["artifacts"].as_array().unwrap();
    assert_eq!(
        artifacts.iter().filter(hashed).count(),
        artifacts.len() - 2,
        "all but the one that is not there, and the one whose name leads out of its archive"
    );
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
