//! What `check` and `scan` share: settings from arguments, then inputs in and a report out.

pub(crate) mod engine;
pub(crate) mod groups;
pub(crate) mod network;
pub(crate) mod output;
pub(crate) mod select;
pub(crate) mod state;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use provscan::evidence::Action;
use provscan::inspect::Kept;
use provscan::quarantine::QuarantineOptions;
use provscan::reports::{Report, ReportKind, record_line};
use provscan::scan::{self, Answer, Inspecting, Job, ScanOptions, Summary};
use provscan::sinks::{self, Sink};
use provscan::sources::{Input, Name};
use provscan::{Inspection, Settings};

use crate::args::{Global, InspectArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Progress;
use engine::Engine;
use output::Output;
use select::Selection;
use state::{Keeping, Remembered};

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
    form: &ReportKind,
    inputs: impl Iterator<Item = Input> + Send,
    work: Work,
    progress: &mut Progress,
) -> anyhow::Result<Exit> {
    let engine = Engine::load(&args.engine, settings(args, &work))?;
    let mut keeping = Keeping::open(&work, &engine)?;
    let output = args.output.as_deref();
    let report: Arc<dyn Report> = Arc::from(output::report(form, global, output, &work.selection));
    if let Some(stop) = &work.stop {
        interrupt::listen(stop).context("signals cannot be handled")?;
    }
    let sink = sink(output, &work, &mut keeping, form.name, report.as_ref())?;
    let job = job(&engine, &work, keeping.as_ref(), form.name, &report);
    let mut writing = Writing {
        report: report.as_ref(),
        output: Output::new(report.as_ref(), work.selection.clone(), work.group, sink)?,
        keeping,
        fail_on: fail_on(&args.fail_on),
        seen: Exit::Clear,
    };
    let (inputs, options) = (progress.counted(inputs), scan_options(args, &work));
    let scanned = writing.begin(work.append).and_then(|()| {
        let taking = Taking {
            writing: &mut writing,
            progress,
        };
        scan::scan_into(job, inputs, &options, taking)
    });
    progress.end();
    let (seen, fail_on) = (writing.seen, writing.fail_on);
    match scanned.and_then(|summary| writing.finish(summary, &work, global.quiet)) {
        Ok((summary, beside)) => {
            if output.is_some() && summary.inputs > 0 && !global.quiet {
                eprintln!("provscan: {}", output::totals(&summary));
            }
            let beside = output.zip(beside.as_deref());
            tell(&summary, &work, progress, beside);
            Ok(Exit::of(&summary, fail_on))
        }
        Err(error) => broke_off(error, seen, output),
    }
}

/// What the arguments say of every inspection, beside what an engine loads.
fn settings(args: &InspectArgs, work: &Work) -> Settings {
    Settings {
        limits: args.limits.shared(work.threads),
        history: work.history,
        thorough: work.thorough,
        keep_prints: work.group || work.state.as_ref().is_some_and(|state| state.keep_prints),
        show_personal: args.show_personal,
        ..Settings::default()
    }
}

fn scan_options(args: &InspectArgs, work: &Work) -> ScanOptions {
    ScanOptions {
        threads: work.threads,
        ordered: work.ordered,
        quarantine: work.quarantine,
        max_time: (!args.max_time.is_zero()).then_some(args.max_time),
        stop: work.stop.clone(),
    }
}

/// Where the report goes.
fn sink(
    output: Option<&Path>,
    work: &Work,
    keeping: &mut Option<Keeping>,
    form: &str,
    report: &dyn Report,
) -> anyhow::Result<Box<dyn Sink>> {
    match output.filter(|_| work.append) {
        Some(output) => state::append_to(keeping, output, form, &report.head()),
        None => sinks::to(output).with_context(|| cannot_write("results", output)),
    }
}

