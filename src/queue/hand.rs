//! One message in hand: from being handed out to being done with.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::WorkOptions;
use super::broker::{Broker, BrokerError, Delivery, Letter};
use super::judge::{Judge, Judged, Tick};
use super::letters;
use super::logs::{self, Why};
use crate::asset::Limits;
use crate::audit::AuditError;
use crate::sources::Id;
use crate::sources::request::{Request, RequestError};

/// The first time that a message waits before it is handed out again; each time it is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest such time.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// However short a message may be in hand, it is not said more often that it is.
const MOST_OFTEN: Duration = Duration::from_millis(100);

/// How long to wait before publishing again what could not be published.
const PAUSE: Duration = Duration::from_millis(500);

/// What a log tells of a message that is no request; its dead letter tells more.
const UNREADABLE: &str = "it is no request that can be read";

/// What came of the messages of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Records that were published.
    pub answered: u64,
    /// Records among them of what could not be checked, or not fully.
    pub incomplete: u64,
    /// Dead letters.
    pub dead: u64,
    /// Messages that were left to be handed out again.
    pub again: u64,
    /// Messages whose records could not be published before the worker had to stop.
    pub left: u64,
}

/// Sees messages through.
pub(super) struct Hand<'a> {
    broker: &'a dyn Broker,
    judge: &'a Judge,
    options: &'a WorkOptions,
    stop: &'a AtomicBool,
    counts: Counts,
    /// Why the audit log cannot be written.
    unwritten: OnceLock<AuditError>,
}

#[derive(Default)]
struct Counts {
    answered: AtomicU64,
    incomplete: AtomicU64,
    dead: AtomicU64,
    again: AtomicU64,
    left: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl<'a> Hand<'a> {
    pub(super) fn new(
        broker: &'a dyn Broker,
        judge: &'a Judge,
        options: &'a WorkOptions,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            broker,
            judge,
            options,
            stop,
            counts: Counts::default(),
            unwritten: OnceLock::new(),
        }
    }

