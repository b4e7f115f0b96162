//! `list import` and `list merge`: lists in any form, compiled into one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use provscan::error::SetupError;
use provscan::lists::formats::{Intake, ReadError, ReadOptions, Source, named};
use provscan::lists::{
    Builder, EMPTY, Guards, Keys, List, ListOptions, Lock, Opened, Place, Workspace,
    is_encrypted_at, take_in,
};

use super::args::{GuardArgs, ImportArgs, MergeArgs, OutputArgs};
use super::intake::{Replacing, Shown};
use super::{describe, open};
use crate::args::Global;
use crate::exit::Exit;
use crate::{keys, run};

pub(super) fn import(args: &ImportArgs, global: &Global) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    let target = &args.output.output;
    let mut wishes = args.rules.wishes()?;
    if !args.update {
        refuse_own(&args.files, target)?;
    }
    keep_secret(
        args.files.iter().chain(args.update.then_some(target)),
        &args.output,
    )?;
    let place = take(target)?;
    let previous = match args.update {
        true => Some(
            open(target, &keys)
                .with_context(|| "--update: the list to be updated cannot be used")?,
        ),
        false => None,
    };
    if let Some(previous) = &previous {
        wishes = wishes.or(previous.options().clone());
    }
    let mut work = Work::new(
        args.rules.name.as_deref(),
        wishes,
        &args.guards,
        &args.output,
        &keys,
        place,
        global,
    )?;
    if let Some(previous) = &previous {
        work.add_list(previous, previous.options().clone())?;
    }
    let format = args.format.as_deref().and_then(named);
    let read = ReadOptions {
        columns: args.columns.clone(),
        kind: args.hash_kind,
    };
    let update = args.update;
    for path in &args.files {
        work.add(path, &keys, |source, intake| match update {
            false => take_in(source, format, &read, intake),
            true => take_in(source, format, &read, &mut Replacing::new(intake)),
        })?;
    }
    anyhow::ensure!(update || !work.builder.is_empty(), "{EMPTY}");
    work.finish()
}

pub(super) fn merge(args: &MergeArgs, global: &Global) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    keep_secret(args.files.iter(), &args.output)?;
    let place = take(&args.output.output)?;
    let mut lists = Vec::new();
    for path in &args.files {
        lists.push(open(path, &keys)?);
    }
    let kinds: Vec<_> = lists.iter().map(List::kind).collect();
    anyhow::ensure!(
        args.rules.kind.is_some() || kinds.windows(2).all(|pair| pair.first() == pair.last()),
        "these lists are of different kinds, and the new one can be of one only; say which with --kind"
    );
    let mut first = lists
        .first()
        .map(|list| list.options().clone())
        .unwrap_or_default();
    // A category that they do not share stays with the entries of its list.
    first.category = first.category.filter(|first| {
        lists
            .iter()
            .all(|list| list.options().category.as_ref() == Some(first))
    });
    let shared = first.category.clone();
    let wishes = args.rules.wishes()?.or(first);
    let mut work = Work::new(
        args.rules.name.as_deref(),
        wishes,
        &args.guards,
        &args.output,
        &keys,
        place,
        global,
    )?;
    for list in &lists {
        let options = ListOptions {
            category: shared.clone(),
            ..list.options().clone()
        };
        work.add_list(list, options)?;
    }
    work.finish()
}

/// A list that is being made.
struct Work<'a> {
    builder: Builder,
    lock: Lock,
    keys: &'a Keys,
    target: &'a Path,
    place: Place,
    bar: ProgressBar,
}

impl<'a> Work<'a> {
    fn new(
        name: Option<&str>,
        mut wishes: ListOptions,
        guards: &GuardArgs,
        output: &'a OutputArgs,
        keys: &'a Keys,
        place: Place,
        global: &Global,
    ) -> anyhow::Result<Self> {
        let target = output.output.as_path();
        if let Some(name) = name {
            wishes.name = Some(name.to_owned());
        }
        let lock = lock(output)?;
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        // What is to be encrypted is on no disk in the clear, not even on its way.
        let workspace = match lock {
            Lock::Open => Workspace::in_folder(folder.unwrap_or(Path::new("."))),
            _ => Workspace::memory(),
        };
        let allow = guards
            .allow
            .iter()
            .map(|path| open(path, keys).map(Arc::new));
        let guards = Guards {
            max_repeats: guards.max_repeats,
            allow: allow.collect::<Result<_, _>>()?,
        };
        Ok(Self {
            builder: Builder::new(wishes, guards, workspace),
            lock,
            keys,
            target,
            place,
            bar: bar(global.quiet),
        })
    }

