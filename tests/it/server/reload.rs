//! What changes while it runs: lists, tokens, and that it is to end.

use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::{Service, read};
use crate::support::Folder;

const MD5: &str = "0123456789abcdef0123456789abcdef";

/// Writes a list beside its place, and then puts it there, as lists are to be replaced.
fn replace(folder: &Folder, text: &str) -> String {
    let fresh = folder.put("fresh.csv", text);
    let place = folder.at("list.csv");
    fs::rename(fresh, &place).unwrap();
    place.to_str().unwrap().to_owned()
}

fn list(values: &[&str]) -> String {
    let rows = values.iter().map(|value| format!("md5,{value}\n"));
    format!("type,value\n{}", rows.collect::<String>())
}

fn verdict(service: &Service) -> String {
    let answer = service.matching(&json!({"md5": MD5}).to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_list_is_taken_without_a_request_lost_and_a_bad_one_is_not() {
    let folder = Folder::new();
    let other = "f".repeat(32);
    let path = replace(&folder, &list(&[&other]));
    let service = Service::start_plain(&["--list", &path, "--reload-every", "1"]);
    assert_eq!(verdict(&service), "no-evidence");
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let asking = threads.spawn(|| {
            let mut asked = 0;
            while !stop.load(Ordering::Relaxed) {
                verdict(&service);
                asked += 1;
            }
            asked
        });
        replace(&folder, &list(&[&other, MD5]));
        let known = (0..300).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            verdict(&service) == "known"
        });
        replace(&folder, "type,value\nmd5,no hash\n");
        let failed = service.wait_for("/readyz", |answer| {
            answer.json()["reload_failed"] == json!(["lists"])
        });
        assert_eq!(
            (failed.status, &failed.json()["status"]),
            (200, &json!("ready"))
        );
        assert_eq!(verdict(&service), "known");
        let metrics = service.get("/metrics").text();
        assert!(
            metrics.contains("provscan_reloads_total{what=\"lists\",result=\"failed\"} 1\n"),
            "{metrics}"
        );
        assert!(
            metrics.contains("provscan_reload_failed{what=\"lists\"} 1\n"),
            "{metrics}"
        );
        replace(&folder, &list(&[&other]));
        service.wait_for("/readyz", |answer| {
            answer.json().get("reload_failed").is_none()
        });
        assert_eq!(verdict(&service), "no-evidence");
        stop.store(true, Ordering::Relaxed);
        assert!(known && asking.join().unwrap() > 0);
    });
    let log = service.log();
    assert!(
        log.contains("list.csv") && log.contains("what was loaded before stays"),
        "{log}"
    );
}

#[test]
fn a_signal_has_everything_loaded_at_once_and_tokens_change_by_themselves() {
    let folder = Folder::new();
    let path = replace(&folder, &list(&[MD5]));
    let tokens = folder.put("tokens", "a-token-of-yesterday\n");
    let service = Service::start_plain(&[
        "--list",
        &path,
        "--reload-every",
        "0",
        "--tokens",
        tokens.to_str().unwrap(),
    ]);
    let ask = |token: &str| {
        let token = format!("Authorization: Bearer {token}");
        service.ask("GET", "/v1/lists", &[&token], b"")
    };
    assert_eq!(ask("a-token-of-yesterday").json()[0]["entries"], 1);
    folder.put("tokens", "a-token-of-today-\n");
    // A list that cannot be used keeps no token in force.
    replace(&folder, "nothing");
    service.signal("-HUP");
    service.wait_for("/readyz", |answer| {
        answer.json()["reload_failed"] == json!(["lists"])
    });
    assert_eq!(ask("a-token-of-yesterday").status, 403);
    assert_eq!(ask("a-token-of-today-").status, 200);
}

#[test]
fn it_finishes_what_is_in_hand_and_ends_well() {
    let mut service = Service::start(&[]);
    let mut in_hand = service.connect();
    let head = format!(
        "POST /v1/check HTTP/1.1\r\nHost: {}\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\nab",
        service.address
    );
    in_hand.write_all(head.as_bytes()).unwrap();
    service.until_in_flight(1, &[]);
    service.signal("-TERM");
    let draining = service.wait_for("/readyz", |answer| answer.status == 503);
    assert_eq!(draining.json()["status"], "draining");
    let refused = service.check(b"x");
    assert_eq!(refused.status, 503);
    in_hand.write_all(b"cd").unwrap();
    let answer = read(&mut in_hand);
    assert_eq!((answer.status, &answer.json()["bytes"]), (200, &json!(4)));
    assert_eq!(service.end(), Some(0));
}

#[test]
fn it_does_not_wait_for_ever_for_what_is_in_hand() {
    let mut service = Service::start(&["--drain-time", "1"]);
    let mut in_hand = service.connect();
    let head = format!(
        "POST /v1/check HTTP/1.1\r\nHost: {}\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\nab",
        service.address
    );
    in_hand.write_all(head.as_bytes()).unwrap();
    service.until_in_flight(1, &[]);
    service.signal("-TERM");
    assert_eq!(service.end(), Some(3));
}
