//! What `check` and `scan` share: settings from arguments, then inputs in and a report out.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use provscan::evidence::Action;
use provscan::lists::{List, ListOptions};
use provscan::remote::Remote;
use provscan::reports::{self, ReportKind, ReportOptions};
use provscan::scan::{self, ScanOptions, Summary};
use provscan::signals::content_credentials::{TrustKind, TrustList, TrustSettings};
use provscan::sources::Input;
use provscan::{Inspector, Policy, Settings, sinks};

use crate::args::{Color, Global, InspectArgs};
use crate::exit::Exit;
use crate::progress::Progress;

/// Largest trust list or policy that is read.
const MAX_SETUP_BYTES: u64 = 64 << 20;

/// Inspects the inputs and writes the report.
pub(crate) fn run(
    args: &InspectArgs,
    global: &Global,
    report: &ReportKind,
    inputs: impl Iterator<Item = Input> + Send,
    work: (usize, bool),
    progress: &mut Progress,
) -> anyhow::Result<Exit> {
    let settings = settings(args)?;
    let inspector = Inspector::new(&settings, policy(policy_file(args).as_deref())?)?;
    let report = (report.make)(ReportOptions {
        color: color(global.color, args.output.is_some()),
    });
    let cannot_write = || cannot_write("results", args.output.as_deref());
    let mut sink = sinks::to(args.output.as_deref()).with_context(cannot_write)?;

    let (threads, ordered) = work;
    let options = ScanOptions {
        threads,
        ordered,
        limits: settings.limits.clone(),
    };
    let mut seen = Summary::default();
    let mut first = true;
    let written = sink.write_all(&report.head()).and_then(|()| {
        scan::scan(
            &inspector,
            inputs,
            &options,
            |name, inspection| report.record(name, inspection),
            |answer, summary| {
                if !std::mem::take(&mut first) {
                    sink.write_all(report.separator())?;
                }
                sink.write_all(&answer.rendered)?;
                seen.clone_from(summary);
                progress.show(summary);
                Ok(())
            },
        )
    });
    progress.end();
    let written = written.and_then(|summary| {
        sink.write_all(&report.tail(&summary))?;
        sink.finish()?;
        Ok(summary)
    });
    match written {
        Ok(summary) => Ok(Exit::of(&summary, fail_on(&args.fail_on))),
        // The reader has what it wanted. What was seen until then still counts, and the rest was not checked.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(match Exit::of(&seen, fail_on(&args.fail_on)) {
                Exit::Clear => Exit::Incomplete,
                seen => seen,
            })
        }
        Err(error) => Err(error).with_context(cannot_write),
    }
}

/// The words for an answer that did not get where it should.
pub(crate) fn cannot_write(what: &str, output: Option<&Path>) -> String {
    let target = output.map_or_else(
        || "standard output".to_owned(),
        |path| path.display().to_string(),
    );
    format!("{target}: the {what} could not be written")
}

/// The report of this name; `text` is a page on each input where there are few.
pub(crate) fn report(name: &str, few: bool) -> anyhow::Result<&'static ReportKind> {
    let name = if few && name == "text" { "page" } else { name };
    reports::named(name).with_context(|| format!("there is no report called {name}"))
}

fn fail_on(word: &str) -> Option<Action> {
    word.parse().ok()
}

/// Colours are for people: at a terminal, unless they asked for none (no-color.org).
fn color(wish: Color, to_file: bool) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match wish {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !to_file && !no_color && io::stdout().is_terminal(),
    }
}

fn settings(args: &InspectArgs) -> anyhow::Result<Settings> {
    let mut wishes = ListOptions::default();
    for (kind, bits) in &args.threshold {
        wishes
            .set_threshold(*kind, *bits)
            .map_err(|error| anyhow::anyhow!("--threshold: {error}"))?;
    }
    let paths = or_environment(&args.lists, "PROVSCAN_LIST");
    let lists = paths
        .iter()
        .map(|path| List::open(path, None, wishes.clone()).map(Arc::new));
    Ok(Settings {
        limits: args.limits.limits(),
        trust: trust(args)?,
        lists: lists.collect::<Result<_, _>>()?,
        signals: (!args.signals.is_empty()).then(|| args.signals.clone()),
        remote: args.online.then(remote).transpose()?,
    })
}

#[cfg(feature = "online")]
fn remote() -> anyhow::Result<Arc<dyn Remote>> {
    Ok(Arc::new(provscan::online::Https::new()))
}

#[cfg(not(feature = "online"))]
fn remote() -> anyhow::Result<Arc<dyn Remote>> {
    anyhow::bail!(
        "--online: this program was built without network code; from a checkout, `cargo install --path . --ignore-rust-version --features online` builds one that can fetch"
    )
}

fn trust(args: &InspectArgs) -> anyhow::Result<TrustSettings> {
    let of = |paths: &[PathBuf], kind| -> anyhow::Result<Vec<TrustList>> {
        paths
            .iter()
            .map(|path| {
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                Ok(TrustList {
                    name,
                    kind,
                    pem: read_text(path)?,
                })
            })
            .collect()
    };
    let mut lists = of(
        &or_environment(&args.trust_anchors, "PROVSCAN_TRUST_ANCHORS"),
        TrustKind::Signer,
    )?;
    lists.extend(of(
        &or_environment(&args.allowed_list, "PROVSCAN_ALLOWED_LIST"),
        TrustKind::AllowedSigner,
    )?);
    lists.extend(of(
        &or_environment(&args.tsa_anchors, "PROVSCAN_TSA_ANCHORS"),
        TrustKind::TimeStamp,
    )?);
    Ok(TrustSettings { lists })
}

/// The files named on the command line, or else those in an environment variable, which separates them as `PATH` does.
fn or_environment(named: &[PathBuf], variable: &str) -> Vec<PathBuf> {
    match std::env::var_os(variable) {
        Some(value) if named.is_empty() => std::env::split_paths(&value)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        _ => named.to_vec(),
    }
}

fn policy_file(args: &InspectArgs) -> Option<PathBuf> {
    let named: Vec<PathBuf> = args.policy.iter().cloned().collect();
    or_environment(&named, "PROVSCAN_POLICY").into_iter().next()
}

/// The policy in this file, or the built-in one.
pub(crate) fn policy(path: Option<&Path>) -> anyhow::Result<Policy> {
    match path {
        Some(path) => Policy::parse(&read_text(path)?).with_context(|| path.display().to_string()),
        None => Ok(Policy::default()),
    }
}

/// A small text file.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let named = || path.display().to_string();
    let length = fs::metadata(path).with_context(named)?.len();
    anyhow::ensure!(
        length <= MAX_SETUP_BYTES,
        "{}: larger than {MAX_SETUP_BYTES} bytes",
        named()
    );
    fs::read_to_string(path).with_context(named)
}
