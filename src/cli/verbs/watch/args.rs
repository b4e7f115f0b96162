//! What `watch` accepts.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::args::{FilterArgs, InspectArgs};
use crate::logs::args::LogArgs;

#[derive(Args)]
pub(crate) struct WatchArgs {
    /// Folders, watched with all that is in them
    #[arg(required = true, value_name = "FOLDER")]
    pub(crate) folders: Vec<PathBuf>,
    /// Check the files that are there already, too
    #[arg(long, help_heading = "Inputs")]
    pub(crate) existing: bool,
    /// How long a file stays unchanged before it is read; one that is given its name when it is whole is read at once
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, help_heading = "Inputs")]
    pub(crate) settle: Duration,
    /// How often the folders are gone through, for what the system did not tell, as on shares of other machines; 0 for never
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 600,
        help_heading = "Inputs"
    )]
    pub(crate) rewalk: u64,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Workers; 0 for one a core
    #[arg(
        long,
        short = 'j',
        default_value_t = 0,
        value_name = "N",
        help_heading = "Work"
    )]
    pub(crate) threads: usize,
    /// Decode every picture
    #[arg(long, help_heading = "Work")]
    pub(crate) thorough: bool,
    /// Remember files in this database: with --existing, what did not change since the last run is not read again
    #[arg(long, value_name = "FILE", help_heading = "State")]
    pub(crate) state: Option<PathBuf>,
    /// Move files that reach --fail-on into this folder; nothing there is overwritten, and the record says where a file went
    #[arg(long, value_name = "DIR", help_heading = "Flagged files")]
    pub(crate) move_flagged: Option<PathBuf>,
    /// Run this program for files that reach --fail-on, with the record on its standard input; words are separated by blanks and
    /// may be quoted, and no shell sees them
    #[arg(long, value_name = "COMMAND", help_heading = "Flagged files")]
    pub(crate) hook: Option<String>,
    /// Longest that the hook may take for one file
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        help_heading = "Flagged files"
    )]
    pub(crate) hook_time: u64,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) inspect: InspectArgs,
}

/// Seconds, with a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let duration = duration.filter(|duration| duration.as_secs() <= 86_400);
    duration.ok_or_else(|| "it is no number of seconds, such as 0.5 or 2".to_owned())
}
