//! What waits to be begun: a bounded window of inputs between the thread that finds them and the workers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::queue::{Numbered, Queue};
use crate::sources::Input;

/// How far inputs are looked ahead of the first that was not yet passed on; so many answers may wait for an earlier one.
/// They are small: rendered text, never images.
pub(super) const WINDOW: u64 = 1024;

/// Once the window is full, room is made for so many before the next are looked for: waking a thread costs more than most
/// of the steps here.
const REFILL: u64 = WINDOW / 4;

/// So many inputs are worth waking a quick worker for; one that takes as many at once is quick.
const MANY: usize = 16;

/// How long a quick worker sleeps at most before it looks by itself.
const NAP: Duration = Duration::from_millis(1);

/// Bytes that may be held by inputs that carry them, before they are begun.
const MAX_HELD: u64 = 64 << 20;

/// Inputs on their way to the workers.
pub(super) struct Feed {
    /// What came since a worker last looked.
    inbox: Mutex<Inbox>,
    /// What can be chosen from.
    queue: Mutex<Queue>,
    arrived: Condvar,
    made_room: Condvar,
    /// Answers that were passed on.
    passed_on: AtomicU64,
    /// Bytes held by inputs that wait.
    held: AtomicU64,
    /// The end that the window must have before the next input is looked for, while that has to wait.
    wanted: AtomicU64,
    closed: AtomicBool,
    /// Set by somebody outside, who wants the same.
    stop: Option<Arc<AtomicBool>>,
    /// Answers that wait for an earlier one have become too many bytes.
    pressed: AtomicBool,
    workers: usize,
}

#[derive(Default)]
struct Inbox {
    inputs: Vec<Numbered>,
    /// Workers that wait for inputs.
    asleep: usize,
    /// The worker that looked last does many inputs in the time that waking one takes.
    quick: bool,
    /// No more will come.
    ended: bool,
    /// How many there are, once all of them came.
    total: Option<u64>,
}

impl Feed {
    pub(super) fn new(workers: usize, stop: Option<Arc<AtomicBool>>) -> Self {
        Self {
            inbox: Mutex::default(),
            queue: Mutex::default(),
            arrived: Condvar::new(),
            made_room: Condvar::new(),
            passed_on: AtomicU64::new(0),
            held: AtomicU64::new(0),
            wanted: AtomicU64::new(u64::MAX),
            closed: AtomicBool::new(false),
            stop,
            pressed: AtomicBool::new(false),
            workers,
        }
    }

    /// Takes inputs from where they are found, as far ahead as the window allows, until there are no more or nobody wants
    /// them.
    pub(super) fn fill(&self, inputs: impl Iterator<Item = Input>) {
        let _ending = Ending(self);
        let mut inputs = inputs.zip(0..);
        let (mut allowed, mut count) = (0, 0);
        loop {
            if self.closed() {
                return;
            }
            let Some((input, number)) = inputs.next() else {
                // Whoever finds them may have ended because of the same wish.
                lock(&self.inbox).total = Some(count).filter(|_| !self.closed());
                return;
            };
            count = number + 1;
            // The window is looked at now and then only: it never shrinks.
            let bytes = input.held();
            if number >= allowed || bytes > 0 {
                allowed = match self.wait_for_room(number, bytes) {
                    Some(allowed) => allowed,
                    None => return,
                };
            }
            self.held.fetch_add(bytes, Ordering::SeqCst);
            self.put((number, input));
        }
    }

    /// Waits until the input with this number, which holds so many bytes, may come in; then tells which number may not yet.
    /// `None` when none may any more.
    fn wait_for_room(&self, number: u64, bytes: u64) -> Option<u64> {
        let end = || self.passed_on.load(Ordering::SeqCst).saturating_add(WINDOW);
        let light = || {
            let held = self.held.load(Ordering::SeqCst);
            held == 0 || held.saturating_add(bytes) <= MAX_HELD
        };
        if number >= end() || !light() {
            let mut inbox = lock(&self.inbox);
            let wanted = number.saturating_add(REFILL);
            self.wanted.store(wanted, Ordering::SeqCst);
            while !self.closed() && (end() < wanted || !light()) {
                inbox = wait(&self.made_room, inbox);
            }
            self.wanted.store(u64::MAX, Ordering::SeqCst);
        }
        (!self.closed()).then(end)
    }

