//! `list import` and `list merge`: lists in any form, compiled into one.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use provscan::error::SetupError;
use provscan::fingerprints::Kind;
use provscan::lists::formats::{Intake, ReadError, ReadOptions, Source, named};
use provscan::lists::{
    Bloom, Builder, Entry, Guards, Keys, List, ListOptions, Lock, Opened, Place, Workspace, take_in,
};

use super::args::{GuardArgs, ImportArgs, MergeArgs, OutputArgs};
use super::{describe, open};
use crate::args::Global;
use crate::exit::Exit;
use crate::{keys, run};

/// Entries between two looks at the clock.
const STEP: u64 = 4096;

pub(super) fn import(args: &ImportArgs, global: &Global) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    let target = &args.output.output;
    let mut wishes = args.rules.wishes()?;
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
    work.finish()
}

pub(super) fn merge(args: &MergeArgs, global: &Global) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    let place = take(&args.output.output)?;
    let mut lists = Vec::new();
    for path in &args.files {
        lists.push(open(path, &keys)?);
    }
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
                "{}: written; none of the keys given opens it",
                self.target.display()
            ),
        }
        Ok(Exit::Clear)
    }
}

/// Takes the place of the new list before anything is read: what somebody else adds to the old one meanwhile would be lost.
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

/// Shows how far it is.
struct Shown<'a> {
    builder: &'a mut Builder,
    bar: &'a ProgressBar,
    seen: u64,
}

impl Intake for Shown<'_> {
    fn options(&mut self, options: ListOptions) {
        self.builder.options(options);
    }

    fn entry(&mut self, entry: Entry) -> io::Result<()> {
        self.seen += 1;
        if self.seen.is_multiple_of(STEP) {
            self.bar
                .set_message(format!("{} entries", self.builder.taken()));
        }
        self.builder.entry(entry)
    }

    fn withdraw(&mut self, id: &str) -> io::Result<()> {
        self.builder.withdraw(id)
    }

    fn filter(&mut self, kind: Kind, filter: Bloom) -> io::Result<()> {
        self.builder.filter(kind, filter)
    }

    fn leave_out(&mut self, why: &'static str) {
        self.builder.leave_out(why);
    }
}

/// Lets what a list says of an id take the place of what was said of it before.
struct Replacing<'a> {
    intake: &'a mut dyn Intake,
    /// The ids that were met, by their hash.
    met: HashSet<u64>,
}

impl<'a> Replacing<'a> {
    fn new(intake: &'a mut dyn Intake) -> Self {
        Self {
            intake,
            met: HashSet::new(),
        }
    }

    fn first(&mut self, id: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        self.met.insert(hasher.finish())
    }
}

impl Intake for Replacing<'_> {
    fn options(&mut self, options: ListOptions) {
        self.intake.options(options);
    }

    fn entry(&mut self, entry: Entry) -> io::Result<()> {
        if !entry.id.is_empty() && self.first(&entry.id) {
            self.intake.withdraw(&entry.id)?;
        }
        self.intake.entry(entry)
    }

    fn withdraw(&mut self, id: &str) -> io::Result<()> {
        self.first(id);
        self.intake.withdraw(id)
    }

    fn filter(&mut self, kind: Kind, filter: Bloom) -> io::Result<()> {
        self.intake.filter(kind, filter)
    }

    fn leave_out(&mut self, why: &'static str) {
        self.intake.leave_out(why);
    }
}
