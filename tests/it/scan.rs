//! Many images: every input answered once, in order if asked for, and an end whatever happens.

mod engine;
mod memory;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use provscan::reports::{self, Report, ReportOptions};
use provscan::scan::{Inspecting, Job, ScanOptions, Summary, scan};
use provscan::sources::{FolderOptions, Input, Name, folder};
use provscan::{Inspection, Inspector, Limits, Policy, Settings};

use crate::support::{inspector, root};

/// More than a scan lets wait for an earlier answer.
const MANY: u64 = 3000;

/// Far above what any scan here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn options(threads: usize, ordered: bool) -> ScanOptions {
    ScanOptions {
        threads,
        ordered,
        ..ScanOptions::default()
    }
}

/// The job that inspects with these signals and renders so.
fn job(
    inspector: Inspector,
    render: impl Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync + 'static,
) -> Arc<dyn Job> {
    Arc::new(Inspecting::new(inspector, Limits::default(), render))
}

/// Small inputs, named by their numbers.
fn numbered(count: u64) -> impl Iterator<Item = Input> + Send {
    (0..count).map(|number| Input::memory(&number.to_string(), b"no image".to_vec()))
}

/// An inspector that has next to nothing to do.
fn idle() -> Inspector {
    let settings = Settings {
        signals: Some(Vec::new()),
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

/// Scans numbered inputs, the first of them slowly; a scan that hangs fails the test.
fn names_after_a_slow_start(threads: usize) -> Vec<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut names = Vec::new();
        let summary = scan(
            job(idle(), |name, _| {
                if name.as_str() == Some("0") {
                    std::thread::sleep(Duration::from_millis(300));
                }
                name.to_text().into_bytes()
            }),
            numbered(MANY),
            &options(threads, true),
            |answer, _| {
                names.push(String::from_utf8(answer.rendered.clone()).unwrap());
                Ok(())
            },
        );
        assert_eq!(summary.unwrap().inputs, MANY);
        sender.send(names)
    });
    receiver.recv_timeout(PATIENCE).unwrap()
}

#[test]
fn order_is_kept_while_a_slow_input_holds_up_more_than_may_wait() {
    let expected: Vec<String> = (0..MANY).map(|number| number.to_string()).collect();
    for threads in [1, 2, 8] {
        assert_eq!(names_after_a_slow_start(threads), expected);
    }
}

/// Every sample as JSON Lines, and what the scan counted.
fn scan_samples(threads: usize, ordered: bool) -> (Vec<u8>, Summary) {
    let report: Arc<dyn Report> = Arc::from((reports::named("jsonl").unwrap().make)(
        ReportOptions::default(),
    ));
    let rendering = Arc::clone(&report);
    let mut out = Vec::new();
    let summary = scan(
        job(inspector(&[]), move |name, seen| {
            rendering.record(name, seen)
        }),
        folder(&root().join("samples"), FolderOptions::default()),
        &options(threads, ordered),
        |answer, _| out.write_all(&answer.rendered),
    )
    .unwrap();
    out.extend(report.tail(&summary));
    (out, summary)
}

#[test]
fn the_same_files_give_the_same_bytes_on_any_number_of_threads() {
    let (alone, counted) = scan_samples(1, true);
    for threads in [2, 7] {
        assert!(scan_samples(threads, true) == (alone.clone(), counted.clone()));
    }
    let lines = |bytes: &[u8]| -> BTreeSet<Vec<u8>> {
        bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    };
    let (unordered, again) = scan_samples(7, false);
    assert_eq!((lines(&unordered), again), (lines(&alone), counted));
}

#[test]
fn there_is_one_record_an_input_and_the_counts_add_up() {
    let (out, summary) = scan_samples(0, true);
    let files = folder(&root().join("samples"), FolderOptions::default()).count() as u64;
    let records = out
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    assert_eq!(
        records.count() as u64,
        files + 1,
        "the summary is a record, too"
    );
    assert_eq!(summary.inputs, files);
    assert_eq!(summary.findings.values().sum::<u64>(), files);
    assert_eq!(summary.actions.values().sum::<u64>(), files);
    assert!(summary.other_files > 0 && summary.incomplete > 0);
}

/// Takes so many bytes and then fails, as a full disk does.
struct Full {
    room: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_fails_ends_the_scan_with_its_error() {
    for (threads, ordered, room) in [(1, true, 0), (4, true, 100), (4, false, 5000)] {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let (begun, mut disk) = (AtomicU64::new(0), Full { room });
            let inputs = numbered(1_000_000).inspect(|_| {
                begun.fetch_add(1, Ordering::Relaxed);
            });
            let ended = scan(
                job(idle(), |name, _| name.to_text().into_bytes()),
                inputs,
                &options(threads, ordered),
                |answer, _| disk.write_all(&answer.rendered),
            );
            sender.send((ended.unwrap_err().kind(), begun.into_inner()))
        });
        let (error, begun) = receiver.recv_timeout(PATIENCE).unwrap();
        assert_eq!(error, io::ErrorKind::StorageFull);
        assert!(begun < 20_000, "{begun} inputs were begun for nothing");
    }
}

#[test]
fn no_inputs_are_no_failure() {
    let summary = scan(
        job(idle(), |_, _| Vec::new()),
        std::iter::empty(),
        &options(0, true),
        |_, _| Ok(()),
    );
    assert_eq!(summary.unwrap(), Summary::default());
}
