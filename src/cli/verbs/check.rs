//! `check`: single files, a page on each.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use provscan::Limits;
use provscan::sources::{self, Input, SourceOptions};

use crate::args::{CheckArgs, Global};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::run::{self, Work, output};
use crate::stores;

pub(crate) fn run(args: CheckArgs, global: &Global) -> anyhow::Result<Exit> {
    let limits = args.inspect.limits.limits();
    let report = output::kind(&args.inspect.format, true)?;
    // A pool of a worker for each core would take longer to start than one file takes.
    let threads = usize::from(args.files.len() == 1);
    let options = SourceOptions {
        limits: limits.clone(),
        stores: stores::settings(None)?,
        ..SourceOptions::default()
    };
    let is_no_file = |path: &Path| sources::is_within(path) || sources::is_address(path);
    let inputs = args
        .files
        .into_iter()
        .flat_map(move |name| match is_no_file(Path::new(&name)) {
            true => sources::walk(Path::new(&name), &options),
            false => Box::new(std::iter::once(input(name, &limits))),
        });
    run::run(
        &args.inspect,
        global,
        report,
        inputs,
        Work {
            threads,
            ordered: true,
            history: args.tree,
            thorough: true,
            ..Work::default()
        },
        &mut Progress::none(),
    )
}

/// A named file, or standard input under the name `-`.
pub(crate) fn input(name: OsString, limits: &Limits) -> Input {
    if name != OsStr::new("-") {
        return Input::file(name);
    }
    match sources::read_limited(io::stdin().lock(), 0, limits) {
        Ok(bytes) => Input::memory("-", bytes),
        Err(fault) => Input::lost(Path::new("-"), fault),
    }
}
