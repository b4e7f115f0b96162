//! A number of things that are taken and given back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many may be taken at a time.
pub(super) struct Permits {
    all: usize,
    free: Mutex<usize>,
    given: Condvar,
}

impl Permits {
    pub(super) fn new(all: usize) -> Self {
        Self {
            all,
            free: Mutex::new(all),
            given: Condvar::new(),
        }
    }

    /// How many are free, as soon as one is; nothing if it is to stop.
    pub(super) fn wait(&self, stop: &AtomicBool, look: Duration) -> Option<usize> {
        let mut free = self.lock();
        while !stop.load(Ordering::Relaxed) {
            if *free > 0 {
                return Some(*free);
            }
            let waited = self.given.wait_timeout(free, look);
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        None
    }

    /// Takes one that is free, waiting for it so long at most.
    pub(super) fn take_within(&self, wait: Duration) -> bool {
        let free = self.lock();
        let waited = self.given.wait_timeout_while(free, wait, |free| *free == 0);
        let mut free = waited.unwrap_or_else(PoisonError::into_inner).0;
        let taken = *free > 0;
        *free = free.saturating_sub(1);
        taken
    }

    /// Takes one that is known to be free.
    pub(super) fn take(&self) {
        let mut free = self.lock();
        *free = free.saturating_sub(1);
    }

    pub(super) fn give(&self) {
        *self.lock() += 1;
        self.given.notify_one();
    }

    pub(super) fn all_free(&self) -> bool {
        *self.lock() == self.all
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
