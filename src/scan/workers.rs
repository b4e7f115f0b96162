//! The threads that do the work, and what each of them has in hand.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::feed::Feed;
use super::queue::Numbered;
use super::{Answer, Job};
use crate::sources::{Input, Name};
use crate::waiting::Standing;

/// Most inputs that a worker takes at once.
const MOST: usize = 64;

/// Time that the inputs taken at once should take together. It makes the cost of taking them small, and is too short for
/// the other workers to run out of work meanwhile.
const AT_ONCE: Duration = Duration::from_micros(500);

/// Once inputs take so long, what was taken and not begun is given back, and answers are handed on.
const TOO_LONG: Duration = Duration::from_millis(5);

/// What a worker tells whoever collects.
pub(super) enum Event {
    /// Answers, with the numbers of their inputs.
    Answers(Vec<(u64, Answer)>),
    /// It ended: nothing is left to do.
    Left,
    /// It ended after nobody waited for it any more.
    Late,
}

/// What a worker has in hand; others look at it to see whether it goes on.
#[derive(Default)]
pub(super) struct Hand {
    /// Taken and not begun.
    pub(super) todo: VecDeque<Numbered>,
    /// Answered and not handed on.
    pub(super) done: Vec<(u64, Answer)>,
    /// What it is at.
    pub(super) begun: Option<Begun>,
    /// Nobody waits for it any more.
    pub(super) given_up: bool,
}

/// The input that a worker is at.
#[derive(Clone)]
pub(super) struct Begun {
    pub(super) number: u64,
    pub(super) name: Name,
    pub(super) asked_for: bool,
    pub(super) bytes: u64,
    pub(super) at: Instant,
}

/// A worker, seen from outside.
pub(super) struct Worker {
    hand: Arc<Mutex<Hand>>,
    pub(super) standing: Arc<Standing>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts one.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(
        job: &Arc<dyn Job>,
        feed: &Arc<Feed>,
        events: &SyncSender<Event>,
    ) -> io::Result<Self> {
        let (job, feed, events) = (Arc::clone(job), Arc::clone(feed), events.clone());
        let hand = Arc::new(Mutex::new(Hand::default()));
        let standing = Arc::new(Standing::default());
        let (own, known) = (Arc::clone(&hand), Arc::clone(&standing));
        let thread = thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || {
                known.adopt();
                let leaving = Leaving { hand: own, events };
                leaving.work(job.as_ref(), &feed);
            })?;
        Ok(Self {
            hand,
            standing,
            thread,
        })
    }

    pub(super) fn hand(&self) -> MutexGuard<'_, Hand> {
        lock(&self.hand)
    }

    /// Waits until its thread is gone; it has left before.
    pub(super) fn end(self) {
        // A panic was told as an answer that is missing.
        let _ = self.thread.join();
    }
}

/// The worker itself. However it ends, that is told.
struct Leaving {
    hand: Arc<Mutex<Hand>>,
    events: SyncSender<Event>,
}

impl Leaving {
    fn work(&self, job: &dyn Job, feed: &Feed) {
        let mut most = 1;
        loop {
            let taken = feed.take(most);
            if taken.is_empty() {
                return;
            }
            let count = taken.len();
            lock(&self.hand).todo = taken;
            let began = Instant::now();
            let Some(answered) = self.answer_all(job, feed, began) else {
                return;
            };
            most = at_once(count.min(answered), began.elapsed());
        }
    }

    /// Answers what is in hand and hands the answers on; tells how many. `None` when nobody wants them.
    fn answer_all(&self, job: &dyn Job, feed: &Feed, began: Instant) -> Option<usize> {
        let mut answered = 0;
        let mut last = None;
        let mut now = began;
        loop {
            let mut hand = lock(&self.hand);
            if hand.given_up {
                return None;
            }
            hand.done.extend(last.take());
            if now.duration_since(began) > TOO_LONG && !hand.todo.is_empty() {
                let rest = std::mem::take(&mut hand.todo);
                feed.give_back(rest);
            }
            let next = hand.todo.pop_front();
            hand.begun = next
                .as_ref()
                .map(|(number, input)| begun(*number, input, now));
            let Some((number, input)) = next else {
                let done = std::mem::take(&mut hand.done);
                drop(hand);
                return self
                    .events
                    .send(Event::Answers(done))
                    .ok()
                    .map(|()| answered);
            };
            drop(hand);
            let answer = catch_unwind(AssertUnwindSafe(|| job.answer(input)));
            let at = std::mem::replace(&mut now, Instant::now());
            let answer = Answer {
                took: now.duration_since(at),
                ..answer.unwrap_or_else(|_| Answer::lost())
            };
            last = Some((number, answer));
            answered += 1;
        }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let late = lock(&self.hand).given_up;
        // Nobody hears it once the scan is over.
        let _ = self.events.send(match late {
            true => Event::Late,
            false => Event::Left,
        });
    }
}

fn begun(number: u64, input: &Input, at: Instant) -> Begun {
    Begun {
        number,
        name: input.name.clone(),
        asked_for: input.asked_for,
        bytes: input.stamp.map_or(0, |stamp| stamp.bytes),
        at,
    }
}

/// How many inputs to take next, after so many took so long.
fn at_once(answered: usize, took: Duration) -> usize {
    let answered = u128::try_from(answered.max(1)).unwrap_or(1);
    let most = AT_ONCE.as_nanos().saturating_mul(answered) / took.as_nanos().max(1);
    usize::try_from(most).unwrap_or(MOST).clamp(1, MOST)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
