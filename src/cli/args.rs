//! What the command line accepts.

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use provscan::asset::Budget;
use provscan::fingerprints::{self, Kind};
use provscan::lists::formats;
use provscan::{reports, signals};

use crate::keys::KeyArgs;
use crate::list::args::ListVerb;
use crate::trust::args::{TrustArgs, TrustVerb};
use crate::units;

/// Tells where an image comes from, and says how it knows.
///
/// Reads content credentials (C2PA), the marks that generators leave, and hashes, and compares them with lists of known
/// images. Works offline unless --online or `trust update` asks for the network; nothing of an image is sent even then.
#[derive(Parser)]
#[command(name = "provscan", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) global: Global,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  everything was checked and nothing reached --fail-on
  1  at least one image reached --fail-on
  2  wrong usage or set-up, or the results could not be written
  3  nothing reached --fail-on, but some inputs could not be checked
  130  interrupted before every input was checked";

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Inspect single files: a page on each, in plain words
    Check(CheckArgs),
    /// Inspect folders and lists of files, in parallel
    Scan(ScanArgs),
    /// Make a report of a scan that was stored: a page to look through, a table, totals
    Report(ReportArgs),
    /// Print hashes of images, so that a hash can be shared and never the image
    Hash(HashArgs),
    /// Compile, describe, compare, convert and search lists of known images
    #[command(subcommand)]
    List(ListVerb),
    /// Install, show and refresh the lists of those whose signatures are trusted
    #[command(subcommand)]
    Trust(TrustVerb),
    /// Say what a code means, what it proves and what it does not
    Explain(ExplainArgs),
    /// Show or check the rules that lead from evidence to a verdict
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Print shell completions, the manual page, or the JSON Schema of records
    #[command(subcommand)]
    Generate(GenerateVerb),
}

#[derive(Args)]
pub(crate) struct Global {
    /// Colour the output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Show no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

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

#[derive(Args)]
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
    /// Follow links, also those that lead out of the folder
    #[arg(long, help_heading = "Inputs")]
    pub(crate) follow_links: bool,
    /// Leave out files and folders whose names begin with a dot; without this they are read. Lists of files to ignore, such as
    /// .gitignore, mean nothing here
    #[arg(long, help_heading = "Inputs")]
    pub(crate) skip_hidden: bool,
    /// Of what folders and archives hold, only names like this: *.jpg for the last part, in/**/*.jpg for all of the path below
    /// the folder that was named; upper and lower case differ. What cannot be looked into, such as 7z, is told all the same,
    /// since it may hold such names: --exclude leaves it out (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    pub(crate) include: Vec<String>,
    /// Leave out names like this, and everything in folders and archives of such a name (repeatable)
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    pub(crate) exclude: Vec<String>,
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

/// What `check` and `scan` share.
#[derive(Args)]
pub(crate) struct InspectArgs {
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
    /// Exit with 1 when an image's action reaches this; what could not be checked gives 3 all the same
    #[arg(long, value_name = "ACTION", default_value = "review", value_parser = ["label", "review", "block", "never"], help_heading = "Verdict")]
    pub(crate) fail_on: String,
    /// Use only this signal (repeatable)
    #[arg(long = "signal", value_name = "NAME", value_parser = signal_name(), help_heading = "Work")]
    pub(crate) signals: Vec<String>,
    /// Leave out this signal, such as watermark, for which pictures are decoded (repeatable)
    #[arg(long, value_name = "NAME", value_parser = signal_name(), help_heading = "Work")]
    pub(crate) without: Vec<String>,
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

#[derive(Args)]
pub(crate) struct LimitArgs {
    /// Largest file other than video and sound, in bytes or such as 1.5G
    #[arg(long, default_value_t = provscan::Limits::default().max_bytes, value_name = "SIZE", value_parser = units::size, help_heading = "Limits")]
    pub(crate) max_bytes: u64,
    /// Largest file of video or sound, in bytes or such as 100G; it is not read into memory
    #[arg(long, default_value_t = provscan::Limits::default().max_stream_bytes, value_name = "SIZE", value_parser = units::size, help_heading = "Limits")]
    pub(crate) max_stream_bytes: u64,
    /// Most pixels of a picture that are decoded
    #[arg(long, default_value_t = provscan::Limits::default().max_pixels, value_name = "N", help_heading = "Limits")]
    pub(crate) max_pixels: u64,
    /// Deepest nesting of boxes and elements that is followed
    #[arg(long, default_value_t = provscan::Limits::default().max_depth, value_name = "N", help_heading = "Limits")]
    pub(crate) max_depth: u32,
    /// Most bytes that the metadata of one file may take, inflated, such as 16M
    #[arg(long, default_value_t = provscan::Limits::default().max_inflate, value_name = "SIZE", value_parser = units::size_in_memory, help_heading = "Limits")]
    pub(crate) max_inflate: usize,
    /// Memory that all files and pictures take together, such as 400M or 2G, and 16M at least; a picture that alone
    /// takes more is refused.
    /// Without it, workers wait for each other at 168M each, and a larger picture is decoded alone
    #[arg(long, value_name = "SIZE", value_parser = units::memory, help_heading = "Limits")]
    pub(crate) max_memory: Option<u64>,
    /// Most members of an archive, with those of archives in it
    #[arg(long, default_value_t = provscan::Limits::default().max_members, value_name = "N", help_heading = "Limits")]
    pub(crate) max_members: usize,
    /// Most bytes that the members of an archive may take, unpacked and together, such as 2T
    #[arg(long, default_value_t = provscan::Limits::default().max_archive_bytes, value_name = "SIZE", value_parser = units::size, help_heading = "Limits")]
    pub(crate) max_archive_bytes: u64,
    /// Most bytes that an archive may grow to for each of its own, once that is more than one file may have
    #[arg(long, default_value_t = provscan::Limits::default().max_archive_ratio, value_name = "N", help_heading = "Limits")]
    pub(crate) max_archive_ratio: u64,
}

/// Memory of a worker, where nobody says how much there is.
const WORKER_MEMORY: u64 = 168 << 20;

impl LimitArgs {
    /// The limits, with the memory that workers share; 0 for a worker a core.
    pub(crate) fn shared(&self, workers: usize) -> provscan::Limits {
        let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let workers = if workers == 0 { cores() } else { workers };
        let throttle = || Budget::throttle(WORKER_MEMORY.saturating_mul(workers as u64));
        provscan::Limits {
            budget: Some(self.max_memory.map_or_else(throttle, Budget::hard)),
            ..self.limits()
        }
    }

