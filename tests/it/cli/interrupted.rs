//! Signals in the middle of a scan.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Folder, provscan};

/// Far above what anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    let sent = kill.args([name, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

fn wait_until(mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "it takes for ever");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_interrupted_scan_leaves_an_earlier_report_alone() {
    let folder = Folder::new();
    let sample = folder.put_sample("plain/icon.bmp");
    let out = folder.put("out.csv", b"an earlier report");
    let left = folder.put(".provscan-4294967290-0-out.csv.partial", b"of a killed run");
    let mut command = provscan();
    command.args(["scan", "--files-from", "-", "--format", "csv", "-o"]);
    command
        .arg(&out)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut list = child.stdin.take().unwrap();
    writeln!(list, "{}", sample.display()).unwrap();
    wait_until(|| !left.exists());
    signal(&child, "-INT");
    wait_until(|| child.try_wait().unwrap().is_some());
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(130), "{told}");
    assert!(
        told.contains("out.csv was left as it was, and what was done is in "),
        "{told}"
    );
    assert_eq!(std::fs::read(&out).unwrap(), b"an earlier report");
    let beside = folder.path().join("out.interrupted.csv");
    let written = std::fs::read_to_string(beside).unwrap();
    assert!(written.starts_with("path,verdict,"), "{written}");
}

#[test]
fn an_interrupted_scan_ends_its_report_and_says_so() {
    for (name, format) in [("-INT", "jsonl"), ("-TERM", "text")] {
        let folder = Folder::new();
        let sample = folder.put_sample("plain/icon.bmp");
        let out = folder.path().join("out");
        let mut command = provscan();
        command.args(["scan", "--files-from", "-", "--format", format, "-o"]);
        command
            .arg(&out)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut list = child.stdin.take().unwrap();
        writeln!(list, "{}", sample.display()).unwrap();
        // The list stays open, as when somebody is still writing it; what is written beside the sample is the report.
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        wait_until(|| files() > 1);
        signal(&child, name);
        wait_until(|| child.try_wait().unwrap().is_some());
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(130), "{told}");
        assert!(
            told.contains("interrupted") && told.contains("--state"),
            "{told}"
        );
        let report = std::fs::read_to_string(&out).unwrap();
        let last = report.trim_end().lines().last().unwrap();
        match format {
            "jsonl" => {
                let summary: Value = serde_json::from_str(last).unwrap();
                assert_eq!(summary["interrupted"], true, "{last}");
            }
            _ => assert!(last.starts_with("Interrupted"), "{report}"),
        }
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut command = provscan();
    command.args(["scan", "--format", "jsonl", "samples"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    // Nobody reads on, so that it stands still once the pipe is full.
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0]).unwrap();
    signal(&child, "-INT");
    wait_until(|| {
        let ended = child.try_wait().unwrap();
        if ended.is_none() {
            // It may have ended since.
            let _ = Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status();
        }
        ended.is_some_and(|status| status.code() == Some(130))
    });
}
