//! What a worker says to its broker, and in what order: a broker of the test's own writes it down.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use provscan::queue::{
    Broker, BrokerError, Delivery, Envelope, Judge, JudgeOptions, Judgement, Letter, Place, Tally,
    Ticket, WorkOptions, work,
};
use provscan::{Inspector, Policy, Settings};

/// What was said, and what is yet to be handed out.
#[derive(Default)]
struct Book {
    said: Mutex<Vec<String>>,
    todo: Mutex<Vec<Delivery>>,
    in_hand: Mutex<(usize, usize)>,
    /// The answers to attempts to publish, the last one first.
    failing: Mutex<Vec<BrokerError>>,
}

struct Noting(Arc<Book>, u64);

impl Book {
    fn say(&self, what: String) {
        self.said.lock().unwrap().push(what);
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    fn put(self: &Arc<Self>, sequence: u64, deliveries: u64, body: &str) {
        self.todo.lock().unwrap().push(Delivery {
            sequence,
            deliveries,
            published: "2026-11-22T10:00:00Z".into(),
            id: None,
            raw: false,
            body: body.into(),
            ticket: Box::new(Noting(Arc::clone(self), sequence)),
        });
    }
}

impl Noting {
    fn end(&self, what: &str) {
        self.0.say(format!("{} {what}", self.1));
        self.0.in_hand.lock().unwrap().0 -= 1;
    }
}

impl Ticket for Noting {
    fn progress(&self) {
        self.0.say(format!("{} progress", self.1));
    }

    fn done(&self) {
        self.end("done");
    }

    fn again(&self, after: Duration) {
        self.end(&format!("again after {} s", after.as_secs()));
    }

    fn terminate(&self) {
        self.end("terminated");
    }
}

impl Broker for Book {
    fn fetch(&self, most: usize, _: Duration) -> Result<Vec<Delivery>, BrokerError> {
        let mut todo = self.todo.lock().unwrap();
        let count = most.min(todo.len());
        let fetched: Vec<Delivery> = todo.drain(..count).collect();
        let mut in_hand = self.in_hand.lock().unwrap();
        in_hand.0 += fetched.len();
        in_hand.1 = in_hand.1.max(in_hand.0);
        Ok(fetched)
    }

    fn publish(&self, letter: &Letter) -> Result<(), BrokerError> {
        let failing = self.failing.lock().unwrap().pop();
        let place = match letter.place {
            Place::Results => "result",
            Place::DeadLetters => "dead letter",
        };
        match failing {
            Some(error) => {
                self.say(format!("refused {place}"));
                Err(error)
            }
            None => {
                self.say(format!("{place} {}", letter.key));
                Ok(())
            }
        }
    }

    fn waiting(&self) -> Result<u64, BrokerError> {
        Ok(self.todo.lock().unwrap().len() as u64)
    }

