//! What a worker does with a real broker, other than surviving.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use async_nats::HeaderMap;
use provscan::queue::Place;
use serde_json::Value;

use super::broker::{Kind, Server, ended, published, sample, terminate, until};
use crate::support::{Sample, provscan_with, run};

const KNOWN: &str = "known_image/known-1-brighter.jpg";

/// Lets a worker answer what waits, and gives the records by id.
fn answered(server: &Server, words: &str) -> Vec<Value> {
    let ran = run(&mut server.command(&format!("--until-empty {words}")), b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let published = published(&*server.client(), Place::Results);
    let mut records: Vec<Value> = published.into_iter().map(|(record, _)| record).collect();
    records.sort_by_key(|record| record["id"].to_string());
    records
}

#[test]
fn messages_that_can_never_be_read_get_a_dead_letter() {
    for server in Server::each() {
        let client = server.client();
        let long = "A".repeat(30_000);
        let lines = format!(
            "no json\n{{\"id\":\"b\",\"colour\":\"red\"}}\n{{\"id\":\"c\",\"bytes_base64\":\"{long}\"}}\n{{\"id\":\"d\",\"path\":\"none.jpg\"}}\n{}",
            sample("e", "plain/icon.bmp")
        );
        client.send(&mut lines.as_bytes()).unwrap();
        let records = answered(&server, "--max-bytes 15000 --max-deliveries 2");
        assert_eq!(records.len(), 1);
        assert_eq!(records[0]["id"], "e");
        let mut dead = published(&*client, Place::DeadLetters);
        dead.sort_by_key(|(letter, _)| letter["sequence"].as_u64());
        let dead: Vec<Value> = dead.into_iter().map(|(letter, _)| letter).collect();
        let reason = |place: usize| dead[place]["reason"].as_str().unwrap();
        assert_eq!(dead.len(), 4, "{dead:?}");
        assert!(reason(0).starts_with("it is no JSON object"));
        assert_eq!(reason(1), "the field `colour` is not known");
        assert!(reason(2).contains("--max-bytes raises it"));
        assert_eq!(reason(3), "tried 2 times: there is no such file");
        assert_eq!(dead[3]["deliveries"], 2);
        assert_eq!(
            (&dead[0]["id"], &dead[2]["id"]),
            (&Value::Null, &"c".into())
        );
        assert_eq!(client.waiting().unwrap(), 0);
    }
}

#[test]
fn every_form_of_request_has_the_answer_of_its_image() {
    for server in Server::each() {
        let client = server.client();
        let md5 = "108224b46a3bc62dac47f61e07413e3d";
        let lines = format!(
            "{}{{\"id\":\"hash\",\"md5\":\"{md5}\"}}\n{{\"id\":\"out\",\"path\":\"../Cargo.toml\"}}\n{{\"id\":\"url\",\"url\":\"s3://a/b\"}}\n",
            sample("path", KNOWN)
        );
        client.send(&mut lines.as_bytes()).unwrap();
        client.send(&mut lines.as_bytes()).unwrap();
        publish_raw(&server, &Sample::open(KNOWN).bytes);
        let records = answered(&server, "");
        let ids: Vec<&str> = records
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        assert_eq!(
            ids,
            ["hash", "out", "path", "raw", "url"],
            "repeats are dropped"
        );
        let [hash, out, path, raw, url] = &records[..] else {
            panic!("five")
        };
        assert_eq!(
            (&hash["verdict"], &hash["looked_up"][0]),
            (&"known".into(), &"md5".into())
        );
        assert_eq!(
            (&out["verdict"], &url["verdict"]),
            (&"unchecked".into(), &"unchecked".into())
        );
        assert_eq!(path["verdict"], "known");
        for field in ["verdict", "action", "because", "evidence", "sha256"] {
            assert_eq!(path[field], raw[field], "{field}");
        }
        // The record is that of the report, and what ties it to the request.
        let file = format!("samples/{KNOWN}");
        let list = ["--list", "samples/lists/known.csv", "--format", "jsonl"];
        let scan = provscan_with(
            [
                "scan",
                &file,
                "--trust-anchors",
                "samples/trust/anchors.pem",
            ]
            .iter()
            .chain(&list),
        );
        let mut expected: Value = serde_json::from_str(scan.out.lines().next().unwrap()).unwrap();
        for field in ["id", "path", "key"] {
            expected[field] = path[field].clone();
        }
        assert_eq!(*path, expected);
    }
}

#[test]
fn a_number_is_another_name_than_its_digits() {
    for server in Server::each() {
        let client = server.client();
        let md5 = "108224b46a3bc62dac47f61e07413e3d";
        let request = |id: &str| format!("{{\"id\":{id},\"md5\":\"{md5}\"}}\n");
        let lines = ["7", "\"7\"", "7", "8"].map(request).concat();
        client.send(&mut lines.as_bytes()).unwrap();
        client.send(&mut &b"{\"id\":9}\n"[..]).unwrap();
        let records = answered(&server, "");
        let ids: Vec<&Value> = records.iter().map(|record| &record["id"]).collect();
        assert_eq!(
            ids,
            [&Value::from("7"), &7.into(), &8.into()],
            "repeats are dropped"
        );
        let dead = published(&*client, Place::DeadLetters);
        assert_eq!(dead[0].0["id"], 9);
    }
}

/// Publishes an image as it is.
fn publish_raw(server: &Server, bytes: &[u8]) {
    let address = server.address();
    if server.kind == Kind::Redis {
        let client = redis::Client::open(address).unwrap();
        let mut add = redis::cmd("XADD");
        add.arg(&["provscan.requests", "*", "id", "raw", "image"])
            .arg(bytes);
        return add.exec(&mut client.get_connection().unwrap()).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(address).await.unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("Provscan-Id", "raw");
        let bytes = bytes.to_vec().into();
        let context = async_nats::jetstream::new(client);
        let sent = context
            .publish_with_headers("provscan.requests", headers, bytes)
            .await;
        sent.unwrap().await.unwrap();
    });
}

