//! Keys for encrypted and signed lists: flags, the environment, and a prompt.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use provscan::lists::Keys;

use crate::run::or_environment;

/// Longest passphrase that is read.
const MAX_PASSPHRASE: u64 = 1 << 16;

#[derive(Args)]
pub(crate) struct KeyArgs {
    /// Open encrypted lists with this age identity (repeatable) [env: PROVSCAN_IDENTITY]
    #[arg(long = "identity", value_name = "FILE", help_heading = "Keys")]
    pub(crate) identities: Vec<PathBuf>,
    /// Open encrypted lists with the passphrase in this file's first line; `-` asks at the terminal
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Open only lists that this minisign key signed, a file or the key itself (repeatable) [env: PROVSCAN_LIST_KEY]
    #[arg(long = "list-key", value_name = "KEY", help_heading = "Keys")]
    pub(crate) signers: Vec<String>,
}

impl KeyArgs {
    pub(crate) fn keys(&self) -> anyhow::Result<Keys> {
        let mut keys = Keys::default();
        for path in or_environment(&self.identities, "PROVSCAN_IDENTITY") {
            keys.add_identity(&path)
                .map_err(|error| anyhow::anyhow!("--identity: {error}"))?;
        }
        let signers = match (self.signers.is_empty(), std::env::var("PROVSCAN_LIST_KEY")) {
            (true, Ok(key)) if !key.is_empty() => vec![key],
            _ => self.signers.clone(),
        };
        for key in &signers {
            keys.add_signer(key)
                .map_err(|error| anyhow::anyhow!("--list-key: {error}"))?;
        }
        if let Some(path) = &self.passphrase_file {
            keys.set_passphrase(passphrase(path, "Passphrase of the list: ")?.into());
        }
        Ok(keys)
    }
}

/// The first line of a file, or what somebody types in.
pub(crate) fn passphrase(path: &Path, prompt: &str) -> anyhow::Result<String> {
    if path == Path::new("-") {
        anyhow::ensure!(
            std::io::stderr().is_terminal(),
            "there is no terminal to ask for the passphrase at; name a file"
        );
        return rpassword::prompt_password(prompt).context("the passphrase could not be read");
    }
    let named = || path.display().to_string();
    let mut line = String::new();
    let file = File::open(path).with_context(named)?.take(MAX_PASSPHRASE);
    BufReader::new(file)
        .read_line(&mut line)
        .with_context(named)?;
    let phrase = line.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(!phrase.is_empty(), "{}: its first line is empty", named());
    Ok(phrase)
}