    /// What came of all messages, and whether the audit log could be written.
    pub(super) fn ended(self) -> (Tally, Result<(), AuditError>) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let tally = Tally {
            answered: of(&self.counts.answered),
            incomplete: of(&self.counts.incomplete),
            dead: of(&self.counts.dead),
            again: of(&self.counts.again),
            left: of(&self.counts.left),
        };
        (tally, self.unwritten.into_inner().map_or(Ok(()), Err))
    }

    /// Does with a message what is to be done, to the end.
    pub(super) fn see_through(&self, mut delivery: Delivery) {
        // What was handed out while the worker was told to stop is for another one.
        if self.stop.load(Ordering::Relaxed) {
            delivery.ticket.again(Duration::ZERO);
            return count(&self.counts.again);
        }
        let judgement = self.judge.current();
        let request = read(&mut delivery, &judgement.limits);
        match request {
            Err(error) => {
                let why = Why {
                    told: error.message,
                    plain: UNREADABLE.to_owned(),
                };
                self.bury(&delivery, error.id.as_ref(), &why);
            }
            Ok(request) if delivery.deliveries > self.options.max_deliveries => {
                let reason = format!(
                    "it was handed out {} times, and no worker lived to answer it",
                    delivery.deliveries - 1
                );
                self.bury(&delivery, request.id.as_ref(), &Why::plain(reason));
            }
            Ok(request) => {
                let tick = || delivery.ticket.progress();
                let tick = Tick {
                    every: self.often(),
                    tick: &tick,
                };
                let id = request.id.clone();
                let judged = self
                    .judge
                    .judge(&judgement, request, delivery.sequence, &tick);
                self.pass_on(&delivery, id.as_ref(), judged);
            }
        }
    }

    /// How often it is said that a message is being worked on.
    fn often(&self) -> Duration {
        (self.options.ack_wait / 3).max(MOST_OFTEN)
    }

    fn pass_on(&self, delivery: &Delivery, id: Option<&Id>, judged: Judged) {
        if judged.unread {
            let faults = judged.inspection.faults.iter();
            let why: (Vec<&str>, Vec<&str>) = faults
                .map(|fault| (fault.message.as_str(), fault.kind.as_str()))
                .unzip();
            let why = Why {
                told: why.0.join("; "),
                plain: why.1.join("; "),
            };
            return self.try_again(delivery, id, &why);
        }
        if let Err(error) = audited(&judged) {
            return self.leave(delivery, error);
        }
        let letter = letters::record(
            self.options.envelope,
            delivery,
            &judged.name,
            &judged.inspection,
            &judged.key,
        );
        match self.publish(delivery, &letter) {
            Ok(true) => {
                delivery.ticket.done();
                logs::judged(delivery, &judged);
                count(&self.counts.answered);
                if !judged.inspection.faults.is_empty() {
                    count(&self.counts.incomplete);
                }
            }
            Ok(false) => {}
            Err(reason) => {
                self.bury(delivery, id, &Why::plain(format!("its record is {reason}")));
            }
        }
    }

    /// Leaves a message to another worker, since the audit log has no line of its answer; nothing more is taken.
    fn leave(&self, delivery: &Delivery, error: AuditError) {
        let _ = self.unwritten.set(error);
        self.stop.store(true, Ordering::Relaxed);
        delivery.ticket.again(Duration::ZERO);
        count(&self.counts.again);
    }

    /// Leaves a message to be handed out again, later each time; after the last time it gets a dead letter.
    fn try_again(&self, delivery: &Delivery, id: Option<&Id>, why: &Why) {
        if delivery.deliveries >= self.options.max_deliveries {
            let tried = |why: &str| format!("tried {} times: {why}", delivery.deliveries);
            let why = Why {
                told: tried(&why.told),
                plain: tried(&why.plain),
            };
            return self.bury(delivery, id, &why);
        }
        let doublings = u32::try_from(delivery.deliveries.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings));
        delivery.ticket.again(wait.min(LONGEST_WAIT));
        count(&self.counts.again);
        logs::again(delivery, id, why);
    }

    /// Says why a message gets no record, and has done with it.
    fn bury(&self, delivery: &Delivery, id: Option<&Id>, why: &Why) {
        let letter = letters::dead(delivery, id, &why.told);
        if self.publish(delivery, &letter) == Ok(true) {
            delivery.ticket.terminate();
            count(&self.counts.dead);
            logs::dead(delivery, id, why);
        }
    }

    /// Publishes, however long the broker is away; whether it has it. A message that is left is handed out again by and by.
    ///
    /// # Errors
    /// It is longer than the broker takes.
    fn publish(&self, delivery: &Delivery, letter: &Letter) -> Result<bool, String> {
        let mut stopped = None;
        let mut told = false;
        loop {
            match self.broker.publish(letter) {
                Ok(()) => return Ok(true),
                Err(BrokerError::TooLong(reason)) => return Err(reason),
                Err(error) if !told => {
                    logs::broker(&error);
                    told = true;
                }
                Err(_) => {}
            }
            if self.stop.load(Ordering::Relaxed) {
                let since = *stopped.get_or_insert_with(Instant::now);
                if since.elapsed() >= self.options.patience {
                    count(&self.counts.left);
                    return Ok(false);
                }
            }
            delivery.ticket.progress();
            thread::sleep(PAUSE);
        }
    }
}

fn read(delivery: &mut Delivery, limits: &Limits) -> Result<Request, RequestError> {
    match delivery.raw {
        true => Request::raw(
            delivery.id.clone().map(Id::from),
            delivery.body.clone(),
            limits,
        ),
        false => Request::parse(&delivery.body, limits),
    }
}

/// Brings an answer to the audit log, if there is one. Those of several threads go to the disk together.
fn audited(judged: &Judged) -> Result<(), AuditError> {
    match &judged.auditor {
        Some(auditor) => auditor.record(&judged.name, &judged.inspection),
        None => Ok(()),
    }
}
