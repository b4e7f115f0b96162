//! `list diff`: what one list has that another has not.

use std::collections::BTreeMap;
use std::io::Write as _;

use provscan::fingerprints::Kind;
use provscan::lists::{Entry, List};
use provscan::reports::safe;
use provscan::sinks;

use super::args::DiffArgs;
use super::open;
use crate::exit::Exit;

/// Most entries that are named one by one for each kind of difference.
const MAX_NAMED: usize = 1000;

pub(super) fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let keys = args.keys.keys()?;
    let (old, new) = (open(&args.old, &keys)?, open(&args.new, &keys)?);
    let (gone, come) = compare(&old, &new)?;
    let rules = old.options() != new.options();
    let same = gone.count == 0 && come.count == 0 && !rules;
    let mut text = format!(
        "{} → {}\n",
        safe(&args.old.display().to_string()),
        safe(&args.new.display().to_string())
    );
    if rules {
        text += "  what the list is or asks for has changed; `provscan list info` shows both\n";
    }
    text += &come.page("+", "only in the new list");
    text += &gone.page("-", "only in the old list");
    if same {
        text += "  no difference\n";
    }
    let mut sink = sinks::to(None)?;
    sink.write_all(text.as_bytes())?;
    sink.finish()?;
    Ok(if same { Exit::Clear } else { Exit::Flagged })
}

/// What only the first of two lists has, and what only the second.
fn compare(old: &List, new: &List) -> anyhow::Result<(Differences, Differences)> {
    let (mut gone, mut come) = (Differences::default(), Differences::default());
    // Entries come by kind and in the order of their values, so the two are gone through side by side.
    let (mut olds, mut news) = (Ordered::new(old)?, Ordered::new(new)?);
    loop {
        let order = match (olds.value(), news.value()) {
            (None, None) => return Ok((gone, come)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => a.cmp(&b),
        };
        let before = match order.is_le() {
            true => olds.take()?,
            false => Vec::new(),
        };
        let after = match order.is_ge() {
            true => news.take()?,
            false => Vec::new(),
        };
        gone.add_all(&before, &after);
        come.add_all(&after, &before);
    }
}

/// The entries of a list, those of one value together.
struct Ordered<'a> {
    entries: Box<dyn Iterator<Item = std::io::Result<Entry>> + 'a>,
    next: Option<Entry>,
}

impl<'a> Ordered<'a> {
    fn new(list: &'a List) -> anyhow::Result<Self> {
        let mut entries = Box::new(list.entries());
        let next = entries.next().transpose()?;
        Ok(Self { entries, next })
    }

    fn value(&self) -> Option<(Kind, &[u8])> {
        let fingerprint = &self.next.as_ref()?.fingerprint;
        Some((fingerprint.kind(), fingerprint.value()))
    }

    fn take(&mut self) -> anyhow::Result<Vec<Entry>> {
        let mut taken: Vec<Entry> = Vec::new();
        while let Some(entry) = self.next.take() {
            let key =
                |entry: &Entry| (entry.fingerprint.kind(), entry.fingerprint.value().to_vec());
            if taken.first().is_some_and(|first| key(first) != key(&entry)) {
                self.next = Some(entry);
                break;
            }
            taken.push(entry);
            self.next = self.entries.next().transpose()?;
        }
        Ok(taken)
    }
}

/// Entries that one list has and the other has not.
#[derive(Default)]
struct Differences {
    count: u64,
    kinds: BTreeMap<Kind, u64>,
    named: Vec<String>,
}

impl Differences {
    /// Adds those that are not among the others.
    fn add_all(&mut self, entries: &[Entry], others: &[Entry]) {
        entries
            .iter()
            .filter(|entry| !others.contains(entry))
            .for_each(|entry| self.add(entry));
    }

    fn add(&mut self, entry: &Entry) {
        self.count += 1;
        let kind = entry.fingerprint.kind();
        *self.kinds.entry(kind).or_default() += 1;
        if self.named.len() < MAX_NAMED {
            let id = entry
                .shown_id()
                .unwrap_or("without an id that can be shown");
            let category = entry
                .category
                .as_deref()
                .map(|category| format!(" ({category})"));
            self.named.push(format!(
                "{} {kind}{}",
                safe(id),
                safe(&category.unwrap_or_default())
            ));
        }
    }

    fn page(&self, sign: &str, what: &str) -> String {
        if self.count == 0 {
            return String::new();
        }
        let kinds: Vec<String> = self
            .kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        let mut text = format!("  {} {what} ({})\n", self.count, kinds.join(", "));
        for name in &self.named {
            text += &format!("    {sign} {name}\n");
        }
        let more = self.count.saturating_sub(self.named.len() as u64);
        if more > 0 {
            text += &format!("    {sign} … and {more} more\n");
        }
        text
    }
}
