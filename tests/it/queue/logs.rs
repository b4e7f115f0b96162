//! What the log of a worker tells, and what it does not.

use serde_json::Value;

use super::broker::Server;
use crate::support::{events, run};

/// Moves a terminal, and looks like two lines.
const HOSTILE: &str = "secretly\n{\"event\":\"judged\"}\u{1b}[31m\u{9b}2J\u{202e}";

/// What a worker says of one message that it answers, one that it cannot read, and one whose file is not there.
fn worked(words: &str) -> Option<String> {
    let server = Server::start()?;
    let id = serde_json::to_string(HOSTILE).unwrap();
    let lines = format!(
        "{{\"id\":{id},\"path\":\"plain/icon.bmp\"}}\n{{\"id\":\"secretly\",\"secretly\":1}}\n{{\"path\":\"secretly.jpg\"}}\n\"secretly\"\n"
    );
    server.client().send(&mut lines.as_bytes()).unwrap();
    let words = format!("--until-empty --max-deliveries 2 {words}");
    let ran = run(&mut server.command(&words), b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    Some(ran.err)
}

fn of<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    let of = events.iter().filter(|event| event["event"] == name);
    of.collect()
}

#[test]
fn messages_are_told_by_their_numbers() {
    let Some(log) = worked("--log-format json") else {
        return;
    };
    assert!(!log.contains("secretly") && !log.contains("icon"), "{log}");
    let events = events(&log);
    let [one] = of(&events, "judged")[..] else {
        panic!("{log}");
    };
    assert_eq!(
        (&one["sequence"], &one["level"]),
        (&1.into(), &"info".into())
    );
    assert!(one["ms"].as_f64().unwrap() > 0.0 && one["bytes"].as_u64().unwrap() > 0);
    assert!(one["verdict"].is_string() && one["action"].is_string());
    let again = of(&events, "again");
    assert_eq!(again.len(), 1);
    assert_eq!(
        (&again[0]["sequence"], &again[0]["why"]),
        (&3.into(), &"unreadable".into())
    );
    let mut dead = of(&events, "dead-letter");
    dead.sort_by_key(|event| event["sequence"].as_u64());
    let why: Vec<&str> = dead
        .iter()
        .map(|event| event["why"].as_str().unwrap())
        .collect();
    let no_request = "it is no request that can be read";
    assert_eq!(why, [no_request, "tried 2 times: unreadable", no_request]);
    let said = of(&events, "said");
    assert!(
        said[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("waiting for messages")
    );
    assert_eq!(
        said[1]["message"],
        "1 answered; 3 dead letters; 1 handed back to be tried again"
    );
}

#[test]
fn names_ids_and_reasons_are_told_where_that_is_asked_for() {
    let Some(log) = worked("--log-format json --log-names") else {
        return;
    };
    assert!(!log.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{log:?}");
    let events = events(&log);
    let judged = of(&events, "judged");
    assert_eq!(judged.len(), 1);
    assert_eq!(
        (&judged[0]["id"], &judged[0]["name"]),
        (&HOSTILE.into(), &"plain/icon.bmp".into())
    );
    let dead = of(&events, "dead-letter");
    let of_field = dead.iter().find(|event| event["id"] == "secretly").unwrap();
    assert_eq!(of_field["why"], "the field `secretly` is not known");
    assert!(of(&events, "again")[0]["why"] == "there is no such file");
}

#[test]
fn people_read_words_and_what_is_less_grave_is_left_out() {
    let Some(log) = worked("") else {
        return;
    };
    assert!(log.starts_with("provscan: waiting for messages"), "{log}");
    // On a machine that stands still for some seconds, messages are handed out again.
    let last = log.lines().last().unwrap();
    assert!(
        last.starts_with("provscan: 1 answered; ")
            && last.ends_with(" handed back to be tried again"),
        "{log}"
    );
    assert!(
        log.contains(" level=info event=judged sequence=1 deliveries=1 ms="),
        "{log}"
    );
    assert!(
        log.contains(
            " level=warn event=again sequence=3 deliveries=1 why=unreadable next=\"it will be"
        ),
        "{log}"
    );
    let log = worked("--quiet").unwrap();
    assert!(
        log.lines().count() >= 4 && !log.contains("level=info"),
        "{log}"
    );
    assert_eq!(worked("--log-level error").unwrap(), "");
}
