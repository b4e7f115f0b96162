//! What the command line accepts about audit logs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use provscan::audit::Head;

/// Whether answers are put down in an audit log, wherever images are judged.
#[derive(Args)]
pub(crate) struct AuditArgs {
    /// Add every answer to this audit log before it is given: when, by whom, which lists and policy, the image's SHA-256 and
    /// the verdict
    #[arg(long, value_name = "FILE", help_heading = "Audit log")]
    pub(crate) audit: Option<PathBuf>,
    /// Who has images judged, such as the name of a service, beside the user and the machine
    #[arg(
        long,
        value_name = "NAME",
        requires = "audit",
        help_heading = "Audit log"
    )]
    pub(crate) audit_actor: Option<String>,
    /// Put down the names of files, too
    #[arg(long, requires = "audit", help_heading = "Audit log")]
    pub(crate) audit_names: bool,
    /// Seal the log's records with the secret in this file, so that who owns the log cannot write it anew
    #[arg(
        long,
        value_name = "FILE",
        requires = "audit",
        help_heading = "Audit log"
    )]
    pub(crate) audit_key: Option<PathBuf>,
    /// Where the log is new: go on from this one, which was full or put away
    #[arg(
        long,
        value_name = "FILE",
        requires = "audit",
        help_heading = "Audit log"
    )]
    pub(crate) audit_after: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum AuditVerb {
    /// Say whether audit logs are as they were written; exits with 1 where they are not
    Verify(VerifyArgs),
    /// Print how far an audit log goes, as HASH/COUNT, to be kept elsewhere for `verify`
    Head {
        /// The log
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The log; several that go on from one another, oldest first
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The record of which this is what `head` printed has to be there: tells whether records are missing at the end
    #[arg(long, value_name = "HASH/COUNT")]
    pub(crate) expect: Option<Head>,
    /// Check seals with the secret in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) audit_key: Option<PathBuf>,
}
