//! `trust`: installed trust lists, and which of them a run uses.

pub(crate) mod args;
mod check;
mod place;
mod settings;
mod show;
mod update;

use std::io::Write as _;
use std::path::Path;
use std::slice;
use std::time::SystemTime;

use anyhow::Context as _;
use provscan::reports::safe;
use provscan::sinks;
use provscan::trust::date::Moment;
use provscan::trust::installed::{Change, Wish};
use provscan::trust::{ListOrigin, TrustKind, read_file};

use args::{ImportArgs, TrustVerb};
#[cfg(any(feature = "queue", feature = "server"))]
pub(crate) use settings::files;
pub(crate) use settings::settings;

use crate::exit::Exit;
use crate::run::cannot_write;

pub(crate) fn run(verb: TrustVerb) -> anyhow::Result<Exit> {
    match verb {
        TrustVerb::Import(args) => import(&args),
        TrustVerb::Check(args) => check::run(&args),
        TrustVerb::Show(args) => show::run(&args),
        TrustVerb::Update(args) => update::run(&args),
        TrustVerb::Remove { name } => {
            place::installed()?.remove(&name)?;
            say(&format!("{}: removed\n", safe(&name)))
        }
    }
}

fn import(args: &ImportArgs) -> anyhow::Result<Exit> {
    let origin = ListOrigin::named(&args.origin).unwrap_or(ListOrigin::User);
    let installed = place::installed()?;
    let mut files = Vec::new();
    for path in &args.files {
        files.push((path.display().to_string(), read_file(path)?));
    }
    let import = |name: &str, files: &[(String, Vec<u8>)]| -> anyhow::Result<Exit> {
        let change = installed.import(&Wish {
            origin,
            name,
            kind: args.kind.as_deref().and_then(TrustKind::named),
            files,
            now: now(),
        })?;
        say(&describe(&change))
    };
    if origin != ListOrigin::User {
        anyhow::ensure!(
            args.kind.is_none() && args.name.is_none(),
            "--kind and --name are for lists of your own (`--as user`); `--as {}` says both",
            args.origin
        );
        return import(origin.as_str(), &files);
    }
    anyhow::ensure!(
        args.name.is_none() || files.len() == 1,
        "--name names one list; import the files one after the other"
    );
    for (path, file) in args.files.iter().zip(&files) {
        let name = args.name.clone().unwrap_or_else(|| name_of(path));
        import(&name, slice::from_ref(file))?;
    }
    Ok(Exit::Clear)
}

/// The file's name, with `-` for what no list's name has.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let kept = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.chars()
        .map(|c| if kept(c) { c } else { '-' })
        .collect()
}

/// What came of an import, in a line and a list.
fn describe(change: &Change) -> String {
    let state = match (change.is_new, change.changed) {
        (true, _) => "installed",
        (false, true) => "renewed",
        (false, false) => "up to date",
    };
    let mut text = format!("{}: {state}, {}\n", change.name, certificates(change.count));
    if !change.is_new {
        let rows = change.added.iter().map(|name| ('+', name));
        let rows = rows.chain(change.removed.iter().map(|name| ('-', name)));
        for (sign, name) in rows {
            text += &format!("  {sign} {}\n", safe(name));
        }
    }
    text
}

/// A number of certificates, in words.
fn certificates(count: usize) -> String {
    match count {
        1 => "1 certificate".to_owned(),
        count => format!("{count} certificates"),
    }
}

/// What time it is; the library does not know.
fn now() -> Moment {
    Moment::from(SystemTime::now())
}

fn say(text: &str) -> anyhow::Result<Exit> {
    let cannot_write = || cannot_write("answer", None);
    let mut sink = sinks::to(None).with_context(cannot_write)?;
    sink.write_all(text.as_bytes())
        .and_then(|()| sink.finish())
        .with_context(cannot_write)?;
    Ok(Exit::Clear)
}
