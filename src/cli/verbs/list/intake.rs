//! What stands between a list that is read and the one that is made: progress, and replacing what was there.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use indicatif::ProgressBar;
use provscan::fingerprints::Kind;
use provscan::lists::formats::Intake;
use provscan::lists::{Bloom, Builder, Entry, ListOptions};

/// Entries between two looks at the clock.
const STEP: u64 = 4096;

/// Shows how far it is.
pub(super) struct Shown<'a> {
    pub(super) builder: &'a mut Builder,
    pub(super) bar: &'a ProgressBar,
    pub(super) seen: u64,
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
pub(super) struct Replacing<'a> {
    intake: &'a mut dyn Intake,
    /// The ids that were met, by their hash.
    met: HashSet<u64>,
}

impl<'a> Replacing<'a> {
    pub(super) fn new(intake: &'a mut dyn Intake) -> Self {
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
