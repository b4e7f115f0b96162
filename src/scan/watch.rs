//! Looks after the workers: none may take for ever, and somebody may want the scan to stop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::feed::Feed;
use super::workers::{Begun, Event, Worker};
use super::{Answer, Job};
use crate::error::{Fault, FaultKind};

/// How often workers are looked at, and whether the scan is to stop.
const PAUSE: Duration = Duration::from_millis(50);

/// Long files may take longer: one second more for each so many bytes, for slow disks.
const SLOWEST: u64 = 2 << 20;

/// The workers of a scan, and whoever watches over them.
pub(super) struct Watch {
    job: Arc<dyn Job>,
    feed: Arc<Feed>,
    events: SyncSender<Event>,
    limit: Option<Duration>,
    stop: Option<Arc<AtomicBool>>,
    seats: Vec<Seat>,
    /// Workers that were given up and go on.
    late: usize,
    looked: Instant,
}

/// The place of a worker, and how long it waited for others while it was at its input.
struct Seat {
    worker: Worker,
    number: Option<u64>,
    waited: Duration,
}

impl Seat {
    fn new(worker: Worker) -> Self {
        Self {
            worker,
            number: None,
            waited: Duration::ZERO,
        }
    }
}

impl Watch {
    /// Starts the workers.
    ///
    /// # Errors
    /// Not one could be started.
    pub(super) fn start(
        job: &Arc<dyn Job>,
        feed: &Arc<Feed>,
        events: &SyncSender<Event>,
        workers: usize,
        (limit, stop): (Option<Duration>, Option<Arc<AtomicBool>>),
    ) -> io::Result<Self> {
        let mut seats = Vec::with_capacity(workers);
        for _ in 0..workers {
            match Worker::start(job, feed, events) {
                Ok(worker) => seats.push(Seat::new(worker)),
                Err(error) if seats.is_empty() => return Err(error),
                // Fewer do it, too.
                Err(_) => break,
            }
        }
        Ok(Self {
            job: Arc::clone(job),
            feed: Arc::clone(feed),
            events: events.clone(),
            limit,
            stop,
            seats,
            late: 0,
            looked: Instant::now(),
        })
    }

    /// How many workers there are.
    pub(super) fn workers(&self) -> usize {
        self.seats.len()
    }

    /// How long to wait for an event before looking again.
    pub(super) fn pause(&self) -> Duration {
        match self.limit.is_some() || self.stop.is_some() {
            true => PAUSE,
            false => Duration::MAX,
        }
    }

    /// Whether somebody wanted the scan to stop.
    pub(super) fn is_stopped(&self) -> bool {
        let wanted = |stop: &Arc<AtomicBool>| stop.load(Ordering::Relaxed);
        self.stop.as_ref().is_some_and(wanted)
    }

    /// A worker that was given up has ended.
    pub(super) fn came_late(&mut self) {
        self.late = self.late.saturating_sub(1);
    }

    /// Looks, where it is time to; gives the answers of workers that were given up.
    pub(super) fn look(&mut self) -> Vec<(u64, Answer)> {
        let now = Instant::now();
        let since = now.duration_since(self.looked);
        if since < self.pause() {
            return Vec::new();
        }
        self.looked = now;
        if self.is_stopped() {
            self.feed.close();
        }
        let mut answers = Vec::new();
        if let Some(limit) = self.limit {
            for at in 0..self.seats.len() {
                self.look_at(at, limit, since, &mut answers);
            }
        }
        answers
    }

    fn look_at(
        &mut self,
        at: usize,
        limit: Duration,
        since: Duration,
        answers: &mut Vec<(u64, Answer)>,
    ) {
        let at_most = self.seats.len();
        let Some(seat) = self.seats.get_mut(at) else {
            return;
        };
        let mut hand = seat.worker.hand();
        let Some(begun) = hand.begun.clone() else {
            return;
        };
        if seat.number != Some(begun.number) {
            (seat.number, seat.waited) = (Some(begun.number), Duration::ZERO);
        }
        if seat.worker.standing.waits() {
            seat.waited += since;
            return;
        }
        let allowed = limit.saturating_add(Duration::from_secs(begun.bytes / SLOWEST));
        if begun.at.elapsed() < allowed.saturating_add(seat.waited) || self.late >= at_most {
            return;
        }
        // Before somebody else looks whether anything is left to do.
        self.feed.give_back(std::mem::take(&mut hand.todo));
        // Without somebody in its place, it is better waited for.
        let Ok(fresh) = Worker::start(&self.job, &self.feed, &self.events) else {
            return;
        };
        hand.given_up = true;
        hand.begun = None;
        seat.worker.standing.give_up();
        answers.append(&mut hand.done);
        drop(hand);
        self.late += 1;
        *seat = Seat::new(fresh);
        answers.push(self.gave_up(begun, allowed));
    }

    fn gave_up(&self, begun: Begun, allowed: Duration) -> (u64, Answer) {
        let message = format!(
            "took longer than {} s, the limit for a file of its length; --max-time raises it",
            allowed.as_secs_f64()
        );
        let fault = Fault::new(FaultKind::Limit, message);
        let answer = Answer {
            took: begun.at.elapsed(),
            ..self.job.gave_up(begun.name, begun.asked_for, fault)
        };
        (begun.number, answer)
    }

    /// Waits for the threads of the workers, all of which have left.
    pub(super) fn end(self) {
        for seat in self.seats {
            seat.worker.end();
        }
    }
}
