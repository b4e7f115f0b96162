//! What can be asked for: a file per verb, and which one it is.

pub(crate) mod audit;
pub(crate) mod check;
mod explain;
mod generate;
mod hash;
pub(crate) mod list;
mod policy;
mod report;
mod scan;
mod serve;
pub(crate) mod trust;
#[cfg(feature = "watch")]
pub(crate) mod watch;
mod work;

use crate::args::{Cli, Verb};
use crate::exit::Exit;
use crate::logs;

/// Does what was asked for.
///
/// # Errors
/// It could not be begun, or not be finished.
pub(crate) fn answer(cli: Cli) -> anyhow::Result<Exit> {
    if let Some(log) = cli.verb.log() {
        logs::begin(log, cli.global.quiet)?;
    }
    match cli.verb {
        Verb::Check(args) => check::run(*args, &cli.global),
        Verb::Scan(args) => scan::run(*args, &cli.global),
        #[cfg(feature = "watch")]
        Verb::Watch(args) => watch::run(*args, &cli.global),
        Verb::Work(args) => work::run(&args),
        Verb::Serve(args) => serve::run(*args),
        Verb::Report(args) => report::run(args, &cli.global),
        Verb::Hash(args) => hash::run(args),
        Verb::List(args) => list::run(args, &cli.global),
        Verb::Trust(verb) => trust::run(verb),
        Verb::Audit(verb) => audit::run(verb),
        Verb::Explain(args) => explain::run(args),
        Verb::Policy(args) => policy::run(args),
        Verb::Generate(args) => generate::run(args),
    }
}
