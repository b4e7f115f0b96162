//! `hash`: fingerprints in the form of a list.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Context as _;
use provscan::asset::Format;
use provscan::fingerprints::{
    Fingerprint, FingerprintError, Kind, compute_all, compute_upright, is_turned,
};
use provscan::lists::{Entry, ListOptions, MIN_QUALITY, formats};
use provscan::reports::safe;
use provscan::sources::{Input, Inputs, SourceOptions, open, walk};
use provscan::{Asset, Limits, sinks};
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::args::HashArgs;
use crate::exit::Exit;
use crate::run;
use crate::stores;
use crate::verbs::check;

/// What came of one input: its entries, and why some could not be made.
type Hashed = (Vec<Entry>, Option<String>);

/// What is made of each input.
struct Wanted {
    kinds: Vec<Kind>,
    /// Entries have no names.
    blind: bool,
    /// Pictures are turned upright.
    upright: bool,
}

pub(crate) fn run(args: HashArgs) -> anyhow::Result<Exit> {
    let limits = args.limits.shared(0);
    let format =
        formats::named(&args.format).and_then(|format| format.write.map(|write| (format, write)));
    let (format, write) = format.context("this form of list cannot be written")?;
    if let Some(kind) = args
        .kinds
        .iter()
        .find(|kind| format.name == "sums" && !kind.exact())
    {
        anyhow::bail!("a sum file has no place for {kind} hashes; --format text, csv or jsonl has");
    }
    let options = SourceOptions {
        limits: limits.clone(),
        stores: stores::settings(None)?,
        ..SourceOptions::default()
    };
    let wanted = Wanted {
        kinds: args.kinds,
        blind: args.blind,
        upright: args.upright,
    };
    let inputs = args.paths.iter().flat_map(|path| inputs(path, &options));
    let (entries, exit) = told(hash_all(inputs, &wanted, &limits));
    let mut entries = entries.into_iter().map(Ok);
    let cannot_write = || run::cannot_write("hashes", args.output.as_deref());
    let mut sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;
    write(&ListOptions::default(), &mut entries, &mut sink)
        .and_then(|()| sink.finish())
        .with_context(cannot_write)?;
    Ok(exit)
}

/// Hashes the inputs side by side; what comes of them is in their order.
fn hash_all(
    inputs: impl Iterator<Item = Input> + Send,
    wanted: &Wanted,
    limits: &Limits,
) -> Vec<Hashed> {
    let mut numbered: Vec<(usize, Hashed)> = inputs
        .enumerate()
        .par_bridge()
        .map(|(number, input)| (number, hash(input, wanted, limits)))
        .collect();
    numbered.sort_unstable_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, hashed)| hashed).collect()
}

/// Tells what could not be hashed; gives the entries of all else.
fn told(hashed: Vec<Hashed>) -> (Vec<Entry>, Exit) {
    let (mut all, mut exit) = (Vec::new(), Exit::Clear);
    for (entries, failure) in hashed {
        if let Some(failure) = failure {
            eprintln!("provscan: {failure}");
            exit = Exit::Incomplete;
        }
        all.extend(entries);
    }
    (all, exit)
}

fn inputs(path: &OsStr, options: &SourceOptions) -> Inputs {
    if path == OsStr::new("-") {
        return Box::new(std::iter::once(check::input(
            path.to_owned(),
            &options.limits,
        )));
    }
    walk(Path::new(path), options)
}

/// The fingerprints of one input. Files in a folder that are no images are passed over; of video and sound there, digests
/// are made and nothing else.
fn hash(input: Input, wanted: &Wanted, limits: &Limits) -> Hashed {
    let (name, asked_for) = (input.name.clone(), input.asked_for);
    let text = name.to_text();
    let shown = safe(&text);
    let id = if wanted.blind {
        String::new()
    } else {
        text.clone()
    };
    let asset = match open(input, limits) {
        Ok(asset) => asset,
        Err(fault) => return (Vec::new(), Some(format!("{shown}: {fault}"))),
    };
    if !asked_for && asset.format().is_none_or(|format| !format.is_read()) {
        let failure = Format::is_expected_of(asset.name()).then(|| {
            format!("{shown}: it is named like an image, but the content is no image format that provscan knows")
        });
        return (Vec::new(), failure);
    }
    let mut entries = Vec::new();
    let mut failure = None;
    let has_picture = asset.format().is_none_or(Format::is_picture);
    let fits = |kind: &Kind| asked_for || has_picture || !kind.needs_pixels();
    let kinds: Vec<Kind> = wanted.kinds.iter().copied().filter(fits).collect();
    for result in computed(&asset, &kinds, wanted.upright) {
        match result {
            Ok(fingerprint) => {
                if fingerprint
                    .quality()
                    .is_some_and(|quality| quality < MIN_QUALITY)
                {
                    eprintln!(
                        "provscan: {shown}: a flat picture; its {} hash is too poor to be matched",
                        fingerprint.kind()
                    );
                }
                entries.push(Entry::new(fingerprint, id.clone()));
            }
            Err(error) => failure = Some(format!("{shown}: {error}")),
        }
    }
    (entries, failure)
}

/// The fingerprints in the order of their kinds. Digests are of the file, whichever way up its picture is.
fn computed(
    asset: &Asset,
    kinds: &[Kind],
    upright: bool,
) -> Vec<Result<Fingerprint, FingerprintError>> {
    if !upright || !is_turned(asset) {
        return compute_all(asset, kinds);
    }
    let mut turned = compute_upright(asset, kinds).into_iter();
    let stored: Vec<Kind> = kinds
        .iter()
        .copied()
        .filter(|kind| !kind.needs_pixels())
        .collect();
    let mut stored = compute_all(asset, &stored).into_iter();
    let one = |kind: &Kind| match kind.needs_pixels() {
        true => turned.next(),
        false => stored.next(),
    };
    kinds.iter().filter_map(one).collect()
}
