//! Many images: in parallel over files, in bounded memory, one answer for each, in order if asked for.

mod answer;
mod collect;
mod feed;
mod job;
mod order;
mod queue;
mod summary;
mod watch;
mod workers;

use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::quarantine::QuarantineOptions;
use crate::sources::Input;
use collect::{Each, PassingOn, collect};
use feed::Feed;
use watch::Watch;

pub use answer::{Answer, Doubtful};
pub use collect::Taker;
pub use job::{Inspecting, Job, Keeping, inspect};
pub use summary::Summary;

/// Messages a worker that may wait for the caller: enough that workers seldom wait for it in turn.
const QUEUED: usize = 8;

/// How to go through many images.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Workers; 0 for one a core.
    pub threads: usize,
    /// Answers come in the order of the inputs.
    pub ordered: bool,
    /// When an entry of a list is set aside that matches implausibly much.
    pub quarantine: QuarantineOptions,
    /// How long one input may take, and one second more for each 2 MiB of it. One that takes longer is given up: it has an
    /// answer that says so, and its thread goes on until it ends by itself. At most as many threads as there are workers go
    /// on like that. `None` for no limit.
    pub max_time: Option<Duration>,
    /// Once this is set no further input is begun, and those in hand are finished.
    pub stop: Option<Arc<AtomicBool>>,
}

/// Has every input answered by the job and hands each answer to `sink`, then returns the summary.
///
/// The job runs on threads of its own; `sink` runs on the calling thread, and finding inputs on a third. When `sink` fails no
/// further input is begun.
///
/// # Errors
/// The first error of `sink`, or that no worker could be started.
pub fn scan<S>(
    job: Arc<dyn Job>,
    inputs: impl Iterator<Item = Input> + Send,
    options: &ScanOptions,
    sink: S,
) -> io::Result<Summary>
where
    S: FnMut(&Answer, &Summary) -> io::Result<()>,
{
    scan_to(job, inputs, options, Each(sink))
}

/// The same, for whoever wants to know when no further answer is ready.
///
/// # Errors
/// The first error of `taker`, or that no worker could be started.
pub fn scan_to(
    job: Arc<dyn Job>,
    inputs: impl Iterator<Item = Input> + Send,
    options: &ScanOptions,
    taker: impl Taker,
) -> io::Result<Summary> {
    let workers = match options.threads {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    };
    let feed = Arc::new(Feed::new(workers, options.stop.clone()));
    let closing = Closing(&feed);
    let (sender, events) = sync_channel(workers.saturating_mul(QUEUED));
    let bounds = (options.max_time, options.stop.clone());
    let watch = Watch::start(&job, &feed, &sender, workers, bounds)?;
    thread::scope(|threads| {
        threads.spawn(|| feed.fill(inputs));
        let passing_on = PassingOn::new(job.as_ref(), options.quarantine, taker);
        let summary = collect(watch, &events, &feed, options.ordered, passing_on);
        drop(closing);
        summary
    })
}

/// However a scan ends, nobody waits for it afterwards.
struct Closing<'a>(&'a Feed);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}
