//! Workers with an audit log: no record without its line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use provscan::queue::{Ends, Place};
use serde_json::Value;

use super::broker::{Server, ended, published, sample, until};
use crate::support::{Folder, Random, provscan_with};

const PATHS: [&str; 4] = [
    "known_image/known-1-brighter.jpg",
    "known_image/known-1-framed.jpg",
    "content_credentials/ai-generated.jpg",
    "plain/icon.bmp",
];

fn requests(count: usize) -> String {
    let one = |number: usize| sample(&number.to_string(), PATHS[number % PATHS.len()]);
    (0..count).map(one).collect()
}

fn words(log: &Path) -> String {
    format!("--audit {} --audit-names", log.display())
}

/// What a log says: how many answers there are of each file and verdict.
fn answers(log: &Path) -> BTreeMap<(String, String), usize> {
    let mut answers = BTreeMap::new();
    for line in fs::read_to_string(log).unwrap().lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        if record["type"] == "answer" {
            *answers.entry(of(&record)).or_default() += 1;
        }
    }
    answers
}

fn of(record: &Value) -> (String, String) {
    (record["sha256"].to_string(), record["verdict"].to_string())
}

fn results(client: &dyn Ends) -> Vec<Value> {
    let published = published(client, Place::Results).into_iter();
    published.map(|(record, _)| record).collect()
}

/// Makes sure that no result is without a line.
fn check(client: &dyn Ends, lines: &BTreeMap<(String, String), usize>) {
    let mut without = lines.clone();
    for record in results(client) {
        let left = without.get_mut(&of(&record));
        let left = left.unwrap_or_else(|| panic!("no line: {record}"));
        assert!(*left > 0, "too few lines: {record}");
        *left -= 1;
    }
}

fn verify(logs: &[&PathBuf]) -> String {
    let words = ["audit", "verify"].map(str::to_owned).into_iter();
    let logs = logs.iter().map(|log| log.to_str().unwrap().to_owned());
    let verified = provscan_with(words.chain(logs));
    assert_eq!(verified.code, 0, "{}", verified.out);
    verified.out
}

#[test]
fn workers_share_a_log_that_has_a_line_for_each_result() {
    let Some(server) = Server::start() else {
        return;
    };
    let (client, log) = (server.client(), server.folder().at("audit.jsonl"));
    let no_image = "{\"id\":\"text\",\"bytes_base64\":\"aGVsbG8gd29ybGQ=\"}\n";
    let hash = "{\"id\":\"hash\",\"md5\":\"108224b46a3bc62dac47f61e07413e3d\"}\n";
    let no_json = "no json\n";
    let lines = [&requests(40), no_image, hash, no_json].concat();
    client.send(&mut lines.as_bytes()).unwrap();
    let words = format!("{} --audit-actor moderation --until-empty", words(&log));
    let mut workers = [server.worker(&words), server.worker(&words)];
    assert_eq!(workers.each_mut().map(ended), [0, 0]);
    let records = results(&*client);
    assert_eq!(records.len(), 42);
    // The message that could not be read got a dead letter, which judges nothing.
    assert_eq!(published(&*client, Place::DeadLetters).len(), 1);
    assert!(verify(&[&log]).contains("42 of them answers"));
    check(&*client, &answers(&log));
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("moderation") && text.contains("known-1-brighter.jpg"));
    // What is no image was meant to be one.
    let text = records.iter().find(|one| one["id"] == "text").unwrap();
    assert_eq!(
        (&text["verdict"], &text["action"]),
        (&"unchecked".into(), &"review".into()),
        "{text}"
    );
}

#[test]
fn a_worker_that_is_killed_leaves_no_result_without_a_line() {
    let Some(server) = Server::start() else {
        return;
    };
    let (client, log) = (server.client(), server.folder().at("audit.jsonl"));
    client.send(&mut requests(300).as_bytes()).unwrap();
    let words = format!("{} -j 2 --max-deliveries 20", words(&log));
    let mut random = Random::new(11);
    for _ in 0..4 {
        let mut worker = server.worker(&words);
        let before = client.waiting().unwrap();
        until("it works, or all is done", || {
            let waiting = client.waiting().unwrap();
            waiting < before || waiting == 0
        });
        sleep(Duration::from_millis(random.below(60) as u64));
        worker.kill().unwrap();
        worker.wait().unwrap();
        check(&*client, &answers_whole(&log));
    }
    let mut last = server.worker(&format!("{words} --until-empty"));
    assert_eq!(ended(&mut last), 0);
    verify(&[&log]);
    let lines: usize = answers_whole(&log).values().sum();
    println!("{lines} lines for 300 requests");
    check(&*client, &answers_whole(&log));
    let ids = ids(&results(&*client));
    assert_eq!(ids.len(), 300);
}

/// The answers of a log of which a writer may have left a part of a line.
fn answers_whole(log: &Path) -> BTreeMap<(String, String), usize> {
    let text = fs::read_to_string(log).unwrap();
    let whole = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n') && serde_json::from_str::<Value>(line).is_ok());
    let folder = Folder::new();
    answers(&folder.put("whole.jsonl", whole.collect::<String>()))
}

fn ids(records: &[Value]) -> Vec<String> {
    let ids = records.iter().map(|one| one["id"].to_string());
    let ids: std::collections::BTreeSet<String> = ids.collect();
    ids.into_iter().collect()
}

#[test]
fn a_log_that_breaks_ends_the_worker_and_nothing_is_lost() {
    let Some(server) = Server::start() else {
        return;
    };
    let (client, log) = (server.client(), server.folder().at("audit.jsonl"));
    let away = server.folder().at("away.jsonl");
    client.send(&mut requests(300).as_bytes()).unwrap();
    let mut worker = server.worker(&format!("{} --max-in-flight 8", words(&log)));
    until("some are answered", || client.waiting().unwrap() < 280);
    fs::rename(&log, &away).unwrap();
    fs::create_dir(&log).unwrap();
    assert_eq!(ended(&mut worker), 2);
    let said = fs::read_to_string(server.said()).unwrap();
    assert!(
        said.contains("left to other workers") && said.contains("audit.jsonl: "),
        "{said}"
    );
    let before = results(&*client).len() as u64;
    assert!(before < 300, "it went on to the end");
    assert_eq!(before + client.waiting().unwrap(), 300);
    check(&*client, &answers(&away));
    // Nobody starts without the log either.
    let mut another = server.worker(&words(&log));
    assert_eq!(ended(&mut another), 2);
    fs::remove_dir(&log).unwrap();
    let on = format!("{} --audit-after {}", words(&log), away.display());
    let mut last = server.worker(&format!("{on} --until-empty"));
    assert_eq!(ended(&mut last), 0);
    assert_eq!(ids(&results(&*client)).len(), 300);
    assert!(published(&*client, Place::DeadLetters).is_empty());
    verify(&[&away, &log]);
    let mut lines = answers(&away);
    for (what, count) in answers(&log) {
        *lines.entry(what).or_default() += count;
    }
    check(&*client, &lines);
}
