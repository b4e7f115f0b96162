//! `trust update`: the published lists, fetched anew.

use std::fmt::Write as _;

use provscan::trust::{self, ListOrigin, PUBLISHED};

use super::args::UpdateArgs;
use super::{describe, now, place, say, show};
use crate::exit::Exit;
use crate::run::network;

pub(super) fn run(args: &UpdateArgs) -> anyhow::Result<Exit> {
    let published = PUBLISHED.iter().map(|list| list.origin);
    let wanted: Vec<ListOrigin> = published
        .filter(|origin| {
            args.lists.is_empty() || args.lists.iter().any(|word| word == origin.as_str())
        })
        .collect();
    let remote = network::remote("trust update").map_err(|error| {
        let by_hand = show::by_hand(&wanted);
        anyhow::anyhow!("{error}; or get the lists by hand:\n{}", by_hand.trim_end())
    })?;
    let installed = place::installed()?;
    let mut text = String::new();
    let mut failed = String::new();
    for updated in trust::update(installed.folder(), remote.as_ref(), &wanted, now()) {
        match updated.result {
            Ok(change) => text += &describe(&change),
            Err(why) => write!(
                failed,
                "\n{}: left as it was: {why}",
                updated.origin.as_str()
            )?,
        }
    }
    say(&text)?;
    anyhow::ensure!(failed.is_empty(), "not every list could be renewed{failed}");
    Ok(Exit::Clear)
}
