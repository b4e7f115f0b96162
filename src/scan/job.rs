//! What is done with one input: it is opened, inspected and rendered, and whatever goes wrong is contained.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Answer, Doubtful};
use crate::asset::Limits;
use crate::error::{Fault, FaultKind};
use crate::inspect::{Inspection, Inspector};
use crate::quarantine;
use crate::sources::{self, Input, Name};

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
    let whole = AssertUnwindSafe(|| match sources::open(input, limits) {
        Ok(asset) => inspector.inspect(&asset),
        Err(fault) => inspector.unreadable(fault),
    });
    catch_unwind(whole).unwrap_or_else(|_| {
        inspector.unreadable(Fault::new(
            FaultKind::Internal,
            "provscan broke on this file; please report it",
        ))
    })
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
