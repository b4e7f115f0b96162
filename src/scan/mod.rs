//! Many images: in parallel over files, in bounded memory, one answer for each, in order if asked for.

mod feed;
mod job;
mod order;
mod queue;
mod watch;
mod workers;

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use crate::evidence::Action;
use crate::inspect::Inspection;
use crate::policy::Finding;
use crate::quarantine::{Quarantine, QuarantineOptions, Quarantined};
use crate::sources::{Input, Name};
use feed::Feed;
use order::Order;
use watch::Watch;
use workers::Event;

pub use job::{Inspecting, Job, Keeping, inspect};

/// Messages a worker that may wait for the caller: enough that workers seldom wait for it in turn.
const QUEUED: usize = 8;

/// Once answers that wait for an earlier one have so many bytes, the earlier ones come first.
const MOST_WAITING: usize = 32 << 20;

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

/// One image's answer, rendered, and what a summary counts of it.
#[derive(Debug)]
pub struct Answer {
    /// What the report made of it.
    pub rendered: Vec<u8>,
    /// Bytes of the input.
    pub bytes: u64,
    /// What it was found to be.
    pub finding: Finding,
    /// The action that the policy asks for.
    pub action: Action,
    /// The action that evidence alone asks for.
    pub action_on_evidence: Action,
    /// It could not be checked, or not fully, though it is an image or somebody asked for it.
    pub incomplete: bool,
    /// It is some other file.
    pub no_image: bool,
    /// It is video, sound or a document, which was checked as far as such files can be.
    pub other_media: bool,
    /// What was found, where it may have to be judged again.
    pub doubtful: Option<Box<Doubtful>>,
    /// What is to be remembered of it, for whoever keeps a state of the scan; it is the word of this image alone, before
    /// anything that other images have to say about it.
    pub keep: Option<Vec<u8>>,
}

/// An inspection that rests on a perceptual hash of a list, which other images may put into doubt.
#[derive(Debug)]
pub struct Doubtful {
    /// The input's name.
    pub name: Name,
    /// Somebody asked for it by name.
    pub asked_for: bool,
    /// What was found.
    pub inspection: Inspection,
}

impl Answer {
    /// What a summary counts of an inspection, with the bytes that a report made of it.
    pub fn of(asked_for: bool, inspection: &Inspection, rendered: Vec<u8>) -> Self {
        Self {
            rendered,
            bytes: inspection.bytes.unwrap_or_default(),
            finding: inspection.verdict.finding,
            action: inspection.verdict.action,
            action_on_evidence: inspection.verdict.action_on_evidence,
            no_image: inspection.is_other_file(),
            other_media: inspection.is_other_media() && !inspection.is_other_file(),
            incomplete: is_incomplete(asked_for, inspection),
            doubtful: None,
            keep: None,
        }
    }

    /// For an input whose answer could not be made: it is counted, and never as a success.
    pub(crate) fn lost() -> Self {
        Self {
            rendered: Vec::new(),
            bytes: 0,
            finding: Finding::Unchecked,
            action: Action::Review,
            action_on_evidence: Action::Pass,
            incomplete: true,
            no_image: false,
            other_media: false,
            doubtful: None,
            keep: None,
        }
    }
}

/// What a whole scan came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Inputs.
    pub inputs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Inputs that could not be checked, or not fully.
    pub incomplete: u64,
    /// Inputs that are no images, nor other media that are read, whatever was found in them.
    pub other_files: u64,
    /// Those of them that somebody asked for; they count as incomplete.
    pub other_files_asked_for: u64,
    /// Inputs that are video, sound or documents, and were checked as such.
    pub other_media: u64,
    /// Inputs by finding.
    pub findings: BTreeMap<Finding, u64>,
    /// Inputs by action.
    pub actions: BTreeMap<Action, u64>,
    /// The strongest action that evidence asked for.
    pub strongest: Option<Action>,
    /// Entries of lists that matched implausibly much and were set aside.
    pub quarantined: Vec<Quarantined>,
    /// Somebody stopped the scan before every input was begun.
    pub interrupted: bool,
}

impl Summary {
    /// Counts one more.
    pub fn add(&mut self, answer: &Answer) {
        self.inputs += 1;
        self.bytes += answer.bytes;
        self.incomplete += u64::from(answer.incomplete);
        self.other_files += u64::from(answer.no_image);
        self.other_files_asked_for += u64::from(answer.no_image && answer.incomplete);
        self.other_media += u64::from(answer.other_media);
        *self.findings.entry(answer.finding).or_default() += 1;
        *self.actions.entry(answer.action).or_default() += 1;
        self.strongest = self.strongest.max(Some(answer.action_on_evidence));
    }

