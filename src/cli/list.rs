//! `list`: hash lists, read and described.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Context as _;
use provscan::lists::{List, ListOptions, MIN_QUALITY, formats};
use provscan::reports::safe;
use provscan::sinks;

use crate::args::{ImportArgs, InfoArgs, ListVerb};
use crate::exit::Exit;
use crate::run;

pub(crate) fn run(verb: ListVerb) -> anyhow::Result<Exit> {
    match verb {
        ListVerb::Import(args) => import(&args),
        ListVerb::Info(args) => info(&args),
    }
}

/// Reads the list whole, and only then writes a line of it.
fn import(args: &ImportArgs) -> anyhow::Result<Exit> {
    let mut wishes = ListOptions {
        name: args.name.clone(),
        category: args.category.clone(),
        action: args.action,
        ..ListOptions::default()
    };
    for (kind, bits) in &args.threshold {
        wishes
            .set_threshold(*kind, *bits)
            .map_err(|error| anyhow::anyhow!("--threshold: {error}"))?;
    }
    let format = args.from.as_deref().and_then(formats::named);
    let list = List::open(&args.file, format, wishes)?;
    let own = formats::named("jsonl")
        .and_then(|format| format.write)
        .context("this form of list cannot be written")?;
    let options = ListOptions {
        name: Some(list.name().to_owned()),
        ..list.options().clone()
    };
    let cannot_write = || run::cannot_write("list", args.output.as_deref());
    let mut sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;
    let mut entries = list.entries().iter().cloned().map(Ok);
    own(&options, &mut entries, &mut sink)
        .and_then(|()| sink.finish())
        .with_context(cannot_write)?;
    eprint!("{}", describe(&list));
    Ok(Exit::Clear)
}

fn info(args: &InfoArgs) -> anyhow::Result<Exit> {
    let mut sink = sinks::to(None)?;
    for file in &args.files {
        let list = List::open(file, None, ListOptions::default())?;
        sink.write_all(describe(&list).as_bytes())?;
    }
    sink.finish()?;
    Ok(Exit::Clear)
}

/// What is on a list, without any of its hashes.
fn describe(list: &List) -> String {
    let mut text = format!("{}: {} entries\n", safe(list.name()), list.entries().len());
    let mut counts = BTreeMap::new();
    for entry in list.entries() {
        *counts.entry(entry.fingerprint.kind()).or_insert(0_u64) += 1;
    }
    for (kind, threshold) in list.kinds() {
        let count = counts.get(&kind).copied().unwrap_or_default();
        let rule = if kind.exact() {
            "equal".to_owned()
        } else {
            format!("at most {threshold} of {} bits", kind.bits())
        };
        text += &format!("  {count:>9} {kind} ({rule})\n");
    }
    let mut categories = BTreeMap::new();
    for entry in list.entries() {
        let category = entry
            .category
            .as_deref()
            .or(list.options().category.as_deref());
        *categories.entry(category).or_insert(0_u64) += 1;
    }
    for (category, count) in categories {
        text += &match category {
            Some(category) => format!("  {count:>9} in category {}\n", safe(category)),
            None => format!("  {count:>9} without a category\n"),
        };
    }
    let poor = list
        .entries()
        .iter()
        .filter(|e| {
            e.fingerprint
                .quality()
                .is_some_and(|quality| quality < MIN_QUALITY)
        })
        .count();
    if poor > 0 {
        text += &format!("  {poor:>9} of quality below {MIN_QUALITY}: kept, but never matched\n");
    }
    for (why, count) in list.left_out() {
        text += &format!("  {count:>9} left out: {why}\n");
    }
    let action = list
        .options()
        .action
        .map_or("review, unless the policy says otherwise", |action| {
            action.as_str()
        });
    text + &format!("  action: {action}\n")
}
