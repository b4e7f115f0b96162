//! `watch`: files that appear in folders, as they come.

pub(crate) mod args;
pub(crate) mod flagged;
mod hook;
mod put_aside;
pub(crate) mod told;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use provscan::sources::{Input, Place, SourceOptions, WatchOptions, Watching};

use crate::args::Global;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::run::state::{OwnFiles, Remembered};
use crate::run::{self, Work, output};
use args::WatchArgs;
use flagged::Flagged;

pub(crate) fn run(args: WatchArgs, global: &Global) -> anyhow::Result<Exit> {
    // What never ends is a stream of lines.
    anyhow::ensure!(
        matches!(args.inspect.format.as_str(), "text" | "jsonl"),
        "watch writes JSON Lines, the form in which records can be read while it goes on; leave out --format or choose jsonl"
    );
    let report = output::kind("jsonl", false)?;
    let stop = Arc::new(AtomicBool::new(false));
    let own = OwnFiles::of(
        args.state.as_deref(),
        [
            args.inspect.output.as_deref(),
            args.inspect.audit.audit.as_deref(),
        ],
    );
    let flagged = Flagged::begin(&args)?;
    let aside = flagged.folder().map(Path::to_owned);
    let inputs = Watching::start(&args.folders, options(&args)?, Arc::clone(&stop))?;
    tracing::info!(folders = args.folders.len(), "watching");
    let inputs = inputs.filter(move |input| !own.is(input) && !lies_in(input, aside.as_deref()));
    let work = Work {
        threads: args.threads,
        thorough: args.thorough,
        stop: Some(stop),
        lasting: true,
        append: args.inspect.output.is_some(),
        state: args.state.clone().map(|file| Remembered {
            file,
            verify: false,
            keep_prints: true,
        }),
        flagged: Some(flagged),
        ..Work::default()
    };
    let mut progress = Progress::none();
    run::run(&args.inspect, global, report, inputs, work, &mut progress)
}

fn options(args: &WatchArgs) -> anyhow::Result<WatchOptions> {
    Ok(WatchOptions {
        source: SourceOptions {
            folder: args.filter.folder(),
            filter: args.filter.filter()?,
            limits: args.inspect.limits.limits(),
            ..SourceOptions::default()
        },
        settle: args.settle,
        existing: args.existing,
        rewalk: (args.rewalk > 0).then(|| Duration::from_secs(args.rewalk)),
    })
}

/// Whether an input lies in the folder that flagged files are moved to.
fn lies_in(input: &Input, folder: Option<&Path>) -> bool {
    let (Place::File(path), Some(folder)) = (&input.place, folder) else {
        return false;
    };
    let parent = path.parent().map(PathBuf::from).unwrap_or_default();
    parent
        .canonicalize()
        .is_ok_and(|parent| parent.starts_with(folder))
}
