//! What the log of the service tells, who is kept from reading it, and what becomes of those whom nobody reads.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{ChildStderr, Stdio};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::{Value, json};

use super::{PATIENCE, Service};
use crate::support::{events, provscan};

/// Moves a terminal, and looks like two lines.
const HOSTILE: &str = "a\n{\"event\":\"request\"}\u{1b}[31m\u{9b}2J\u{202e}";

/// Checks an image of these names, and ends the service; gives its log.
fn checked(words: &[&str]) -> String {
    let mut service = Service::start(words);
    let form = "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"secretly\u{1b}.gif\"\r\n\r\nGIF89a\r\n--b0--\r\n";
    let media = "Content-Type: multipart/form-data; boundary=b0";
    let id = "a%0A%7B%22event%22:%22request%22%7D%1B%5B31m%C2%9B2J%E2%80%AE";
    let path = format!("/v1/check?id={id}");
    let answer = service.ask("POST", &path, &[media], form.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(service.get("/secretly").status, 404);
    service.signal("-TERM");
    assert_eq!(service.end(), Some(0));
    // What was written before it ended is read by then, or in a moment.
    sleep(Duration::from_millis(300));
    service.log()
}

fn requests<'a>(events: &'a [Value], path: &str) -> Vec<&'a Value> {
    let requests = events
        .iter()
        .filter(|event| event["event"] == "request" && event["path"] == path);
    requests.collect()
}

#[test]
fn every_line_is_an_object_without_names_and_the_last_is_written_before_the_end() {
    let log = checked(&[]);
    assert!(!log.contains("secretly"), "{log}");
    let events = events(&log);
    assert_eq!(events.last().unwrap()["event"], "ended");
    assert_eq!(events.last().unwrap()["done"], true);
    let [one] = requests(&events, "/v1/check")[..] else {
        panic!("{log}");
    };
    assert_eq!((&one["status"], &one["bytes"]), (&json!(200), &json!(6)));
    assert!(one["verdict"].is_string() && one["action"].is_string());
    assert!(one["ms"].as_f64().unwrap() > 0.0 && one["client"] == "127.0.0.1");
    assert!(one.get("name").is_none() && one.get("id").is_none());
}

#[test]
fn names_and_ids_are_told_where_that_is_asked_for_and_are_one_line() {
    for words in [&["--log-names"][..], &["--log-level", "debug"]] {
        let log = checked(words);
        assert!(!log.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{log:?}");
        let events = events(&log);
        let [one] = requests(&events, "/v1/check")[..] else {
            panic!("{log}");
        };
        assert_eq!(one["name"], "secretly\u{1b}.gif");
        assert_eq!(one["id"], HOSTILE);
        assert!(!log.contains("/secretly"), "{log}");
    }
}

/// A service whose standard error is read only up to its address.
fn unread() -> (std::process::Child, BufReader<ChildStderr>, String) {
    let mut child = provscan()
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::with_capacity(1, child.stderr.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let address = said["message"].as_str().unwrap();
    let address = address.strip_prefix("answering at http://").unwrap();
    (child, log, address.to_owned())
}

#[test]
fn no_request_waits_for_the_reader_and_lost_lines_are_told() {
    const REQUESTS: usize = 12_000;
    let (mut child, mut log, address) = unread();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let last = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut writing = stream.try_clone().unwrap();
    let asking = spawn(move || {
        (1..REQUESTS).for_each(|_| writing.write_all(request.as_bytes()).unwrap());
        writing.write_all(last.as_bytes()).unwrap();
    });
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    asking.join().unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), REQUESTS);
    // Now somebody reads.
    let id = child.id().to_string();
    let reading = spawn(move || {
        let mut rest = String::new();
        log.read_to_string(&mut rest).unwrap();
        rest
    });
    sleep(Duration::from_millis(200));
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(sent.unwrap().success());
    assert!(child.wait().unwrap().success());
    let events = events(&reading.join().unwrap());
    let lost = events.iter().filter(|event| event["event"] == "lost");
    let lost: u64 = lost.map(|event| event["lines"].as_u64().unwrap()).sum();
    let told = requests(&events, "/healthz").len();
    assert!(lost > 0 && told > 4096, "{lost} {told}");
    // Nothing else happened while nobody read.
    assert_eq!(told as u64 + lost, REQUESTS as u64);
    assert_eq!(events.last().unwrap()["event"], "ended");
}

#[test]
fn what_is_less_grave_is_left_out() {
    // Its address is told at the level of what happens, so it has one of its own.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut child = provscan()
        .args(["serve", "--listen", &address, "--log-level", "warn"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ask = |path: &str| {
        let mut stream = (0..600)
            .find_map(|_| {
                sleep(Duration::from_millis(20));
                TcpStream::connect(&address).ok()
            })
            .unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream.read_to_string(&mut String::new()).unwrap();
    };
    ["/healthz", "/nowhere", "/healthz"]
        .iter()
        .for_each(|path| ask(path));
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert!(child.wait().unwrap().success());
    let mut log = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    // One is of the request, and one says that there is no list.
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(log.starts_with("provscan: no list was given"), "{log}");
    assert!(
        log.contains(" level=warn event=request method=GET path=other status=404 "),
        "{log}"
    );
}
