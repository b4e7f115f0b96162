//! The program as a filter: lines in, records out, each as soon as it is done, under the caller's name for it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provscan::Limits;
use provscan::asset::Asset;
use provscan::fingerprints::pdq::{Dihedral, PDQ, dihedral};
use provscan::fingerprints::{MD5, compute};
use serde_json::{Value, json};

use crate::sources::archives::zip;
use crate::support::{Folder, root};

/// Longer than any answer takes on the slowest machine: what takes longer never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running filter whose lines are read on a thread of their own.
struct Filter {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Filter {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
        command.args(["scan", "--files-from", "-", "--format", "jsonl"]);
        command.args(arguments).current_dir(root());
        command.env_remove("PROVSCAN_LIST");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            lines,
        }
    }

    fn put(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(line.as_bytes()).unwrap();
        stdin.write_all(b"\n").unwrap();
        stdin.flush().unwrap();
    }

    fn next(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("an answer");
        serde_json::from_str(&line).unwrap()
    }

    /// The rest of the records, without the summary; and the exit code.
    fn rest(mut self) -> (Vec<Value>, Option<i32>) {
        drop(self.stdin.take());
        let mut records = Vec::new();
        loop {
            let record = self.next();
            if record["type"] == "summary" {
                return (records, self.child.wait().unwrap().code());
            }
            records.push(record);
        }
    }
}

fn codes(record: &Value) -> Vec<&str> {
    let evidence = record["evidence"].as_array().unwrap();
    evidence
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect()
}

fn asset(path: &str) -> Asset {
    let bytes = std::fs::read(root().join(path)).unwrap();
    Asset::new(path, bytes, Limits::default())
}

#[test]
fn every_line_is_answered_before_the_next_is_written() {
    for arguments in [&[][..], &["--unordered"], &["--threads", "1"]] {
        let mut filter = Filter::start(arguments);
        for number in 0..20 {
            let id = format!("upload-{number}");
            let line = match number % 2 {
                0 => "samples/known_image/known-1.png".to_owned(),
                _ => json!({"id": id, "path": "samples/known_image/known-1.png"}).to_string(),
            };
            filter.put(&line);
            let record = filter.next();
            assert_eq!(record["path"], "samples/known_image/known-1.png");
            assert_eq!(
                record["id"],
                if number % 2 == 0 {
                    Value::Null
                } else {
                    id.into()
                }
            );
        }
        assert_eq!(filter.rest().0.len(), 0);
    }
}

#[test]
fn an_answer_has_the_name_that_its_caller_gave() {
    let known = "samples/known_image/known-1.png";
    let image = asset(known);
    let hash = |kind| compute(&image, kind).unwrap();
    let variants = dihedral(&image, PDQ).unwrap();
    let (_, mirrored) = variants
        .iter()
        .find(|(one, _)| *one == Dihedral::FlipY)
        .unwrap();
    let mut filter = Filter::start(&["--list", "samples/lists/known.csv"]);
    let requests = [
        json!({"id": "path", "path": known}),
        json!({"id": "bytes", "bytes_base64": STANDARD.encode(image.bytes())}),
        json!({"id": "md5", "md5": hash(MD5).hex()}),
        json!({"id": "pdq", "pdq": hash(PDQ).hex()}),
        json!({"id": "mirrored", "pdq": mirrored.hex(), "quality": 90}),
        json!({"id": "poor", "pdq": mirrored.hex(), "quality": 3}),
        json!({"id": "unknown", "md5": "00".repeat(16)}),
        json!({"id": "no list", "img_hash": 1}),
        json!({"id": "gone", "path": "samples/none.jpg"}),
        json!({"id": "address", "url": "https://example.org/a.jpg"}),
        json!({"id": 17, "md5": hash(MD5).hex()}),
        json!({"id": -18, "colour": "red"}),
    ];
    for request in &requests {
        filter.put(&request.to_string());
    }
    filter.put("{\"id\": \"torn\", ");
    let (records, code) = filter.rest();
    assert_eq!(code, Some(1));
    let ids: Vec<&Value> = records.iter().map(|record| &record["id"]).collect();
    let wanted = requests.iter().map(|request| &request["id"]);
    assert!(
        ids.iter().copied().eq(wanted.chain([&Value::Null])),
        "{ids:?}"
    );
    let by_id = |id: &str| records.iter().find(|record| record["id"] == id).unwrap();
    for id in ["path", "bytes", "md5"] {
        assert_eq!(by_id(id)["verdict"], "known", "{id}");
        assert!(
            codes(by_id(id)).contains(&"known.exact"),
            "{id}: {:?}",
            by_id(id)
        );
    }
    for id in ["pdq", "mirrored"] {
        assert_eq!(by_id(id)["verdict"], "known", "{id}");
        assert_eq!(codes(by_id(id)), ["known.match"], "{id}");
        assert_eq!(by_id(id)["looked_up"], json!(["pdq"]));
    }
    assert_eq!(by_id("unknown")["verdict"], "no-evidence");
    let by_number = |id: i64| records.iter().find(|record| record["id"] == id).unwrap();
    assert_eq!(by_number(17)["verdict"], "known");
    assert_eq!(by_number(-18)["verdict"], "unchecked");
    // No list compares a hash of so poor a quality, so nothing is known of it.
    for id in ["poor", "no list", "gone", "address"] {
        assert_eq!(by_id(id)["verdict"], "unchecked", "{id}");
    }
    let torn = &records[records.len() - 1];
    assert_eq!(
        (&torn["path"], &torn["verdict"]),
        (&json!("-:13"), &json!("unchecked"))
    );
}

