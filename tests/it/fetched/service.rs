//! The service, asked for images by their addresses.

use serde_json::{Value, json};

use super::store::{KNOWN, Store};
use crate::server::{Answer, Service};
use crate::support::Sample;

fn service(store: &Store, more: &[&str]) -> Service {
    let place = store.place();
    Service::start(&[&["--fetch-from", &place, "--fetch-time", "3"], more].concat())
}

/// An address as it stands behind a question mark.
fn escaped(address: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        byte => format!("%{byte:02x}"),
    };
    address.bytes().map(escape).collect()
}

fn hash(service: &Service, address: &str) -> Answer {
    service.get(&format!("/h/hash?url={}", escaped(address)))
}

#[test]
fn coop_hashes_by_address_and_looks_the_hash_up() {
    let store = Store::start();
    let service = service(&store, &[]);
    let address = store.at("known.jpg?sig=SECRET");
    let hashed = hash(&service, &address).json();
    let pdq = hashed["pdq"].as_str().unwrap();
    assert_eq!(hashed.as_object().unwrap().len(), 1);
    let found = service
        .get(&format!("/m/lookup?signal_type=pdq&signal={pdq}"))
        .json();
    assert_eq!(found.as_object().unwrap().len(), 1);
    let at_once = service
        .get(&format!("/m/lookup?url={}", escaped(&address)))
        .json();
    assert_eq!(at_once, json!({ "pdq": found }));
    let elsewhere = service.get(&format!("/m/lookup?banks=OTHER&url={}", escaped(&address)));
    assert_eq!(elsewhere.json(), json!({"pdq": {}}));
    let kinds = service.get(&format!(
        "/h/hash?types=pdq,sha256&url={}",
        escaped(&address)
    ));
    assert_eq!(kinds.json()["sha256"].as_str().unwrap().len(), 64);
    assert!(
        store
            .paths()
            .iter()
            .all(|path| path == "/images/known.jpg?sig=SECRET")
    );
    assert!(!service.log().contains("SECRET"), "{}", service.log());
}

#[test]
fn a_check_by_address_is_the_check_of_the_image() {
    let store = Store::start();
    let service = service(&store, &[]);
    let address = store.at("known.jpg?sig=SECRET");
    let path = format!("/v1/check?id=7&url={}", escaped(&address));
    let record = service.ask("POST", &path, &[], b"").json();
    let mut expected: Value = service.check(&Sample::open(KNOWN).bytes).json();
    expected["path"] = store.at("known.jpg").into();
    expected["id"] = "7".into();
    assert_eq!(record, expected);
    let both = service.ask("POST", &path, &["Content-Type: image/jpeg"], b"x");
    assert_eq!(both.status, 400);
    let answer = service.ask(
        "POST",
        &format!("/v1/check?url={}", escaped(&store.at("long"))),
        &[],
        b"",
    );
    assert_eq!(
        (answer.status, &answer.json()["verdict"]),
        (200, &json!("unchecked"))
    );
    assert_eq!(service.get("/h/hash").status, 400);
}

#[test]
fn what_cannot_be_had_is_told_apart() {
    let store = Store::start();
    let service = service(&store, &["--max-bytes", "90000"]);
    for (path, status) in [
        ("known.jpg", 200),
        ("to/!images!known.jpg", 200),
        ("missing?sig=SECRET", 502),
        ("broken", 502),
        ("cut", 502),
        ("headers", 502),
        ("to/!secret!a.jpg", 403),
        ("to/http:!!169.254.169.254!latest!meta-data", 403),
        ("..%2fsecret/a.jpg", 403),
        ("long", 413),
        ("lying", 413),
        ("endless", 413),
        ("slow", 504),
        ("silent", 504),
    ] {
        let answer = hash(&service, &store.at(path));
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        if status != 200 {
            let error = answer.json()["error"].as_str().unwrap().to_owned();
            assert!(
                error.starts_with("http://127.0.0.1") && !error.contains("SECRET"),
                "{error}"
            );
        }
    }
    for address in [
        "",
        "x",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "https://u:SECRET@a.test/",
    ] {
        assert_eq!(hash(&service, address).status, 403, "{address}");
    }
    assert_eq!(
        service
            .get("/metrics")
            .text()
            .matches("status=\"504\"")
            .count(),
        1
    );
    assert!(!service.log().contains("SECRET"), "{}", service.log());
}

#[test]
fn without_the_flag_nobody_is_asked() {
    let store = Store::start();
    let service = Service::start(&[]);
    let address = escaped(&store.at("known.jpg"));
    for (method, path) in [
        ("GET", "/h/hash"),
        ("GET", "/m/lookup"),
        ("POST", "/v1/check"),
    ] {
        let answer = service.ask(method, &format!("{path}?url={address}"), &[], b"");
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.text().contains("--fetch-from"), "{path}");
    }
    assert!(store.asked().is_empty());
}

#[test]
fn whoever_waits_for_a_store_keeps_no_other_request_waiting() {
    let store = Store::start();
    let place = store.place();
    let service = Service::start(&[
        "--fetch-from",
        &place,
        "--threads",
        "1",
        "--max-in-flight",
        "50",
    ]);
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            use std::io::Write as _;
            let mut stream = service.connect();
            let path = format!("/h/hash?url={}", escaped(&store.at("silent")));
            write!(
                stream,
                "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n",
                service.address
            )
            .unwrap();
            stream
        })
        .collect();
    service.wait_for("/metrics", |answer| {
        answer.text().contains("provscan_in_flight 40\n")
    });
    let answer = service.check(&Sample::open(KNOWN).bytes);
    assert_eq!(answer.json()["verdict"], "known");
    // They are still waiting: it was answered beside them, and not after them.
    assert!(
        service
            .get("/metrics")
            .text()
            .contains("provscan_in_flight 40\n")
    );
    drop(waiting);
}

#[test]
fn bodies_and_what_is_fetched_share_their_memory() {
    let store = Store::start();
    let (place, memory) = (store.place(), ["--max-memory", "16M", "--max-bytes", "64M"]);
    let service = Service::start(&[&["--fetch-from", &place][..], &memory].concat());
    for _ in 0..4 {
        let answer = hash(&service, &store.at("endless"));
        // No image may be longer than all of them together.
        assert_eq!(answer.status, 413, "{answer:?}");
    }
    assert_eq!(
        hash(&service, &store.at("known.jpg")).status,
        200,
        "the room is free again"
    );
}

#[test]
fn places_that_cannot_be_meant_are_refused_at_the_start() {
    for place in ["media.example.com", "ftp://a/", "https://u:SECRET@a.test/"] {
        let ran = crate::support::provscan_with(["serve", "--fetch-from", place]);
        assert_eq!(ran.code, 2, "{place}");
        assert!(
            ran.err.contains("--fetch-from") && ran.err.contains("expected"),
            "{}",
            ran.err
        );
        assert!(!ran.err.contains("SECRET"), "{}", ran.err);
    }
}
