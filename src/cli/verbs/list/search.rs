//! `list search`: hashes, looked up without an image.

use std::io::{BufRead as _, Write as _};

use anyhow::Context as _;
use provscan::fingerprints::{Fingerprint, Kind};
use provscan::lists::{List, Match, Query, Tier};
use provscan::reports::safe;
use provscan::sinks;

use super::args::SearchArgs;
use super::open;
use crate::exit::Exit;
use crate::run::or_environment;

pub(super) fn run(args: &SearchArgs) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    let paths = or_environment(&args.lists, "PROVSCAN_LIST");
    anyhow::ensure!(
        !paths.is_empty(),
        "no list to look in; name one with --list"
    );
    let lists: Vec<List> = paths
        .iter()
        .map(|path| open(path, &keys))
        .collect::<Result<_, _>>()?;
    let mut sink = sinks::to(None)?;
    let mut exit = Exit::Clear;
    for (place, hash) in hashes(&args.hashes)?.iter().enumerate() {
        let place = place + 1;
        let found = look_up(hash, args.kind, &lists).with_context(|| format!("hash {place}"))?;
        if found.is_empty() {
            sink.write_all(format!("{place}: on none of the lists\n").as_bytes())?;
        } else {
            exit = Exit::Flagged;
        }
        for line in found {
            sink.write_all(format!("{place}: {line}\n").as_bytes())?;
        }
    }
    sink.finish()?;
    Ok(exit)
}

/// The hashes that were named, or those on standard input.
fn hashes(named: &[String]) -> anyhow::Result<Vec<String>> {
    let mut hashes = Vec::new();
    for hash in named {
        match hash.as_str() {
            "-" => {
                for line in std::io::stdin().lock().lines() {
                    let line = line.context("standard input")?;
                    hashes.extend((!line.trim().is_empty()).then(|| line.trim().to_owned()));
                }
            }
            hash => hashes.push(hash.to_owned()),
        }
    }
    Ok(hashes)
}

/// A line for each entry that a hash finds.
fn look_up(text: &str, kind: Option<Kind>, lists: &[List]) -> anyhow::Result<Vec<String>> {
    let parts = text.split_once([':', ' ']);
    let (kind, value) = match parts {
        Some((kind, value)) => (Some(kind.parse::<Kind>()?), value.trim()),
        None => (kind, text),
    };
    // Whatever the lists hold, what is no hash of its kind is not "on none of them".
    if let Some(kind) = kind {
        Fingerprint::parse_value(kind, value).map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    let mut lines = Vec::new();
    let mut fitting = false;
    for list in lists {
        for (held, _) in list
            .kinds()
            .filter(|(held, _)| kind.is_none_or(|kind| kind == *held))
        {
            // Without a kind, a hash is looked up as each that it may be; what it was found as is said.
            if let Ok(fingerprint) = Fingerprint::parse_value(held, value) {
                fitting = true;
                lines.extend(lines_of(list, held, fingerprint)?);
            }
        }
    }
    anyhow::ensure!(
        fitting || kind.is_some(),
        "it has the length of no kind of hash that the lists hold"
    );
    Ok(lines)
}

fn lines_of(list: &List, kind: Kind, fingerprint: Fingerprint) -> anyhow::Result<Vec<String>> {
    let queries = [Query::new(fingerprint)];
    let mut found = list.find(kind, &queries)?;
    if found.is_empty() {
        found = list.find_near(kind, &queries)?;
    }
    Ok(found.iter().map(|found| line(list, kind, found)).collect())
}

fn line(list: &List, kind: Kind, found: &Match<'_>) -> String {
    let entry = &found.entry;
    let id = match entry.shown_id() {
        Some(id) => id.to_owned(),
        None if found.chance.is_some() => "not named by the filter".to_owned(),
        None => format!("no. {}", found.number + 1),
    };
    let tier = match found.tier {
        Tier::Match => "match",
        Tier::Near => "near",
    };
    let how = match kind.exact() {
        true => match found.chance {
            Some(chance) => format!("{kind}, probably: by mistake with a chance of {chance:.1e}"),
            None => format!("equal {kind}"),
        },
        false => format!("{kind}, {} bits away", found.distance),
    };
    let category = list.options().category(entry.category.as_deref());
    let more = [
        category.map(|category| format!("category {category}")),
        entry.source.as_ref().map(|source| format!("from {source}")),
        entry.date.clone(),
    ];
    let more: Vec<String> = more.into_iter().flatten().collect();
    let more = if more.is_empty() {
        String::new()
    } else {
        format!(" ({})", more.join(", "))
    };
    safe(&format!(
        "{tier}: on the list {}, entry {id}, {how}{more}",
        list.name()
    ))
    .into_owned()
}
