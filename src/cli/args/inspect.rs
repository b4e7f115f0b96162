//! What is accepted wherever images are inspected.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use provscan::fingerprints::Kind;
use provscan::signals;

use super::LimitArgs;
use super::values::{report_name, threshold};
use crate::keys::KeyArgs;
use crate::units;
use crate::verbs::audit::args::AuditArgs;
use crate::verbs::trust::args::TrustArgs;

/// What `check` and `scan` share.
#[derive(Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) audit: AuditArgs,
    /// Exit with 1 when an image's action reaches this; what could not be checked gives 3 all the same
    #[arg(long, value_name = "ACTION", default_value = "review", value_parser = ["label", "review", "block", "never"], help_heading = "Verdict")]
    pub(crate) fail_on: String,
    /// Form of the report
    #[arg(long, short, default_value = "text", value_name = "FORM", value_parser = report_name(), help_heading = "Output")]
    pub(crate) format: String,
    /// Write the report to this file; it gets its name when it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Show what tells of a person: prompts, names of authors, numbers of accounts
    #[arg(long, help_heading = "Output")]
    pub(crate) show_personal: bool,
    /// Longest that one file may take, such as 90s or 2m, and one second more for each 2 MiB of it; 0 for no limit
    #[arg(
        long,
        value_name = "TIME",
        default_value = "60s",
        value_parser = units::time,
        help_heading = "Limits"
    )]
    pub(crate) max_time: Duration,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// What looks at images, and what judges what they show.
#[derive(Args)]
pub(crate) struct EngineArgs {
    /// Compare with this list of known images (repeatable) [env: PROVSCAN_LIST]
    #[arg(long = "list", value_name = "FILE", help_heading = "Known images")]
    pub(crate) lists: Vec<PathBuf>,
    /// Largest distance in bits at which hashes of a kind match, for every list (repeatable)
    #[arg(long, value_name = "KIND=BITS", value_parser = threshold, help_heading = "Known images")]
    pub(crate) threshold: Vec<(Kind, u32)>,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    /// Fetch content credentials that are stored elsewhere, over HTTPS; their servers learn that you asked
    #[arg(long, help_heading = "Network")]
    pub(crate) online: bool,
    /// Rules from evidence to verdict and action, in place of the built-in ones [env: PROVSCAN_POLICY]
    #[arg(long, value_name = "FILE", help_heading = "Verdict")]
    pub(crate) policy: Option<PathBuf>,
    /// Use only this signal (repeatable)
    #[arg(long = "signal", value_name = "NAME", value_parser = signal_name(), help_heading = "Work")]
    pub(crate) signals: Vec<String>,
    /// Leave out this signal, such as watermark, for which pictures are decoded (repeatable)
    #[arg(long, value_name = "NAME", value_parser = signal_name(), help_heading = "Work")]
    pub(crate) without: Vec<String>,
}

/// Names of signals.
fn signal_name() -> PossibleValuesParser {
    PossibleValuesParser::new(signals::ALL.iter().map(|kind| kind.name))
}
