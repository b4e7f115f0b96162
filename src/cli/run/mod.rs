//! What `check` and `scan` share: settings from arguments, then inputs in and a report out.

pub(crate) mod groups;
pub(crate) mod network;
pub(crate) mod select;
pub(crate) mod state;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use provscan::evidence::Action;
use provscan::fingerprints::Kind;
use provscan::inspect::Kept;
use provscan::lists::{Keys, List, ListOptions, OpenOptions};
use provscan::policy::Finding;
use provscan::quarantine::QuarantineOptions;
use provscan::reports::{self, Report, ReportKind, ReportOptions, record_line, safe};
use provscan::scan::{self, Answer, Inspecting, Job, ScanOptions, Summary};
use provscan::sources::{Input, Name};
use provscan::{Inspection, Inspector, Policy, Settings, sinks};

use crate::args::{Color, Global, InspectArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Progress;
use crate::trust;
use groups::Groups;
use select::Selection;
use state::{Keeping, Remembered};

/// Largest policy that is read.
const MAX_SETUP_BYTES: u64 = 64 << 20;

/// How the inputs are gone through, and what is shown of them.
#[derive(Default)]
pub(crate) struct Work {
    /// Workers; 0 for one a core.
    pub(crate) threads: usize,
    /// Answers come in the order of the inputs.
    pub(crate) ordered: bool,
    /// The whole history is shown.
    pub(crate) history: bool,
    /// Every picture is decoded.
    pub(crate) thorough: bool,
    pub(crate) selection: Selection,
    /// When an entry of a list is set aside.
    pub(crate) quarantine: QuarantineOptions,
    /// What a signal sets that asks the scan to end; none, where a signal ends the program.
    pub(crate) stop: Option<Arc<AtomicBool>>,
    /// Where files are remembered.
    pub(crate) state: Option<Remembered>,
    /// Records tell which images look alike.
    pub(crate) group: bool,
    /// Records are added to the output that is there.
    pub(crate) append: bool,
}

/// Inspects the inputs and writes the report.
pub(crate) fn run(
    args: &InspectArgs,
    global: &Global,
    report: &ReportKind,
    inputs: impl Iterator<Item = Input> + Send,
    work: Work,
    progress: &mut Progress,
) -> anyhow::Result<Exit> {
    let settings = Settings {
        history: work.history,
        thorough: work.thorough,
        keep_prints: work.group || work.state.as_ref().is_some_and(|state| state.keep_prints),
        ..settings(args, work.threads)?
    };
    let policy = policy(policy_file(args.policy.as_deref()).as_deref())?;
    let inspector = Inspector::new(&settings, policy.clone())?;
    anyhow::ensure!(
        !inspector.is_idle(),
        "nothing is left to look at the images: name a signal that is not left out, and a list with --list for known_image"
    );
    let mut keeping = Keeping::open(&work, &settings, &policy)?;
    let form = report.name;
    let report: Arc<dyn Report> = Arc::from((report.make)(ReportOptions {
        color: color(global.color, args.output.is_some()),
        asked_for: work.selection.words().to_vec(),
    }));
    if let Some(stop) = &work.stop {
        interrupt::listen(stop).context("signals cannot be handled")?;
    }
    let cannot_write = || cannot_write("results", args.output.as_deref());
    let mut sink = match args.output.as_deref().filter(|_| work.append) {
        Some(output) => state::append_to(&mut keeping, output, form, &report.head())?,
        None => sinks::to(args.output.as_deref()).with_context(cannot_write)?,
    };

    let options = ScanOptions {
        threads: work.threads,
        ordered: work.ordered,
        quarantine: work.quarantine,
        max_time: (!args.max_time.is_zero()).then_some(args.max_time),
        stop: work.stop.clone(),
    };
    let (selection, rendering) = (work.selection.clone(), Arc::clone(&report));
    let render = move |name: &Name, inspection: &Inspection| match selection.wants(inspection) {
        true => rendering.record(name, inspection),
        false => Vec::new(),
    };
    let job: Arc<dyn Job> = match &keeping {
        Some(keeping) if work.group => {
            keeping.job(inspector, &settings, &work, "jsonl", record_line)
        }
        Some(keeping) => keeping.job(inspector, &settings, &work, form, render.clone()),
        None if work.group => Arc::new(scan::Keeping(Inspecting::new(
            inspector,
            settings.limits.clone(),
            record_line,
        ))),
        None => Arc::new(Inspecting::new(
            inspector,
            settings.limits.clone(),
            render.clone(),
        )),
    };
    let exit = |summary: &Summary| Exit::of(summary, fail_on(&args.fail_on));
    let mut groups = work.group.then(Groups::begin).transpose()?;
    let mut seen = Exit::Clear;
    let inputs = progress.counted(inputs);
    let mut assembly = report.assembly();
    let begun = match work.append {
        // What an output begins with, it has from the first time.
        true => Ok(()),
        false => assembly.begin(&mut sink),
    };
    let written = begun.and_then(|()| {
        scan::scan(job, inputs, &options, |answer, summary| {
            if let Some(groups) = &mut groups {
                groups.take(answer, kept(keeping.as_ref(), answer).as_ref())?;
            } else if !answer.rendered.is_empty() {
                assembly.add(&answer.rendered, &mut sink)?;
            }
            if let Some(keeping) = &mut keeping {
                keeping.take(answer)?;
            }
            seen = exit(summary);
            progress.show(answer);
            Ok(())
        })
    });
    progress.end();
    let written = written.and_then(|summary| {
        let grouped = groups.map(|groups| {
            groups.finish(|name, inspection| match render(name, inspection) {
                record if record.is_empty() => Ok(()),
                record => assembly.add(&record, &mut sink),
            })
        });
        grouped.transpose()?;
        assembly.end(&summary, &mut sink)?;
        let beside = match summary.interrupted {
            true => sink.finish_interrupted()?,
            false => sink.finish().map(|()| None)?,
        };
        if let Some(keeping) = keeping {
            let verify = work.state.as_ref().is_some_and(|state| state.verify);
            keeping.finish(&summary, &report.tail(&summary), verify, global.quiet)?;
        }
        Ok((summary, beside))
    });
    match written {
        Ok((summary, beside)) => {
            if summary.inputs == 0 && !summary.interrupted {
                eprintln!(
                    "provscan: there was nothing to look at: no file was found that is wanted"
                );
            }
            if args.output.is_some() && summary.inputs > 0 && !global.quiet {
                eprintln!("provscan: {}", totals(&summary));
            }
            if summary.interrupted {
                let output = args.output.as_deref().zip(beside.as_deref());
                let told = interrupt::told(&progress.inputs(), work.state.is_some(), output);
                eprintln!("provscan: {told}");
            }
            Ok(exit(&summary))
        }
        // The reader has what it wanted. What was seen until then still counts, and the rest was not checked.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(match seen {
            Exit::Clear => Exit::Incomplete,
            seen => seen,
        }),
        Err(error) if state::is_of_a_state(&error) => Err(error.into()),
        Err(error) => Err(error).with_context(cannot_write),
    }
}

