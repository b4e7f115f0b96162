//! `scan`: folders and lists of files, in parallel.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use provscan::fingerprints::Kind;
use provscan::quarantine::QuarantineOptions;
use provscan::sources::{self, Inputs, Separator, SourceOptions, lines_from};

use crate::args::{Global, ScanArgs};
use crate::exit::Exit;
use crate::interrupt;
use crate::progress::Progress;
use crate::run::select::Selection;
use crate::run::state::{OwnFiles, Remembered};
use crate::run::{self, Work, output};
use crate::stores;

const NO_TABLES: &str = "--column and --hash-column: this build reads no Parquet; one that is built with the feature parquet does (`cargo build --release --ignore-rust-version --features parquet`)";

pub(crate) fn run(args: ScanArgs, global: &Global) -> anyhow::Result<Exit> {
    can_be_done(&args)?;
    let report = output::kind(&args.inspect.format, false)?;
    let options = source_options(&args)?;
    let listed = listed(&args, &options)?;
    // A store is not asked twice for all that it holds.
    let countable = listed.is_none() && !args.paths.iter().any(|path| sources::is_address(path));
    let mut progress = Progress::new(global.quiet, &args.paths, &options, countable);
    let stop = Arc::new(AtomicBool::new(false));
    let listed = listed.map(|listed| {
        let name = args.files_from.clone().unwrap_or_default();
        interrupt::until(Arc::clone(&stop), name, listed)
    });
    let own = OwnFiles::of(
        args.state.as_deref(),
        [
            args.inspect.output.as_deref(),
            args.inspect.audit.audit.as_deref(),
        ],
    );
    let work = work(&args, stop);
    let paths = args
        .paths
        .into_iter()
        .flat_map(move |path| sources::walk(&path, &options));
    let inputs = paths
        .chain(listed.into_iter().flatten())
        .filter(move |input| !own.is(input));
    run::run(&args.inspect, global, report, inputs, work, &mut progress)
}

/// Says no to what does not go together, with the way out.
fn can_be_done(args: &ScanArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        !args.paths.iter().any(|path| path == Path::new("-")),
        "scan takes folders, archives and files; `provscan check -` reads an image from standard input, `--files-from -` a list of paths"
    );
    anyhow::ensure!(
        !(args.group && args.append && args.state.is_some()),
        "scan --group changes records that were appended before, when a new image looks like an old one; leave out --append or --group"
    );
    Ok(())
}

/// How the inputs are gone through, and what is shown of them.
fn work(args: &ScanArgs, stop: Arc<AtomicBool>) -> Work {
    Work {
        threads: args.threads,
        ordered: !args.unordered,
        thorough: args.thorough,
        selection: Selection::new(&args.select, args.no_other_files),
        quarantine: QuarantineOptions {
            files: (args.quarantine > 0).then_some(args.quarantine),
            ..QuarantineOptions::default()
        },
        stop: Some(stop),
        state: args.state.clone().map(|file| Remembered {
            file,
            verify: args.verify,
            keep_prints: !args.no_fingerprints,
        }),
        group: args.group,
        append: args.append,
        ..Work::default()
    }
}

/// The inputs of a list of paths, if one was named.
fn listed(args: &ScanArgs, options: &SourceOptions) -> anyhow::Result<Option<Inputs>> {
    let Some(path) = &args.files_from else {
        return Ok(None);
    };
    let separator = match args.null {
        true => Separator::Nul,
        false => Separator::Line,
    };
    let paths = lines_from(list(path)?, separator, &options.limits);
    Ok(Some(sources::listed(path, paths, options)))
}

/// The list of paths, opened.
fn list(path: &Path) -> anyhow::Result<Box<dyn BufRead + Send>> {
    Ok(match path {
        path if path == Path::new("-") => Box::new(BufReader::new(io::stdin())),
        path => Box::new(BufReader::new(
            File::open(path).with_context(|| path.display().to_string())?,
        )),
    })
}

/// How the sources are gone through.
fn source_options(args: &ScanArgs) -> anyhow::Result<SourceOptions> {
    let mut filter = args.filter.filter()?;
    if let Some(shard) = args.shard {
        filter.set_shard(shard);
    }
    Ok(SourceOptions {
        folder: args.filter.folder(),
        filter,
        limits: args.inspect.limits.limits(),
        column: column(args)?,
        hash_columns: hash_columns(args)?,
        no_requests: args.state.is_some(),
        stores: stores::settings(args.endpoint.as_deref())?,
    })
}

/// The column of Parquet tables that holds images.
fn column(args: &ScanArgs) -> anyhow::Result<Option<String>> {
    anyhow::ensure!(
        args.column.is_none() || cfg!(feature = "parquet"),
        NO_TABLES
    );
    Ok(args.column.clone())
}

/// The columns of Parquet tables that hold hashes.
fn hash_columns(args: &ScanArgs) -> anyhow::Result<Vec<(Kind, String)>> {
    anyhow::ensure!(
        args.hash_column.is_empty() || cfg!(feature = "parquet"),
        NO_TABLES
    );
    let mut columns = Vec::new();
    for given in &args.hash_column {
        let wrong = || format!("--hash-column {given}: expected KIND=NAME, such as sha256=digest");
        let (kind, name) = given.split_once('=').with_context(wrong)?;
        let kind: Kind = kind.parse().with_context(wrong)?;
        anyhow::ensure!(
            columns.iter().all(|(other, _)| *other != kind),
            "--hash-column: two columns of {kind} hashes; an image has one, so name one"
        );
        columns.push((kind, name.to_owned()));
    }
    Ok(columns)
}
