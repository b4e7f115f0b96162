//! What is done with an input where earlier scans are remembered: looked up first, and read only if that does not do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::ahead::Ahead;
use super::asked::Asked;
use super::counts::Counts;
use super::judge::Stored;
use super::memory::{Memory, Remembered};
use super::row::{FileRow, JudgedRow, Keep, PrintsRow};
use super::stored::NONE;
use super::until::{ALWAYS, Until};
use super::{judge, whys};
use crate::asset::{Asset, Limits};
use crate::error::{Fault, FaultKind};
use crate::inspect::{Inspection, Inspector, Kept};
use crate::quarantine;
use crate::reports::record_line;
use crate::scan::{Answer, Doubtful, Job};
use crate::settings::Settings;
use crate::sources::{self, Found, Input, Name, nanoseconds};

/// How answers come from what is remembered.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecallOptions {
    /// A file is the same if its content is: every file is read, and only inspected if it differs.
    pub verify: bool,
    /// What is rendered is the record in its stored form, so that it need not be read for that.
    pub as_stored: bool,
    /// What is rendered shows why signals did not apply.
    pub reasons: bool,
}

/// Inspects what is not remembered, and remembers it.
pub struct Remembering<R> {
    inspector: Arc<Inspector>,
    limits: Limits,
    render: R,
    memory: Arc<Memory>,
    options: RecallOptions,
    ahead: Ahead,
    until: Until,
    now: i64,
}

impl<R> Remembering<R>
where
    R: Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync,
{
    /// Inspects with these settings; `render` turns an inspection into bytes.
    pub fn new(
        inspector: impl Into<Arc<Inspector>>,
        settings: &Settings,
        memory: Arc<Memory>,
        options: RecallOptions,
        render: R,
    ) -> Self {
        let now = nanoseconds(SystemTime::now()) / 1_000_000_000;
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        Self {
            inspector: inspector.into(),
            limits: settings.limits.clone(),
            render,
            memory,
            options,
            ahead: Ahead::default(),
            until: Until::new(settings, now),
            now,
        }
    }

    /// What is remembered of an input, if it can still stand.
    fn remembered(&self, asked: &Asked) -> Option<Remembered> {
        let found = self.memory.find(&asked.key)?;
        let stands = found.row.settings == self.memory.ids.settings && self.now < found.row.until;
        stands.then_some(found)
    }

    /// The answer from what is remembered, without the file. Nothing where that does not do.
    fn recall(&self, asked: &Asked, found: &Remembered) -> Option<(Answer, Keep)> {
        let judged = found.judged.as_ref();
        if let Some(judged) = judged.filter(|judged| self.is_of_now(judged))
            && let Some(counts) = Counts::unpack(judged.counts)
            && !self.options.reasons
            && !counts.doubtful
        {
            let line = judge::line(&found.row.record, judged, counts);
            let rendered = match self.options.as_stored {
                true => line,
                false => judge::image(&line, &[])
                    .map(|(name, inspection)| (self.render)(&name, &inspection))?,
            };
            let answer = counts.answer(asked.asked_for, found.row.bytes, rendered);
            return Some((answer, Keep::seen(found.file, asked.asked_for)));
        }
        self.judge(asked, found)
    }

    /// Whether lists and policy were those of this scan.
    fn is_of_now(&self, judged: &JudgedRow) -> bool {
        judged.judgement == self.memory.ids.judgement
    }

    /// The answer from the hashes that were kept, by the lists and the policy of this scan.
    fn judge(&self, asked: &Asked, found: &Remembered) -> Option<(Answer, Keep)> {
        let prints = self.memory.prints(found.file)?;
        let stored = Stored::read(&found.row.record, &prints)?;
        if !self.inspector.can_judge_from(&stored.kept) {
            if !asked.lacked.replace(true) {
                self.memory.lacks_hashes();
            }
            return None;
        }
        let judged = found.judged.as_ref();
        let is_new = !judged.is_some_and(|judged| self.is_of_now(judged));
        let may_be_known = !is_new
            || self
                .ahead
                .may_be_known(found.file, &prints, &self.inspector, &self.memory);
        let compared = self.inspector.compared(&stored.kept, may_be_known);
        let (ids, brief) = (&self.memory.ids, self.options.as_stored);
        let again = judge::again(&self.inspector, stored, ids, brief, compared)?;
        let mut keep = Keep::seen(found.file, asked.asked_for);
        let mut fresh = again.judged.clone();
        if again.counts.again {
            // What could not be judged for a reason that may pass is tried again.
            fresh.judgement = NONE;
        }
        if judged != Some(&fresh) {
            keep.judged = Some(fresh);
        }
        let answer = match again.inspection {
            Some(inspection) => self.answered(asked, inspection),
            None => {
                let line = judge::line(&found.row.record, &again.judged, again.counts);
                again.counts.answer(asked.asked_for, found.row.bytes, line)
            }
        };
        Some((answer, keep))
    }

    /// The answer that an inspection comes to.
    fn answered(&self, asked: &Asked, inspection: Inspection) -> Answer {
        let rendered = (self.render)(&asked.name, &inspection);
        let mut answer = Answer::of(asked.asked_for, &inspection, rendered);
        if inspection.evidence.iter().any(quarantine::is_subject) {
            answer.doubtful = Some(Box::new(Doubtful {
                name: asked.name.clone(),
                asked_for: asked.asked_for,
                inspection,
            }));
        }
        answer
    }

    /// Reads the input. If its content is what is remembered, so is the answer; else it is inspected.
    fn read(&self, asked: &Asked, input: Input, found: Option<&Remembered>) -> Answer {
        self.memory.rest();
        let asset = match sources::open_any(input, &self.limits) {
            Ok(Found::Asset(asset)) => asset,
            Ok(Found::Hashes(hashes)) => {
                // They are at hand whenever their row is: nothing is gained by keeping them.
                let inspection = self.inspector.inspect_hashes(*hashes);
                return self.remember(asked, inspection, None, None, ALWAYS);
            }
            Err(fault) => return self.unreadable(asked, fault),
        };
        let same = |found: &&Remembered| {
            found.row.content.is_some() && found.row.content == content(&asset)
        };
        if let Some(found) = found.filter(same)
            && let Some((answer, mut keep)) = self.recall(asked, found)
        {
            let stamp = asked.stamp_to_remember();
            if stamp.is_some() && stamp != found.row.stamp {
                keep.stamped = Some(FileRow {
                    stamp,
                    ..found.row.clone()
                });
            }
            return kept(answer, &keep);
        }
        let (inspection, kept) = self.inspector.inspect_keeping(&asset);
        let until = self.until.of(&asset, &inspection);
        self.remember(asked, inspection, kept, content(&asset), until)
    }

    fn unreadable(&self, asked: &Asked, fault: Fault) -> Answer {
        let inspection = self.inspector.unreadable(fault);
        self.remember(asked, inspection, None, None, ALWAYS)
    }

    /// The answer for what was read, with all that is to be remembered of it.
    fn remember(
        &self,
        asked: &Asked,
        inspection: Inspection,
        aside: Option<Kept>,
        content: Option<Vec<u8>>,
        until: i64,
    ) -> Answer {
        let ids = self.memory.ids;
        let counts = Counts::of(&inspection);
        let line = record_line(&asked.name, &inspection);
        let (record, basis) = match &aside {
            Some(kept) => {
                let plain = self.inspector.judge_with(&inspection, kept, None);
                let basis = judge::pack(Counts::of(&plain), &whys::pack(&inspection), kept);
                (record_line(&asked.name, &plain), basis)
            }
            None => (line.clone(), Vec::new()),
        };
        let settled = aside.is_some() && !counts.again;
        let file = FileRow {
            path: asked.key.clone(),
            stamp: asked.stamp_to_remember().filter(|_| settled),
            content: content.filter(|_| settled),
            settings: ids.settings,
            until,
            bytes: inspection.bytes.unwrap_or_default(),
            record,
        };
        let judged = JudgedRow {
            judgement: ids.judgement,
            counts: counts.pack(),
            record: judge::unless_same(&file.record, counts, line),
        };
        let keep = Keep {
            file: None,
            read: Some((
                file,
                PrintsRow {
                    policy: ids.policy,
                    basis,
                },
            )),
            stamped: None,
            judged: Some(judged),
            asked_for: asked.asked_for,
        };
        kept(self.answered(asked, inspection), &keep)
    }

    fn answer_asked(&self, asked: &Asked, input: Input) -> Answer {
        let found = self.remembered(asked);
        if let Some(found) = &found
            && !self.options.verify
            && found.row.stamp.is_some()
            && found.row.stamp == asked.stamp()
            && let Some((answer, keep)) = self.recall(asked, found)
        {
            return kept(answer, &keep);
        }
        self.read(asked, input, found.as_ref())
    }
}

