//! `report`: a report of a scan that was stored.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use provscan::reports::{Assembly, ReplayError, Report, ReportOptions, replay, stored_lines};
use provscan::scan::Summary;
use provscan::sinks::{self, Sink};
use provscan::sources::Name;

use crate::args::{Global, ReportArgs};
use crate::exit::Exit;
use crate::run::select::Selection;
use crate::run::{self, cannot_write};

/// Large enough that reading millions of lines is few calls.
const BUFFER: usize = 1 << 18;

pub(crate) fn run(args: ReportArgs, global: &Global) -> anyhow::Result<Exit> {
    let kind = run::report(&args.format, false)?;
    let sources: Vec<Source> = args
        .sources
        .iter()
        .map(|path| Source::open(path))
        .collect::<anyhow::Result<_>>()?;
    let selection = Selection::new(&args.select);
    let report = (kind.make)(ReportOptions {
        color: run::color(global.color, args.output.is_some()),
        asked_for: selection.words().to_vec(),
    });
    let cannot_write = || cannot_write("report", args.output.as_deref());
    let mut sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;
    let mut assembly = report.assembly();
    assembly.begin(&mut sink).with_context(cannot_write)?;
    let mut summary = Summary::default();
    for source in sources {
        let shown = Shown {
            report: report.as_ref(),
            assembly: assembly.as_mut(),
            selection: &selection,
            sink: sink.as_mut(),
        };
        match source.replay(shown) {
            Ok(part) => summary.join(part),
            Err(ReplayError::Write(error)) => return Err(error).with_context(cannot_write),
            Err(error) => return Err(error.into()),
        }
    }
    assembly
        .end(&summary, &mut sink)
        .with_context(cannot_write)?;
    sink.finish().with_context(cannot_write)?;
    Ok(Exit::of(&summary, run::fail_on(&args.fail_on)))
}

/// A stored scan, open.
struct Source {
    path: PathBuf,
    lines: Box<dyn BufRead>,
}

/// Where records go, and which.
struct Shown<'a> {
    report: &'a dyn Report,
    assembly: &'a mut dyn Assembly,
    selection: &'a Selection,
    sink: &'a mut dyn Sink,
}

impl Source {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let lines: Box<dyn BufRead> = match path == Path::new("-") {
            true => Box::new(BufReader::with_capacity(BUFFER, io::stdin())),
            false => {
                let file = File::open(path).with_context(|| path.display().to_string())?;
                Box::new(BufReader::with_capacity(BUFFER, file))
            }
        };
        Ok(Self {
            path: path.to_owned(),
            lines,
        })
    }

    /// Renders every record that is wanted; gives what the scan came to.
    fn replay(self, mut shown: Shown<'_>) -> Result<Summary, ReplayError> {
        let name = Name::new(self.path.as_os_str());
        let part = replay(&name, stored_lines(self.lines), |name, inspection| {
            if !shown.selection.wants(inspection) {
                return Ok(());
            }
            let rendered = shown.report.record(name, inspection);
            shown.assembly.add(&rendered, &mut shown.sink)
        })?;
        if let Some(broken) = &part.broken {
            eprintln!("provscan: {}: {broken}", self.path.display());
        }
        Ok(part.summary)
    }
}
