//! A worker whose messages name images by their addresses.

use provscan::queue::Place;
use serde_json::Value;

use super::store::{KNOWN, Store};
use crate::queue::broker::{Server, published};
use crate::support::{Ran, Sample, run};

fn message(id: &str, address: &str) -> String {
    serde_json::json!({"id": id, "url": address}).to_string() + "\n"
}

fn work(server: &Server, words: &str) -> Ran {
    let ran = run(
        &mut server.command(&format!("--until-empty --max-deliveries 2 {words}")),
        b"",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.err.contains("SECRET"), "{}", ran.err);
    ran
}

fn all(server: &Server, place: Place) -> Vec<Value> {
    let published = published(&*server.client(), place).into_iter();
    let mut all: Vec<Value> = published.map(|(record, _)| record).collect();
    all.sort_by_key(|record| record["id"].to_string());
    all
}

#[test]
fn images_are_fetched_like_paths() {
    let Some(server) = Server::start() else {
        return;
    };
    let store = Store::start();
    let lines = [
        message("a", &store.at("known.jpg?sig=SECRET")),
        message("b", &store.at("to/!secret!a.jpg")),
        message("c", "http://169.254.169.254/latest/meta-data?SECRET"),
        message("d", &store.at("missing?SECRET")),
        message("e", &store.at("slow")),
        message("f", &store.at("endless")),
    ];
    server
        .client()
        .send(&mut lines.concat().as_bytes())
        .unwrap();
    let words = format!(
        "--fetch-from {} --fetch-time 3 --max-bytes 90000",
        store.place()
    );
    work(&server, &words);
    let records = all(&server, Place::Results);
    let ids: Vec<&str> = records
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "b", "c", "f"], "{records:?}");
    let [known, out, private, long] = &records[..] else {
        panic!("four")
    };
    assert_eq!(known["verdict"], "known");
    assert_eq!(known["path"], store.at("known.jpg"));
    assert_eq!(known["bytes"], Sample::open(KNOWN).bytes.len());
    for (record, says) in [
        (out, "leads to"),
        (private, "--fetch-from"),
        (long, "--max-bytes"),
    ] {
        assert_eq!(record["verdict"], "unchecked");
        let told = record["errors"][0]["message"].as_str().unwrap();
        assert!(told.contains(says), "{told}");
        assert!(!record.to_string().contains("SECRET"), "{record}");
    }
    // What may pass was tried again, and then got a dead letter.
    let dead = all(&server, Place::DeadLetters);
    let reasons: Vec<&str> = dead
        .iter()
        .map(|one| one["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].starts_with("tried 2 times") && reasons[0].contains("404"));
    assert!(reasons[1].contains("--fetch-time") && !reasons.concat().contains("SECRET"));
    let missing = store.paths().into_iter();
    assert_eq!(
        missing
            .filter(|path| path.starts_with("/images/missing"))
            .count(),
        2
    );
}

#[test]
fn the_key_is_of_the_content() {
    let Some(server) = Server::start() else {
        return;
    };
    let store = Store::start();
    let client = server.client();
    // The signature of an address changes, and its image does not.
    for signature in ["1", "2"] {
        let address = store.at(&format!("known.jpg?sig={signature}"));
        client.send(&mut message("a", &address).as_bytes()).unwrap();
        work(&server, &format!("--fetch-from {}", store.place()));
    }
    assert_eq!(store.paths().len(), 2);
    assert_eq!(
        all(&server, Place::Results).len(),
        1,
        "the repeat was dropped"
    );
}

#[test]
fn without_the_flag_nobody_is_asked() {
    let Some(server) = Server::start() else {
        return;
    };
    let store = Store::start();
    let line = message("a", &store.at("known.jpg"));
    server.client().send(&mut line.as_bytes()).unwrap();
    work(&server, "");
    let records = all(&server, Place::Results);
    let told = records[0]["errors"][0]["message"].as_str().unwrap();
    assert!(told.contains("--fetch-from"), "{told}");
    assert!(store.asked().is_empty());
}
