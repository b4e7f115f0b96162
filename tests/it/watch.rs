//! `watch`: every file that appears is checked once, whatever way it comes, and what is flagged is seen to.

mod logs;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{NO_TRUST, root};

/// Longer than any of this takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A program that watches the folder `in`.
struct Watch {
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Watch {
    /// A folder, with a file in it, that nobody watches yet.
    fn prepared() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("in/there.gif"), gif(0)).unwrap();
        Self {
            folder,
            child: None,
        }
    }

    fn start(words: &str) -> Self {
        let mut watch = Self::prepared();
        watch.run(words);
        watch
    }

    /// Begins to watch, and waits until it does.
    fn run(&mut self, words: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
        command
            .args(["watch", "in", "--settle", "0.2"])
            .args(words.split_whitespace())
            .env("PROVSCAN_TRUST_DIR", NO_TRUST)
            .current_dir(self.folder.path())
            .stdout(File::create(self.at("out")).unwrap())
            .stderr(File::create(self.at("err")).unwrap());
        self.child = Some(command.spawn().unwrap());
        // A name that is given once is seen only by one who watches already; until then it is given anew.
        let began = Instant::now();
        for number in 0.. {
            assert!(began.elapsed() < PATIENCE, "{}", self.text("err"));
            let probe = self.at("in/probe.gif");
            self.put("in/probe.gif", &gif(20_000 + number));
            sleep(Duration::from_millis(50));
            if self
                .records()
                .iter()
                .any(|(path, _)| path == "in/probe.gif")
            {
                fs::remove_file(probe).unwrap();
                return;
            }
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_default()
    }

    /// Puts a file in its place when it is whole.
    fn put(&self, name: &str, bytes: &[u8]) {
        let part = self.at("part");
        fs::write(&part, bytes).unwrap();
        fs::rename(part, self.at(name)).unwrap();
    }

    /// Records that were written until now, without those of the beginning.
    fn records(&self) -> Vec<(String, Value)> {
        let text = self.text("out");
        let records = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let images = records.filter(|record: &Value| record["type"] == "image");
        images
            .map(|record| (record["path"].as_str().unwrap().to_owned(), record))
            .collect()
    }

    /// How often each file was answered, once there are answers for so many; the beginning does not count.
    fn counts(&self, most: usize) -> BTreeMap<String, usize> {
        let began = Instant::now();
        loop {
            let mut counts = BTreeMap::new();
            for (path, _) in self.records() {
                *counts.entry(path).or_insert(0) += 1;
            }
            counts.remove("in/probe.gif");
            if counts.len() >= most {
                return counts;
            }
            let late = began.elapsed() > PATIENCE;
            assert!(!late, "{} of {most}: {}", counts.len(), self.text("err"));
            sleep(Duration::from_millis(50));
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Asks it to end; gives its exit code.
    fn end(&mut self) -> Option<i32> {
        self.signal("-TERM");
        let mut child = self.child.take().unwrap();
        child.wait().unwrap().code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An image that differs by this number.
fn gif(number: u32) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\x00\x01\x00\x00\x00\x00".to_vec();
    bytes.extend([0x21, 0xfe, 4]);
    bytes.extend(number.to_be_bytes());
    bytes.extend([0, b';']);
    bytes
}

fn flagged() -> Vec<u8> {
    fs::read(root().join("samples/content_credentials/ai-generated.jpg")).unwrap()
}

#[test]
fn files_come_in_every_way_and_each_is_checked_once() {
    let mut watch = Watch::start("");
    for number in 0..100 {
        watch.put(&format!("in/renamed-{number}.gif"), &gif(number));
        fs::write(watch.at(&format!("in/written-{number}.gif")), gif(number)).unwrap();
    }
    // Folders with files in them before anybody can watch these.
    for number in 0..20 {
        let folder = watch.at(&format!("in/new-{number}/deeper"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.gif"), gif(number)).unwrap();
    }
    fs::create_dir_all(watch.at("elsewhere/sub")).unwrap();
    for name in ["elsewhere/a.gif", "elsewhere/sub/b.gif"] {
        fs::write(watch.at(name), gif(7)).unwrap();
    }
    fs::rename(watch.at("elsewhere"), watch.at("in/moved")).unwrap();
    let counts = watch.counts(222);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert!(!counts.contains_key("in/there.gif"));
    // The same content again is nothing new; another one is.
    watch.put("in/renamed-0.gif", &gif(1000));
    let began = Instant::now();
    while watch.counts(222)["in/renamed-0.gif"] < 2 {
        assert!(began.elapsed() < PATIENCE);
    }
    assert_eq!(watch.end(), Some(0));
    assert!(watch.text("out").trim_end().ends_with('}'));
    assert!(watch.text("out").contains("\"type\":\"summary\""));
}

#[test]
fn a_file_is_read_when_it_is_whole() {
    let watch = Watch::start("");
    let whole = flagged();
    let mut file = File::create(watch.at("in/slow.jpg")).unwrap();
    for piece in whole.chunks(whole.len() / 12 + 1) {
        file.write_all(piece).unwrap();
        file.flush().unwrap();
        sleep(Duration::from_millis(60));
    }
    drop(file);
    watch.counts(1);
    let records = watch.records();
    let (_, record) = records
        .iter()
        .find(|(path, _)| path == "in/slow.jpg")
        .unwrap();
    assert_eq!(record["bytes"], whole.len());
}

#[test]
fn what_is_there_is_checked_where_that_is_asked_for_and_read_once() {
    let mut watch = Watch::prepared();
    for words in [
        "--existing --state a.state",
        "--existing --state a.state --audit a.log",
    ] {
        watch.run(words);
        assert_eq!(watch.counts(1)["in/there.gif"], 1);
        assert_eq!(watch.end(), Some(0));
    }
    let said = watch.text("err");
    // The probe may have been read.
    assert!(said.contains(" unchanged"), "{said}");
    assert!(watch.text("a.log").contains("\"type\":\"answer\""));
    // What a watch did not meet is not gone for that.
    let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
    let report = command.args(["report", "a.state", "--format", "jsonl"]);
    let report = report.current_dir(watch.folder.path()).output().unwrap();
    let text = String::from_utf8(report.stdout).unwrap();
    assert!(text.contains("in/there.gif"), "{text}");
}

#[test]
fn what_is_flagged_is_moved_and_told_of() {
    let mut watch = Watch::prepared();
    fs::create_dir(watch.at("in/aside")).unwrap();
    fs::write(watch.at("in/aside/a.jpg"), "already there").unwrap();
    fs::write(watch.at("hook.sh"), "cat >> \"$1\"\necho noise\n").unwrap();
    // The folder that files are moved to may lie among those that are watched.
    let config = "[watch]\nfail-on = \"label\"\nmove-flagged = \"in/aside\"\nhook = 'sh hook.sh \"$HOME; x\"'\n";
    fs::write(watch.at("config.toml"), config).unwrap();
    watch.run("--audit a.log --audit-names --config config.toml");
    watch.put("in/a.jpg", &flagged());
    watch.put("in/b.gif", &gif(1));
    let counts = watch.counts(2);
    assert_eq!(counts.len(), 2, "{counts:?}");
    assert_eq!(watch.end(), Some(1));
    let records: BTreeMap<String, Value> = watch.records().into_iter().collect();
    let moved = records["in/a.jpg"]["moved_to"].as_str().unwrap();
    assert!(moved.ends_with("in/aside/a.1.jpg"), "{moved}");
    assert_eq!(fs::read(moved).unwrap(), flagged());
    assert_eq!(watch.text("in/aside/a.jpg"), "already there");
    assert!(!watch.at("in/a.jpg").exists());
    assert!(records["in/b.gif"].get("moved_to").is_none());
    // No shell saw the command, and nothing that it printed is among the records.
    let told: Value = serde_json::from_str(&watch.text("$HOME; x")).unwrap();
    assert_eq!(told, records["in/a.jpg"]);
    assert!(!watch.text("out").contains("noise"));
    assert!(watch.text("a.log").contains("\"name\":\"in/a.jpg\""));
}

#[test]
fn a_hook_that_fails_or_hangs_stops_nothing() {
    let mut watch = Watch::prepared();
    fs::write(watch.at("hang.sh"), "exec sleep 100").unwrap();
    let config = "[watch]\nhook = \"sh hang.sh\"\nhook-time = 1\n";
    fs::write(watch.at("config.toml"), config).unwrap();
    watch.run("--fail-on label --config config.toml");
    for number in 0..3 {
        watch.put(&format!("in/{number}.jpg"), &flagged());
    }
    watch.counts(3);
    assert_eq!(watch.end(), Some(1));
    assert_eq!(watch.text("err").matches("took too long").count(), 3);
    for (hook, told) in [("false", "failed"), ("no-such-program", "cannot be run")] {
        let mut watch = Watch::prepared();
        watch.run(&format!("--fail-on label --hook {hook}"));
        watch.put("in/a.jpg", &flagged());
        watch.counts(1);
        assert_eq!(watch.end(), Some(1));
        assert!(watch.text("err").contains(told), "{}", watch.text("err"));
    }
}

#[test]
fn links_are_followed_only_where_that_is_asked_for() {
    for (words, expected) in [("", 1), ("--follow-links", 2)] {
        let watch = Watch::start(words);
        fs::write(watch.at("outside.gif"), gif(1)).unwrap();
        std::os::unix::fs::symlink(watch.at("outside.gif"), watch.at("in/link.gif")).unwrap();
        watch.put("in/last.gif", &gif(2));
        assert_eq!(watch.counts(expected).len(), expected);
        sleep(Duration::from_millis(500));
        assert_eq!(watch.counts(expected).len(), expected);
    }
}

#[test]
fn a_flood_of_files_loses_none() {
    let mut watch = Watch::start("-j 1");
    let tree = watch.at("in/many");
    fs::create_dir(&tree).unwrap();
    watch.put("in/many/first.gif", &gif(0));
    watch.counts(1);
    // It takes nothing meanwhile, and the system keeps no more than some 16 000 events for it.
    watch.signal("-STOP");
    for number in 0..6000 {
        fs::write(tree.join(format!("{number}.gif")), gif(number)).unwrap();
    }
    watch.signal("-CONT");
    let counts = watch.counts(6001);
    assert_eq!(counts.len(), 6001);
    assert!(counts.values().all(|count| *count == 1));
    assert_eq!(watch.end(), Some(0));
}

#[test]
fn what_cannot_be_watched_is_told() {
    for (words, expected) in [
        (["watch", "no-such-folder"], "no such folder"),
        (["watch", "Cargo.toml"], "no folder"),
        (["watch", "src --format html"], "JSON Lines"),
        (["watch", "src --hook 'a"], "quote is not closed"),
        (["watch", "src --move-flagged Cargo.toml"], "no folder"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
        let arguments = words.iter().flat_map(|words| words.split(' '));
        let output = command
            .args(arguments)
            .current_dir(root())
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
        assert!(told.contains(expected), "{words:?}: {told}");
    }
}