/// The program stops reading when nobody takes its answers, and goes on when somebody does.
#[test]
fn a_slow_reader_loses_nothing() {
    const LINES: usize = 20_000;
    let mut child = Command::new(env!("CARGO_BIN_EXE_provscan"))
        .args(["scan", "--files-from", "-", "--format", "jsonl", "--list"])
        .arg("samples/lists/known.csv")
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writing = thread::spawn(move || {
        for number in 0..LINES {
            let line = json!({"id": number.to_string(), "md5": format!("{number:032x}")});
            writeln!(stdin, "{line}").unwrap();
        }
    });
    thread::sleep(Duration::from_millis(500));
    assert!(!writing.is_finished(), "all that was written is somewhere");
    let out = BufReader::new(child.stdout.take().unwrap());
    for (number, line) in out.lines().enumerate() {
        let record: Value = serde_json::from_str(&line.unwrap()).unwrap();
        match number < LINES {
            true => assert_eq!(record["id"], number.to_string()),
            false => assert_eq!(record["inputs"], LINES),
        }
    }
    writing.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// A request asks about an image, so that nothing passes that is none; a path among others is just a file.
#[test]
fn what_a_request_names_is_taken_for_an_image() {
    let mut filter = Filter::start(&[]);
    let text = "samples/lists/known.csv";
    filter.put(&json!({"id": "bytes", "bytes_base64": STANDARD.encode(b"no image")}).to_string());
    filter.put(&json!({"id": "empty", "bytes_base64": ""}).to_string());
    filter.put(&json!({"id": "path", "path": text}).to_string());
    // Archives, whatever they are named like: with nothing but a text, and with nothing at all.
    let folder = Folder::new();
    let holding = folder.put("ab12", zip(&[("readme.txt", b"no image")]));
    let empty = folder.put("cd34", zip(&[]));
    filter.put(&json!({"id": "holding", "path": holding}).to_string());
    filter.put(&json!({"id": "none", "path": empty}).to_string());
    filter.put(text);
    let (records, code) = filter.rest();
    assert_eq!(code, Some(3));
    let ids: Vec<&Value> = records.iter().map(|record| &record["id"]).collect();
    assert_eq!(
        json!(ids),
        json!(["bytes", "empty", "path", "holding", "none", null])
    );
    let judged = |record: &Value| (record["verdict"].clone(), record["action"].clone());
    for record in &records[..5] {
        assert_eq!(
            judged(record),
            ("unchecked".into(), "review".into()),
            "{record}"
        );
    }
    assert_eq!(judged(&records[5]), ("other-file".into(), "pass".into()));
}

#[test]
fn a_state_remembers_no_requests() {
    let place = std::env::temp_dir().join(format!("provscan-filter-{}", std::process::id()));
    let state = place.with_extension("state");
    let mut filter = Filter::start(&["--state", state.to_str().unwrap()]);
    filter.put(r#"{"id": "a", "path": "samples/known_image/known-1.png"}"#);
    let (records, code) = filter.rest();
    assert_eq!(code, Some(3));
    let message = records[0]["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("--state"), "{message}");
    std::fs::remove_file(state).unwrap();
}
