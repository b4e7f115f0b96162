//! `generate`: completions, the manual page and the JSON Schema.

use std::io::Write as _;

use clap::CommandFactory;
use provscan::{reports, sinks};

use crate::args::{Cli, GenerateVerb};
use crate::exit::Exit;

pub(crate) fn run(verb: GenerateVerb) -> anyhow::Result<Exit> {
    let mut command = Cli::command();
    let mut text = Vec::new();
    match verb {
        GenerateVerb::Completions { shell } => {
            clap_complete::generate(shell, &mut command, "provscan", &mut text)
        }
        GenerateVerb::Man => manual(command, &mut text)?,
        GenerateVerb::Schema => text.extend_from_slice(reports::SCHEMA.as_bytes()),
    }
    let mut sink = sinks::to(None)?;
    sink.write_all(&text)?;
    sink.finish()?;
    Ok(Exit::Clear)
}

/// The program's page, then one section a verb.
fn manual(mut command: clap::Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    command.build();
    clap_mangen::Man::new(command.clone()).render(text)?;
    for verb in command
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help")
    {
        clap_mangen::Man::new(verb.clone()).render(text)?;
    }
    Ok(())
}
