//! What verbs that answer requests share: `serve` and `work`.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;
use provscan::{Limits, Settings};

use super::{EngineArgs, FetchArgs, LimitArgs};
use crate::logs::args::LogArgs;
use crate::verbs::audit::args::AuditArgs;

#[derive(Args)]
#[cfg_attr(
    not(all(feature = "server", feature = "queue")),
    allow(dead_code, reason = "a build without these verbs says so")
)]
pub(crate) struct ServingArgs {
    /// Images that are inspected at once; 0 for one a core
    #[arg(
        long,
        short = 'j',
        value_name = "N",
        default_value_t = 0,
        help_heading = "Work"
    )]
    threads: usize,
    /// Look for changed lists, trust and policy every so many seconds; 0 to wait for SIGHUP
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        help_heading = "Work"
    )]
    reload_every: u64,
    /// Show what tells of a person: prompts, names of authors, numbers of accounts
    #[arg(long, help_heading = "Output")]
    pub(crate) show_personal: bool,
    /// Longest that one image may take, in seconds, and one second more for each 2 MiB of it; 0 for no limit
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        help_heading = "Limits"
    )]
    max_time: u64,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) fetch: FetchArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) audit: AuditArgs,
}

#[cfg_attr(
    not(all(feature = "server", feature = "queue")),
    allow(dead_code, reason = "a build without these verbs says so")
)]
impl ServingArgs {
    /// Images that are inspected at once.
    pub(crate) fn threads(&self) -> usize {
        match self.threads {
            0 => available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        }
    }

    /// How often to look for changed files.
    pub(crate) fn reload_every(&self) -> Option<Duration> {
        seconds(self.reload_every)
    }

    /// How long an image may take, and longer the longer it is.
    pub(crate) fn max_time(&self) -> Option<Duration> {
        seconds(self.max_time)
    }

    /// Settings for images, within these limits.
    pub(crate) fn settings(&self, limits: Limits) -> Settings {
        Settings {
            limits,
            show_personal: self.show_personal,
            ..Settings::default()
        }
    }
}

/// No time is for no limit.
fn seconds(seconds: u64) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
