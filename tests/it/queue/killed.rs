//! Workers that are killed in the middle of messages, and a broker that is: nothing is lost, nothing gets two answers.

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provscan::queue::Place;

use super::broker::{Kind, Server, Worker, ended, published, sample};
use crate::support::{Random, Sample};

const MESSAGES: usize = 1000;
const KILLS: usize = 5;

/// Requests of every form, each with an id of its own.
fn requests() -> String {
    let paths = [
        "known_image/known-1-brighter.jpg",
        "known_image/known-1-framed.jpg",
        "content_credentials/ai-generated.jpg",
        "content_credentials/camera-capture.jpg",
    ];
    let bytes = STANDARD.encode(Sample::open(paths[0]).bytes);
    let hash = "08bc5d6ab60b28d40c60f32b34d60254c92d5ec23279a1bcc96577bd34fb2f6f";
    let one = |number: usize| match number % 6 {
        4 => format!("{{\"id\":\"{number}\",\"bytes_base64\":\"{bytes}\"}}\n"),
        5 => format!("{{\"id\":\"{number}\",\"pdq\":\"{hash}\"}}\n"),
        form => sample(&number.to_string(), paths[form]),
    };
    (0..MESSAGES).map(one).collect()
}

#[test]
fn nothing_is_lost_and_nothing_gets_two_answers() {
    for server in Server::each() {
        survived(server);
    }
}

fn survived(mut server: Server) {
    println!("{:?}", server.kind);
    let client = server.client();
    let began = Instant::now();
    assert_eq!(
        client.send(&mut requests().as_bytes()).unwrap(),
        MESSAGES as u64
    );
    println!("{MESSAGES} requests sent in {:?}", began.elapsed());
    let began = Instant::now();
    let words = "--max-in-flight 8 -j 1 --max-deliveries 20";
    let mut workers: Vec<_> = (1..=2).map(|nth| at_work(&server, words, nth)).collect();
    let mut random = Random::new(7);
    for kill in 0..KILLS {
        let left = MESSAGES - MESSAGES * (kill + 1) / (KILLS + 2);
        super::broker::until("some are answered", || {
            client.waiting().is_ok_and(|waiting| waiting <= left as u64)
        });
        let at = random.below(workers.len());
        let ended = workers[at].try_wait().unwrap();
        assert!(ended.is_none(), "{ended:?}: {}", said(&server));
        workers[at].kill().unwrap();
        workers[at].wait().unwrap();
        println!("killed a worker, {left} messages or less were left");
        if kill == 2 {
            server.stop();
            sleep(Duration::from_millis(500));
            server.again();
        }
        workers[at] = at_work(&server, words, kill + 3);
    }
    let mut last = server.worker(&format!("{words} --until-empty"));
    assert_eq!(ended(&mut last), 0);
    let took = began.elapsed();
    for worker in &mut workers {
        super::broker::terminate(worker);
        assert_eq!(ended(worker), 0);
    }
    check(&*client, &server, took);
}

/// Starts a worker, the nth of the server, and waits until it has found the broker: without one at the start it ends.
fn at_work(server: &Server, words: &str, nth: usize) -> Worker {
    let worker = server.worker(words);
    super::broker::until("it waits for messages", || {
        said(server).matches("waiting for messages").count() >= nth
    });
    worker
}

/// What the workers said, other than of each message.
fn said(server: &Server) -> String {
    let said = fs::read_to_string(server.said()).unwrap();
    let lines = said.lines().filter(|line| !line.contains("event=judged"));
    lines.collect::<Vec<_>>().join("\n")
}

fn check(client: &dyn provscan::queue::Ends, server: &Server, took: Duration) {
    let mut answers: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (record, body) in published(client, Place::Results) {
        let id = record["id"].as_str().unwrap().to_owned();
        assert_ne!(record["verdict"], "unchecked", "{record}");
        answers.entry(id).or_default().push(body);
    }
    let repeats: usize = answers.values().map(|all| all.len() - 1).sum();
    if server.kind == Kind::Nats {
        let handed_out = super::broker::handed_out(&server.address());
        println!(
            "{} messages were handed out again",
            handed_out - MESSAGES as u64
        );
    }
    println!(
        "{} answers and {repeats} repeats in {took:?}: {:.0} messages a second",
        answers.len(),
        MESSAGES as f64 / took.as_secs_f64()
    );
    println!("{}", said(server));
    assert_eq!(answers.len(), MESSAGES);
    for (id, all) in &answers {
        assert!(all.iter().all(|one| one == &all[0]), "{id} has two answers");
    }
    assert_eq!(client.waiting().unwrap(), 0);
    assert!(published(client, Place::DeadLetters).is_empty());
}
