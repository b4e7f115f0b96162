//! What `scan` accepts.

use std::path::PathBuf;

use clap::Args;

use super::{FilterArgs, InspectArgs};

/// What object stores are reached with.
const STORES: &str = "\
Object stores (s3://, gs://, az://), in builds with the feature object-store, are reached with what these variables say:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION, AWS_SKIP_SIGNATURE
  GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SKIP_SIGNATURE
  AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_SKIP_SIGNATURE";

#[derive(Args)]
#[command(after_help = STORES)]
pub(crate) struct ScanArgs {
    /// Folders, archives (zip, tar, tar.gz; or what lies in one: photos.zip!/a.jpg) and files; {0..9} counts through numbers
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read paths of files, archives and what lies in them from this file, one a line; `-` for standard input.
    /// They are taken as they are: {0..9} is counted through only where it is named as PATH
    #[arg(long, value_name = "FILE", help_heading = "Inputs")]
    pub(crate) files_from: Option<PathBuf>,
    /// Paths are separated by NUL bytes, as from `find -print0`
    #[arg(
        short = '0',
        long = "null",
        requires = "files_from",
        help_heading = "Inputs"
    )]
    pub(crate) null: bool,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Column of Parquet tables that holds images, in builds that read them; without this it is told by its form
    #[arg(long, value_name = "NAME", help_heading = "Inputs")]
    pub(crate) column: Option<String>,
    /// Column of Parquet tables that holds hashes of this kind, such as sha256=digest (repeatable); without this, those that are
    /// called like a kind are. A row without an image is compared with lists by them
    #[arg(long, value_name = "KIND=NAME", help_heading = "Inputs")]
    pub(crate) hash_column: Vec<String>,
    /// Ask this server in place of the store's own, in builds that reach object stores: http://127.0.0.1:9000; for s3:// also by
    /// its variable [env: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", help_heading = "Inputs")]
    pub(crate) endpoint: Option<String>,
    /// Scan only this part, such as 2/8 for the second of eight: what is in a part depends on nothing but names below PATH
    #[arg(long, value_name = "I/N", help_heading = "Inputs")]
    pub(crate) shard: Option<provscan::sources::Shard>,
    /// Workers; 0 for one a core
    #[arg(
        long,
        short = 'j',
        default_value_t = 0,
        value_name = "N",
        help_heading = "Work"
    )]
    pub(crate) threads: usize,
    /// Print records as they come, not in the order of the inputs
    #[arg(long, help_heading = "Work")]
    pub(crate) unordered: bool,
    /// Decode every picture, to compare it with its thumbnails, and to look for watermarks in what looks like a camera's file,
    /// too: `check` always does, a scan only where a list holds picture hashes
    #[arg(long, help_heading = "Work")]
    pub(crate) thorough: bool,
    /// Say of each image which others of this scan look like it; records come when the last image was seen
    #[arg(long, conflicts_with = "unordered", help_heading = "Work")]
    pub(crate) group: bool,
    /// Set an entry of a list aside once its picture hash matched more different files than these, and 5 % of all; 0 for never
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        help_heading = "Known images"
    )]
    pub(crate) quarantine: u64,
    /// Remember files in this database: what did not change is not read again, and a scan that was stopped goes on where it
    /// was. Name the same paths in the same way each time: up and ./up are two
    #[arg(long, value_name = "FILE", help_heading = "State")]
    pub(crate) state: Option<PathBuf>,
    /// Read every file, and tell by its content whether it is the one that was remembered
    #[arg(long, requires = "state", help_heading = "State")]
    pub(crate) verify: bool,
    /// Keep no hashes for lists to come, so that pictures need not be decoded for them; other lists then read the files again
    #[arg(long, requires = "state", help_heading = "State")]
    pub(crate) no_fingerprints: bool,
    /// Append records to the file of --output, as jsonl or csv; with --state only those that are new or changed
    #[arg(long, requires = "output", help_heading = "Output")]
    pub(crate) append: bool,
    /// Print only records with this verdict, claim or code, such as do-not-train; the summary counts all (repeatable)
    #[arg(long, value_name = "WORD", value_parser = crate::run::select::word, help_heading = "Output")]
    pub(crate) select: Vec<String>,
    /// Leave out the records of files that are no images, video, sound or documents; the summary and the exit code count them
    #[arg(long, help_heading = "Output")]
    pub(crate) no_other_files: bool,
    #[command(flatten)]
    pub(crate) inspect: InspectArgs,
}
