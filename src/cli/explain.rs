//! `explain`: what a code means.

use std::io::Write as _;

use provscan::evidence::Code;
use provscan::signals::{self, SignalKind};
use provscan::sinks;

use crate::args::ExplainArgs;
use crate::exit::Exit;

pub(crate) fn run(args: ExplainArgs) -> anyhow::Result<Exit> {
    let text = match args.code.as_deref() {
        None => contents(""),
        Some(name) => match signals::code(name) {
            Some((kind, code)) => page(kind, code),
            None => {
                let similar = contents(name);
                anyhow::ensure!(
                    !similar.is_empty(),
                    "no signal reports a code `{name}`; `provscan explain` lists them all"
                );
                similar
            }
        },
    };
    let mut sink = sinks::to(None)?;
    sink.write_all(text.as_bytes())?;
    sink.finish()?;
    Ok(Exit::Clear)
}

/// Every code that begins like this, by signal.
fn contents(beginning: &str) -> String {
    let mut text = String::new();
    for kind in signals::ALL {
        let codes: Vec<&Code> = kind
            .codes
            .iter()
            .filter(|code| code.name.starts_with(beginning))
            .collect();
        if !codes.is_empty() {
            text += &format!("{}: {}\n", kind.name, kind.about);
            text.extend(
                codes
                    .iter()
                    .map(|code| format!("  {:<26} {}\n", code.name, code.summary)),
            );
        }
    }
    text
}

fn page(kind: &SignalKind, code: &Code) -> String {
    let Code {
        name,
        claim,
        summary,
        proves,
        limits,
        error_rate,
        next,
    } = code;
    format!(
        "{name}\n  {summary}\n\nIt says          {claim}\nIt comes from    {} ({})\n\nWhat it establishes\n  {proves}\n\nWhat it leaves open\n  {limits}\n\nHow often it is wrong\n  {error_rate}\n\nWhat you can do\n  {next}\n",
        kind.name, kind.about
    )
}
