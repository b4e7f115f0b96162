//! How much there is to do: counted by the scan's own walk, and by a second one that is ahead of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use provscan::sources::{self, Input, SourceOptions};

use super::pace::All;

/// Most scans are over, or have found everything, before a second walk is worth its time.
const PATIENCE: Duration = Duration::from_secs(2);

/// Files and their bytes, as they are counted.
#[derive(Default)]
struct Count {
    files: AtomicU64,
    bytes: AtomicU64,
    is_final: AtomicBool,
}

impl Count {
    fn add(&self, input: &Input) {
        let bytes = input.stamp.map_or(0, |stamp| stamp.bytes);
        self.files.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn all(&self) -> All {
        All {
            is_final: self.is_final.load(Ordering::Acquire),
            files: self.files.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

/// What is known of all inputs.
#[derive(Default)]
pub(super) struct Totals {
    /// By the walk of the scan, which is only a little ahead of it.
    found: Count,
    /// By the second walk.
    counted: Count,
    ended: AtomicBool,
}

impl Totals {
    /// All inputs, as far as is known; nothing, where nobody counts ahead of the scan.
    pub(super) fn all(&self) -> Option<All> {
        let (found, counted) = (self.found.all(), self.counted.all());
        match (found.is_final, counted.files) {
            (true, _) => Some(found),
            // Files that came after they were counted.
            (false, _) if counted.is_final && counted.files >= found.files => Some(counted),
            (false, 0) => None,
            (false, _) => Some(All {
                is_final: false,
                files: counted.files.max(found.files),
                bytes: counted.bytes.max(found.bytes),
            }),
        }
    }

    /// Counts inputs on their way.
    pub(super) fn watch<T: Iterator<Item = Input> + Send>(
        self: &Arc<Self>,
        mut inputs: T,
    ) -> impl Iterator<Item = Input> + Send + use<T> {
        let totals = Arc::clone(self);
        std::iter::from_fn(move || {
            let input = inputs.next();
            match &input {
                Some(input) => totals.found.add(input),
                None => totals.found.is_final.store(true, Ordering::Release),
            }
            input
        })
    }

    /// Walks these folders once more, ahead of the scan.
    pub(super) fn count(&self, paths: &[PathBuf], options: &SourceOptions) {
        thread::sleep(PATIENCE);
        for input in paths.iter().flat_map(|path| sources::walk(path, options)) {
            let needless = self.found.is_final.load(Ordering::Relaxed);
            if needless || self.ended.load(Ordering::Relaxed) {
                return;
            }
            self.counted.add(&input);
        }
        self.counted.is_final.store(true, Ordering::Release);
    }

    /// Nobody wants to know any more.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}
