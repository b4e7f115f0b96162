//! The engine alone: order, windows, time limits and stopping, with jobs that do what a test wants.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use provscan::error::{Fault, FaultKind};
use provscan::scan::{Answer, Doubtful, Job, ScanOptions, Summary, scan};
use provscan::sources::{Input, Name, Place, Stamp};

use super::{MANY, PATIENCE, idle, numbered, options};
use crate::allocations::counted;

/// A job for the engine alone: what it does with an input is up to the test.
struct Doing<F>(F);

impl<F: Fn(&str) + Send + Sync> Job for Doing<F> {
    fn answer(&self, input: Input) -> Answer {
        let name = input.name.to_text();
        (self.0)(&name);
        answered(&name)
    }

    fn gave_up(&self, name: Name, asked_for: bool, fault: Fault) -> Answer {
        let inspection = idle().unreadable(fault.clone());
        let text = format!("{}: {fault}\n", name.to_text());
        Answer::of(asked_for, &inspection, text.into_bytes())
    }

    fn judged_again(&self, _: Doubtful) -> Answer {
        unreachable!("nothing here is doubtful")
    }
}

fn answered(name: &str) -> Answer {
    Answer::nothing(format!("{name}\n").into_bytes())
}

/// The lines of a scan, and its summary; one that hangs fails the test.
fn lines(
    doing: impl Fn(&str) + Send + Sync + 'static,
    inputs: impl Iterator<Item = Input> + Send + 'static,
    options: ScanOptions,
) -> (Vec<String>, Summary) {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut out = String::new();
        let summary = scan(Arc::new(Doing(doing)), inputs, &options, |answer, _| {
            out += str::from_utf8(&answer.rendered).unwrap();
            Ok(())
        });
        let lines = out.lines().map(str::to_owned).collect();
        // Whoever waited too long is gone.
        let _ = sender.send((lines, summary.unwrap()));
    });
    receiver.recv_timeout(PATIENCE).unwrap()
}

/// An input that only says how long it is.
fn of_length(name: &str, bytes: u64) -> Input {
    let stamp = Stamp {
        bytes,
        modified: 0,
        inode: 0,
    };
    Input {
        stamp: Some(stamp),
        ..Input::memory(name, Vec::new())
    }
}

const SHORT: Duration = Duration::from_millis(150);

#[test]
fn an_input_that_takes_too_long_is_given_up_and_the_others_are_not() {
    for threads in [1, 2, 3] {
        let stuck = |name: &str| {
            if ["3", "4", "60"].contains(&name) {
                std::thread::sleep(SHORT * 4);
            }
        };
        let limited = ScanOptions {
            max_time: Some(SHORT),
            ..options(threads, true)
        };
        let (lines, summary) = lines(stuck, numbered(100), limited);
        assert_eq!(lines.len(), 100, "{lines:?}");
        for (line, number) in lines.iter().zip(0..) {
            let given_up = [3, 4, 60].contains(&number);
            assert_eq!(line.contains("--max-time"), given_up, "{line}");
            assert!(line.starts_with(&number.to_string()), "{line}");
        }
        assert_eq!((summary.inputs, summary.incomplete), (100, 3));
        assert!(!summary.interrupted);
    }
}

#[test]
fn threads_that_were_given_up_are_no_more_than_workers() {
    let (at_once, most) = (AtomicU64::new(0), Arc::new(AtomicU64::new(0)));
    let seen = Arc::clone(&most);
    let slow = move |_: &str| {
        let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(SHORT * 3);
        at_once.fetch_sub(1, Ordering::SeqCst);
    };
    let limited = ScanOptions {
        max_time: Some(SHORT / 3),
        ..options(2, true)
    };
    let (lines, summary) = lines(slow, numbered(12), limited);
    assert_eq!((lines.len(), summary.inputs), (12, 12));
    assert!(most.load(Ordering::SeqCst) <= 4);
}

#[test]
fn a_job_that_breaks_is_an_input_that_was_not_checked() {
    let breaks = |name: &str| assert_ne!(name, "7");
    let (lines, summary) = lines(breaks, numbered(50), options(2, true));
    assert_eq!(
        (lines.len(), summary.inputs, summary.incomplete),
        (49, 50, 1)
    );
}

