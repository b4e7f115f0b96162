//! Progress on standard error: a bar at a terminal, a plain line now and then elsewhere.

mod pace;
mod totals;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use provscan::policy::Finding;
use provscan::scan::Answer;
use provscan::sources::{Input, SourceOptions};

use pace::{All, Done, Pace};
use totals::Totals;

/// Between two plain lines.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// Between two looks at where the scan is, which are also what the time left is told from.
const LOOK: Duration = Duration::from_millis(250);

/// What shows how far a scan is.
pub(crate) struct Progress {
    now: Arc<Now>,
    drawing: Option<JoinHandle<()>>,
}

/// Where a scan is: counted here, and drawn by a thread of its own, so that neither waits for the other.
struct Now {
    files: AtomicU64,
    bytes: AtomicU64,
    errors: AtomicU64,
    /// In the order of [`Finding::ALL`].
    findings: [AtomicU64; Finding::ALL.len()],
    totals: Arc<Totals>,
    ended: AtomicBool,
}

impl Progress {
    /// No progress at all.
    pub(crate) fn none() -> Self {
        Self {
            now: Arc::new(Now::of(Totals::default())),
            drawing: None,
        }
    }

    /// Progress over the files of these folders, which are counted beside the scan; `countable` if there are no others.
    pub(crate) fn new(
        quiet: bool,
        paths: &[PathBuf],
        options: &SourceOptions,
        countable: bool,
    ) -> Self {
        let now = Arc::new(Now::of(Totals::default()));
        if quiet {
            return Self { now, drawing: None };
        }
        let (paths, options) = (paths.to_vec(), options.clone());
        let drawn = Arc::clone(&now);
        let drawing = thread::spawn(move || {
            if countable {
                let totals = Arc::clone(&drawn.totals);
                thread::spawn(move || totals.count(&paths, &options));
            }
            match io::stderr().is_terminal() {
                true => drawn.draw_bar(),
                false => drawn.draw_lines(),
            }
        });
        Self {
            now,
            drawing: Some(drawing),
        }
    }

    /// The same inputs, counted on their way.
    pub(crate) fn counted<T: Iterator<Item = Input> + Send>(
        &self,
        inputs: T,
    ) -> impl Iterator<Item = Input> + Send + use<T> {
        self.now.totals.watch(inputs)
    }

    /// Counts an answer.
    pub(crate) fn show(&self, answer: &Answer) {
        let now = &self.now;
        let place = Finding::ALL
            .iter()
            .position(|(finding, _)| *finding == answer.finding);
        if let Some(count) = place.and_then(|place| now.findings.get(place)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        now.errors
            .fetch_add(u64::from(answer.incomplete), Ordering::Relaxed);
        now.bytes.fetch_add(answer.bytes, Ordering::Relaxed);
        now.files.fetch_add(1, Ordering::Relaxed);
    }

    /// `1234 of at least 5000 inputs`, of a scan that ended early.
    pub(crate) fn inputs(&self) -> String {
        let all = self.now.totals.all().map(|all| All {
            is_final: false,
            ..all
        });
        pace::of_all(self.now.done().files, all, "inputs")
    }

    /// Clears the bar, so that it does not stand in the answer.
    pub(crate) fn end(&mut self) {
        self.now.ended.store(true, Ordering::Relaxed);
        self.now.totals.end();
        if let Some(drawing) = self.drawing.take() {
            drawing.thread().unpark();
            // A picture of progress that broke is no reason to stop.
            let _ = drawing.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

impl Now {
    fn of(totals: Totals) -> Self {
        Self {
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            findings: Default::default(),
            totals: Arc::new(totals),
            ended: AtomicBool::new(false),
        }
    }

    fn done(&self) -> Done {
        Done {
            files: self.files.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// Looks until the scan has ended.
    fn look(&self, mut each: impl FnMut(&Pace)) {
        let (began, mut pace) = (Instant::now(), Pace::default());
        loop {
            thread::park_timeout(LOOK);
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            pace.at(began.elapsed(), self.done());
            each(&pace);
        }
    }

    fn draw_bar(&self) {
        let bar = ProgressBar::new_spinner();
        bar.set_style(style("{spinner} {msg}"));
        let mut known = false;
        self.look(|pace| {
            let all = self.totals.all();
            if let Some(all) = all.filter(|all| all.is_final) {
                if !std::mem::replace(&mut known, true) {
                    bar.set_style(style("{bar:20} {msg}"));
                }
                bar.set_length(all.files);
                bar.set_position(self.done().files.min(all.files));
            }
            bar.set_message(self.line(pace));
            bar.tick();
        });
        bar.finish_and_clear();
    }

    fn draw_lines(&self) {
        let mut shown = Instant::now();
        self.look(|pace| {
            if shown.elapsed() >= PLAIN_INTERVAL {
                shown = Instant::now();
                // Progress that nobody can read is no reason to stop.
                let _ = writeln!(io::stderr(), "provscan: {}", self.line(pace));
            }
        });
    }

    fn line(&self, pace: &Pace) -> String {
        let mut line = pace.line(self.totals.all());
        let counted = Finding::ALL.iter().zip(&self.findings);
        // Findings that somebody may want to act on.
        let mut counts: Vec<String> = counted
            .filter(|((finding, _), _)| *finding != Finding::NoEvidence)
            .map(|((_, word), count)| (word, count.load(Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| format!("{word} {count}"))
            .collect();
        let errors = self.errors.load(Ordering::Relaxed);
        if errors > 0 {
            counts.push(format!("not checked, or not fully: {errors}"));
        }
        if !counts.is_empty() {
            line += "  ";
            line += &counts.join(", ");
        }
        line
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
