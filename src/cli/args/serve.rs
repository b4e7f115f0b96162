//! What `serve` accepts.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::ServingArgs;

#[derive(Args)]
#[cfg_attr(
    not(feature = "server"),
    allow(dead_code, reason = "a build without it says so")
)]
pub(crate) struct ServeArgs {
    /// Address and port to answer at; any other than this machine's own needs --tokens
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        help_heading = "Service"
    )]
    pub(crate) listen: SocketAddr,
    /// Answer under this name, too, as in the Host header of requests (repeatable)
    #[arg(long = "allow-host", value_name = "NAME", help_heading = "Service")]
    pub(crate) allow_hosts: Vec<String>,
    /// Answer only who shows one of the tokens in this file, one a line; it is read again when it changes
    #[arg(long, value_name = "FILE", help_heading = "Service")]
    pub(crate) tokens: Option<PathBuf>,
    /// Once asked to end, finish what is in hand for so many seconds at most
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        help_heading = "Service"
    )]
    pub(crate) drain_time: u64,
    /// Most requests that are worked on or wait at once; others are told to come again
    #[arg(long, value_name = "N", default_value_t = 64, help_heading = "Limits")]
    pub(crate) max_in_flight: usize,
    /// Most of them with the same token
    #[arg(long, value_name = "N", requires = "tokens", help_heading = "Limits")]
    pub(crate) max_per_token: Option<usize>,
    /// Most open connections; others wait to be taken
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1024,
        help_heading = "Limits"
    )]
    pub(crate) max_connections: usize,
    /// Longest that the head of a request may take, and that its body may stay behind 64 KiB a second, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..), help_heading = "Limits")]
    pub(crate) read_time: u64,
    #[command(flatten)]
    pub(crate) serving: ServingArgs,
}
