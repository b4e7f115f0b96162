//! `scan`: folders and lists of files, in parallel.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use provscan::error::{Fault, FaultKind};
use provscan::quarantine::QuarantineOptions;
use provscan::sources::{FolderOptions, Input, Separator, folder, paths_from};

use crate::args::{Global, ScanArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Progress;
use crate::run::select::Selection;
use crate::run::state::{OwnFiles, Remembered};
use crate::run::{self, Work};

pub(crate) fn run(args: ScanArgs, global: &Global) -> anyhow::Result<Exit> {
    anyhow::ensure!(
        !args.paths.iter().any(|path| path == Path::new("-")),
        "scan takes folders and files; `provscan check -` reads an image from standard input, `--files-from -` a list of paths"
    );
    anyhow::ensure!(
        !(args.group && args.state.is_some()),
        "scan --group needs the hashes of every image of this scan, and those that --state spares were not looked at; leave one of the two out"
    );
    let report = run::report(&args.inspect.format, false)?;
    let options = FolderOptions {
        follow_links: args.follow_links,
        skip_hidden: args.skip_hidden,
    };
    let separator = if args.null {
        Separator::Nul
    } else {
        Separator::Line
    };
    let listed = args
        .files_from
        .as_deref()
        .map(|path| listed(path, separator))
        .transpose()?;
    let mut progress = Progress::new(global.quiet, &args.paths, options, listed.is_none());
    let paths = args
        .paths
        .into_iter()
        .flat_map(move |path| folder(&path, options));
    let stop = Arc::new(AtomicBool::new(false));
    let listed = listed.map(|listed| interrupt::until(Arc::clone(&stop), listed));
    let appended = args.inspect.output.as_deref().filter(|_| args.append);
    let own = OwnFiles::of(args.state.as_deref(), appended);
    let inputs = paths
        .chain(listed.into_iter().flatten())
        .filter(move |input| !own.is(input));
    run::run(
        &args.inspect,
        global,
        report,
        inputs,
        Work {
            threads: args.threads,
            ordered: !args.unordered,
            thorough: args.thorough,
            selection: Selection::new(&args.select),
            quarantine: QuarantineOptions {
                files: (args.quarantine > 0).then_some(args.quarantine),
                ..QuarantineOptions::default()
            },
            stop: Some(stop),
            state: args.state.map(|file| Remembered {
                file,
                verify: args.verify,
                keep_prints: !args.no_fingerprints,
            }),
            group: args.group,
            append: args.append,
            ..Work::default()
        },
        &mut progress,
    )
}

/// The inputs that a list of paths names. A list that breaks off is an input that was lost, not the end of it.
fn listed(
    list: &Path,
    separator: Separator,
) -> anyhow::Result<impl Iterator<Item = Input> + Send + use<>> {
    let reader: Box<dyn BufRead + Send> = match list {
        list if list == Path::new("-") => Box::new(BufReader::new(io::stdin())),
        list => Box::new(BufReader::new(
            File::open(list).with_context(|| list.display().to_string())?,
        )),
    };
    let name = PathBuf::from(list);
    let mut broken = false;
    Ok(
        paths_from(reader, separator).map_while(move |path| match path {
            _ if broken => None,
            Ok(path) => Some(Input::file(path).stamped()),
            Err(error) => {
                broken = true;
                Some(Input::lost(
                    &name,
                    Fault::new(
                        FaultKind::Unreadable,
                        format!("the list of paths broke off: {error}"),
                    ),
                ))
            }
        }),
    )
}
