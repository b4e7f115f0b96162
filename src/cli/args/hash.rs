//! What `hash` accepts.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use provscan::fingerprints::{self, Kind};

use super::LimitArgs;
use super::values::writable;

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