    pub(crate) fn limits(&self) -> provscan::Limits {
        provscan::Limits {
            max_bytes: self.max_bytes,
            max_stream_bytes: self.max_stream_bytes,
            max_pixels: self.max_pixels,
            max_depth: self.max_depth,
            max_inflate: self.max_inflate,
            max_members: self.max_members,
            max_archive_bytes: self.max_archive_bytes,
            max_archive_ratio: self.max_archive_ratio,
            ..provscan::Limits::default()
        }
    }
}

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

#[derive(Args)]
pub(crate) struct HashArgs {
    /// Images, folders and archives, or what lies in one (photos.zip!/a.jpg); `-` reads one image from standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    /// Kind of hash, such as pdq, sha256 or imghash-gradient-8-lanczos3 (repeatable)
    #[arg(long = "kind", short, default_value = "pdq", value_name = "KIND", value_parser = computed_kind)]
    pub(crate) kinds: Vec<Kind>,
    /// Hash pictures as people see them, turned upright as EXIF or the container says; without it as they are stored, like the
    /// reference tools
    #[arg(long)]
    pub(crate) upright: bool,
    /// Form of the list
    #[arg(long, short, default_value = "text", value_name = "FORM", value_parser = writable())]
    pub(crate) format: String,
    /// Leave out the names of the files
    #[arg(long)]
    pub(crate) blind: bool,
    /// Write the list to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A code, claim or verdict from a report, or a part of a code; without it, every code is listed
    pub(crate) code: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum PolicyVerb {
    /// Print the built-in policy
    Show,
    /// Check a policy file
    Check {
        /// The policy
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum GenerateVerb {
    /// Completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page (roff)
    Man,
    /// The JSON Schema of records
    Schema,
}

/// Names of signals.
fn signal_name() -> PossibleValuesParser {
    PossibleValuesParser::new(signals::ALL.iter().map(|kind| kind.name))
}

/// Names of reports. One that this build lacks is taken all the same, so that the answer can say how to get it.
fn report_name() -> PossibleValuesParser {
    let built = reports::ALL
        .iter()
        .map(|kind| PossibleValue::new(kind.name));
    let lacking = reports::named("parquet").is_none();
    let lacking = lacking.then(|| PossibleValue::new("parquet").hide(true));
    PossibleValuesParser::new(built.chain(lacking))
}

/// Forms that a list can be written in.
pub(crate) fn writable() -> PossibleValuesParser {
    PossibleValuesParser::new(
        formats::ALL
            .iter()
            .filter(|format| format.write.is_some())
            .map(|format| format.name),
    )
}

/// `KIND=BITS`
pub(crate) fn threshold(text: &str) -> Result<(Kind, u32), String> {
    let (kind, bits) = text
        .split_once('=')
        .ok_or("expected KIND=BITS, such as pdq=31")?;
    let kind: Kind = kind
        .parse()
        .map_err(|error: provscan::fingerprints::UnknownKind| error.to_string())?;
    let bits = bits
        .parse()
        .map_err(|_| "the number of bits is no whole number".to_owned())?;
    Ok((kind, bits))
}

/// A kind of hash that can be computed.
fn computed_kind(name: &str) -> Result<Kind, String> {
    let kind: Kind = name.parse().map_err(|_| {
        let computed = fingerprints::ALL.iter().filter(|family| family.computed);
        let patterns: Vec<&str> = computed.map(|family| family.pattern).collect();
        format!("no hash is called so; there are {}", patterns.join(", "))
    })?;
    match kind.computed() {
        true => Ok(kind),
        false => Err(format!(
            "{kind} hashes are kept in lists, but no image is hashed with it here"
        )),
    }
}

/// A kind of hash that lists may hold.
pub(crate) fn known_kind(name: &str) -> Result<Kind, String> {
    name.parse()
        .map_err(|error: provscan::fingerprints::UnknownKind| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        super::Cli::command().debug_assert();
    }
}
