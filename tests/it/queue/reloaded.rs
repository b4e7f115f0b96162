//! Lists that change while a worker is at work.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use provscan::queue::{Ends, Place};
use serde_json::Value;

use super::broker::{Server, Worker, ended, published, signal, terminate, until};
use crate::support::{Folder, provscan_with, run};

const MD5: &str = "0123456789abcdef0123456789abcdef";

/// Writes a list beside its place, and then puts it there, as lists are to be replaced.
fn replace(folder: &Folder, rows: &str) -> String {
    let fresh = folder.put("fresh.csv", format!("type,value\n{rows}\n"));
    let place = folder.at("list.csv");
    fs::rename(fresh, &place).unwrap();
    place.to_str().unwrap().to_owned()
}

fn row(md5: &str) -> String {
    format!("md5,{md5}")
}

/// Asks for a hash under this id.
fn ask(client: &dyn Ends, id: &str) {
    let request = format!("{{\"id\":\"{id}\",\"md5\":\"{MD5}\"}}\n");
    client.send(&mut request.as_bytes()).unwrap();
}

/// The records with this id that are there by now, while others come in all the time.
fn records(client: &dyn Ends, id: &str) -> Vec<Value> {
    let mut records = Vec::new();
    let mut take = |body: &[u8]| {
        let record: Value = serde_json::from_slice(body).unwrap();
        records.extend(Some(record).filter(|record| record["id"] == id));
        Ok(())
    };
    client
        .receive(Place::Results, Duration::from_millis(20), &mut take)
        .unwrap();
    records
}

/// Asks under a new id each time, until the verdict is this.
fn until_verdict(client: &dyn Ends, asked: &AtomicUsize, verdict: &str) -> Value {
    for _ in 0..200 {
        let id = format!("probe-{}", asked.fetch_add(1, Ordering::SeqCst));
        ask(client, &id);
        until("it is answered", || {
            sleep(Duration::from_millis(50));
            !records(client, &id).is_empty()
        });
        let record = records(client, &id).remove(0);
        if record["verdict"] == verdict {
            return record;
        }
    }
    panic!("never {verdict}");
}

fn said(server: &Server) -> String {
    fs::read_to_string(server.said()).unwrap()
}

fn end(worker: &mut Worker) {
    terminate(worker);
    assert_eq!(ended(worker), 0);
}

#[test]
fn a_new_list_is_taken_without_a_message_lost_and_a_bad_one_is_not() {
    let Some(server) = Server::start() else {
        return;
    };
    let (client, folder) = (server.client(), Folder::new());
    let other = row(&"f".repeat(32));
    let list = replace(&folder, &other);
    let mut worker = server.worker(&format!("--list {list} --reload-every 1"));
    let asked = AtomicUsize::new(0);
    until_verdict(&*client, &asked, "no-evidence");
    ask(&*client, "same");
    until("it is answered", || !records(&*client, "same").is_empty());
    let stop = AtomicBool::new(false);
    let others = std::thread::scope(|threads| {
        // Others ask all the time, but not for ever where this test fails.
        let asking = threads.spawn(|| {
            let (client, mut asked) = (server.client(), 0);
            while asked < 1000 && !stop.load(Ordering::Relaxed) {
                ask(&*client, &format!("other-{asked}"));
                asked += 1;
                sleep(Duration::from_millis(50));
            }
            asked
        });
        replace(&folder, &format!("{other}\n{}", row(MD5)));
        until_verdict(&*client, &asked, "known");
        replace(&folder, "md5,no hash");
        until("the bad list is told of", || {
            said(&server).contains("what was loaded before stays")
        });
        until_verdict(&*client, &asked, "known");
        replace(&folder, &other);
        until_verdict(&*client, &asked, "no-evidence");
        stop.store(true, Ordering::Relaxed);
        asking.join().unwrap()
    });
    until("all are answered", || client.waiting().unwrap() == 0);
    end(&mut worker);
    let all = published(&*client, Place::Results);
    let expected = others + asked.load(Ordering::SeqCst) + 1;
    println!("{expected} requests over three lists");
    assert_eq!(all.len(), expected);
    assert!(published(&*client, Place::DeadLetters).is_empty());
    let said = said(&server);
    assert!(
        said.contains("list.csv") && said.contains("event=loaded what=lists ok=true"),
        "{said}"
    );
}

#[test]
fn the_key_follows_the_lists_and_so_does_the_audit_log() {
    let Some(server) = Server::start() else {
        return;
    };
    let (client, folder) = (server.client(), Folder::new());
    let list = replace(&folder, &row(&"f".repeat(32)));
    let log = folder.at("audit.jsonl");
    let words = format!("--list {list} --reload-every 0 --audit {}", log.display());
    let mut worker = server.worker(&words);
    let asked = AtomicUsize::new(0);
    until_verdict(&*client, &asked, "no-evidence");
    ask(&*client, "same");
    until("it is answered", || records(&*client, "same").len() == 1);
    // A signal loads what is there, good or bad; a file by itself does not.
    replace(&folder, "md5,no hash");
    signal(&worker, "-HUP");
    until("the bad list is told of", || {
        said(&server).contains("what was loaded before stays")
    });
    ask(&*client, "same");
    until_verdict(&*client, &asked, "no-evidence");
    assert_eq!(records(&*client, "same").len(), 1, "the same key as before");
    replace(&folder, &row(MD5));
    sleep(Duration::from_millis(300));
    until_verdict(&*client, &asked, "no-evidence");
    signal(&worker, "-HUP");
    until_verdict(&*client, &asked, "known");
    ask(&*client, "same");
    until("it is answered", || records(&*client, "same").len() == 2);
    end(&mut worker);
    let same = records(&*client, "same");
    assert_eq!(
        (&same[0]["verdict"], &same[1]["verdict"]),
        (&"no-evidence".into(), &"known".into())
    );
    assert_ne!(same[0]["key"], same[1]["key"]);
    let verified = provscan_with(["audit", "verify", log.to_str().unwrap()]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let settings: Vec<&Value> = lines
        .iter()
        .filter(|one| one["type"] == "settings")
        .collect();
    assert_eq!(settings.len(), 2, "{text}");
    let known = lines.iter().rfind(|one| one["verdict"] == "known").unwrap();
    assert_eq!(known["settings"], settings[1]["hash"]);
}

#[test]
fn a_passphrase_that_nobody_could_type_is_refused_at_once() {
    let Some(server) = Server::start() else {
        return;
    };
    server.client();
    let ran = run(&mut server.command("--passphrase-file -"), b"");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("name a file with --passphrase-file"),
        "{}",
        ran.err
    );
}
