//! Where images come from: what sources pass on, and what they say of the things they cannot.

pub(crate) mod archives;
mod broken_archives;
mod choice;
mod folders;
mod hostile_archives;
#[path = "../../samples/make/pack.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is shared with the maker of the samples"
)]
mod pack;
mod parquet;
mod shards;
pub(crate) mod stores;

use std::path::Path;

use provscan::Limits;
use provscan::error::Fault;
use provscan::sources::{Input, SourceOptions, open, walk};

/// What became of one input: its name below the path, and its bytes or why there are none.
type Read = (String, Result<Vec<u8>, Fault>);

/// Everything that a path leads to, read within these limits.
fn read_with(path: &Path, limits: Limits) -> Vec<Read> {
    let options = SourceOptions {
        limits: limits.clone(),
        ..SourceOptions::default()
    };
    walk(path, &options)
        .map(|input| read_one(path, input, &limits))
        .collect()
}

fn read_one(path: &Path, input: Input, limits: &Limits) -> Read {
    let name = input.name.to_text();
    let below = name.strip_prefix(path.to_str().unwrap()).unwrap_or(&name);
    let bytes = open(input, limits).map(|asset| asset.bytes().to_vec());
    (below.to_owned(), bytes)
}

fn read(path: &Path) -> Vec<Read> {
    read_with(path, Limits::default())
}

/// The names below the path, with what could not be read in brackets.
fn names(path: &Path) -> Vec<String> {
    let shown = |(name, read): Read| match read {
        Ok(_) => name,
        Err(fault) => format!("{name} ({fault})"),
    };
    read(path).into_iter().map(shown).collect()
}
