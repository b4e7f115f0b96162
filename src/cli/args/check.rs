//! What `check` accepts.

use std::ffi::OsString;

use clap::Args;

use super::InspectArgs;

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// Images; `-` reads one from standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<OsString>,
    /// Draw the whole history that content credentials tell: what was made from what, by whom and with what
    #[arg(long, help_heading = "Output")]
    pub(crate) tree: bool,
    #[command(flatten)]
    pub(crate) inspect: InspectArgs,
}
