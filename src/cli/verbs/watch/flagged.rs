//! What is done with images that reach `--fail-on` once their answer may be given: they are moved aside, and a program is run.

use std::path::Path;

use anyhow::Context as _;
use provscan::Inspection;
use provscan::evidence::Action;
use provscan::logs::may_name;
use provscan::reports::{Line, read_record, record_line};
use provscan::scan::Answer;
use provscan::sources::Name;

use super::args::WatchArgs;
use super::hook::Hook;
use super::put_aside::Aside;
use crate::run::fail_on;

/// What is done with them.
#[derive(Default)]
pub(crate) struct Flagged {
    least: Option<Action>,
    aside: Option<Aside>,
    hook: Option<Hook>,
}

impl Flagged {
    pub(super) fn begin(args: &WatchArgs) -> anyhow::Result<Self> {
        let aside = args.move_flagged.as_deref().map(Aside::open);
        let hook = args.hook.as_deref();
        let hook = hook.map(|command| Hook::start(command, args.hook_time));
        Ok(Self {
            least: fail_on(&args.inspect.fail_on),
            aside: aside.transpose().context("--move-flagged")?,
            hook: hook.transpose().context("--hook")?,
        })
    }

    /// The folder that they are moved to.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.aside.as_ref().map(Aside::folder)
    }

    /// Sees to an answer; gives its record anew where that says more now.
    pub(crate) fn see_to(&mut self, answer: &Answer) -> Option<Vec<u8>> {
        let idle = self.aside.is_none() && self.hook.is_none();
        if idle
            || self
                .least
                .is_none_or(|least| answer.action_on_evidence < least)
        {
            return None;
        }
        let moved = self.moved(&answer.rendered);
        if let Some(hook) = &self.hook {
            hook.run(moved.as_ref().unwrap_or(&answer.rendered).clone());
        }
        moved
    }

    /// The record of an image that was moved. What cannot be moved stays, and that is told.
    fn moved(&self, record: &[u8]) -> Option<Vec<u8>> {
        let aside = self.aside.as_ref()?;
        let (name, mut inspection) = read(record)?;
        match aside.take(Path::new(name.as_os_str()), inspection.bytes) {
            Ok(to) => {
                inspection.moved_to = Some(Name::new(to));
                Some(record_line(&name, &inspection))
            }
            Err(why) => {
                let name = may_name().then(|| name.to_text());
                tracing::warn!(why, name, "not-moved");
                None
            }
        }
    }
}

fn read(record: &[u8]) -> Option<(Name, Inspection)> {
    match read_record(record).ok()? {
        Line::Image(name, inspection) => Some((name, *inspection)),
        Line::Summary(_) => None,
    }
}
