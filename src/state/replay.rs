//! A state gone through as a scan would go through its files: the same answers, and entries of lists set aside as there.

use std::io;
use std::path::Path;

use super::stored::StoredRecord;
use super::{Basis, StateError, Stored};
use crate::inspect::{Inspection, Inspector};
use crate::policy::Policy;
use crate::quarantine::{self, Quarantine, QuarantineOptions};
use crate::reports::{lost, record_line};
use crate::scan::{Answer, Doubtful, Summary};
use crate::sources::Name;

/// By what records are judged.
#[derive(Clone, Copy)]
pub enum Judging<'a> {
    /// As they were in the last scan. The policy is for those that other images put into doubt.
    AsStored(&'a Policy),
    /// What was found stands, and this policy says what it means.
    By(&'a Policy),
    /// By these lists and this policy, as if the files were scanned with them.
    Again(&'a Inspector, &'a Basis, &'a Policy),
}

/// How a state is gone through.
#[derive(Clone, Copy)]
pub struct Replay<'a, R> {
    /// By what records are judged.
    pub judging: Judging<'a>,
    /// What the last scan did not meet any more is shown, too, and all of it in the order of paths.
    pub gone: bool,
    /// When an entry of a list is set aside.
    pub quarantine: QuarantineOptions,
    /// What is rendered is the record in its stored form, so that it need not be read for that.
    pub as_stored: bool,
    /// Answers hold what was kept of the image, as [`Answer::keep`].
    pub keep: bool,
    /// Turns an inspection into bytes.
    pub render: R,
}

/// What going through a state came to.
#[derive(Debug)]
pub struct StateReplayed {
    /// What a scan would count.
    pub summary: Summary,
    /// Why this is not all. The summary counts that as an input that was not checked.
    pub broken: Option<String>,
}

impl Stored {
    /// Hands on an answer for every input, in the order of the last scan. Where that did not come to its end, an answer under
    /// the name of the state says so, and counts as an input that could not be checked.
    ///
    /// # Errors
    /// The first error of `each`, or one that holds a [`StateError`].
    pub fn replay<R>(
        &self,
        how: &Replay<'_, R>,
        mut each: impl FnMut(&Answer) -> io::Result<()>,
    ) -> io::Result<StateReplayed>
    where
        R: Fn(&Name, &Inspection) -> Vec<u8> + Sync,
    {
        let judge = match how.judging {
            Judging::Again(inspector, basis, _) => Some((inspector, basis)),
            Judging::AsStored(_) | Judging::By(_) => None,
        };
        let mut quarantine = Quarantine::new(how.quarantine);
        let mut summary = Summary::default();
        let path = self.path.as_path();
        let make = |record: StoredRecord| how.answer(record, path);
        self.each(judge, how.gone, make, |mut answer: Answer| {
            quarantine.count();
            if let Some(mut doubtful) = answer.doubtful.take()
                && quarantine.look(&mut doubtful.inspection)
            {
                answer = Answer {
                    keep: answer.keep.take(),
                    ..how.judged_again(*doubtful)
                };
                summary.quarantined = quarantine.entries();
            }
            summary.add(&answer);
            each(&answer)
        })?;
        if !how.gone {
            // Those whose answer was lost have no record.
            let lost = self.last.inputs.saturating_sub(summary.inputs);
            summary.join(Summary::of_many(&Answer::lost(), lost));
        }
        let broken = (!self.is_finished()).then(|| BROKEN.to_owned());
        if let Some(broken) = &broken {
            let lost = lost(broken);
            let name = Name::new(self.path.as_os_str());
            let answer = Answer::of(true, &lost, how.rendered(&name, &lost));
            summary.add(&answer);
            each(&answer)?;
        }
        Ok(StateReplayed { summary, broken })
    }
}

const BROKEN: &str = "the last scan with this state did not come to its end: what it did not reach is missing here or as it was before, and what is gone may still be here; run that scan again, and it goes on where it was";

impl<R> Replay<'_, R>
where
    R: Fn(&Name, &Inspection) -> Vec<u8> + Sync,
{
    fn policy(&self) -> &Policy {
        match self.judging {
            Judging::AsStored(policy) | Judging::By(policy) | Judging::Again(_, _, policy) => {
                policy
            }
        }
    }

    fn rendered(&self, name: &Name, inspection: &Inspection) -> Vec<u8> {
        match self.as_stored {
            true => record_line(name, inspection),
            false => (self.render)(name, inspection),
        }
    }

    /// The answer that a record comes to.
    fn answer(&self, mut record: StoredRecord, state: &Path) -> Result<Answer, StateError> {
        let keep = record.kept.take().filter(|_| self.keep);
        let asked_for = record.asked_for;
        let by = matches!(self.judging, Judging::By(_));
        if self.as_stored && !by && !record.counts.doubtful {
            let answer = record.counts.answer(asked_for, record.bytes, record.line);
            return Ok(Answer { keep, ..answer });
        }
        let (name, mut inspection) = record.read(state)?;
        if by {
            inspection.judge_by(self.policy());
        }
        let rendered = self.rendered(&name, &inspection);
        let mut answer = Answer::of(asked_for, &inspection, rendered);
        if inspection.evidence.iter().any(quarantine::is_subject) {
            answer.doubtful = Some(Box::new(Doubtful {
                name,
                asked_for,
                inspection,
            }));
        }
        Ok(Answer { keep, ..answer })
    }

    fn judged_again(&self, mut doubtful: Doubtful) -> Answer {
        doubtful.inspection.judge_by(self.policy());
        let rendered = self.rendered(&doubtful.name, &doubtful.inspection);
        Answer::of(doubtful.asked_for, &doubtful.inspection, rendered)
    }
}
