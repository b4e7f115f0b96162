//! What verbs that run for long accept about their logs.

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;

#[derive(Args)]
pub(crate) struct LogArgs {
    /// Form of the lines on standard error: for people, or an object a line
    #[arg(long, value_name = "FORM", value_enum, default_value_t = LogFormat::Text, help_heading = "Log")]
    pub(crate) log_format: LogFormat,
    /// Least grave of what is told there [default: info, and warn with --quiet]
    #[arg(long, value_name = "LEVEL", value_enum, help_heading = "Log")]
    pub(crate) log_level: Option<LogLevel>,
    /// Tell names of inputs there, too, and what callers call them; the level debug does so anyway
    #[arg(long, help_heading = "Log")]
    pub(crate) log_names: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl LogArgs {
    pub(super) fn level(&self, quiet: bool) -> LevelFilter {
        match self.log_level {
            Some(LogLevel::Error) => LevelFilter::ERROR,
            Some(LogLevel::Warn) => LevelFilter::WARN,
            Some(LogLevel::Info) => LevelFilter::INFO,
            Some(LogLevel::Debug) => LevelFilter::DEBUG,
            None if quiet => LevelFilter::WARN,
            None => LevelFilter::INFO,
        }
    }
}