/// How many inputs came to what, where the answer itself is in a file.
fn totals(summary: &Summary) -> String {
    let found: Vec<String> = Finding::ALL
        .iter()
        .filter(|(finding, _)| summary.count(*finding) > 0)
        .map(|(finding, word)| format!("{} {word}", summary.count(*finding)))
        .collect();
    let inputs = match summary.inputs {
        1 => "1 input".to_owned(),
        more => format!("{more} inputs"),
    };
    format!("{inputs}: {}", found.join(", "))
}

/// The words for an answer that did not get where it should.
pub(crate) fn cannot_write(what: &str, output: Option<&Path>) -> String {
    let target = output.map_or_else(
        || "standard output".to_owned(),
        |path| path.display().to_string(),
    );
    format!("{target}: the {what} could not be written")
}

/// The report of this name; `text` is a page on each input where there are few.
pub(crate) fn report(name: &str, few: bool) -> anyhow::Result<&'static ReportKind> {
    let name = if few && name == "text" { "page" } else { name };
    anyhow::ensure!(
        name != "parquet" || reports::named(name).is_some(),
        "this build writes no Parquet; one that is built with the feature parquet does (`cargo build --release --ignore-rust-version --features parquet`)"
    );
    reports::named(name).with_context(|| format!("there is no report called {name}"))
}