#[test]
fn actions_for_osprey_hold_the_record() {
    for server in Server::each() {
        server
            .client()
            .send(&mut sample("a", KNOWN).as_bytes())
            .unwrap();
        let actions = answered(&server, "--envelope osprey");
        let data = &actions[0]["data"];
        assert!(actions[0]["send_time"].as_str().unwrap().ends_with('Z'));
        assert_eq!(data["action_name"], "image_scanned");
        // A number that every reader of JSON can hold.
        let id = data["action_id"].as_u64().unwrap();
        assert!((1..1 << 53).contains(&id) && (server.kind == Kind::Redis || id == 1));
        assert_eq!(
            (&data["data"]["id"], &data["data"]["verdict"]),
            (&"a".into(), &"known".into())
        );
    }
}

#[test]
fn a_worker_that_is_asked_to_end_finishes_what_it_has() {
    for server in Server::each() {
        let client = server.client();
        let lines: String = (0..300)
            .map(|number| sample(&number.to_string(), KNOWN))
            .collect();
        client.send(&mut lines.as_bytes()).unwrap();
        let mut worker = server.worker("--max-in-flight 4 -j 2");
        until("some are answered", || client.waiting().unwrap() < 290);
        terminate(&worker);
        assert_eq!(ended(&mut worker), 0);
        let (left, answers) = (
            client.waiting().unwrap(),
            published(&*client, Place::Results).len(),
        );
        assert!(left > 0, "it went on to the end");
        assert_eq!(answers as u64 + left, 300);
        let said = fs::read_to_string(server.said()).unwrap();
        assert!(said.contains(&format!("{answers} answered")), "{said}");
    }
}

#[test]
fn a_broker_that_is_not_there_is_told_and_waited_for_later() {
    for mut server in Server::each() {
        let client = server.client();
        let mut worker = server.worker("");
        until("it waits", || {
            fs::read_to_string(server.said())
                .unwrap()
                .contains("waiting for messages")
        });
        server.stop();
        let ran = run(&mut server.command(""), b"");
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.contains("server could be reached there"),
            "{}",
            ran.err
        );
        sleep(Duration::from_secs(1));
        server.again();
        until("the client is back", || {
            client.send(&mut sample("a", KNOWN).as_bytes()).is_ok()
        });
        until("it is answered", || {
            !published(&*client, Place::Results).is_empty()
        });
        server.stop();
        terminate(&worker);
        assert_eq!(ended(&mut worker), 0, "it had nothing in hand");
    }
}

#[test]
fn what_is_missing_is_named() {
    let Some(server) = Server::start() else {
        return;
    };
    let address = server.address();
    let failed = |words: &[&str]| {
        let ran = provscan_with(["work", "--server", &address].iter().chain(words));
        assert_eq!(ran.code, 2, "{}", ran.err);
        ran.err
    };
    let list = ["--list", "samples/lists/known.csv"];
    assert!(failed(&list).contains("there is no stream PROVSCAN"));
    let root = [&list[..], &["--root", "nowhere"]].concat();
    assert!(failed(&root).contains("--root nowhere"));
    let ran = provscan_with([
        "work",
        "--server",
        "nats://a:b@127.0.0.1:1",
        list[0],
        list[1],
    ]);
    assert!(ran.err.contains("--creds names a file"), "{}", ran.err);
}
