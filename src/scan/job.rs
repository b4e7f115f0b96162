//! What is done with one input: it is opened, inspected and rendered, and whatever goes wrong is contained.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Answer, Doubtful};
use crate::asset::{Asset, Limits};
use crate::error::{Fault, FaultKind};
use crate::inspect::{Inspection, Inspector, Kept};
use crate::quarantine;
use crate::sources::{self, Found, Input, Name};

/// What turns inputs into answers, on many threads.
pub trait Job: Send + Sync {
    /// The answer for one input. It should not panic; if it does, the input counts as lost.
    fn answer(&self, input: Input) -> Answer;

    /// The answer for an input that was given up, with the reason: another thread may still be at it, and its answer will be
    /// dropped.
    fn gave_up(&self, name: Name, asked_for: bool, fault: Fault) -> Answer;

    /// The answer for an input whose evidence was lowered by what other images showed.
    fn judged_again(&self, doubtful: Doubtful) -> Answer;
}

/// Inspects one input: read, examined, and whatever goes wrong contained.
pub fn inspect(inspector: &Inspector, input: Input, limits: &Limits) -> Inspection {
    contained(inspector, input, limits, |asset| {
        (inspector.inspect(asset), None)
    })
    .0
}

/// What comes of one input, and what is kept of it if it was read.
fn contained(
    inspector: &Inspector,
    input: Input,
    limits: &Limits,
    examine: impl FnOnce(&Asset) -> (Inspection, Option<Kept>),
) -> (Inspection, Option<Kept>) {
    let whole = AssertUnwindSafe(|| match sources::open_any(input, limits) {
        Ok(Found::Asset(asset)) => examine(&asset),
        Ok(Found::Hashes(hashes)) => (inspector.inspect_hashes(*hashes), None),
        Err(fault) => (inspector.unreadable(fault), None),
    });
    catch_unwind(whole).unwrap_or_else(|_| {
        let message = "provscan broke on this file; please report it";
        let broken = Fault::new(FaultKind::Internal, message);
        (inspector.unreadable(broken), None)
    })
}

/// The plain job, with what is kept of every input beside its answer: see [`Answer::keep`].
pub struct Keeping<R>(pub Inspecting<R>);

impl<R> Job for Keeping<R>
where
    R: Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync,
{
    fn answer(&self, input: Input) -> Answer {
        let Inspecting {
            inspector, limits, ..
        } = &self.0;
        let (name, asked_for) = (input.name.clone(), input.asked_for);
        let keeping = |asset: &Asset| inspector.inspect_keeping(asset);
        let (inspection, kept) = contained(inspector, input, limits, keeping);
        let mut answer = self.0.answer_with(name, asked_for, inspection);
        answer.keep = kept.map(|kept| kept.to_bytes());
        answer
    }

    fn gave_up(&self, name: Name, asked_for: bool, fault: Fault) -> Answer {
        self.0.gave_up(name, asked_for, fault)
    }

    fn judged_again(&self, doubtful: Doubtful) -> Answer {
        self.0.judged_again(doubtful)
    }
}

/// The plain job: every input is inspected and rendered.
pub struct Inspecting<R> {
    inspector: Arc<Inspector>,
    limits: Limits,
    render: R,
}

impl<R> Inspecting<R>
where
    R: Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync,
{
    /// Inspects within limits for one image; `render` turns an inspection into bytes.
    pub fn new(inspector: impl Into<Arc<Inspector>>, limits: Limits, render: R) -> Self {
        Self {
            inspector: inspector.into(),
            limits,
            render,
        }
    }

    /// The answer that an inspection comes to.
    pub fn answer_with(&self, name: Name, asked_for: bool, inspection: Inspection) -> Answer {
        let mut answer = Answer::of(asked_for, &inspection, (self.render)(&name, &inspection));
        if inspection.evidence.iter().any(quarantine::is_subject) {
            answer.doubtful = Some(Box::new(Doubtful {
                name,
                asked_for,
                inspection,
            }));
        }
        answer
    }
}

impl<R> Job for Inspecting<R>
where
    R: Fn(&Name, &Inspection) -> Vec<u8> + Send + Sync,
{
    fn answer(&self, input: Input) -> Answer {
        let (name, asked_for) = (input.name.clone(), input.asked_for);
        let inspection = inspect(&self.inspector, input, &self.limits);
        self.answer_with(name, asked_for, inspection)
    }

    fn gave_up(&self, name: Name, asked_for: bool, fault: Fault) -> Answer {
        self.answer_with(name, asked_for, self.inspector.unreadable(fault))
    }

    fn judged_again(&self, mut doubtful: Doubtful) -> Answer {
        self.inspector.judge_again(&mut doubtful.inspection);
        let rendered = (self.render)(&doubtful.name, &doubtful.inspection);
        Answer::of(doubtful.asked_for, &doubtful.inspection, rendered)
    }
}
