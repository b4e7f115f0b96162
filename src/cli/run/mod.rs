//! What `check` and `scan` share: settings from arguments, then inputs in and a report out.

mod audit;
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
use provscan::audit::Auditor;
use provscan::evidence::Action;
use provscan::inspect::Kept;
use provscan::quarantine::QuarantineOptions;
use provscan::reports::{Report, ReportKind, record_line};
use provscan::scan::{self, Answer, Inspecting, Job, ScanOptions, Summary, Taker};
use provscan::sinks::{self, Sink};
use provscan::sources::{Input, Name};
use provscan::{Inspection, Settings};

use crate::args::{Global, InspectArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::logs;
use crate::progress::Progress;
use audit::{Auditing, with_draft};
use engine::Engine;
use output::Output;
use select::Selection;
use state::{Ending, Keeping, Remembered};

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
    /// What is rendered goes through an audit log.
    pub(crate) audited: bool,
    /// Inputs come until a signal ends them: what was begun then is finished, and each record is written at once.
    pub(crate) lasting: bool,
    /// What is done with images that reach `--fail-on`.
    #[cfg(feature = "watch")]
    pub(crate) flagged: Option<crate::verbs::watch::flagged::Flagged>,
}

/// Inspects the inputs and writes the report.
pub(crate) fn run(
    args: &InspectArgs,
    global: &Global,
    form: &ReportKind,
    inputs: impl Iterator<Item = Input> + Send,
    mut work: Work,
    progress: &mut Progress,
) -> anyhow::Result<Exit> {
    let engine = Engine::load(&args.engine, settings(args, &work))?;
    let auditor = crate::verbs::audit::open(&args.audit, &engine)?;
    work.audited = auditor.is_some();
    let mut keeping = Keeping::open(&work, &engine)?;
    let output = args.output.as_deref();
    let report: Arc<dyn Report> = Arc::from(output::report(form, global, output, &work.selection));
    if let Some(stop) = &work.stop {
        interrupt::listen(stop).context("signals cannot be handled")?;
    }
    let sink = sink(output, &work, &mut keeping, form.name, report.as_ref())?;
    let job = job(
        &engine,
        &work,
        keeping.as_ref(),
        (form.name, &report),
        auditor.as_ref(),
    );
    let (inputs, options) = (progress.counted(inputs), scan_options(args, &work));
    let mut writing = Writing {
        report: report.as_ref(),
        output: Output::new(report.as_ref(), work.selection.clone(), work.group, sink)?,
        keeping,
        auditing: auditor.map(Auditing::new),
        progress,
        lasting: work.lasting,
        #[cfg(feature = "watch")]
        flagged: work.flagged.take(),
        fail_on: fail_on(&args.fail_on),
        seen: Exit::Clear,
    };
    let scanned = writing
        .begin(work.append)
        .and_then(|()| scan::scan_to(job, inputs, &options, &mut writing));
    writing.progress.end();
    let (seen, fail_on) = (writing.seen, writing.fail_on);
    match scanned.and_then(|summary| writing.finish(summary, &work, global.quiet)) {
        Ok((summary, progress, beside)) => {
            if output.is_some() && summary.inputs > 0 && !global.quiet {
                logs::say(format_args!("{}", output::totals(&summary)));
            }
            tell(&summary, &work, progress, output.zip(beside.as_deref()));
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
        // Inputs that last end by themselves.
        stop: work.stop.clone().filter(|_| !work.lasting),
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
    (form, report): (&str, &Arc<dyn Report>),
    auditor: Option<&Auditor>,
) -> Arc<dyn Job> {
    let (inspector, limits) = (
        Arc::clone(&engine.inspector),
        engine.settings.limits.clone(),
    );
    let (selection, report) = (work.selection.clone(), Arc::clone(report));
    let render = move |name: &Name, inspection: &Inspection| {
        selection.record(report.as_ref(), name, inspection)
    };
    let render = with_draft(auditor, render);
    let record = with_draft(auditor, record_line);
    match keeping {
        // Records that wait for their groups are rendered when they have them.
        Some(keeping) if work.group => keeping.job(engine, work, "jsonl", record),
        Some(keeping) => keeping.job(engine, work, form, render),
        None if work.group => Arc::new(scan::Keeping(Inspecting::new(inspector, limits, record))),
        None => Arc::new(Inspecting::new(inspector, limits, render)),
    }
}

/// What is done with each answer.
struct Writing<'a> {
    report: &'a dyn Report,
    output: Output<'a>,
    keeping: Option<Keeping>,
    auditing: Option<Auditing>,
    progress: &'a mut Progress,
    lasting: bool,
    #[cfg(feature = "watch")]
    flagged: Option<crate::verbs::watch::flagged::Flagged>,
    fail_on: Option<Action>,
    /// The exit, if the answers until now were all.
    seen: Exit,
}

impl Taker for &mut Writing<'_> {
    fn take(&mut self, answer: &Answer, summary: &Summary) -> io::Result<()> {
        let seen = Exit::of(summary, self.fail_on);
        self.progress.show(answer);
        let Some(auditing) = &mut self.auditing else {
            return self.give(answer, seen);
        };
        match auditing.take(answer, seen) {
            true => self.through_the_log(),
            false => Ok(()),
        }
    }

    fn lull(&mut self) -> io::Result<()> {
        self.through_the_log()?;
        match self.lasting {
            true => self.flush(),
            false => self.output.idle(),
        }
    }
}

