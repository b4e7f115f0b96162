//! What the verbs for hash lists accept.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use provscan::evidence::{Action, UnknownWord};
use provscan::fingerprints::Kind;
use provscan::lists::{ListKind, ListOptions, formats};

use crate::args::values::{known_kind, threshold, writable};
use crate::keys::KeyArgs;

#[derive(Subcommand)]
pub(crate) enum ListVerb {
    /// Read lists in any known form and compile them into one that opens at once, with a name, a meaning and rules of its own
    Import(ImportArgs),
    /// Say what is on a list
    Info(LookArgs),
    /// Check that every byte of a compiled list is as it was written, and its signature where a key is given
    Verify(LookArgs),
    /// Say what one list has that another has not; no hash is printed
    Diff(DiffArgs),
    /// Put lists together into one compiled list; the first one's rules hold
    Merge(MergeArgs),
    /// Write a list in another form, hashes and all
    Export(ExportArgs),
    /// Look up hashes in lists
    Search(SearchArgs),
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The lists; `-` reads one from standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Their form, if their content does not show it
    #[arg(long = "format", alias = "from", value_name = "FORM", value_parser = PossibleValuesParser::new(formats::ALL.iter().map(|format| format.name)), help_heading = "Reading")]
    pub(crate) format: Option<String>,
    /// Which column of a table holds what: FIELD is id, category, source, date, quality, type, value or a kind of hash,
    /// COLUMN its name or number (repeatable)
    #[arg(long = "column", value_name = "FIELD=COLUMN", value_parser = pair, help_heading = "Reading")]
    pub(crate) columns: Vec<(String, String)>,
    /// The kind of hashes that stand there bare, such as imagehash-phash-8
    #[arg(long, value_name = "KIND", help_heading = "Reading")]
    pub(crate) hash_kind: Option<Kind>,
    /// Take what is already on the list at OUTPUT, and let these lists add to it, replace and withdraw
    #[arg(long, help_heading = "Reading")]
    pub(crate) update: bool,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) guards: GuardArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

/// What a list is and asks for.
#[derive(Args)]
pub(crate) struct RuleArgs {
    /// The name that records give for it; without one the file's
    #[arg(long, help_heading = "What the list is")]
    pub(crate) name: Option<String>,
    /// What it means to be on it: known-bad, allow, ai-generated or captured
    #[arg(long, value_parser = kind, value_name = "KIND", help_heading = "What the list is")]
    pub(crate) kind: Option<ListKind>,
    /// Category of entries that have none of their own
    #[arg(long, help_heading = "What the list is")]
    pub(crate) category: Option<String>,
    /// What a category of its entries means in words (repeatable)
    #[arg(long = "category-name", value_name = "CATEGORY=WORDS", value_parser = pair, help_heading = "What the list is")]
    pub(crate) category_names: Vec<(String, String)>,
    /// What is to be done with an image that is on it
    #[arg(long, value_parser = action, help_heading = "What the list is")]
    pub(crate) action: Option<Action>,
    /// Largest distance in bits at which hashes of a kind match (repeatable)
    #[arg(long, value_name = "KIND=BITS", value_parser = threshold, help_heading = "What the list is")]
    pub(crate) threshold: Vec<(Kind, u32)>,
    /// Largest distance in bits at which a person should look, 0 for none (repeatable)
    #[arg(long, value_name = "KIND=BITS", value_parser = threshold, help_heading = "What the list is")]
    pub(crate) near: Vec<(Kind, u32)>,
    /// Least quality of hashes that are compared, 0 to 100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100), help_heading = "What the list is")]
    pub(crate) min_quality: Option<u8>,
    /// Do not look for turned and mirrored pictures
    #[arg(long, help_heading = "What the list is")]
    pub(crate) no_dihedral: bool,
}

impl RuleArgs {
    pub(crate) fn wishes(&self) -> anyhow::Result<ListOptions> {
        let mut wishes = ListOptions {
            name: self.name.clone(),
            kind: self.kind,
            category: self.category.clone(),
            categories: self.category_names.iter().cloned().collect(),
            action: self.action,
            min_quality: self.min_quality,
            dihedral: self.no_dihedral.then_some(false),
            ..ListOptions::default()
        };
        for (kind, bits) in &self.threshold {
            let set = wishes.set_threshold(*kind, *bits);
            set.map_err(|error| anyhow::anyhow!("--threshold: {error}"))?;
        }
        for (kind, bits) in &self.near {
            let set = wishes.set_near(*kind, *bits);
            set.map_err(|error| anyhow::anyhow!("--near: {error}"))?;
        }
        Ok(wishes)
    }
}

/// What is kept out of a list.
#[derive(Args)]
pub(crate) struct GuardArgs {
    /// Leave out what is on this list of harmless images, or within its threshold (repeatable)
    #[arg(long = "allow", value_name = "FILE", help_heading = "What is left out")]
    pub(crate) allow: Vec<PathBuf>,
    /// Leave out picture hashes that more entries than these share: some programs write the same dummy for every item
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        help_heading = "What is left out"
    )]
    pub(crate) max_repeats: u64,
}

/// Where a compiled list goes, and who may read it.
#[derive(Args)]
pub(crate) struct OutputArgs {
    /// Write the compiled list to this file, for your eyes only (mode 0600); it gets its name when it is whole
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Encrypt it for the holder of this age key, age1… (repeatable)
    #[arg(long = "encrypt-to", value_name = "KEY", help_heading = "Encryption")]
    pub(crate) recipients: Vec<String>,
    /// Encrypt it with the passphrase in this file's first line; `-` asks at the terminal
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "recipients",
        help_heading = "Encryption"
    )]
    pub(crate) encrypt_passphrase: Option<PathBuf>,
    /// Write it in the clear, though a list that goes into it is encrypted
    #[arg(long, conflicts_with_all = ["recipients", "encrypt_passphrase"], help_heading = "Encryption")]
    pub(crate) decrypted: bool,
}

#[derive(Args)]
pub(crate) struct LookArgs {
    /// The lists
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[derive(Args)]
pub(crate) struct DiffArgs {
    /// The list as it was
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The list as it is
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[derive(Args)]
pub(crate) struct MergeArgs {
    /// The lists, in any form
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) guards: GuardArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// The list
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Form of the new list
    #[arg(long, short, default_value = "jsonl", value_name = "FORM", value_parser = writable())]
    pub(crate) format: String,
    /// Write it to this file; without one, to standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

#[derive(Args)]
pub(crate) struct SearchArgs {
    /// Hashes, as HEX or KIND:HEX; `-` reads them from standard input, one a line, so that none stands in the shell's history
    #[arg(required = true, value_name = "HASH")]
    pub(crate) hashes: Vec<String>,
    /// The lists to look in (repeatable) [env: PROVSCAN_LIST]
    #[arg(long = "list", value_name = "FILE")]
    pub(crate) lists: Vec<PathBuf>,
    /// The kind of hashes that do not say theirs
    #[arg(long, value_name = "KIND", value_parser = known_kind)]
    pub(crate) kind: Option<Kind>,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

/// `KEY=VALUE`
fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("expected two words with = between them")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn action(word: &str) -> Result<Action, String> {
    word.parse().map_err(|error: UnknownWord| error.to_string())
}

fn kind(word: &str) -> Result<ListKind, String> {
    word.parse().map_err(|error: UnknownWord| error.to_string())
}
