//! The audit log of a service: no answer without its line.

use std::fs;

use serde_json::{Value, json};

use super::Service;
use crate::support::{Folder, Sample, provscan_with};

/// The records of a log, of this type.
fn records(log: &str, of: &str) -> Vec<Value> {
    let text = fs::read_to_string(log).unwrap();
    let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
    records.filter(|one: &Value| one["type"] == of).collect()
}

#[test]
fn every_answer_has_its_line_before_it_is_given() {
    let folder = Folder::new();
    let log = folder.at("audit.jsonl").to_str().unwrap().to_owned();
    let service = Service::start(&["--audit", &log, "--audit-actor", "uploads"]);
    let image = Sample::open("known_image/known-1-reencoded.jpg").bytes;
    let count = || records(&log, "answer").len();
    assert_eq!(service.check(&image).status, 200);
    assert_eq!(count(), 1);
    let two = json!([{"id": 7, "md5": "0".repeat(32)}, {"sha256": "0".repeat(64)}]);
    assert_eq!(service.matching(&two.to_string()).status, 200);
    assert_eq!(count(), 3);
    let lookup = format!("/m/lookup?signal_type=video_md5&signal={}", "0".repeat(32));
    assert_eq!(service.get(&lookup).status, 200);
    assert_eq!(count(), 4);
    let media = ["Content-Type: image/jpeg"];
    let rejected = service.ask("POST", "/pict-rs/validate", &media, &image);
    assert_eq!((rejected.status, count()), (422, 5));
    // What was not judged is no answer.
    assert_eq!((service.matching("{").status, count()), (400, 5));
    service.signal("-HUP");
    for _ in 0..200 {
        if service.log().matches("\"event\":\"loaded\"").count() > 1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!((service.check(&image).status, count()), (200, 6));
    drop(service);
    let verified = provscan_with(["audit", "verify", &log]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    let answers = records(&log, "answer");
    assert_eq!(answers[0]["verdict"], "known");
    // What only hashes are known of is told apart by them.
    assert!(answers[1]["hashes_sha256"].is_string());
    assert_eq!(answers[2]["sha256"], "0".repeat(64));
    assert!(answers[0]["sha256"].is_string() && answers[0].get("name").is_none());
    assert!(fs::read_to_string(&log).unwrap().contains("uploads"));
}

#[test]
fn without_a_line_there_is_no_answer() {
    let folder = Folder::new();
    let log = folder.at("audit.jsonl").to_str().unwrap().to_owned();
    let mut service = Service::start(&["--audit", &log]);
    let image = Sample::open("known_image/known-1-reencoded.jpg").bytes;
    assert_eq!(service.check(&image).status, 200);
    fs::rename(&log, folder.at("away.jsonl")).unwrap();
    fs::create_dir(&log).unwrap();
    let answer = service.check(&image);
    assert_eq!(answer.status, 500);
    let error = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("no answer is given") && !error.contains("audit.jsonl"));
    // Nothing can be answered from now on.
    assert_eq!(service.end(), Some(2));
    let log = service.log_with("audit.jsonl");
    assert!(log.contains("audit.jsonl"), "{log}");
}
