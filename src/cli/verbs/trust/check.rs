//! `trust check`: who signed a file's manifest, and which list that one is on.

use std::fmt::Write as _;

use provscan::reports::safe;
use provscan::signals::content_credentials::{SignerReport, signer};
use provscan::{Limits, Settings, sources};

use super::args::CheckArgs;
use super::{say, settings};
use crate::exit::Exit;
use crate::verbs::check::input;

pub(super) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let limits = Limits::default();
    let settings = Settings {
        trust: settings(&args.trust)?,
        ..Settings::default()
    };
    let asset = sources::open(input(args.file.clone(), &limits), &limits)
        .map_err(|fault| anyhow::anyhow!("{}: {}", args.file.to_string_lossy(), fault.message))?;
    let name = safe(asset.name()).into_owned();
    let Some(report) = signer(&asset, &settings)? else {
        anyhow::bail!(
            "{name}: no manifest is in it or beside it, so that there is no signature to look at"
        );
    };
    say(&format!("{name}\n{}", text(&report)?))?;
    Ok(match report.list.is_some() && report.against.is_empty() {
        true => Exit::Clear,
        false => Exit::Flagged,
    })
}

fn text(report: &SignerReport) -> anyhow::Result<String> {
    let mut text = String::new();
    for (place, certificate) in report.chain.iter().enumerate() {
        let role = if place == 0 { "signed by" } else { "issued by" };
        let (from, until) = certificate.validity();
        writeln!(text, "{role}  {}", safe(certificate.subject()))?;
        writeln!(
            text,
            "           in force from {} to {}",
            safe(from),
            safe(until)
        )?;
    }
    if let Some(last) = report.chain.last() {
        writeln!(text, "leads to   {}", safe(last.issuer()))?;
    }
    match &report.list {
        Some(list) => writeln!(text, "on a list  {}", safe(list))?,
        None => writeln!(text, "on no list")?,
    }
    for against in &report.against {
        writeln!(text, "           {}", safe(against))?;
    }
    match (&report.signed_at, &report.time_list) {
        (Some(time), Some(list)) => writeln!(
            text,
            "signed at  {}, for which {} vouches",
            safe(time),
            safe(list)
        )?,
        (Some(time), None) => writeln!(
            text,
            "signed at  {}, for which nobody on a list vouches",
            safe(time)
        )?,
        (None, _) => writeln!(text, "signed at  no time-stamp says when")?,
    }
    Ok(text)
}
