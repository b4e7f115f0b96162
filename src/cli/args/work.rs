//! What `work` accepts.

use std::path::PathBuf;

use clap::Args;

use super::ServingArgs;

#[derive(Args)]
#[cfg_attr(
    not(feature = "queue"),
    allow(dead_code, reason = "only a build with a broker has a use for them")
)]
pub(crate) struct WorkArgs {
    /// Address of the broker: nats://, or tls:// for TLS; redis://, or rediss:// for TLS
    #[arg(
        long,
        value_name = "URL",
        default_value = "nats://127.0.0.1:4222",
        help_heading = "Broker"
    )]
    pub(crate) server: String,
    /// Credentials: a file of nsc, or one line that is user:password or a token; they are not taken from the command line
    #[arg(long, value_name = "FILE", help_heading = "Broker")]
    pub(crate) creds: Option<PathBuf>,
    /// Trust these authorities for TLS, instead of those of the system (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Broker")]
    pub(crate) tls_authorities: Option<PathBuf>,
    /// The stream that holds the requests, with NATS; with Redis --subject is the stream
    #[arg(
        long,
        value_name = "NAME",
        default_value = "PROVSCAN",
        help_heading = "Broker"
    )]
    pub(crate) stream: String,
    /// The subject of the requests
    #[arg(
        long,
        value_name = "NAME",
        default_value = "provscan.requests",
        help_heading = "Broker"
    )]
    pub(crate) subject: String,
    /// The subject that records are published under
    #[arg(
        long,
        value_name = "NAME",
        default_value = "provscan.results",
        help_heading = "Broker"
    )]
    pub(crate) results: String,
    /// The subject under which it is told which messages got no record, and why
    #[arg(
        long,
        value_name = "NAME",
        default_value = "provscan.dead",
        help_heading = "Broker"
    )]
    pub(crate) dead_letter: String,
    /// The durable consumer, or with Redis the group; workers that name the same one share the requests
    #[arg(
        long,
        value_name = "NAME",
        default_value = "provscan",
        help_heading = "Broker"
    )]
    pub(crate) durable: String,
    /// Make the streams if they are not there: they keep what they have for 7 days, and drop repeats for 10 minutes
    #[arg(long, help_heading = "Broker")]
    pub(crate) create: bool,
    /// Hand a message out again when no worker gave a sign of life for so many seconds; counts when the consumer is made
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400), help_heading = "Broker")]
    pub(crate) ack_wait: u64,
    /// Requests may name files in this folder, and nothing outside of it; without it they may name none
    #[arg(long, value_name = "DIR", help_heading = "Inputs")]
    pub(crate) root: Option<PathBuf>,
    /// Most messages in hand at a time; each may be as long as the server's max_payload
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Work")]
    pub(crate) max_in_flight: u16,
    /// Give a message up that was handed out so often without an answer
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..), help_heading = "Work")]
    pub(crate) max_deliveries: u64,
    /// End when no message is left, instead of waiting for more
    #[arg(long, help_heading = "Work")]
    pub(crate) until_empty: bool,
    /// Do no work, but publish each line of this file as a request; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["print", "until_empty"], help_heading = "The other end")]
    pub(crate) send: Option<PathBuf>,
    /// Do no work, but print what was published and is kept, a line each
    #[arg(long, value_name = "WHAT", value_parser = ["results", "dead"], conflicts_with = "until_empty", help_heading = "The other end")]
    pub(crate) print: Option<String>,
    /// Form of what is published: records as they are, or as actions for Osprey
    #[arg(long, value_name = "FORM", value_parser = ["plain", "osprey"], default_value = "plain", help_heading = "Output")]
    pub(crate) envelope: String,
    /// Decode every picture for what its pixels tell, also where metadata make that unlikely; it takes longer
    #[arg(long, help_heading = "Work")]
    pub(crate) thorough: bool,
    #[command(flatten)]
    pub(crate) serving: ServingArgs,
}
