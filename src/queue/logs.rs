//! What is told of messages, and of the broker.

use tracing::{info, warn};

use super::broker::{BrokerError, Delivery};
use super::judge::Judged;
use crate::logs::{may_name, millis};
use crate::sources::{Id, Name};

/// Why a message has no record yet, or never will.
pub(super) struct Why {
    /// In full; it may quote the message.
    pub(super) told: String,
    /// Without anything of the message.
    pub(super) plain: String,
}

impl Why {
    /// A reason that quotes nothing.
    pub(super) fn plain(told: String) -> Self {
        let plain = told.clone();
        Self { told, plain }
    }

    fn shown(&self) -> &str {
        match may_name() {
            true => &self.told,
            false => &self.plain,
        }
    }
}

/// The broker failed, or does not answer; it is asked again.
pub(super) fn broker(error: &BrokerError) {
    let why = error.to_string();
    warn!(why, next = "trying again", "broker");
}

/// A message has its record.
pub(super) fn judged(delivery: &Delivery, judged: &Judged) {
    let inspection = &judged.inspection;
    info!(
        sequence = delivery.sequence,
        deliveries = delivery.deliveries,
        ms = millis(judged.took),
        bytes = inspection.bytes,
        verdict = inspection.verdict.finding.as_str(),
        action = inspection.verdict.action.as_str(),
        faults = Some(inspection.faults.len()).filter(|count| *count > 0),
        name = named(&judged.name).map(Name::to_text),
        id = named(&judged.name).and_then(Name::id).map(Id::to_string),
        "judged"
    );
}

fn named(name: &Name) -> Option<&Name> {
    Some(name).filter(|_| may_name())
}

/// A message will be handed out again.
pub(super) fn again(delivery: &Delivery, id: Option<&Id>, why: &Why) {
    warn!(
        sequence = delivery.sequence,
        deliveries = delivery.deliveries,
        why = why.shown(),
        next = "it will be handed out again",
        id = id.filter(|_| may_name()).map(Id::to_string),
        "again"
    );
}

/// A message got a dead letter.
pub(super) fn dead(delivery: &Delivery, id: Option<&Id>, why: &Why) {
    warn!(
        sequence = delivery.sequence,
        deliveries = delivery.deliveries,
        why = why.shown(),
        id = id.filter(|_| may_name()).map(Id::to_string),
        "dead-letter"
    );
}