impl<'a> Writing<'a> {
    fn begin(&mut self, append: bool) -> io::Result<()> {
        match append {
            // What an output begins with, it has from the first time.
            true => Ok(()),
            false => self.output.begin(),
        }
    }

    /// Gives answers out whose lines in the audit log are on the disk now.
    fn through_the_log(&mut self) -> io::Result<()> {
        let Some(auditing) = &mut self.auditing else {
            return Ok(());
        };
        for (answer, seen) in auditing.through()? {
            self.give(&answer, seen)?;
        }
        Ok(())
    }

    /// Has all that was written reach whoever reads it.
    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()?;
        match &mut self.keeping {
            Some(keeping) => keeping.commit(),
            None => Ok(()),
        }
    }

    /// Gives an answer out, after seeing to what is flagged.
    fn give(&mut self, answer: &Answer, seen: Exit) -> io::Result<()> {
        #[cfg(feature = "watch")]
        if self.lasting {
            crate::verbs::watch::told::judged(answer);
        }
        #[cfg(feature = "watch")]
        if let Some(flagged) = &mut self.flagged
            && let Some(rendered) = flagged.see_to(answer)
        {
            let keep = answer.keep.clone();
            let answer = Answer {
                rendered,
                keep,
                doubtful: None,
                ..*answer
            };
            return self.write(&answer, seen);
        }
        self.write(answer, seen)
    }

    /// Writes an answer.
    fn write(&mut self, answer: &Answer, seen: Exit) -> io::Result<()> {
        self.output
            .take(answer, || kept(self.keeping.as_ref(), answer))?;
        if let Some(keeping) = &mut self.keeping {
            keeping.take(answer)?;
        }
        self.seen = seen;
        Ok(())
    }

    /// Ends the report; says where it went if that is not where it was asked for.
    fn finish(
        mut self,
        summary: Summary,
        work: &Work,
        quiet: bool,
    ) -> io::Result<(Summary, &'a Progress, Option<PathBuf>)> {
        self.through_the_log()?;
        let beside = self.output.finish(&summary)?;
        if let Some(keeping) = self.keeping {
            let ending = Ending {
                verify: work.state.as_ref().is_some_and(|state| state.verify),
                quiet,
                // What a watch did not meet is not gone for that.
                is_whole: !summary.interrupted && !self.lasting,
            };
            keeping.finish(&summary, &self.report.tail(&summary), ending)?;
        }
        Ok((summary, self.progress, beside))
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
    if summary.inputs == 0 && !summary.interrupted && !work.lasting {
        logs::warn(format_args!(
            "there was nothing to look at: no file was found that is wanted"
        ));
    }
    if summary.interrupted {
        let told = interrupt::told(&progress.inputs(), work.state.is_some(), output);
        logs::warn(format_args!("{told}"));
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
        _ if state::is_of_a_state(&error) || audit::is_of_a_log(&error) => Err(error.into()),
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
