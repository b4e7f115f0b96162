//! `report`: a report of a scan that was stored.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use provscan::Inspection;
use provscan::reports::{Assembly, ReplayError, Report, ReportOptions, replay, safe, stored_lines};
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
    let sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;
    match write(report.as_ref(), sources, &selection, sink) {
        Ok(summary) => Ok(Exit::of(&summary, run::fail_on(&args.fail_on))),
        // The reader has what it wanted; the rest was not looked at.
        Err(ReplayError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Exit::Incomplete)
        }
        Err(ReplayError::Write(error)) => Err(error).with_context(cannot_write),
        Err(error) => Err(error.into()),
    }
}

/// Writes the report of all sources; gives what their scans came to.
fn write(
    report: &dyn Report,
    sources: Vec<Source>,
    selection: &Selection,
    mut sink: Box<dyn Sink>,
) -> Result<Summary, ReplayError> {
    let mut assembly = report.assembly();
    assembly.begin(&mut sink)?;
    let mut summary = Summary::default();
    for source in sources {
        let part = source.replay(|name, inspection| match selection.wants(inspection) {
            true => add(
                assembly.as_mut(),
                &report.record(name, inspection),
                &mut sink,
            ),
            false => Ok(()),
        })?;
        summary.join(part);
    }
    assembly.end(&summary, &mut sink)?;
    sink.finish()?;
    Ok(summary)
}

/// Some inputs have nothing to say in some forms.
fn add(assembly: &mut dyn Assembly, record: &[u8], sink: &mut dyn Write) -> io::Result<()> {
    match record.is_empty() {
        true => Ok(()),
        false => assembly.add(record, sink),
    }
}

/// A stored scan, open.
struct Source {
    path: PathBuf,
    lines: Box<dyn BufRead>,
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

    /// Hands on every record; gives what the scan came to.
    fn replay(
        self,
        each: impl FnMut(&Name, &Inspection) -> io::Result<()>,
    ) -> Result<Summary, ReplayError> {
        let name = Name::new(self.path.as_os_str());
        let part = replay(&name, stored_lines(self.lines), each)?;
        if let Some(broken) = &part.broken {
            eprintln!("provscan: {}: {broken}", safe(&name.to_text()));
        }
        Ok(part.summary)
    }
}