/// What is done with each input.
fn job(
    engine: &Engine,
    work: &Work,
    keeping: Option<&Keeping>,
    form: &str,
    report: &Arc<dyn Report>,
) -> Arc<dyn Job> {
    let (inspector, limits) = (
        Arc::clone(&engine.inspector),
        engine.settings.limits.clone(),
    );
    let (selection, report) = (work.selection.clone(), Arc::clone(report));
    let render = move |name: &Name, inspection: &Inspection| {
        selection.record(report.as_ref(), name, inspection)
    };
    match keeping {
        // Records that wait for their groups are rendered when they have them.
        Some(keeping) if work.group => keeping.job(engine, work, "jsonl", record_line),
        Some(keeping) => keeping.job(engine, work, form, render),
        None if work.group => Arc::new(scan::Keeping(Inspecting::new(
            inspector,
            limits,
            record_line,
        ))),
        None => Arc::new(Inspecting::new(inspector, limits, render)),
    }
}

/// Writes answers, and shows how far the scan is.
struct Taking<'a, 'w> {
    writing: &'a mut Writing<'w>,
    progress: &'a Progress,
}

impl scan::Take for Taking<'_, '_> {
    fn take(&mut self, answer: &Answer, summary: &Summary) -> io::Result<()> {
        self.writing.take(answer, summary)?;
        self.progress.show(answer);
        Ok(())
    }

    fn idle(&mut self) -> io::Result<()> {
        self.writing.output.idle()
    }
}

/// What is done with each answer.
struct Writing<'a> {
    report: &'a dyn Report,
    output: Output<'a>,
    keeping: Option<Keeping>,
    fail_on: Option<Action>,
    /// The exit, if the answers until now were all.
    seen: Exit,
}

impl Writing<'_> {
    fn begin(&mut self, append: bool) -> io::Result<()> {
        match append {
            // What an output begins with, it has from the first time.
            true => Ok(()),
            false => self.output.begin(),
        }
    }

    fn take(&mut self, answer: &Answer, summary: &Summary) -> io::Result<()> {
        self.output
            .take(answer, || kept(self.keeping.as_ref(), answer))?;
        if let Some(keeping) = &mut self.keeping {
            keeping.take(answer)?;
        }
        self.seen = Exit::of(summary, self.fail_on);
        Ok(())
    }

    /// Ends the report; says where it went if that is not where it was asked for.
    fn finish(
        self,
        summary: Summary,
        work: &Work,
        quiet: bool,
    ) -> io::Result<(Summary, Option<PathBuf>)> {
        let beside = self.output.finish(&summary)?;
        if let Some(keeping) = self.keeping {
            let verify = work.state.as_ref().is_some_and(|state| state.verify);
            keeping.finish(&summary, &self.report.tail(&summary), verify, quiet)?;
        }
        Ok((summary, beside))
    }
}

/// What was kept of the image that an answer is of.
fn kept(keeping: Option<&Keeping>, answer: &Answer) -> Option<Kept> {
    match keeping {
        Some(keeping) => keeping.kept(answer),
        None => Kept::from_bytes(answer.keep.as_deref()?).ok(),
    }
}

/// Tells of a scan that ended in another way than it should.
fn tell(summary: &Summary, work: &Work, progress: &Progress, output: Option<(&Path, &Path)>) {
    if summary.inputs == 0 && !summary.interrupted {
        eprintln!("provscan: there was nothing to look at: no file was found that is wanted");
    }
    if summary.interrupted {
        let told = interrupt::told(&progress.inputs(), work.state.is_some(), output);
        eprintln!("provscan: {told}");
    }
}

/// What it comes to when an answer could not be written.
fn broke_off(error: io::Error, seen: Exit, output: Option<&Path>) -> anyhow::Result<Exit> {
    match error.kind() {
        // The reader has what it wanted. What was seen until then still counts, and the rest was not checked.
        io::ErrorKind::BrokenPipe => Ok(match seen {
            Exit::Clear => Exit::Incomplete,
            seen => seen,
        }),
        _ if state::is_of_a_state(&error) => Err(error.into()),
        _ => Err(error).with_context(|| cannot_write("results", output)),
    }
}

/// The words for an answer that did not get where it should.
pub(crate) fn cannot_write(what: &str, output: Option<&Path>) -> String {
    let target = output.map_or_else(
        || "standard output".to_owned(),
        |path| path.display().to_string(),
    );
    format!("{target}: the {what} could not be written")
}

pub(crate) fn fail_on(word: &str) -> Option<Action> {
    word.parse().ok()
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
