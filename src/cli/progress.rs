//! Progress on standard error: a bar at a terminal, a plain line now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use provscan::policy::Finding;
use provscan::scan::Summary;
use provscan::sources::{self, SourceOptions};

/// Between two plain lines.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// What shows how far a scan is.
pub(crate) enum Progress {
    /// Nothing.
    None,
    /// A bar.
    Bar(ProgressBar),
    /// A line now and then.
    Plain { began: Instant, shown: Instant },
}

impl Progress {
    /// No progress at all.
    pub(crate) fn none() -> Self {
        Self::None
    }

    /// Progress over the files of these folders. Their number is counted beside the scan where it can be known.
    pub(crate) fn new(
        quiet: bool,
        paths: &[PathBuf],
        options: &SourceOptions,
        countable: bool,
    ) -> Self {
        if quiet {
            return Self::None;
        }
        if !io::stderr().is_terminal() {
            return Self::Plain {
                began: Instant::now(),
                shown: Instant::now(),
            };
        }
        let bar = ProgressBar::new_spinner()
            .with_style(style("{spinner} {pos} files, {per_sec}, {elapsed}  {msg}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        if countable {
            let (paths, options, counted) = (paths.to_vec(), options.clone(), bar.clone());
            std::thread::spawn(move || {
                let files = paths
                    .iter()
                    .map(|path| sources::walk(path, &options).count() as u64)
                    .sum();
                counted.set_length(files);
                counted.set_style(style(
                    "{bar:30} {pos}/{len} files, {per_sec}, {eta} left  {msg}",
                ));
            });
        }
        Self::Bar(bar)
    }

    /// Shows where the scan is now.
    pub(crate) fn show(&mut self, summary: &Summary) {
        match self {
            Self::None => {}
            Self::Bar(bar) => {
                bar.set_position(summary.inputs);
                bar.set_message(counts(summary));
            }
            Self::Plain { began, shown } => {
                if shown.elapsed() >= PLAIN_INTERVAL {
                    *shown = Instant::now();
                    let rate = summary.inputs as f64 / began.elapsed().as_secs_f64().max(0.001);
                    // Progress that nobody can read is no reason to stop.
                    let _ = writeln!(
                        io::stderr(),
                        "provscan: {} files, {rate:.0} a second  {}",
                        summary.inputs,
                        counts(summary)
                    );
                }
            }
        }
    }

    /// Clears the bar, so that it does not stand in the answer.
    pub(crate) fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Findings that somebody may want to act on.
fn counts(summary: &Summary) -> String {
    let counts: Vec<String> = Finding::ALL
        .iter()
        .filter(|(finding, _)| *finding != Finding::NoEvidence && summary.count(*finding) > 0)
        .map(|(finding, word)| format!("{word} {}", summary.count(*finding)))
        .collect();
    counts.join(", ")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
