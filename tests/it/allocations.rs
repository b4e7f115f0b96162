//! What the work on one thread allocates: a measure of its cost that is the same on every machine, unlike time.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNTED: Cell<Counts> = const { Cell::new(Counts { live: 0, peak: 0, total: 0, times: 0 }) };
}

/// What was allocated. What another thread frees stays `live` here.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    live: isize,
    /// Most bytes that were held at one time.
    pub(crate) peak: isize,
    /// All bytes that were ever asked for.
    pub(crate) total: usize,
    /// How often some were asked for.
    pub(crate) times: usize,
}

impl Counts {
    /// The greater of each.
    pub(crate) fn or_more(self, other: Self) -> Self {
        Self {
            live: self.live.max(other.live),
            peak: self.peak.max(other.peak),
            total: self.total.max(other.total),
            times: self.times.max(other.times),
        }
    }
}

/// Does the work, and counts what it allocates on this thread.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, Counts) {
    let before = COUNTED.replace(Counts::default());
    let result = work();
    let counts = COUNTED.get();
    COUNTED.set(Counts {
        live: before.live + counts.live,
        peak: before.peak.max(before.live + counts.peak),
        total: before.total + counts.total,
        times: before.times + counts.times,
    });
    (result, counts)
}

fn count(grown: isize, asked_for: usize) {
    // While a thread ends there is nothing left to count in.
    let _ = COUNTED.try_with(|cell| {
        let mut counts = cell.get();
        counts.live += grown;
        counts.peak = counts.peak.max(counts.live);
        counts.total += asked_for;
        counts.times += usize::from(asked_for > 0);
        cell.set(counts);
    });
}

/// The system's allocator, with a counter for each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is the system allocator's, unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed(), layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed(), layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed(), 0);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed(), size);
        unsafe { System.realloc(place, layout, size) }
    }
}