    /// Of so many that have the same answer.
    #[cfg(feature = "sqlite")]
    pub(crate) fn of_many(answer: &Answer, count: u64) -> Self {
        let mut one = Self::default();
        if count > 0 {
            one.add(answer);
        }
        let times = |number: u64| number.saturating_mul(count);
        Self {
            inputs: times(one.inputs),
            bytes: times(one.bytes),
            incomplete: times(one.incomplete),
            other_files: times(one.other_files),
            other_files_asked_for: times(one.other_files_asked_for),
            other_media: times(one.other_media),
            findings: one.findings.into_keys().map(|key| (key, count)).collect(),
            actions: one.actions.into_keys().map(|key| (key, count)).collect(),
            strongest: one.strongest,
            ..Self::default()
        }
    }

    /// Adds what another scan came to.
    pub fn join(&mut self, other: Self) {
        self.inputs += other.inputs;
        self.bytes += other.bytes;
        self.incomplete += other.incomplete;
        self.other_files += other.other_files;
        self.other_files_asked_for += other.other_files_asked_for;
        self.other_media += other.other_media;
        for (finding, count) in other.findings {
            *self.findings.entry(finding).or_default() += count;
        }
        for (action, count) in other.actions {
            *self.actions.entry(action).or_default() += count;
        }
        self.strongest = self.strongest.max(other.strongest);
        self.quarantined.extend(other.quarantined);
        self.interrupted |= other.interrupted;
    }

    /// How many were found to be this.
    pub fn count(&self, finding: Finding) -> u64 {
        self.findings.get(&finding).copied().unwrap_or_default()
    }
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
        let passing_on = PassingOn {
            job: job.as_ref(),
            quarantine: Quarantine::new(options.quarantine),
            summary: Summary::default(),
            sink,
        };
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

/// Takes answers as they come and passes them on, in order if asked for, until all workers have left.
fn collect<S>(
    mut watch: Watch,
    events: &Receiver<Event>,
    feed: &Feed,
    ordered: bool,
    mut passing_on: PassingOn<'_, S>,
) -> io::Result<Summary>
where
    S: FnMut(&Answer, &Summary) -> io::Result<()>,
{
    let (mut order, mut outcome) = (Order::new(ordered), Ok(()));
    let mut left = 0;
    while left < watch.workers() {
        let mut answers = match events.recv_timeout(watch.pause()) {
            Ok(Event::Answers(answers)) => answers,
            Ok(Event::Left) => {
                left += 1;
                Vec::new()
            }
            Ok(Event::Late) => {
                watch.came_late();
                Vec::new()
            }
            Err(_) => Vec::new(),
        };
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
    let total = feed.total();
    // An input that nobody answered would be a success by silence.
    while !stopped && total > Some(passing_on.summary.inputs) {
        passing_on.one(Answer::lost())?;
    }
    let mut summary = passing_on.summary;
    summary.interrupted = stopped && total != Some(summary.inputs);
    Ok(summary)
}

/// What happens to an answer when its turn has come.
struct PassingOn<'a, S> {
    job: &'a dyn Job,
    /// Entries are set aside in the order in which answers are passed on, so that it is the same in every run.
    quarantine: Quarantine,
    summary: Summary,
    sink: S,
}

impl<S> PassingOn<'_, S>
where
    S: FnMut(&Answer, &Summary) -> io::Result<()>,
{
    fn one(&mut self, mut given: Answer) -> io::Result<()> {
        self.quarantine.count();
        if let Some(mut doubtful) = given.doubtful.take()
            && self.quarantine.look(&mut doubtful.inspection)
        {
            given = Answer {
                keep: given.keep.take(),
                ..self.job.judged_again(*doubtful)
            };
            self.summary.quarantined = self.quarantine.entries();
        }
        self.summary.add(&given);
        (self.sink)(&given, &self.summary)
    }
}

/// Whether an input should have been checked and was not, or not fully. Other files that lie in a folder of images are
/// no failure; one that somebody asked for is.
fn is_incomplete(asked_for: bool, inspection: &Inspection) -> bool {
    let failed = !inspection.faults.is_empty() || inspection.verdict.finding == Finding::Unchecked;
    failed && (asked_for || !inspection.is_other_file())
}
