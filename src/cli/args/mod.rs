//! What the command line accepts: a file for what a verb accepts, and for groups of flags that verbs share.

mod check;
mod fetch;
mod filter;
mod hash;
mod inspect;
mod limits;
mod report;
mod scan;
mod serve;
mod serving;
pub(crate) mod values;
mod work;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::logs::args::LogArgs;
use crate::verbs::audit::args::AuditVerb;
use crate::verbs::list::args::ListVerb;
use crate::verbs::trust::args::TrustVerb;
#[cfg(feature = "watch")]
use crate::verbs::watch::args::WatchArgs;

pub(crate) use check::CheckArgs;
pub(crate) use fetch::FetchArgs;
pub(crate) use filter::FilterArgs;
pub(crate) use hash::HashArgs;
pub(crate) use inspect::{EngineArgs, InspectArgs};
pub(crate) use limits::LimitArgs;
pub(crate) use report::ReportArgs;
pub(crate) use scan::ScanArgs;
pub(crate) use serve::ServeArgs;
pub(crate) use serving::ServingArgs;
pub(crate) use work::WorkArgs;

/// Tells where an image comes from, and says how it knows.
///
/// Reads content credentials (C2PA), the marks that generators leave, and hashes, and compares them with lists of known
/// images. Works offline unless --online, --fetch-from, `trust update` or the address of an object store asks for the network; nothing of an image is
/// sent even then.
#[derive(Parser)]
#[command(name = "provscan", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) global: Global,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was checked and nothing reached --fail-on
  1  at least one image reached --fail-on
  2  wrong usage or set-up, or the results could not be written
  3  nothing reached --fail-on, but some inputs could not be checked
  130  interrupted before every input was checked";

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Inspect single files: a page on each, in plain words
    Check(Box<CheckArgs>),
    /// Inspect folders and lists of files, in parallel
    Scan(Box<ScanArgs>),
    /// Check files as they appear in folders, and print a record of each
    #[cfg(feature = "watch")]
    Watch(Box<WatchArgs>),
    /// Answer requests from a message broker (NATS JetStream, Redis Streams)
    Work(Box<WorkArgs>),
    /// Answer over HTTP: images and hashes in, records out
    Serve(Box<ServeArgs>),
    /// Make a report of a scan that was stored: a page to look through, a table, totals
    Report(ReportArgs),
    /// Print hashes of images, so that a hash can be shared and never the image
    Hash(HashArgs),
    /// Compile, describe, compare, convert and search lists of known images
    #[command(subcommand)]
    List(ListVerb),
    /// Install, show and refresh the lists of those whose signatures are trusted
    #[command(subcommand)]
    Trust(TrustVerb),
    /// Check logs of what was judged, and say how far they go
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Say what a code means, what it proves and what it does not
    Explain(ExplainArgs),
    /// Show or check the rules that lead from evidence to a verdict
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Print shell completions, the manual page, or the JSON Schema of records
    #[command(subcommand)]
    Generate(GenerateVerb),
}

impl Verb {
    /// What a verb that runs for long accepts about its log.
    pub(crate) fn log(&self) -> Option<&LogArgs> {
        match self {
            #[cfg(feature = "watch")]
            Self::Watch(args) => Some(&args.log),
            Self::Work(args) => Some(&args.serving.log),
            Self::Serve(args) => Some(&args.serving.log),
            _ => None,
        }
    }
}

#[derive(Args)]
pub(crate) struct Global {
    /// Colour the output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Show no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Take flags that are not given from this file [env: PROVSCAN_CONFIG]
    #[arg(long = "config", global = true, value_name = "FILE")]
    _config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A code, claim or verdict from a report, or a part of a code; without it, every code is listed
    pub(crate) code: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum PolicyVerb {
    /// Print the built-in policy
    Show,
    /// Check a policy file
    Check {
        /// The policy
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum GenerateVerb {
    /// Completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page (roff)
    Man,
    /// The JSON Schema of records
    Schema,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        super::Cli::command().debug_assert();
    }
}