    fn put(&self, input: Numbered) {
        let mut inbox = lock(&self.inbox);
        inbox.inputs.push(input);
        let wake = inbox.asleep > 0 && (!inbox.quick || inbox.inputs.len() >= MANY);
        drop(inbox);
        if wake {
            self.arrived.notify_one();
        }
    }

    /// Gives back what a worker took and did not begin.
    pub(super) fn give_back(&self, inputs: impl IntoIterator<Item = Numbered>) {
        for (number, input) in inputs {
            self.held.fetch_add(input.held(), Ordering::SeqCst);
            self.put((number, input));
        }
    }

    /// Takes up to `most` inputs; when it gives none, none is left, nor will one come.
    pub(super) fn take(&self, most: usize) -> VecDeque<Numbered> {
        loop {
            let mut queue = lock(&self.queue);
            let mut inbox = lock(&self.inbox);
            inbox.quick = most >= MANY;
            let came = std::mem::take(&mut inbox.inputs);
            if self.closed() || inbox.ended && came.is_empty() && queue.is_empty() {
                return VecDeque::new();
            }
            if came.is_empty() && queue.is_empty() {
                drop(queue);
                self.sleep(inbox);
                continue;
            }
            let others = inbox.asleep > 0;
            drop(inbox);
            queue.add(came);
            let share = self.share(queue.len(), most);
            let taken = queue.take(share, self.oldest_first());
            let left = !queue.is_empty();
            drop(queue);
            if others && left {
                self.arrived.notify_one();
            }
            self.lighten(taken.iter().map(|(_, input)| input.held()).sum());
            return taken;
        }
    }

    /// Waits for inputs. Where workers are quick they are woken for many at once only, so that they look by themselves, too.
    fn sleep(&self, mut inbox: MutexGuard<'_, Inbox>) {
        inbox.asleep += 1;
        if inbox.quick {
            let slept = self.arrived.wait_timeout(inbox, NAP);
            let (guard, nap) = slept.unwrap_or_else(PoisonError::into_inner);
            inbox = guard;
            inbox.quick &= !nap.timed_out();
        }
        while !inbox.quick && inbox.inputs.is_empty() && !inbox.ended && !self.closed() {
            inbox = wait(&self.arrived, inbox);
        }
        inbox.asleep -= 1;
    }

    /// How many of those that wait one worker may take at once: near the end there is something for everyone.
    fn share(&self, waiting: usize, most: usize) -> usize {
        most.min(waiting / self.workers.saturating_mul(2)).max(1)
    }

    /// Whether large inputs have to wait for their turn: alone, a worker loses nothing by that.
    fn oldest_first(&self) -> bool {
        self.workers == 1 || self.pressed.load(Ordering::Relaxed)
    }

    fn lighten(&self, bytes: u64) {
        if bytes > 0 {
            self.held.fetch_sub(bytes, Ordering::SeqCst);
            self.wake_feeder(u64::MAX - 1);
        }
    }

    /// So many answers were passed on.
    pub(super) fn advance(&self, passed_on: u64) {
        self.passed_on.store(passed_on, Ordering::SeqCst);
        self.wake_feeder(passed_on.saturating_add(WINDOW));
    }

    /// Whether answers that wait for an earlier one have become too many bytes.
    pub(super) fn press(&self, pressed: bool) {
        self.pressed.store(pressed, Ordering::Relaxed);
    }

    fn wake_feeder(&self, end: u64) {
        if self.wanted.load(Ordering::SeqCst) <= end {
            drop(lock(&self.inbox));
            self.made_room.notify_all();
        }
    }

    /// Nothing more is begun, and whoever waits here is sent on.
    pub(super) fn close(&self) {
        let inbox = lock(&self.inbox);
        self.closed.store(true, Ordering::SeqCst);
        drop(inbox);
        self.arrived.notify_all();
        self.made_room.notify_all();
    }

    fn closed(&self) -> bool {
        let wanted = |stop: &Arc<AtomicBool>| stop.load(Ordering::Relaxed);
        self.closed.load(Ordering::SeqCst) || self.stop.as_ref().is_some_and(wanted)
    }

    /// How many inputs there are, if all of them came in.
    pub(super) fn total(&self) -> Option<u64> {
        lock(&self.inbox).total
    }
}

/// However finding inputs ends, no worker waits for more.
struct Ending<'a>(&'a Feed);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        lock(&self.0.inbox).ended = true;
        self.0.arrived.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condition
        .wait(guard)
        .unwrap_or_else(PoisonError::into_inner)
}
