//! `report`: a report of a scan that was stored.

#[cfg(feature = "sqlite")]
mod state;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use provscan::reports::{ReplayError, replay, safe, stored_lines};
use provscan::scan::Summary;
use provscan::sinks;
use provscan::sources::Name;

use crate::args::{Global, ReportArgs};
use crate::exit::Exit;
use crate::run::output::{self, Output};
use crate::run::select::Selection;
use crate::run::state::is_of_a_state;
use crate::run::{self, cannot_write};

/// Large enough that reading millions of lines is few calls.
const BUFFER: usize = 1 << 18;

/// What every database of SQLite begins with.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";

pub(crate) fn run(args: ReportArgs, global: &Global) -> anyhow::Result<Exit> {
    let kind = output::kind(&args.format, false)?;
    let states = state::States::new(&args)?;
    let sources: Vec<Source> = args
        .sources
        .iter()
        .map(|path| Source::open(path))
        .collect::<anyhow::Result<_>>()?;
    for source in &sources {
        source.can_answer(&args)?;
    }
    let selection = Selection::new(&args.select, args.no_other_files);
    let report = output::report(kind, global, args.output.as_deref(), &selection);
    let cannot_write = || cannot_write("report", args.output.as_deref());
    let sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;
    let output = Output::new(report.as_ref(), selection, args.group, sink)?;
    match write(output, sources, &states) {
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

/// Writes the report of all sources; gives what their scans came to.
fn write(
    mut output: Output<'_>,
    sources: Vec<Source>,
    states: &state::States,
) -> Result<Summary, ReplayError> {
    output.begin()?;
    let mut summary = Summary::default();
    for source in sources {
        summary.join(match source {
            Source::Lines(path, stored) => lines(&path, stored, &mut output)?,
            Source::State(state) => states.replay(&state, &mut output)?,
        });
    }
    output.finish(&summary)?;
    Ok(summary)
}

/// Hands on every record of `jsonl`.
fn lines(
    path: &Path,
    lines: Box<dyn BufRead>,
    output: &mut Output<'_>,
) -> Result<Summary, ReplayError> {
    let name = Name::new(path.as_os_str());
    let part = replay(&name, stored_lines(lines), |name, inspection| {
        output.record(name, inspection)
    })?;
    broke_off(path, part.broken.as_deref());
    Ok(part.summary)
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

    use super::{Output, Path, ReportArgs};

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
            _: &mut Output<'_>,
        ) -> Result<Summary, ReplayError> {
            match *state {}
        }
    }
}
