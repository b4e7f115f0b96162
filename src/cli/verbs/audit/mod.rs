//! `audit`: logs of what was judged, opened for the verbs that judge, and checked.

pub(crate) mod args;
mod who;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use provscan::audit::{AuditOptions, Auditor, Found, Grounds, Key, Problem, Verifier, head_of};
use provscan::sinks;
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::run::cannot_write;
use crate::run::engine::Engine;
use args::{AuditArgs, AuditVerb, VerifyArgs};

/// Largest file of a key.
const MAX_KEY: u64 = 1 << 16;

/// Problems that are told of one file, one by one.
const MOST_TOLD: u64 = 20;

/// The log that the arguments ask for, for answers of this engine.
///
/// # Errors
/// It cannot be written to, or is damaged; nothing is to be judged then.
pub(crate) fn open(args: &AuditArgs, engine: &Engine) -> anyhow::Result<Option<Auditor>> {
    let Some(path) = &args.audit else {
        return Ok(None);
    };
    let options = AuditOptions {
        key: args.audit_key.as_deref().map(key).transpose()?,
        after: args.audit_after.as_deref(),
        names: args.audit_names,
        clock: SystemTime::now,
    };
    Ok(Some(Auditor::open(path, options, grounds(args, engine))?))
}

/// The same log, once it is open, for answers of an engine that was loaded again.
///
/// # Errors
/// It cannot be written to; nothing is to be judged by this engine then.
#[cfg(any(feature = "queue", feature = "server"))]
pub(crate) fn again(
    args: &AuditArgs,
    log: Option<&Auditor>,
    engine: &Engine,
) -> anyhow::Result<Option<Auditor>> {
    match log {
        Some(log) => Ok(Some(log.with(grounds(args, engine))?)),
        None => open(args, engine),
    }
}

/// What answers of this engine rest on.
pub(crate) fn grounds(args: &AuditArgs, engine: &Engine) -> Grounds {
    let who = who::asks(args.audit_actor.clone());
    Grounds::of(
        &who,
        &engine.settings,
        &engine.policy,
        &engine.policy_sha256,
    )
}

/// The secret in a file.
fn key(path: &Path) -> anyhow::Result<Key> {
    let named = || path.display().to_string();
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).with_context(named)?;
    file.take(MAX_KEY)
        .read_to_end(&mut bytes)
        .with_context(named)?;
    Key::new(bytes).map_err(|error| anyhow::anyhow!("{}: {error}", named()))
}

pub(crate) fn run(verb: AuditVerb) -> anyhow::Result<Exit> {
    match verb {
        AuditVerb::Verify(args) => verify(&args),
        AuditVerb::Head { file } => {
            say(&format!("{}\n", head_of(&file)?))?;
            Ok(Exit::Clear)
        }
    }
}

fn verify(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let key = args.audit_key.as_deref().map(key).transpose()?;
    let mut verifier = Verifier::new(key, args.expect);
    let mut out = String::new();
    for file in &args.files {
        let mut told = 0;
        let name = file.display().to_string();
        verifier.file(file, &mut |problem| {
            told += 1;
            if told <= MOST_TOLD {
                out += &line(&name, &problem);
            }
        })?;
        if told > MOST_TOLD {
            out += &format!("{name}: and {} more\n", told - MOST_TOLD);
        }
    }
    let log = "the log";
    let found = verifier.finish(&mut |problem| out += &line(log, &problem));
    out += &summary(&found, args);
    say(&out)?;
    Ok(match found.problems {
        0 => Exit::Clear,
        _ => Exit::Flagged,
    })
}

fn line(name: &str, problem: &Problem) -> String {
    match problem.line {
        Some(line) => format!("{name}, line {line}: {}\n", problem.what),
        None => format!("{name}: {}\n", problem.what),
    }
}

/// What was found, and what nobody can tell from it.
fn summary(found: &Found, args: &VerifyArgs) -> String {
    let Found {
        records, answers, ..
    } = found;
    let mut text = match found.problems {
        0 => format!("unbroken: {records} records, {answers} of them answers\n"),
        1 => format!("NOT as it was written: 1 problem in {records} records\n"),
        problems => format!("NOT as it was written: {problems} problems in {records} records\n"),
    };
    if found.recoveries > 0 {
        text += &format!(
            "{} unfinished lines of writers that were stopped are accounted for\n",
            found.recoveries
        );
    }
    if let Some(after) = found.after {
        text += &format!(
            "it goes on from a log that ended with {after}: name that one before it to check both\n"
        );
    }
    if let Some(head) = found.head {
        text += &format!("it ends with {head}\n");
    }
    if found.unchecked_seals {
        text += "its seals were not checked: --audit-key names the secret\n";
    }
    if found.problems == 0 && args.expect.is_none() {
        let unseen = match args.audit_key {
            Some(_) => "records that were taken off its end",
            None => {
                "records that were taken off its end, or a log that was written anew as a whole,"
            }
        };
        text += &format!(
            "{unseen} cannot be told from the log alone: keep what `provscan audit head` prints elsewhere and give it to --expect\n"
        );
    }
    text
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = sinks::to(None)?;
    let written = out.write_all(text.as_bytes()).and_then(|()| out.finish());
    written.with_context(|| cannot_write("results", None))
}
