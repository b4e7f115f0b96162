//! The command line: reads arguments, calls the library, says what went wrong.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the program that prints"
)]

mod args;
mod audit;
mod check;
mod config;
mod exit;
mod explain;
mod generate;
mod hash;
mod interrupt;
mod keys;
mod list;
mod logs;
mod policy;
mod progress;
mod report;
mod run;
mod scan;
mod serve;
mod stores;
mod trust;
mod units;
#[cfg(feature = "watch")]
mod watch;
mod work;

use std::process::ExitCode;

use args::{Cli, Verb};
use exit::Exit;

fn main() -> ExitCode {
    let code = exit::code(config::parse().and_then(answer));
    logs::end();
    code
}

fn answer(cli: Cli) -> anyhow::Result<Exit> {
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
