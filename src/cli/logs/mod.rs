//! The log of verbs that run for long: lines on standard error of what happens, and of what else there is to tell.
//!
//! ```text
//! tracing -> Told (level, names) -> Line (text, JSON) -> Lines (what waits, bounded) -> standard error
//! ```

pub(crate) mod args;
mod line;
mod lines;

use std::fmt::Arguments;
use std::io::{self, Write as _};
use std::panic;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Context as _;
use provscan::logs::{NAMES, may_name};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use args::{LogArgs, LogFormat};
use line::Line;
use lines::Lines;

/// Others whose warnings are told: those that speak with the network. Those that read images would quote them.
const OTHERS: [&str; 4] = ["async_nats", "axum", "hyper", "hyper_util"];

/// How long to wait, in the end, for whoever reads standard error.
const PATIENCE: Duration = Duration::from_secs(2);

/// The log, once a verb has one.
static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    form: LogFormat,
    level: LevelFilter,
    lines: Lines,
}

/// Begins the log.
///
/// # Errors
/// The system gives no thread for it.
pub(crate) fn begin(args: &LogArgs, quiet: bool) -> anyhow::Result<()> {
    let (form, level) = (args.log_format, args.level(quiet));
    let lines = Lines::to(io::stderr(), move |lost| told_lost(form, lost));
    let log = Log {
        form,
        level,
        lines: lines.context("no log could be begun")?,
    };
    // A process has one verb.
    let _ = LOG.set(log);
    let told = tracing_subscriber::registry()
        .with(wanted(level, args.log_names))
        .with(Told);
    tracing::subscriber::set_global_default(told).context("no log could be begun")?;
    panic::set_hook(Box::new(|broken| {
        let at = broken.location().map(ToString::to_string);
        // It may quote a file.
        let why = broken.payload_as_str().filter(|_| may_name());
        tracing::error!(at, why, "broke");
    }));
    Ok(())
}

/// What is told: of ours what is grave enough, with names if they may be told.
fn wanted(level: LevelFilter, names: bool) -> Targets {
    let names = match names || level >= LevelFilter::DEBUG {
        true => LevelFilter::DEBUG,
        false => LevelFilter::OFF,
    };
    let others = OTHERS.map(|name| (name, level.min(LevelFilter::WARN)));
    Targets::new()
        .with_target("provscan", level)
        .with_target(NAMES, names)
        .with_targets(others)
}

/// Puts events into the log.
struct Told;

impl<S: Subscriber> Layer<S> for Told {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(log) = LOG.get() {
            log.lines.put(&Line::of(event).text(log.form));
        }
    }
}

/// Says something to whoever looks at standard error: a sentence, which is an event of its own in a log of JSON.
pub(crate) fn say(said: Arguments<'_>) {
    say_at(Level::INFO, said);
}

/// The same, of what somebody should see to.
pub(crate) fn warn(said: Arguments<'_>) {
    say_at(Level::WARN, said);
}

/// The same, of what ends the program.
pub(crate) fn fail(said: Arguments<'_>) {
    say_at(Level::ERROR, said);
}

fn say_at(level: Level, said: Arguments<'_>) {
    match LOG.get() {
        // Where nobody listens, there is nobody to tell.
        None => drop(writeln!(io::stderr(), "provscan: {said}")),
        Some(log) if log.level >= level => log.lines.put(&match log.form {
            LogFormat::Text => format!("provscan: {said}"),
            LogFormat::Json => Line::new(level, "said")
                .with("message", said.to_string())
                .text(log.form),
        }),
        Some(_) => {}
    }
}

/// Waits until what waits is written.
pub(crate) fn end() {
    if let Some(log) = LOG.get() {
        log.lines.finish(PATIENCE);
    }
}

/// The line that stands where lines are missing.
fn told_lost(form: LogFormat, lost: u64) -> String {
    Line::new(Level::WARN, "lost")
        .with("lines", lost)
        .with("why", "nobody read the log for too long")
        .text(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_told_of_only_where_they_warn_and_read_no_images() {
        let info = wanted(LevelFilter::INFO, false);
        for (target, level, told) in [
            ("provscan::queue::logs", Level::INFO, true),
            ("provscan::queue::logs", Level::DEBUG, false),
            (NAMES, Level::DEBUG, false),
            ("async_nats::connector", Level::WARN, true),
            ("async_nats::connector", Level::INFO, false),
            ("jxl_render", Level::ERROR, false),
        ] {
            assert_eq!(info.would_enable(target, &level), told, "{target} {level}");
        }
        let error = wanted(LevelFilter::ERROR, true);
        assert!(error.would_enable(NAMES, &Level::DEBUG));
        assert!(!error.would_enable("provscan", &Level::WARN));
        assert!(!error.would_enable("async_nats", &Level::WARN));
        let debug = wanted(LevelFilter::DEBUG, false);
        assert!(debug.would_enable(NAMES, &Level::DEBUG));
        assert!(!debug.would_enable("async_nats", &Level::INFO));
    }
}
