//! `list export`: a list in another form.

use anyhow::Context as _;
use provscan::lists::{ListKind, ListOptions, formats};
use provscan::sinks;

use super::args::ExportArgs;
use super::open;
use crate::exit::Exit;
use crate::run;

pub(super) fn run(args: &ExportArgs) -> anyhow::Result<Exit> {
    let list = open(&args.file, &args.keys.keys()?)?;
    anyhow::ensure!(!list.has_filter(), "{}: {}", list.name(), super::FILTER);
    let write = formats::named(&args.format).and_then(|format| format.write);
    let write = write.context("this form of list cannot be written")?;
    let options = ListOptions {
        name: Some(list.name().to_owned()),
        ..list.options().clone()
    };
    if list.kind() != ListKind::KnownBad
        && !matches!(args.format.as_str(), "jsonl" | "threatexchange")
    {
        eprintln!(
            "provscan: a list in the form {} cannot say that it is of the kind {}; say so again when you import it",
            args.format,
            list.kind()
        );
    }
    let cannot_write = || run::cannot_write("list", args.output.as_deref());
    let mut sink = sinks::private(args.output.as_deref()).with_context(cannot_write)?;
    write(&options, &mut list.entries(), &mut sink)
        .and_then(|()| sink.finish())
        .with_context(cannot_write)?;
    Ok(Exit::Clear)
}
