//! What `report` accepts.

use std::path::PathBuf;

use clap::Args;
use provscan::fingerprints::Kind;

use super::values::{report_name, threshold};
use crate::keys::KeyArgs;

#[derive(Args)]
pub(crate) struct ReportArgs {
    /// What `scan --format jsonl` wrote, or a state of `scan --state`; several are joined, `-` reads jsonl from standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// Compare what a state holds with this list, without the files, and with no other (repeatable)
    #[arg(long = "list", value_name = "FILE", help_heading = "States")]
    pub(crate) lists: Vec<PathBuf>,
    /// Largest distance in bits at which hashes of a kind match, for every list (repeatable)
    #[arg(long, value_name = "KIND=BITS", value_parser = threshold, requires = "lists", help_heading = "States")]
    pub(crate) threshold: Vec<(Kind, u32)>,
    /// Judge by these rules what was found or is found by --list [env: PROVSCAN_POLICY, where records are judged again]
    #[arg(long, value_name = "FILE", help_heading = "States")]
    pub(crate) policy: Option<PathBuf>,
    /// Set an entry of a list aside once its picture hash matched more different files than these, and 5 % of all; 0 for never
    #[arg(long, value_name = "N", default_value_t = 100, help_heading = "States")]
    pub(crate) quarantine: u64,
    /// Show, too, what the last scan with a state did not meet any more, all of it in the order of paths
    #[arg(long, help_heading = "States")]
    pub(crate) gone: bool,
    /// Say of each image which others look like it, in all states that are named
    #[arg(long, help_heading = "States")]
    pub(crate) group: bool,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    /// Form of the report
    #[arg(long, short, default_value = "text", value_name = "FORM", value_parser = report_name())]
    pub(crate) format: String,
    /// Write the report to this file; it gets its name when it is whole
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show only records with this verdict, claim or code, such as do-not-train; the totals count all (repeatable)
    #[arg(long, value_name = "WORD", value_parser = crate::run::select::word)]
    pub(crate) select: Vec<String>,
    /// Leave out the records of files that are no images, video, sound or documents; the totals and the exit code count them
    #[arg(long)]
    pub(crate) no_other_files: bool,
    /// Exit with 1 when an image's action reaches this; what could not be checked gives 3 all the same
    #[arg(long, value_name = "ACTION", default_value = "review", value_parser = ["label", "review", "block", "never"])]
    pub(crate) fail_on: String,
}
