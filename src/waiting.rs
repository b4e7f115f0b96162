//! Who waits for whom: a thread that waits for its turn is not at work, and one that was given up is waited for by nobody.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static MINE: RefCell<Arc<Standing>> = RefCell::default();
}

/// How a thread stands with the others.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    waits: AtomicBool,
    given_up: AtomicBool,
}

impl Standing {
    /// This thread's.
    pub(crate) fn mine() -> Arc<Self> {
        MINE.with_borrow(Arc::clone)
    }

    /// Makes it this thread's, for whoever started the thread to look at.
    pub(crate) fn adopt(self: Arc<Self>) {
        MINE.set(self);
    }

    /// It waits for another thread right now.
    pub(crate) fn waits(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    /// Nobody waits for its work any more.
    pub(crate) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Stops waiting for its work.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}

/// Waits for another thread; this one's time does not run meanwhile.
pub(crate) fn waiting<T>(wait: impl FnOnce() -> T) -> T {
    let mine = Standing::mine();
    mine.waits.store(true, Ordering::Relaxed);
    let result = wait();
    mine.waits.store(false, Ordering::Relaxed);
    result
}
