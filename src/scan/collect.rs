//! Answers as they come from the workers, passed on when their turn has come.

use std::io;
use std::sync::mpsc::{Receiver, TryRecvError};

use super::feed::Feed;
use super::order::Order;
use super::watch::Watch;
use super::workers::Event;
use super::{Answer, Job, Summary};
use crate::quarantine::{Quarantine, QuarantineOptions};

/// Once answers that wait for an earlier one have so many bytes, the earlier ones come first.
const MOST_WAITING: usize = 32 << 20;

/// Whom answers are handed to, in turn.
pub trait Taker {
    /// Takes an answer, with what all until now come to.
    ///
    /// # Errors
    /// It could not be taken; the scan ends.
    fn take(&mut self, answer: &Answer, summary: &Summary) -> io::Result<()>;

    /// No further answer is ready at this moment: what was held back to go on together may go.
    ///
    /// # Errors
    /// It could not go on; the scan ends.
    fn lull(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A function that takes answers.
pub(super) struct Each<S>(pub(super) S);

impl<S> Taker for Each<S>
where
    S: FnMut(&Answer, &Summary) -> io::Result<()>,
{
    fn take(&mut self, answer: &Answer, summary: &Summary) -> io::Result<()> {
        (self.0)(answer, summary)
    }
}

/// Takes answers as they come and passes them on, in order if asked for, until all workers have left.
pub(super) fn collect<S>(
    mut watch: Watch,
    events: &Receiver<Event>,
    feed: &Feed,
    ordered: bool,
    mut passing_on: PassingOn<'_, S>,
) -> io::Result<Summary>
where
    S: Taker,
{
    let (mut order, mut outcome) = (Order::new(ordered), Ok(()));
    let mut left = 0;
    while left < watch.workers() {
        let mut answers = Vec::new();
        let event = match events.try_recv() {
            Err(TryRecvError::Empty) => {
                outcome = outcome.and_then(|()| passing_on.taker.lull());
                events.recv_timeout(watch.pause()).ok()
            }
            event => event.ok(),
        };
        match event {
            Some(Event::Answers(some)) => answers = some,
            Some(Event::Left) => left += 1,
            Some(Event::Late) => watch.came_late(),
            None => {}
        }
        answers.extend(watch.look());
        for (number, answer) in answers {
            order.put(number, answer);
        }
        while let Some(answer) = order.next().filter(|_| outcome.is_ok()) {
            outcome = passing_on.one(answer);
        }
        if outcome.is_err() {
            feed.close();
        }
        feed.advance(order.passed_on());
        feed.press(order.bytes() > MOST_WAITING);
    }
    outcome?;
    let stopped = watch.is_stopped();
    watch.end();
    for answer in order.rest() {
        passing_on.one(answer)?;
    }
    passing_on.end(stopped, feed.total())
}

/// What happens to an answer when its turn has come.
pub(super) struct PassingOn<'a, S> {
    job: &'a dyn Job,
    /// Entries are set aside in the order in which answers are passed on, so that it is the same in every run.
    quarantine: Quarantine,
    summary: Summary,
    taker: S,
}

impl<'a, S> PassingOn<'a, S>
where
    S: Taker,
{
    pub(super) fn new(job: &'a dyn Job, quarantine: QuarantineOptions, taker: S) -> Self {
        Self {
            job,
            quarantine: Quarantine::new(quarantine),
            summary: Summary::default(),
            taker,
        }
    }

    fn one(&mut self, mut given: Answer) -> io::Result<()> {
        self.quarantine.count();
        if let Some(mut doubtful) = given.doubtful.take()
            && self.quarantine.look(&mut doubtful.inspection)
        {
            given = Answer {
                keep: given.keep.take(),
                took: given.took,
                ..self.job.judged_again(*doubtful)
            };
            self.summary.quarantined = self.quarantine.entries();
        }
        self.summary.add(&given);
        self.taker.take(&given, &self.summary)
    }

    /// Makes up for what is missing of all inputs, and tells what they came to.
    fn end(mut self, stopped: bool, total: Option<u64>) -> io::Result<Summary> {
        // An input that nobody answered would be a success by silence.
        while !stopped && total > Some(self.summary.inputs) {
            self.one(Answer::lost())?;
        }
        let mut summary = self.summary;
        summary.interrupted = stopped && total != Some(summary.inputs);
        Ok(summary)
    }
}