impl<R> Job for Remembering<R>
where
    R: Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync,
{
    fn answer(&self, input: Input) -> Answer {
        let asked = Asked::of(&input);
        let answer = AssertUnwindSafe(|| self.answer_asked(&asked, input));
        catch_unwind(answer).unwrap_or_else(|_| {
            let message = "provscan broke on this file; please report it";
            self.unreadable(&asked, Fault::new(FaultKind::Internal, message))
        })
    }

    fn gave_up(&self, name: Name, asked_for: bool, fault: Fault) -> Answer {
        let asked = Asked::named(name, asked_for);
        self.unreadable(&asked, fault)
    }

    fn judged_again(&self, mut doubtful: Doubtful) -> Answer {
        self.inspector.judge_again(&mut doubtful.inspection);
        let rendered = (self.render)(&doubtful.name, &doubtful.inspection);
        Answer::of(doubtful.asked_for, &doubtful.inspection, rendered)
    }
}

fn kept(answer: Answer, keep: &Keep) -> Answer {
    Answer {
        keep: Some(keep.to_bytes()),
        ..answer
    }
}

/// Digests of the content of a file, and of the manifest beside it; nothing where either could not be read.
fn content(asset: &Asset) -> Option<Vec<u8>> {
    let mut digests = asset.sha256_digest().ok()?.to_vec();
    if asset.fault().is_some() || asset.sidecar_fault().is_some() {
        return None;
    }
    if let Some(sidecar) = asset.sidecar() {
        digests.extend_from_slice(&Sha256::digest(&sidecar.bytes));
    }
    Some(digests)
}
