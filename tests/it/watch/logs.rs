//! What the log of `watch` tells, and what it does not.

use std::os::unix::fs::symlink;

use serde_json::Value;

use super::{Watch, flagged, gif};
use crate::support::events;

/// Moves a terminal, and looks like two lines.
const HOSTILE: &str = "in/a\n{\"event\":\"judged\"}\u{1b}[31m\u{9b}2J\u{202e}.gif";

fn judged(events: &[Value]) -> Vec<&Value> {
    let judged = events.iter().filter(|event| event["event"] == "judged");
    judged.collect()
}

#[test]
fn each_file_is_told_without_its_name() {
    let mut watch = Watch::prepared();
    std::fs::create_dir(watch.at("aside")).unwrap();
    watch.run("--log-format json --fail-on label --hook false --move-flagged aside --follow-links");
    watch.put("secretly.jpg", &flagged());
    symlink("../secretly.jpg", watch.at("in/secretly.jpg")).unwrap();
    watch.put("in/b.gif", &gif(1));
    watch.counts(2);
    assert_eq!(watch.end(), Some(1));
    let log = watch.text("err");
    assert!(!log.contains("secretly") && !log.contains(".gif"), "{log}");
    let events = events(&log);
    assert_eq!(events[0]["event"], "watching");
    let told = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    assert_eq!(told("not-moved")["why"], "it is a link");
    assert_eq!(told("not-moved")["level"], "warn");
    assert!(
        told("hook")["why"]
            .as_str()
            .unwrap()
            .contains("false failed")
    );
    let judged = judged(&events);
    assert_eq!(judged.len(), watch.records().len());
    let flagged = judged
        .iter()
        .find(|event| event["verdict"] == "ai-generated");
    assert_eq!(flagged.unwrap()["action"], "label");
    for event in judged {
        assert!(event["ms"].as_f64().unwrap() > 0.0 && event["bytes"].as_u64().unwrap() > 0);
        assert!(event.get("name").is_none());
    }
}

#[test]
fn names_are_told_where_that_is_asked_for_and_are_one_line() {
    for words in ["--log-names", "--log-level debug"] {
        let mut watch = Watch::start(&format!("--log-format json {words}"));
        watch.put(HOSTILE, &gif(1));
        watch.counts(1);
        assert_eq!(watch.end(), Some(0));
        let events = events(&watch.text("err"));
        let judged = judged(&events);
        assert_eq!(judged.len(), watch.records().len());
        assert!(judged.iter().any(|event| event["name"] == HOSTILE));
    }
    let mut watch = Watch::start("--log-names");
    watch.put(HOSTILE, &gif(1));
    watch.counts(1);
    assert_eq!(watch.end(), Some(0));
    let log = watch.text("err");
    assert!(log.lines().all(|line| line.starts_with("time=")), "{log}");
    assert!(log.contains("name=\"in/a\\n{"), "{log}");
    assert!(!log.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{log:?}");
}

#[test]
fn what_is_less_grave_is_left_out() {
    for (words, expected) in [("--log-level error", 0), ("--quiet", 1)] {
        let mut watch = Watch::prepared();
        watch.run(&format!("{words} --fail-on label --hook false"));
        watch.put("in/a.jpg", &flagged());
        watch.counts(1);
        assert_eq!(watch.end(), Some(1));
        let log = watch.text("err");
        assert_eq!(log.lines().count(), expected, "{log}");
        assert_eq!(log.matches("level=warn event=hook").count(), expected);
    }
}