    /// Takes in what a file holds: a compiled list, or one in some other form.
    fn add(
        &mut self,
        path: &Path,
        keys: &Keys,
        read: impl FnOnce(&mut Source<'_>, &mut dyn Intake) -> Result<(), ReadError>,
    ) -> anyhow::Result<()> {
        let name = path.display().to_string();
        let target = self.target;
        let failed = |error| match error {
            // The list is fine; there is no room beside the new one for entries on their way.
            ReadError::Intake(error) if error.kind() != io::ErrorKind::Other => {
                anyhow::Error::new(error).context(run::cannot_write("list", Some(target)))
            }
            error => SetupError::List {
                name: name.clone(),
                error,
            }
            .into(),
        };
        let mut intake = Shown {
            builder: &mut self.builder,
            bar: &self.bar,
            seen: 0,
        };
        if path == Path::new("-") {
            anyhow::ensure!(
                !keys.has_signers(),
                "only signed lists are wanted, and no signature lies beside standard input; name a file"
            );
            let mut source = Source::new(io::stdin().lock())
                .map_err(|error| failed(ReadError::Source(error)))?;
            return read(&mut source, &mut intake).map_err(failed);
        }
        let opened = Opened::open(path, keys)?;
        if opened.is_compiled() {
            drop(opened);
            let list = open(path, keys)?;
            return self.add_list(&list, list.options().clone());
        }
        let mut source = opened
            .source(path)
            .map_err(|error| failed(ReadError::Source(error)))?;
        read(&mut source, &mut intake).map_err(failed)
    }

    /// Takes in all entries of a list, and what of its options is to count.
    fn add_list(&mut self, list: &List, options: ListOptions) -> anyhow::Result<()> {
        anyhow::ensure!(!list.has_filter(), "{}: {}", list.name(), super::FILTER);
        self.builder.options(options);
        let own = list.options().category.clone();
        let own = own.filter(|own| self.builder.category() != Some(own));
        for entry in list.entries() {
            let mut entry = entry.with_context(|| list.name().to_owned())?;
            entry.category = entry.category.or_else(|| own.clone());
            self.builder
                .entry(entry)
                .with_context(|| run::cannot_write("list", Some(self.target)))?;
        }
        Ok(())
    }

    /// Writes the list, and says what is on it.
    fn finish(self) -> anyhow::Result<Exit> {
        self.bar.set_message(format!(
            "{} entries: sorting and writing",
            self.builder.taken()
        ));
        let written = self.place.save(self.builder, &self.lock);
        self.bar.finish_and_clear();
        written.with_context(|| run::cannot_write("list", Some(self.target)))?;
        // A passphrase that was just typed in need not be asked for again.
        let mut keys = self.keys.clone();
        if let Lock::Passphrase(phrase) = &self.lock {
            keys.set_passphrase(phrase.clone());
        }
        match open(self.target, &keys.without_signers()) {
            Ok(list) => eprint!("{}", describe::page(&list)),
            Err(_) => eprintln!(
                "{}: written and encrypted; none of the keys given opens it, so what is on it is not shown",
                self.target.display()
            ),
        }
        Ok(Exit::Clear)
    }
}

/// Takes the place of the new list before anything is read: what somebody else adds to the old one meanwhile would be lost.
/// A list that is imported into itself would be gone.
fn refuse_own(sources: &[PathBuf], target: &Path) -> anyhow::Result<()> {
    let place = std::fs::canonicalize(target).ok();
    let own = |source: &&PathBuf| place.is_some() && std::fs::canonicalize(source).ok() == place;
    match sources.iter().find(own) {
        Some(source) => anyhow::bail!(
            "{}: this is the list that is read; write the compiled one to another file",
            source.display()
        ),
        None => Ok(()),
    }
}

/// What somebody encrypted is written in the clear only where that was asked for.
fn keep_secret<'a>(
    mut sources: impl Iterator<Item = &'a PathBuf>,
    output: &OutputArgs,
) -> anyhow::Result<()> {
    let open = output.recipients.is_empty() && output.encrypt_passphrase.is_none();
    let locked = sources.find(|source| is_encrypted_at(source).unwrap_or(false));
    match locked.filter(|_| open && !output.decrypted) {
        Some(source) => anyhow::bail!(
            "{}: this list is encrypted; say for whom the new one is with --encrypt-to or --encrypt-passphrase, or --decrypted to \
             write it in the clear",
            source.display()
        ),
        None => Ok(()),
    }
}

fn take(target: &Path) -> anyhow::Result<Place> {
    Place::take(target).with_context(|| run::cannot_write("list", Some(target)))
}

fn lock(output: &OutputArgs) -> anyhow::Result<Lock> {
    Ok(match &output.encrypt_passphrase {
        Some(path) => {
            Lock::Passphrase(keys::passphrase(path, "Passphrase for the new list: ")?.into())
        }
        None if output.recipients.is_empty() => Lock::Open,
        None => Lock::Recipients(output.recipients.clone()),
    })
}

fn bar(quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
    let bar = ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}
