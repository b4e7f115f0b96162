//! The command line: reads arguments, calls the library, says what went wrong.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the program that prints"
)]

mod args;
mod config;
mod exit;
mod interrupt;
mod keys;
mod logs;
mod progress;
mod run;
mod stores;
mod units;
mod verbs;

use std::process::ExitCode;

fn main() -> ExitCode {
    let code = exit::code(config::parse().and_then(verbs::answer));
    logs::end();
    code
}
