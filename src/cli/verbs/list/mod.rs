//! `list`: hash lists, compiled, described, compared, written and searched.

pub(crate) mod args;
mod describe;
mod diff;
mod export;
mod import;
mod intake;
mod search;

use std::io::Write as _;
use std::path::Path;

use provscan::error::SetupError;
use provscan::lists::{Keys, List, OpenOptions};
use provscan::reports::safe;
use provscan::sinks;

use crate::args::Global;
use crate::exit::Exit;
use args::{ListVerb, LookArgs};

/// Why a list cannot become a part of another, or be written in another form.
const FILTER: &str =
    "it holds a Bloom filter, whose entries cannot be listed; use it as a list of its own";

pub(crate) fn run(verb: ListVerb, global: &Global) -> anyhow::Result<Exit> {
    match verb {
        ListVerb::Import(args) => import::import(&args, global),
        ListVerb::Merge(args) => import::merge(&args, global),
        ListVerb::Info(args) => look(&args, |list, _| Ok(describe::page(list))),
        ListVerb::Verify(args) => look(&args, verified),
        ListVerb::Diff(args) => diff::run(&args),
        ListVerb::Export(args) => export::run(&args),
        ListVerb::Search(args) => search::run(&args),
    }
}

/// A list as it is.
fn open(path: &Path, keys: &Keys) -> Result<List, SetupError> {
    let options = OpenOptions {
        keys: keys.clone(),
        ..OpenOptions::default()
    };
    List::open(path, options)
}

/// Says something of each list.
fn look(
    args: &LookArgs,
    say: impl Fn(&List, &Path) -> anyhow::Result<String>,
) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    let mut sink = sinks::to(None)?;
    for file in &args.files {
        sink.write_all(say(&open(file, &keys)?, file)?.as_bytes())?;
    }
    sink.finish()?;
    Ok(Exit::Clear)
}

/// That a list is as it was written.
fn verified(list: &List, path: &Path) -> anyhow::Result<String> {
    let place = path.display().to_string();
    let pages = list.compiled().verify();
    let pages = pages.map_err(|damaged| anyhow::anyhow!("{place}: {damaged}"))?;
    Ok(format!(
        "{}: {}, {pages} pages as they were written\n  digest: {}\n",
        safe(&place),
        describe::entries(list.len()),
        list.compiled().digest()
    ))
}