#[test]
fn a_scan_that_is_stopped_finishes_what_it_began() {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let begun = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&begun);
    let job = move |name: &str| {
        counted.fetch_add(1, Ordering::SeqCst);
        if name == "20" {
            asked.store(true, Ordering::SeqCst);
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let stoppable = ScanOptions {
        stop: Some(stop),
        ..options(2, true)
    };
    let (lines, summary) = lines(job, numbered(100_000), stoppable);
    assert!(summary.interrupted && lines.len() > 20);
    assert_eq!(lines.len() as u64, begun.load(Ordering::SeqCst));
    assert!(lines.is_sorted_by_key(|line| line.parse::<u64>().unwrap()));
}

#[test]
fn a_scan_that_was_done_before_it_was_stopped_is_whole() {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let job = move |_: &str| {
        std::thread::sleep(SHORT);
        asked.store(true, Ordering::SeqCst);
    };
    let stoppable = ScanOptions {
        stop: Some(stop),
        ..options(1, true)
    };
    let (_, summary) = lines(job, numbered(1), stoppable);
    assert_eq!((summary.inputs, summary.interrupted), (1, false));
}

#[test]
fn large_inputs_do_not_wait_for_the_end() {
    let sizes: Vec<u64> = (0..600)
        .map(|n| if n % 200 == 150 { 1 << 30 } else { n })
        .collect();
    let begun = Arc::new(Mutex::new(Vec::new()));
    let order = Arc::clone(&begun);
    let job = move |name: &str| {
        order.lock().unwrap().push(name.parse::<u64>().unwrap());
        std::thread::sleep(Duration::from_micros(600));
    };
    let inputs = sizes
        .into_iter()
        .zip(0..)
        .map(|(bytes, n)| of_length(&u64::to_string(&n), bytes));
    let (lines, _) = lines(
        job,
        inputs.collect::<Vec<_>>().into_iter(),
        options(2, true),
    );
    assert!(
        lines
            .iter()
            .map(|line| line.parse::<u64>().unwrap())
            .eq(0..600)
    );
    let begun = begun.lock().unwrap();
    let place = |n: u64| begun.iter().position(|begun| *begun == n).unwrap();
    // The feeder may be a little behind the workers at the start.
    assert!(
        [150, 350, 550].into_iter().all(|large| place(large) < 150),
        "{begun:?}"
    );
}

#[test]
fn inputs_that_hold_their_bytes_do_not_pile_up() {
    let held = Arc::new(AtomicU64::new(0));
    let (given, taken) = (Arc::clone(&held), held);
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let inputs = (0..100).map(move |n| {
        let now = given.fetch_add(8 << 20, Ordering::SeqCst) + (8 << 20);
        seen.fetch_max(now, Ordering::SeqCst);
        Input::memory(&n.to_string(), vec![0; 8 << 20])
    });
    let job = move |_: &str| {
        std::thread::sleep(Duration::from_millis(2));
        taken.fetch_sub(8 << 20, Ordering::SeqCst);
    };
    let (lines, _) = lines(job, inputs, options(2, true));
    assert_eq!(lines.len(), 100);
    let most = most.load(Ordering::SeqCst);
    assert!(most <= 100 << 20, "{most}");
}

#[test]
fn unordered_gives_the_same_answers() {
    let (first, came) = mpsc::channel();
    let (came, first) = (Mutex::new(came), Mutex::new(Some(first)));
    // The first input is done when the answer to another one has come.
    let job = Arc::new(Doing(move |name: &str| {
        if name == "0" {
            let ended = came.lock().unwrap().recv_timeout(PATIENCE);
            assert_eq!(ended, Err::<(), _>(mpsc::RecvTimeoutError::Disconnected));
        }
    }));
    let mut names = BTreeSet::new();
    let summary = scan(job, numbered(MANY), &options(8, false), |answer, _| {
        names.insert(answer.rendered.clone());
        first.lock().unwrap().take();
        Ok(())
    });
    assert_eq!((summary.unwrap().inputs, names.len() as u64), (MANY, MANY));
}

/// How many more inputs were taken than answers passed on, at most, and what the collecting thread held.
fn most_in_between(count: u64, ordered: bool) -> (u64, isize) {
    let (taken, most) = (AtomicU64::new(0), AtomicU64::new(0));
    let (mut passed_on, mut names) = (0, 0);
    let inputs = (0..count).map(|number| {
        taken.fetch_add(1, Ordering::SeqCst);
        let name = Name::new(format!("some/folder/{number}.jpg"));
        let place = Place::Within(Box::new(|_| Err(Fault::new(FaultKind::Unreadable, "gone"))));
        Input {
            name,
            place,
            ..Input::memory("", Vec::new())
        }
    });
    let slow_start = |name: &str| {
        if name.ends_with("/0.jpg") {
            std::thread::sleep(SHORT);
        }
    };
    let (summary, counts) = counted(|| {
        scan(
            Arc::new(Doing(slow_start)),
            inputs,
            &options(2, ordered),
            |answer, _| {
                names += answer.rendered.len();
                passed_on += 1;
                most.fetch_max(taken.load(Ordering::SeqCst) - passed_on, Ordering::SeqCst);
                Ok(())
            },
        )
    });
    assert_eq!(summary.unwrap().inputs, count);
    (most.into_inner(), counts.peak)
}

#[test]
fn a_hundred_thousand_inputs_take_no_more_memory_than_a_few() {
    for ordered in [true, false] {
        let (_, few) = most_in_between(3000, ordered);
        let (in_between, many) = most_in_between(100_000, ordered);
        assert!(in_between <= 1100, "{in_between} inputs were held");
        assert!(many <= few * 3 / 2 + (64 << 10), "{many} bytes, not {few}");
    }
}
