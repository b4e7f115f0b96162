//! `report`: a report of a scan that was stored.

#[cfg(feature = "sqlite")]
mod state;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use provscan::Inspection;
use provscan::reports::{Assembly, ReplayError, Report, ReportOptions, replay, safe, stored_lines};
use provscan::scan::Summary;
use provscan::sinks::{self, Sink};
use provscan::sources::Name;

use crate::args::{Global, ReportArgs};
use crate::exit::Exit;
use crate::run::groups::Groups;
use crate::run::select::Selection;
use crate::run::state::is_of_a_state;
use crate::run::{self, cannot_write};

/// Large enough that reading millions of lines is few calls.
const BUFFER: usize = 1 << 18;

/// What every database of SQLite begins with.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";

pub(crate) fn run(args: ReportArgs, global: &Global) -> anyhow::Result<Exit> {
    let kind = run::report(&args.format, false)?;
    let states = state::States::new(&args)?;
    let sources: Vec<Source> = args
        .sources
        .iter()
        .map(|path| Source::open(path))
        .collect::<anyhow::Result<_>>()?;
    for source in &sources {
        source.can_answer(&args)?;
    }
    let report = (kind.make)(ReportOptions {
        color: run::color(global.color, args.output.is_some()),
        asked_for: args.select.clone(),
    });
    let cannot_write = || cannot_write("report", args.output.as_deref());
    let sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;
    let writing = Writing {
        report: report.as_ref(),
        assembly: report.assembly(),
        groups: args.group.then(Groups::begin).transpose()?,
        selection: Selection::new(&args.select, args.no_other_files),
        sink,
    };
    match writing.all(sources, &states) {
        Ok(summary) => Ok(Exit::of_stored(&summary, run::fail_on(&args.fail_on))),
        // The reader has what it wanted; the rest was not looked at.
        Err(ReplayError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Exit::Incomplete)
        }
        Err(ReplayError::Write(error)) if is_of_a_state(&error) => Err(error.into()),
        Err(ReplayError::Write(error)) => Err(error).with_context(cannot_write),
        Err(error) => Err(error.into()),
    }
}

/// A report that is being written.
struct Writing<'a> {
    report: &'a dyn Report,
    assembly: Box<dyn Assembly + 'a>,
    groups: Option<Groups>,
    selection: Selection,
    sink: Box<dyn Sink>,
}

impl Writing<'_> {
    /// Writes the report of all sources; gives what their scans came to.
    fn all(mut self, sources: Vec<Source>, states: &state::States) -> Result<Summary, ReplayError> {
        self.assembly.begin(&mut self.sink)?;
        let mut summary = Summary::default();
        for source in sources {
            summary.join(match source {
                Source::Lines(path, lines) => self.lines(&path, lines)?,
                Source::State(state) => states.replay(&state, &mut self)?,
            });
        }
        if let Some(groups) = self.groups.take() {
            groups.finish(|name, inspection| self.record(name, inspection))?;
        }
        self.assembly.end(&summary, &mut self.sink)?;
        self.sink.finish()?;
        Ok(summary)
    }

    /// Hands on every record of `jsonl`.
    fn lines(&mut self, path: &Path, lines: Box<dyn BufRead>) -> Result<Summary, ReplayError> {
        let name = Name::new(path.as_os_str());
        let part = replay(&name, stored_lines(lines), |name, inspection| {
            self.record(name, inspection)
        })?;
        broke_off(path, part.broken.as_deref());
        Ok(part.summary)
    }

    fn record(&mut self, name: &Name, inspection: &Inspection) -> io::Result<()> {
        match self.selection.wants(inspection) {
            true => self.add(&self.report.record(name, inspection)),
            false => Ok(()),
        }
    }

    /// Some inputs have nothing to say in some forms.
    fn add(&mut self, record: &[u8]) -> io::Result<()> {
        match record.is_empty() {
            true => Ok(()),
            false => self.assembly.add(record, &mut self.sink),
        }
    }
}

/// Tells that a stored scan is not all of a scan.
fn broke_off(path: &Path, why: Option<&str>) {
    if let Some(why) = why {
        let name = Name::new(path.as_os_str()).to_text();
        eprintln!("provscan: {}: {why}", safe(&name));
    }
}

/// A stored scan, open.
enum Source {
    Lines(PathBuf, Box<dyn BufRead>),
    State(Box<state::State>),
}

impl Source {
    fn open(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            let lines = BufReader::with_capacity(BUFFER, io::stdin());
            return Ok(Self::Lines(path.to_owned(), Box::new(lines)));
        }
        let named = || path.display().to_string();
        let mut file = File::open(path).with_context(named)?;
        // Pipes are no databases, and what was read of them is gone.
        if file.metadata().with_context(named)?.is_file() {
            let mut begin = Vec::new();
            let length = DATABASE.len() as u64;
            (&mut file)
                .take(length)
                .read_to_end(&mut begin)
                .with_context(named)?;
            if begin == DATABASE {
                return Ok(Self::State(Box::new(state::State::open(path)?)));
            }
            file.rewind().with_context(named)?;
        }
        let lines = BufReader::with_capacity(BUFFER, file);
        Ok(Self::Lines(path.to_owned(), Box::new(lines)))
    }

    /// Whether it holds what the arguments ask for.
    fn can_answer(&self, args: &ReportArgs) -> anyhow::Result<()> {
        let Self::Lines(path, _) = self else {
            return Ok(());
        };
        let asked = [
            ("--list", !args.lists.is_empty()),
            ("--policy", args.policy.is_some()),
            ("--gone", args.gone),
            ("--group", args.group),
        ];
        for (flag, asked) in asked {
            anyhow::ensure!(
                !asked,
                "{}: {flag} needs what only a state holds; name the state of the scan (`provscan scan --state FILE` makes one), or scan again",
                path.display()
            );
        }
        Ok(())
    }
}

#[cfg(not(feature = "sqlite"))]
mod state {
    use provscan::reports::ReplayError;
    use provscan::scan::Summary;

    use super::{Path, ReportArgs, Writing};

    pub(super) struct States;

    /// There is none in this program.
    pub(super) enum State {}

    impl State {
        pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
            anyhow::bail!(
                "{}: this program was built without databases; build it with the feature `sqlite`, which is on by default",
                path.display()
            )
        }
    }

    impl States {
        pub(super) fn new(_: &ReportArgs) -> anyhow::Result<Self> {
            Ok(Self)
        }

        pub(super) fn replay(
            &self,
            state: &State,
            _: &mut Writing<'_>,
        ) -> Result<Summary, ReplayError> {
            match *state {}
        }
    }
}
