//! What the command line accepts about trust.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use provscan::trust::{ListOrigin, PUBLISHED, TrustKind};

/// Whom `check` and `scan` trust.
#[derive(Args)]
pub(crate) struct TrustArgs {
    /// Trust signers whose certificates lead to a root in this file: PEM, or the JSON form of the C2PA lists (repeatable)
    /// [env: PROVSCAN_TRUST_ANCHORS]
    #[arg(long, value_name = "FILE", help_heading = "Trust")]
    pub(crate) trust_anchors: Vec<PathBuf>,
    /// Trust time-stamps whose certificates lead to a root in this file (repeatable) [env: PROVSCAN_TSA_ANCHORS]
    #[arg(long, value_name = "FILE", help_heading = "Trust")]
    pub(crate) tsa_anchors: Vec<PathBuf>,
    /// Trust the very signing certificates in this file: PEM, or lines of base64 SHA-256 (repeatable) [env: PROVSCAN_ALLOWED_LIST]
    #[arg(long, value_name = "FILE", help_heading = "Trust")]
    pub(crate) allowed_list: Vec<PathBuf>,
    /// Take certificates with the key usages in this file too: object identifiers, one a line (repeatable) [env: PROVSCAN_TRUST_CONFIG]
    #[arg(long, value_name = "FILE", help_heading = "Trust")]
    pub(crate) trust_config: Vec<PathBuf>,
    /// Trust nobody: use neither the installed lists (in the folder of `provscan trust show`, or [env: PROVSCAN_TRUST_DIR])
    /// nor those of the environment
    #[arg(long, help_heading = "Trust", conflicts_with_all = ["trust_anchors", "tsa_anchors", "allowed_list", "trust_config"])]
    pub(crate) no_trust: bool,
}

#[derive(Subcommand)]
pub(crate) enum TrustVerb {
    /// Install trust lists from files: every later check and scan uses them
    Import(ImportArgs),
    /// Say which trust lists are installed, how old they are, and how to get them
    Show(ShowArgs),
    /// Say who signed a file's manifest, and which list that one is on, or why none; exits with 1 where it is none
    Check(CheckArgs),
    /// Fetch the published lists anew
    Update(UpdateArgs),
    /// Take an installed list away, with its earlier versions
    Remove {
        /// Its name, as `show` gives it
        name: String,
    },
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The list: PEM, the JSON form of the C2PA lists, an allowed list, or a file of key usages
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Whose list it is; results name it by this word
    #[arg(long = "as", value_name = "LIST", value_parser = PossibleValuesParser::new(ListOrigin::ALL.map(ListOrigin::as_str)))]
    pub(crate) origin: String,
    /// What a list of yours is trusted for, where its content does not tell
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(TrustKind::ALL.map(TrustKind::as_str)))]
    pub(crate) kind: Option<String>,
    /// The name of a list of yours; without one the file's
    #[arg(long)]
    pub(crate) name: Option<String>,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The file; `-` reads it from standard input
    pub(crate) file: OsString,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// Form of the answer
    #[arg(long, short, value_enum, default_value_t = Form::Text, value_name = "FORM")]
    pub(crate) format: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Text,
    Json,
}

#[derive(Args)]
pub(crate) struct UpdateArgs {
    /// Lists; without one, all that are published
    #[arg(value_name = "LIST", value_parser = PossibleValuesParser::new(PUBLISHED.iter().map(|list| list.origin.as_str())))]
    pub(crate) lists: Vec<String>,
}