pub(crate) fn fail_on(word: &str) -> Option<Action> {
    word.parse().ok()
}

/// Colours are for people: at a terminal, unless they asked for none (no-color.org).
pub(crate) fn color(wish: Color, to_file: bool) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match wish {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !to_file && !no_color && io::stdout().is_terminal(),
    }
}

fn settings(args: &InspectArgs, threads: usize) -> anyhow::Result<Settings> {
    let paths = or_environment(&args.lists, "PROVSCAN_LIST");
    Ok(Settings {
        limits: args.limits.shared(threads),
        trust: trust::settings(&args.trust)?,
        lists: lists(&paths, &args.threshold, args.keys.keys()?)?,
        show_personal: args.show_personal,
        signals: (!args.signals.is_empty()).then(|| args.signals.clone()),
        without: args.without.clone(),
        remote: args
            .online
            .then(|| network::remote("--online"))
            .transpose()?,
        ..Settings::default()
    })
}

/// The lists in these files, opened.
pub(crate) fn lists(
    paths: &[PathBuf],
    thresholds: &[(Kind, u32)],
    keys: Keys,
) -> anyhow::Result<Vec<Arc<List>>> {
    let mut wishes = ListOptions::default();
    for (kind, bits) in thresholds {
        wishes
            .set_threshold(*kind, *bits)
            .map_err(|error| anyhow::anyhow!("--threshold: {error}"))?;
    }
    let options = OpenOptions {
        wishes,
        keys,
        ..OpenOptions::default()
    };
    let lists = paths.iter().map(|path| List::open(path, options.clone()));
    let lists: Vec<List> = lists.collect::<Result<_, _>>()?;
    for list in &lists {
        for (why, count) in list.just_left_out() {
            eprintln!("provscan: {}: {count} left out: {why}", safe(list.name()));
        }
    }
    Ok(lists.into_iter().map(Arc::new).collect())
}

/// What was kept of the image that an answer is of.
fn kept(keeping: Option<&Keeping>, answer: &Answer) -> Option<Kept> {
    match keeping {
        Some(keeping) => keeping.kept(answer),
        None => Kept::from_bytes(answer.keep.as_deref()?).ok(),
    }
}

/// The files named on the command line, or else those in an environment variable, which separates them as `PATH` does.
pub(crate) fn or_environment(named: &[PathBuf], variable: &str) -> Vec<PathBuf> {
    match std::env::var_os(variable) {
        Some(value) if named.is_empty() => std::env::split_paths(&value)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        _ => named.to_vec(),
    }
}

pub(crate) fn policy_file(named: Option<&Path>) -> Option<PathBuf> {
    let named: Vec<PathBuf> = named.map(Path::to_owned).into_iter().collect();
    or_environment(&named, "PROVSCAN_POLICY").into_iter().next()
}

/// The policy in this file, or the built-in one.
pub(crate) fn policy(path: Option<&Path>) -> anyhow::Result<Policy> {
    match path {
        Some(path) => Policy::parse(&read_text(path)?).with_context(|| path.display().to_string()),
        None => Ok(Policy::default()),
    }
}

/// A small text file.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let named = || path.display().to_string();
    let length = fs::metadata(path).with_context(named)?.len();
    anyhow::ensure!(
        length <= MAX_SETUP_BYTES,
        "{}: larger than {MAX_SETUP_BYTES} bytes",
        named()
    );
    fs::read_to_string(path).with_context(named)
}
