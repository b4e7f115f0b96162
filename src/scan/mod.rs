//! Many images: in parallel over files, in bounded memory, one answer for each, in order if asked for.

mod job;

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::evidence::Action;
use crate::inspect::Inspection;
use crate::policy::Finding;
use crate::quarantine::{Quarantine, QuarantineOptions, Quarantined};
use crate::sources::{Input, Name};

pub use job::{Inspecting, Job, Keeping, inspect};

/// Answers that may wait for an earlier one. They are small: rendered text, never images.
const WINDOW: u64 = 1024;

/// Answers a worker that may wait for the caller: enough that workers seldom wait for it in turn.
const QUEUED: usize = 64;

/// How to go through many images.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// Workers; 0 for one a core.
    pub threads: usize,
    /// Answers come in the order of the inputs.
    pub ordered: bool,
    /// When an entry of a list is set aside that matches implausibly much.
    pub quarantine: QuarantineOptions,
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
            no_image: inspection.is_no_image(),
            other_media: inspection.is_other_media() && !inspection.is_no_image(),
            incomplete: is_incomplete(asked_for, inspection),
            doubtful: None,
            keep: None,
        }
    }

    /// For an input whose answer could not be made: it is counted, and never as a success.
    fn lost() -> Self {
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
    /// Inputs that are no images, nor other media that are read.
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

    /// How many were found to be this.
    pub fn count(&self, finding: Finding) -> u64 {
        self.findings.get(&finding).copied().unwrap_or_default()
    }
}

/// Has every input answered by the job and hands each answer to `sink`, then returns the summary.
///
/// The job runs on the workers; `sink` runs on the calling thread. When `sink` fails no further input is begun.
///
/// # Errors
/// The first error of `sink`, or that no worker could be started.
pub fn scan<S>(
    job: Arc<dyn Job>,
    inputs: impl Iterator<Item = Input> + Send,
    options: &ScanOptions,
    mut sink: S,
) -> io::Result<Summary>
where
    S: FnMut(&Answer, &Summary) -> io::Result<()>,
{
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(io::Error::other)?;
    let gate = Gate::default();
    let (sender, answers) =
        sync_channel::<(u64, Answer)>(pool.current_num_threads().saturating_mul(QUEUED));
    let judge = Arc::clone(&job);
    // The workers own the only sender: when they are done, collecting ends.
    let work = move |number: u64, input: Input| {
        let answer = catch_unwind(AssertUnwindSafe(|| job.answer(input)));
        // The receiver is gone when the sink failed; the gate lets nothing more in then.
        let _ = sender.send((number, answer.unwrap_or_else(|_| Answer::lost())));
    };
    std::thread::scope(|threads| {
        let numbered = (0..)
            .zip(inputs)
            .take_while(|(number, _)| gate.wait_for(*number));
        let gate = &gate;
        threads.spawn(move || {
            pool.install(|| {
                numbered
                    .par_bridge()
                    .for_each(|(number, input)| work(number, input))
            });
        });
        let receiving = Receiving { gate, answers };
        // Entries are set aside in the order in which answers are passed on, so that it is the same in every run.
        let mut quarantine = Quarantine::new(options.quarantine);
        let mut sink = |mut given: Answer, summary: &mut Summary| {
            quarantine.count();
            if let Some(mut doubtful) = given.doubtful.take()
                && quarantine.look(&mut doubtful.inspection)
            {
                given = Answer {
                    keep: given.keep.take(),
                    ..judge.judged_again(*doubtful)
                };
                summary.quarantined = quarantine.entries();
            }
            summary.add(&given);
            sink(&given, summary)
        };
        collect(&receiving.answers, options.ordered, gate, &mut sink)
    })
}

/// The receiving end of a scan. However it ends, no worker waits for it afterwards.
struct Receiving<'a> {
    gate: &'a Gate,
    answers: Receiver<(u64, Answer)>,
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        self.gate.close();
    }
}

/// Takes answers as they come and passes them on, in order if asked for.
fn collect(
    answers: &Receiver<(u64, Answer)>,
    ordered: bool,
    gate: &Gate,
    sink: &mut impl FnMut(Answer, &mut Summary) -> io::Result<()>,
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    let mut pass_on = |answer: Answer| sink(answer, &mut summary);
    for (number, answer) in answers {
        if ordered {
            waiting.insert(number, answer);
            while let Some(answer) = waiting.remove(&next) {
                pass_on(answer)?;
                next += 1;
            }
        } else {
            pass_on(answer)?;
            next += 1;
        }
        gate.advance(next);
    }
    Ok(summary)
}

/// Whether an input should have been checked and was not, or not fully. Other files that lie in a folder of images are
/// no failure; one that somebody asked for is.
fn is_incomplete(asked_for: bool, inspection: &Inspection) -> bool {
    let failed = !inspection.faults.is_empty() || inspection.verdict.finding == Finding::Unchecked;
    failed && (asked_for || !inspection.is_no_image())
}

/// Holds inputs back while answers pile up, and for good once nobody wants them.
#[derive(Default)]
struct Gate {
    /// How many answers were passed on, and whether an input waits for that to change.
    passed_on: Mutex<(u64, bool)>,
    moved: Condvar,
    closed: AtomicBool,
}

impl Gate {
    /// Waits until the input with this number may begin; false when none may any more.
    fn wait_for(&self, number: u64) -> bool {
        let mut passed_on = self
            .passed_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while number >= passed_on.0.saturating_add(WINDOW) && !self.closed.load(Ordering::Acquire) {
            passed_on.1 = true;
            passed_on = self
                .moved
                .wait(passed_on)
                .unwrap_or_else(PoisonError::into_inner);
        }
        !self.closed.load(Ordering::Acquire)
    }

    fn advance(&self, passed_on: u64) {
        let mut state = self
            .passed_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let awaited = std::mem::replace(&mut *state, (passed_on, false)).1;
        drop(state);
        if awaited {
            self.moved.notify_all();
        }
    }

    fn close(&self) {
        let guard = self
            .passed_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.closed.store(true, Ordering::Release);
        drop(guard);
        self.moved.notify_all();
    }
}