    fn flush(&self) -> Result<(), BrokerError> {
        self.say("flushed".into());
        Ok(())
    }
}

fn judge() -> Judge {
    let (settings, policy) = (Settings::default(), Policy::default());
    let inspector = Arc::new(Inspector::new(&settings, policy.clone()).unwrap());
    let options = JudgeOptions {
        root: Some(Judge::root(&crate::support::root().join("samples")).unwrap()),
        fetching: None,
        threads: 1,
        max_time: None,
    };
    Judge::new(Judgement::new(inspector, &settings, &policy), options)
}

fn options() -> WorkOptions {
    WorkOptions {
        max_in_flight: 3,
        max_deliveries: 3,
        ack_wait: Duration::from_secs(30),
        until_empty: true,
        envelope: Envelope::Plain,
        patience: Duration::ZERO,
    }
}

/// Works until nothing is left, and gives what was said without keys.
fn worked(book: &Arc<Book>, options: &WorkOptions, stop: &AtomicBool) -> (Vec<String>, Tally) {
    let (tally, audited) = work(book.as_ref(), &judge(), options, stop);
    audited.unwrap();
    let said = book.said().into_iter();
    let short = said.map(|one| match one.strip_prefix("result ") {
        Some(_) => "result".to_owned(),
        None if one.starts_with("dead letter ") => "dead letter".to_owned(),
        None => one,
    });
    (short.collect(), tally)
}

const ICON: &str = r#"{"path":"plain/icon.bmp"}"#;
const NOWHERE: &str = r#"{"path":"none.bmp"}"#;

#[test]
fn a_message_is_done_once_its_record_is_there() {
    let book: Arc<Book> = Arc::default();
    book.put(7, 1, ICON);
    let running = AtomicBool::new(false);
    let (said, tally) = worked(&book, &options(), &running);
    assert_eq!(said, ["result", "7 done", "flushed"]);
    assert_eq!((tally.answered, tally.incomplete), (1, 0));
}

#[test]
fn what_the_broker_did_not_take_is_published_again_and_not_done_before() {
    let book: Arc<Book> = Arc::default();
    let away = BrokerError::Later("away".into());
    *book.failing.lock().unwrap() = vec![away.clone(), away];
    book.put(7, 1, ICON);
    let (said, _) = worked(&book, &options(), &AtomicBool::new(false));
    let expected = [
        "refused result",
        "7 progress",
        "refused result",
        "7 progress",
        "result",
        "7 done",
        "flushed",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_record_that_is_too_long_gets_a_dead_letter() {
    let book: Arc<Book> = Arc::default();
    *book.failing.lock().unwrap() = vec![BrokerError::TooLong("too long".into())];
    book.put(7, 1, ICON);
    let (said, tally) = worked(&book, &options(), &AtomicBool::new(false));
    assert_eq!(
        said,
        ["refused result", "dead letter", "7 terminated", "flushed"]
    );
    assert_eq!(tally.dead, 1);
}

#[test]
fn unread_files_wait_longer_each_time_and_then_get_a_dead_letter() {
    for (deliveries, expected) in [
        (1, &["7 again after 1 s", "flushed"][..]),
        (2, &["7 again after 2 s", "flushed"][..]),
        (3, &["dead letter", "7 terminated", "flushed"][..]),
    ] {
        let book: Arc<Book> = Arc::default();
        book.put(7, deliveries, NOWHERE);
        assert_eq!(
            worked(&book, &options(), &AtomicBool::new(false)).0,
            expected
        );
    }
}

#[test]
fn what_killed_every_worker_is_not_looked_at_again() {
    let book: Arc<Book> = Arc::default();
    book.put(7, 4, ICON);
    let (said, _) = worked(&book, &options(), &AtomicBool::new(false));
    assert_eq!(said, ["dead letter", "7 terminated", "flushed"]);
}

#[test]
fn no_more_is_taken_than_may_be_in_hand() {
    let book: Arc<Book> = Arc::default();
    (0..40).for_each(|number| book.put(number, 1, ICON));
    let (_, tally) = worked(&book, &options(), &AtomicBool::new(false));
    assert_eq!(tally.answered, 40);
    assert_eq!(*book.in_hand.lock().unwrap(), (0, 3));
}

#[test]
fn a_worker_that_is_to_stop_gives_up_what_nobody_takes() {
    let book: Arc<Book> = Arc::default();
    *book.failing.lock().unwrap() = vec![BrokerError::Later("away".into()); 50];
    book.put(7, 1, ICON);
    let stop = AtomicBool::new(false);
    let tally = std::thread::scope(|threads| {
        let working = threads.spawn(|| worked(&book, &options(), &stop).1);
        super::broker::until("it tries", || !book.said().is_empty());
        stop.store(true, Ordering::Relaxed);
        working.join().unwrap()
    });
    assert_eq!((tally.answered, tally.left), (0, 1));
    assert!(!book.said().contains(&"7 done".to_owned()));
}

#[test]
fn the_same_request_has_the_same_key_whoever_answers() {
    let key = |sequence: u64, body: &str| {
        let book: Arc<Book> = Arc::default();
        book.put(sequence, 1, body);
        worked(&book, &options(), &AtomicBool::new(false));
        book.said()[0].clone()
    };
    let named = r#"{"id":"a","path":"plain/icon.bmp"}"#;
    assert_eq!(key(1, named), key(2, named));
    assert_ne!(
        key(1, named),
        key(1, r#"{"id":"b","path":"plain/icon.bmp"}"#)
    );
    assert_eq!(key(1, ICON), key(1, ICON));
    assert_ne!(
        key(1, ICON),
        key(2, ICON),
        "without an id, messages are told apart by their numbers"
    );
}
